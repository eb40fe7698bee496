# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For tests that run on a testbed of their own: sourced first, then `testbed N`, checks, `finish`.
# What cannot run (no root, no packages, no namespaces) is told and counted as skipped.
set -u
cd "$(dirname "$0")/../.." || exit 1
suite=$(basename "$0" .sh)
passed=0 failed=0
dc=$PWD/tests/testbed/dc

skip() { # WHY
	echo "SKIP $suite: $1"
	echo "$suite: 0 passed, 0 failed, 1 skipped"
	exit 0
}

# Whether this machine lets us make what hosts are made of; many a container does not, and root of a
# user namespace may do all but the first.
may_make_hosts() {
	ip netns add "ebb-probe-$$" 2>/dev/null || return 1
	ip netns del "ebb-probe-$$"
	unshare --mount --pid --net --uts --ipc --fork sh -ec \
		'mount -t tmpfs x /tmp
		ip link add name left type veth peer name right
		ip link add name hosts type bridge' >/dev/null 2>&1
}

# testbed N: N hosts under a name, addresses and ports of their own; others are tried if taken.
testbed() {
	local tool slot try status
	[ "$(id -u)" = 0 ] || skip "needs root"
	for tool in libvirtd virsh qemu-system-x86_64 qemu-nbd ipmi_sim ipmitool ip nsenter as; do
		command -v "$tool" >/dev/null || skip "no $tool; packaging/deps.sh testbed installs it"
	done
	may_make_hosts || skip "namespaces, mounts or links cannot be made here"
	DC_DIR=$(mktemp -d "${TMPDIR:-/tmp}/ebb-$suite.XXXXXX") || exit 1
	export DC_DIR DC_NET DC_PORT DC_TIMEOUT=60
	trap 'testbed_end' EXIT
	trap 'exit 1' INT TERM
	for try in 1 2 3 4 5; do
		slot=$((($$ + try * 7) % 60)) # ports below the ephemeral ones, which begin at 32768
		DC_NET=10.$((64 + slot)).$((RANDOM % 250)) DC_PORT=$((20000 + slot * 200))
		"$dc" up "$1"
		status=$?
		[ $status = 75 ] || break
	done
	[ $status = 0 ] || { echo "FAIL $suite: the testbed does not come up"; failed=1; finish; }
}

testbed_end() {
	"$dc" down
	rm -rf "$DC_DIR"
}

# check WHAT COMMAND...: passes if the command succeeds.
check() {
	local what=$1 said
	shift
	if said=$("$@" 2>&1); then
		passed=$((passed + 1))
	else
		echo "FAIL $what: $*"
		echo "$said" | head -n 5 | sed 's/^/  said: /'
		failed=$((failed + 1))
	fi
}

# says PATTERN COMMAND...: whether its output has the pattern.
says() {
	local pattern=$1 said
	shift
	said=$("$@" 2>&1)
	echo "$said"
	grep -qE -- "$pattern" <<<"$said"
}

fails() { ! "$@"; }

# soon SECONDS COMMAND...: becomes true in that time.
soon() {
	local end=$((SECONDS + $1 + 1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}

# pulse NAME FIELD: one number of a guest's heartbeat.
pulse() { "$dc" alive "$1" | tr ' ' '\n' | sed -n "s/^$2=//p"; }

# beats NAME: its heart beats right now.
beats() {
	local before
	before=$(pulse "$1" beat)
	soon 5 moved_on "$1" "$before"
}
moved_on() { [ "$(pulse "$1" beat)" -gt "$2" ]; }

finish() {
	echo "$suite: $passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}
