#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ebb hosts and ebb vms on real hosts: what they show is so, and a host that is ill delays nobody.
# shellcheck source=testlib.sh
. "$(dirname "$0")/testlib.sh"
ebb=$PWD/${EBB:-build/ebb}
[ -x "$ebb" ] || skip "$ebb is not built; make all builds it"
testbed 2

inventory=$DC_DIR/inventory.yaml
cat >"$inventory" <<-END
	hosts: [{count: 2, first: 1, name: h%d, libvirt: "qemu+tcp://$DC_NET.%d/system"}]
END
hosts() { timeout 30 "$ebb" hosts -i "$inventory" --timeout 2s "$@"; }
vms() { timeout 30 "$ebb" vms -i "$inventory" --timeout 2s "$@"; }
# exits STATUS COMMAND...
exits() {
	local want=$1 status=0
	shift
	"$@" || status=$?
	[ "$status" = "$want" ]
}
# field VM KEY: of the JSON, one scalar.
field() { vms --interval 3s --json | awk -v vm="\"vm\": \"$1\"," -v key="\"$2\":" '
	index($0, "\"vm\":") { mine = index($0, vm) } mine && $1 == key { gsub(/,/, "", $2); print $2 }'; }
between() { awk -v x="$3" -v low="$1" -v high="$2" 'BEGIN { exit !(x >= low && x <= high) }'; }

check "a guest at half load" "$dc" vm busy h1 64 8 --tag tier=db
check "an idle one" "$dc" vm idle h2 64 0
check "a paused one" "$dc" vm paused h2 64 0 --paused
check "one with a local disk" "$dc" vm local h1 64 0 --local-disk
check "that beats" soon 15 beats busy

check "every host is on" eval 'says "^h1 +on" hosts && says "^h2 +on" hosts'
check "each VM is where it is" eval \
	'says "^busy +h1 +running" vms && says "^idle +h2 +running" vms && says "^paused +h2 +paused" vms'
check "half a processor is about that, on a busy machine too" between 0.15 0.75 "$(field busy cpu_cores_used)"
check "and none is none" between 0 0.1 "$(field idle cpu_cores_used)"
check "memory is the guest's" between 67108864 67108864 "$(field busy mem_bytes_max)"
check "of which the host holds some" between 10e6 100e6 "$(field busy mem_bytes)"
check "its tag is told" says '"tier": "db"' vms --json
check "it is emulated" says '"emulated": true' vms --json
check "on network storage: nothing keeps it" says "^busy .* yes$" vms
check "a local disk keeps its VM" says "^local .*local-disk" vms
check "a pause keeps its VM" says "^paused .*state" vms

check "after a move" eval 'timeout 60 virsh -q -c "qemu+tcp://$DC_NET.1/system" migrate --live --p2p \
	busy "qemu+tcp://$DC_NET.2/system"'
check "it is on the other host" says "^busy +h2 +running" vms

# --- ill hosts ----------------------------------------------------------------------------------
check "a libvirtd hangs" "$dc" break libvirtd-hang h1
began=$SECONDS
check "the others are told, exit 4" exits 4 hosts
check "in the time given, twice" test $((SECONDS - began)) -le 8
check "it is late, the other is on" eval 'says "^h1 +late" hosts && says "^h2 +on" hosts'
check "and is named" says 'host "h1" did not answer in time' hosts
check "its VMs are not made up" fails says "^local" vms
check "mended" "$dc" mend libvirtd-hang h1
check "it is on again" soon 10 exits 0 hosts
check "a libvirtd dies" "$dc" break libvirtd-kill h1
check "and its host does not answer" says "^h1 +no-answer" hosts
check "for a reason with a remedy" says "ebb hosts: h1: .*refused.*; start libvirtd" hosts
check "a host is off" "$dc" cut h2
check "nobody answers, exit 1" exits 1 hosts
finish
