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

# testbed N: N hosts under names, addresses and ports that no other run is likely to have.
testbed() {
	local tool
	[ "$(id -u)" = 0 ] || skip "needs root"
	for tool in libvirtd virsh qemu-system-x86_64 qemu-nbd ipmi_sim ipmitool ip nsenter as; do
		command -v "$tool" >/dev/null || skip "no $tool; packaging/deps.sh testbed installs it"
	done
	unshare --mount --pid --net --fork true 2>/dev/null || skip "namespaces cannot be made here"
	DC_DIR=$(mktemp -d "${TMPDIR:-/tmp}/ebb-$suite.XXXXXX") || exit 1
	export DC_DIR DC_NET=10.$((64 + $$ % 128)).$(($$ / 128 % 250)) DC_PORT=$((20000 + $$ % 60 * 200))
	trap 'testbed_end' EXIT
	trap 'exit 1' INT TERM
	"$dc" up "$1" || { echo "FAIL $suite: the testbed does not come up"; failed=1; finish; }
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
