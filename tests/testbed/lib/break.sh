# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Ways in which hosts, BMCs, network and storage fail; each can be mended.
#
# A fault that shapes what comes later (a lie, a boot) is a file in the host's faults directory,
# which host.sh, bmc.sh and init ask for; the others are done at once.

break_kinds="libvirtd-kill libvirtd-hang bmc-dead bmc-lies-off bmc-lies-on no-boot slow-boot
	net-cut storage-stall"

signal_libvirtd() { # HOST SIGNAL
	local pid
	for pid in $(host_pids "$1" '^libvirtd '); do
		kill "-$2" "$pid"
	done
}

signal_disks() { # SIGNAL
	local file
	for file in "$DC_DIR"/pids/nbd-*; do
		[ ! -e "$file" ] || signal_daemon "${file##*/}" "$1"
	done
}

no_libvirtd() { [ -z "$(host_pids "$1" '^libvirtd ')" ]; }

break_host() { # KIND HOST [SECONDS]
	local kind=$1 host=$2
	case $kind in
	libvirtd-kill) signal_libvirtd "$host" KILL; wait_for 5 no_libvirtd "$host" ;;
	libvirtd-hang) signal_libvirtd "$host" STOP ;;
	bmc-dead) signal_daemon "bmc-$host" STOP ;;
	bmc-lies-off) rm -f "$DC_DIR/$host/faults/bmc-lies-on" ;;
	bmc-lies-on) rm -f "$DC_DIR/$host/faults/bmc-lies-off" ;;
	no-boot) ;;
	slow-boot) case ${3:-} in '' | *[!0-9]*) die "slow-boot needs seconds" ;; esac ;;
	net-cut) ip -n "$SWITCH" link set "$host" down 2>/dev/null || true ;; # or at the next start
	storage-stall) signal_disks STOP ;;
	*) die "kinds: $(echo "$break_kinds" | xargs)" ;;
	esac
	echo "${3:-}" >"$DC_DIR/$host/faults/$kind"
}

mend_host() { # KIND HOST
	local kind=$1 host=$2 pid
	rm -f "$DC_DIR/$host/faults/$kind"
	case $kind in
	libvirtd-kill)
		pid=$(recorded "$DC_DIR/$host/init.pid") || return 0
		kill -USR1 "$pid"
		wait_for 20 host_answers "$host" || die "$host: libvirtd does not come back" ;;
	libvirtd-hang) signal_libvirtd "$host" CONT ;;
	# Started anew, or it would now do what it was asked while it was dead.
	bmc-dead) stop_daemon "bmc-$host"; bmc_start "$host" ;;
	net-cut) ip -n "$SWITCH" link set "$host" up 2>/dev/null || true ;;
	storage-stall) signal_disks CONT ;;
	bmc-lies-off | bmc-lies-on | no-boot | slow-boot) ;;
	*) die "kinds: $(echo "$break_kinds" | xargs)" ;;
	esac
}
