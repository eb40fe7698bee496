#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of `dc break` does what it says, and `dc mend` makes it well again.
# shellcheck source=testlib.sh
. "$(dirname "$0")/testlib.sh"
testbed 2

answers() { timeout 2 "$dc" virsh "$1" -q uri >/dev/null 2>&1; }
power_is() { says "is $2" timeout 3 "$dc" ipmi "$1" chassis power status; }
reached() { ping -c 1 -W 1 "$DC_NET.$1" >/dev/null; }
still() { local beat; beat=$(pulse "$1" beat); sleep 2.5; [ "$(pulse "$1" beat)" = "$beat" ]; }
knows_v1() { says "v1 +running" "$dc" virsh h1 list; }
hook_answers() { grep -x "v1 reconnect" "$DC_DIR/hook-calls"; }
given_up() { # a call of a hung libvirtd, by dc itself
	local start=$SECONDS status=0
	DC_TIMEOUT=1 timeout 20 "$dc" virsh h1 list || status=$?
	[ "$status" = 124 ] && [ $((SECONDS - start)) -le 8 ]
}
cat >"$DC_DIR/h1/etc/libvirt/hooks/qemu.d/50-record" <<-EOF
	#!/bin/sh
	echo "\$1 \$2" >>"$DC_DIR/hook-calls"
EOF
chmod 755 "$DC_DIR/h1/etc/libvirt/hooks/qemu.d/50-record"
check "a guest on h1" "$dc" vm v1 h1 64 0
check "whose heart beats" soon 10 beats v1

# --- libvirtd -----------------------------------------------------------------------------------
check "libvirtd dies" "$dc" break libvirtd-kill h1
check "and answers no more" fails answers h1
check "its guest lives on" beats v1
check "libvirtd is mended" "$dc" mend libvirtd-kill h1
check "and knows the guest" knows_v1
check "for which it asked the hook" soon 5 hook_answers
check "and is the guest's master" eval '"$dc" virsh h1 suspend v1 && "$dc" virsh h1 resume v1'
check "and goes on living" eval 'sleep 6 && answers h1'
check "being mended when well does no harm" eval '"$dc" mend libvirtd-kill h1 && answers h1'
check "it dies and is mended again" eval \
	'"$dc" break libvirtd-kill h1 && "$dc" mend libvirtd-kill h1 && knows_v1'
check "the guest noticed nothing" eval 'beats v1 && says "boots=1 twins=0" "$dc" alive v1'
check "libvirtd hangs" "$dc" break libvirtd-hang h1
check "and does not answer" fails answers h1
check "nor hold up who asks" given_up
check "where still tells the guest" says "^h1 on: v1$" "$dc" where
check "libvirtd goes on" "$dc" mend libvirtd-hang h1
check "and answers" soon 5 answers h1

# --- BMC ----------------------------------------------------------------------------------------
check "a BMC dies" "$dc" break bmc-dead h2
check "and does not answer" fails power_is h2 on
check "the BMC is mended" "$dc" mend bmc-dead h2
check "and answers" soon 5 power_is h2 on
check "a BMC says off" eval '"$dc" break bmc-lies-off h2 && power_is h2 off'
check "of a host that is on" answers h2
check "and the truth when mended" eval '"$dc" mend bmc-lies-off h2 && power_is h2 on'
check "a BMC says on" eval '"$dc" cut h2 && "$dc" break bmc-lies-on h2 && power_is h2 on'
check "of a host that is off" says "^h2 off" "$dc" where
check "and the truth when mended" eval '"$dc" mend bmc-lies-on h2 && power_is h2 off'

# --- boot ---------------------------------------------------------------------------------------
check "power on is taken" eval \
	'"$dc" break no-boot h2 && "$dc" ipmi h2 chassis power on && power_is h2 on'
check "but nothing comes up" fails soon 4 reached 2
check "it can be cut, and boots when mended" eval \
	'"$dc" ipmi h2 chassis power off && "$dc" mend no-boot h2 && "$dc" start h2 && soon 10 answers h2'
check "a slow boot" eval '"$dc" cut h2 && "$dc" break slow-boot h2 5 && "$dc" start h2'
check "is not up at first" fails soon 2 reached 2
check "but later" soon 12 answers h2
"$dc" mend slow-boot h2

# --- network and storage ------------------------------------------------------------------------
check "the cable is pulled" "$dc" break net-cut h1
check "and the host not reached" fails reached 1
check "and its BMC is" power_is h1 on
check "the cable is back" eval '"$dc" mend net-cut h1 && soon 5 reached 1'
check "the heart goes on, disk and all" soon 60 beats v1
check "storage stalls" "$dc" break storage-stall h1
check "and the heart stands still" still v1
check "and beats when mended" eval '"$dc" mend storage-stall h1 && soon 10 beats v1'
check "with the gap told" test "$(pulse v1 gap)" -ge 2

# --- the worst: one guest twice -----------------------------------------------------------------
check "nobody else wrote its disk so far" says "boots=1 twins=0" "$dc" alive v1
"$dc" virsh h1 dumpxml v1 >"$DC_DIR/v1.xml"
check "a second copy can be started" "$dc" virsh h2 create "$DC_DIR/v1.xml"
twins_told() { [ "$(pulse v1 twins)" -gt 0 ]; }
check "and the heartbeat tells it" soon 10 twins_told

check "an unknown kind is refused" fails "$dc" break nonsense h1
check "an unknown host is refused" fails "$dc" cut h9
finish
