# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Hosts: what each one owns, how its power goes on and off.
#
# A host is on while the first process of its PID namespace lives (lib/init); killing that process
# is a power cut, because the kernel then kills all others at once. Around it runs its power supply
# (`dc _power`), which makes the host's network and control group before and removes them after, so
# that a host which is off answers nobody.

host_is_on() { recorded "$DC_DIR/$1/init.pid" >/dev/null; }
host_is_off() { ! host_is_on "$1"; }

host_define() { # HOST
	local dir seed
	dir=$(host_dir "$1")
	mkdir -p "$dir"/{init.d,faults,bmc,log} \
		"$dir"/etc/{libvirt/hooks/qemu.d,ebb} "$dir"/var/lib/{libvirt/images,ebb} \
		"$dir"/var/log/libvirt "$dir"/var/cache/libvirt
	cat >"$dir/etc/libvirt/libvirtd.conf" <<-EOF
		listen_tls = 0
		listen_tcp = 1
		auth_tcp = "none"
		auth_unix_rw = "none"
		host_uuid = "00000000-0000-4000-8000-$(printf %012d "$(host_number "$1")")"
		log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
	EOF
	# No virtlogd runs here; and peers must be able to resolve what a migration is sent to.
	cat >"$dir/etc/libvirt/qemu.conf" <<-EOF
		user = "root"
		group = "root"
		security_driver = "none"
		cgroup_controllers = [ ]
		namespaces = [ ]
		stdio_handler = "file"
		migration_host = "$(host_address "$1")"
	EOF
	# libvirtd looks once, at its start, whether there is any hook at all. With this one there
	# is, and hooks that are added to the directory later are called as well.
	printf '#!/bin/sh\nexit 0\n' >"$dir/etc/libvirt/hooks/qemu.d/00-present"
	chmod 755 "$dir/etc/libvirt/hooks/qemu.d/00-present"
	{
		echo "127.0.0.1 localhost"
		for seed in $(hosts); do echo "$(host_address "$seed") $seed"; done
	} >"$dir/etc/hosts"
	host_define_users "$dir/etc"
}

# libvirtd does not start without the user that Debian's libvirt-daemon-system makes; as that
# package also brings services that nobody wants on this machine, only the hosts have the user.
host_define_users() { # DIRECTORY
	cp /etc/passwd /etc/group "$1/"
	grep -q '^libvirt-qemu:' "$1/passwd" ||
		echo 'libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin' >>"$1/passwd"
	grep -q '^libvirt-qemu:' "$1/group" || echo 'libvirt-qemu:x:64055:' >>"$1/group"
}

# --- power --------------------------------------------------------------------------------------

# The button: one hand at a time, be it the BMC's or a test's.
host_start() ( # HOST
	exec 8>"$DC_DIR/$1/button.lock"
	flock -w 30 8 || die "$1: somebody holds the power button"
	host_is_off "$1" || exit 0
	rm -f "$DC_DIR/$1/init.pid"
	daemon "power-$1" "$DC" _power "$1"
	wait_for 20 host_is_on "$1" || die "$1: does not start; see $DC_DIR/log/power-$1"
)

host_cut() ( # HOST
	local pid
	exec 8>"$DC_DIR/$1/button.lock"
	flock -w 30 8 || die "$1: somebody holds the power button"
	pid=$(recorded "$DC_DIR/$1/init.pid") && kill -KILL "$pid" 2>/dev/null
	host_await_off "$1"
)

# host_await_off HOST: until nothing of it is left.
host_await_off() {
	wait_for 15 not_recorded "$DC_DIR/pids/power-$1" || die "$1: power supply does not end"
}

# host_shutdown HOST: what a short push of the button does: the host ends itself in good order.
host_shutdown() {
	local pid
	pid=$(recorded "$DC_DIR/$1/init.pid") && kill -TERM "$pid"
	return 0
}

# The power supply of one host, from on to off. It ends when the host does.
host_power() { # HOST
	local host=$1 dir netns
	dir=$(host_dir "$host") netns=$(host_netns "$host")
	exec 9>"$dir/power.lock"
	flock -w 15 9 || die "$host: is still going off"
	host_network_up "$host"
	cg_make "$host"
	[ "$DC_CGROUP" = 0 ] || meter_files "$host"
	(
		exec 9>&-
		cg_join "$host" "$BASHPID"
		exec ip netns exec "$netns" unshare --mount --pid --uts --ipc --fork --kill-child \
			"$HERE/lib/init" "$host" >>"$dir/log/console" 2>&1
	) &
	wait $! || true
	cg_kill "$host"
	host_network_down "$host"
	cg_remove "$host" || echo "$host: control group stays"
	rm -f "$dir/init.pid"
}

# --- network ------------------------------------------------------------------------------------

# The switch has a network namespace of its own: rules of this machine's firewall for bridged
# packets (Docker's, say) do not reach it, and deleting it deletes all links.
switch_up() {
	ip netns add "$SWITCH"
	ip -n "$SWITCH" link add hosts type bridge
	ip -n "$SWITCH" link set hosts up
	ip link add "$DC_ID" type veth peer name machine netns "$SWITCH"
	ip -n "$SWITCH" link set machine master hosts up
	ip addr add "$GATEWAY/24" dev "$DC_ID"
	ip link set "$DC_ID" up
}

host_network_up() { # HOST
	local netns state=up
	netns=$(host_netns "$1")
	host_network_down "$1"
	! has_fault net-cut "$1" || state=down
	ip netns add "$netns"
	# The same address at every boot, or neighbours would send to the old one for half a minute.
	ip -n "$SWITCH" link add "$1" type veth peer name eth0 \
		address "02:eb:bb:00:00:$(printf %02x "$(host_number "$1")")" netns "$netns"
	ip -n "$SWITCH" link set "$1" master hosts "$state"
}

host_network_down() { # HOST
	ip -n "$SWITCH" link del "$1" 2>/dev/null || true
	ip netns del "$(host_netns "$1")" 2>/dev/null || true
}

# --- inside -------------------------------------------------------------------------------------

# host_exec HOST COMMAND...: in all namespaces of the host, and at its expense.
host_exec() {
	local pid
	pid=$(recorded "$DC_DIR/$1/init.pid") || die "$1 is off"
	(
		cg_join "$1" "$BASHPID"
		shift
		exec nsenter --target "$pid" --mount --uts --ipc --net --pid --wd=/ -- \
			env PATH="/run/dc/bin:$PATH" "$@"
	)
}

# Whether libvirtd of the host answers; a hung one must not hang us.
host_answers() {
	bounded 5 virsh -q -c "$(host_uri "$1")" uri >/dev/null 2>&1
}

# host_pids HOST PATTERN: processes of the host, by command line; numbers as this machine sees them.
host_pids() {
	local pid
	pid=$(recorded "$DC_DIR/$1/init.pid") || return 0
	pgrep --ns "$pid" --nslist pid -f "$2" || true
}
