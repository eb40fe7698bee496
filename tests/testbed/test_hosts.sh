#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Hosts of the testbed: power by BMC, good-order shutdown, boot identity, services, hooks, meters,
# certificates; nothing is left when it ends.
# shellcheck source=testlib.sh
. "$(dirname "$0")/testlib.sh"
testbed 2

boot_id() { "$dc" shell "$1" cat /proc/sys/kernel/random/boot_id; }
watts() { "$dc" ipmi "$1" sdr type Current | sed -n 's/.*| \([0-9]*\) Watts.*/\1/p'; }
watts_within() { local w; w=$(watts "$1"); echo "$w W"; [ "$w" -ge "$2" ] && [ "$w" -le "$3" ]; }
answers() { timeout 5 "$dc" virsh "$1" -q uri >/dev/null 2>&1; }
power_is() { says "is $2" "$dc" ipmi "$1" chassis power status; }

# --- a host of its own --------------------------------------------------------------------------
check "has its name" says '^h1$' "$dc" shell h1 hostname
check "has its address" says "$DC_NET.1/24" "$dc" shell h1 ip -4 addr show eth0
check "reaches its peer by name" "$dc" shell h1 ping -c 1 -W 2 h2
check "owns its configuration" "$dc" shell h1 sh -c 'echo x >/etc/ebb/x; echo x >/var/lib/ebb/x'
check "which the other does not see" fails "$dc" shell h2 test -e /etc/ebb/x
check "nor does this machine" fails test -e /var/lib/ebb/x
check "has no KVM" fails "$dc" shell h1 test -w /dev/kvm
check "shows its own memory" says "MemTotal: *2097152 kB" "$dc" shell h1 cat /proc/meminfo
check "draws idle power" watts_within h2 80 110

# --- guests, load, power ------------------------------------------------------------------------
check "starts a guest with tags" "$dc" vm v1 h1 64 16 --tag role=db --tag "odd=<&'"
check "whose tags libvirt shows" says "tag name=.odd. value=.&lt;" "$dc" virsh h1 dumpxml v1
check "and whose heart beats" soon 10 beats v1
# 140 W on two processors if the guest gets one of them; a busy machine leaves it less.
check "a loaded host draws more" soon 30 watts_within h1 95 200
check "and less when the load ends" eval '"$dc" load v1 0 && soon 20 watts_within h1 80 92'
check "starts a paused guest" "$dc" vm v2 h2 64 0 --paused
check "whose heart does not beat" says "age=never" "$dc" alive v2
check "starts a guest on a local disk" "$dc" vm v3 h2 64 0 --local-disk --persistent
check "whose heart beats" soon 10 beats v3
check "refuses the same name twice" fails "$dc" vm v3 h1 64 0

# --- hooks --------------------------------------------------------------------------------------
hook=$DC_DIR/h2/etc/libvirt/hooks/qemu.d/50-refuse
printf '#!/bin/sh\ncase $2 in prepare|migrate) echo "cordoned by a test" >&2; exit 1;; esac\n' \
	>"$hook"
chmod 755 "$hook"
check "a hook that comes later refuses a start" says "cordoned by a test" "$dc" vm v4 h2 64 0
check "and a migration" says "cordoned by a test" \
	"$dc" virsh h1 migrate --live v1 "qemu+tcp://$DC_NET.2/system"
check "which leaves the guest where it was" says "^h1 on: v1$" "$dc" where
rm "$hook"
check "without the hook it starts" "$dc" vm v4 h2 64 0
check "and migrates" "$dc" virsh h1 migrate --live v1 "qemu+tcp://$DC_NET.2/system"
check "so that all are on one host" says "^h2 on: v1 v2 v3 v4$" "$dc" where
check "the heart went on" beats v1
check "with no twin" says "boots=1 twins=0" "$dc" alive v1

# --- power cut ----------------------------------------------------------------------------------
before=$(boot_id h2)
check "the BMC says on" power_is h2 on
check "its guests run" pgrep -f "guest=v[124],.*$DC_NET.254"
check "the BMC cuts the power" "$dc" ipmi h2 chassis power off
check "and says off" power_is h2 off
check "an off host answers nobody" fails ping -c 1 -W 1 "$DC_NET.2"
check "its guests are gone" fails pgrep -f "guest=v[124],.*$DC_NET.254"
check "it draws next to nothing" soon 3 watts_within h2 0 5
printf '#!/bin/sh\necho started on $DC_HOST\nexec sleep 1000\n' >"$DC_DIR/h2/init.d/probe"
chmod 755 "$DC_DIR/h2/init.d/probe"
check "power on" "$dc" ipmi h2 chassis power on
check "the BMC says on at once" power_is h2 on
check "it comes up" soon 10 answers h2
check "with a new boot identity" test "$(boot_id h2)" != "$before"
check "and its service runs" soon 5 grep -q "started on h2" "$DC_DIR/h2/log/probe"
check "the guest with a definition is still defined" says "v3 " "$dc" virsh h2 list --all
check "and starts again" "$dc" virsh h2 start v3
check "which its heart tells" soon 10 says "boots=2 twins=0" "$dc" alive v3

# --- good order ---------------------------------------------------------------------------------
check "a host shuts itself down" "$dc" shell h2 /run/dc/poweroff
check "and is off for its BMC" soon 15 power_is h2 off
check "after its daemon ended" says "shutting down" "$dc" log h2
check "a soft request to a BMC does the same" eval \
	'"$dc" ipmi h1 chassis power soft && soon 15 power_is h1 off'
check "reset is power on when it is off" eval '"$dc" ipmi h1 chassis power reset && power_is h1 on'
check "dc start and cut do it too" eval \
	'"$dc" cut h1 && power_is h1 off && "$dc" start h1 && power_is h1 on'
check "where is JSON" eval '"$dc" where --json | python3 -m json.tool || ! command -v python3'

# --- certificates -------------------------------------------------------------------------------
check "makes certificates" "$dc" pki
check "a host's is for a server" openssl verify -CAfile "$DC_DIR/pki/ca.pem" -purpose sslserver \
	-verify_ip "$DC_NET.1" "$DC_DIR/pki/h1.pem"
check "the controller's is for a client" openssl verify -CAfile "$DC_DIR/pki/ca.pem" \
	-purpose sslclient "$DC_DIR/pki/controller.pem"

# --- the end, even after a crash ----------------------------------------------------------------
id=ebb$(printf %08x "$(printf %s "$(realpath "$DC_DIR")" | cksum | cut -d' ' -f1)")
"$dc" vm v9 h1 64 0 >/dev/null 2>&1
rm -rf "$DC_DIR"/pids "$DC_DIR"/h1/init.pid # as if the records were lost
check "down ends it without its records" "$dc" down
left() {
	ip netns list
	ip link
	find /sys/fs/cgroup -maxdepth 2 -name "$id*"
	cat /proc/[0-9]*/mountinfo
} 2>/dev/null
check "no namespace, link, group, mount is left" fails says "$id" left
check "no process is left" fails pgrep -f "$DC_DIR"
check "no file is left" fails test -e "$DC_DIR"
finish
