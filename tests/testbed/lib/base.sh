# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Names, configuration and the record of processes: what every part of the testbed stands on.
#
# All names are derived from DC_DIR, so that two testbeds never meet and `dc down` finds what is its
# own even when the state directory is gone.

DC_DIR=$(realpath -m "${DC_DIR:-${TMPDIR:-/tmp}/ebb-testbed}")
# shellcheck source=/dev/null
[ ! -e "$DC_DIR/config" ] || . "$DC_DIR/config"
: "${DC_NET:=10.77.0}"       # the first three numbers of the hosts' addresses; hN is .N
: "${DC_PORT:=9000}"         # BMC of hN: this + N on 127.0.0.1; disks: this + 100 and more
: "${DC_HOST_MIB:=2048}"     # memory that a host has and shows
: "${DC_BOOT_DELAY:=1}"      # seconds from power on to the first program
: "${DC_TIMEOUT:=120}"       # seconds for one call of virsh or ipmitool: a slow migration's
: "${DC_IDLE_W:=80}" "${DC_FULL_W:=200}" "${DC_OFF_W:=4}"
export DC_TIMEOUT DC_DIR DC_NET DC_PORT DC_HOST_MIB DC_BOOT_DELAY DC_IDLE_W DC_FULL_W DC_OFF_W

DC_ID=ebb$(printf '%s' "$DC_DIR" | cksum | { read -r sum _; printf '%08x' "$sum"; })
SWITCH=$DC_ID-switch         # the namespace of the network between the hosts
GATEWAY=$DC_NET.254          # this machine, as the hosts see it
MARK=.ebb-testbed            # a directory without this file is never deleted

die() { echo "dc: $*" >&2; exit 1; }
host_dir() { echo "$DC_DIR/$1"; }
host_netns() { echo "$DC_ID-$1"; }
host_number() { echo "${1#h}"; }
host_address() { echo "$DC_NET.${1#h}"; }
host_uri() { echo "qemu+tcp://$(host_address "$1")/system"; }
hosts() { find "$DC_DIR" -maxdepth 1 -type d -name 'h[0-9]*' -printf '%f\n' 2>/dev/null | sort -V; }

need_host() { # HOST
	case ${1:-} in h[0-9]*) [ -d "$DC_DIR/$1" ] && return ;; esac
	die "no host '${1:-}'; there are: $(hosts | xargs)"
}

# has_fault KIND HOST: whether `dc break` did this to the host.
has_fault() { [ -e "$DC_DIR/$2/faults/$1" ]; }

# wait_for SECONDS COMMAND...: true as soon as the command is.
wait_for() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)); shift
	until "$@"; do
		[ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# bounded SECONDS COMMAND...: fails with 124 when it takes longer. In the foreground, so that it
# keeps the terminal; killed 5 s later if it does not mind. A list, so that exec can have it too.
BOUNDED=(timeout --foreground --kill-after=5)
bounded() { "${BOUNDED[@]}" "$@"; }

# A process is known by its number and its start time: numbers are used again.
start_time() { # PID
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # the fields are wanted apart
	set -- $stat
	[ "$1" != Z ] && echo "${20}"
}

record() { # FILE PID
	echo "$2 $(start_time "$2")" >"$1.new" && mv "$1.new" "$1"
}

# recorded FILE: the process number, if that very process still runs.
recorded() {
	local pid born
	{ read -r pid born <"$1"; } 2>/dev/null || return 1
	[ -n "$born" ] && [ "$(start_time "$pid")" = "$born" ] && echo "$pid"
}
not_recorded() { ! recorded "$1" >/dev/null; }

# daemon NAME COMMAND...: runs until stopped, apart from the terminal, output in its log.
daemon() {
	local name=$1; shift
	(
		exec </dev/null >>"$DC_DIR/log/$name" 2>&1 7>&- 8>&- 9>&-
		cg_join machine "$BASHPID"
		exec setsid "$@"
	) &
	record "$DC_DIR/pids/$name" $!
}

signal_daemon() { # NAME SIGNAL
	local pid
	pid=$(recorded "$DC_DIR/pids/$1") || return 0
	kill "-$2" "$pid" 2>/dev/null || true
}

stop_daemon() { # NAME
	signal_daemon "$1" KILL
	wait_for 5 not_recorded "$DC_DIR/pids/$1" || return 1
	rm -f "$DC_DIR/pids/$1"
}
