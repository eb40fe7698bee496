# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What is where, told from the processes themselves and not by libvirtd, which may hang or be dead.

# host_guests HOST: a line "NAME" for each QEMU process, "NAME+" if it waits for a migration.
host_guests() {
	local pid line name sign
	for pid in $(host_pids "$1" '^/usr/bin/qemu-system'); do
		line=$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) || continue
		case $line in *"-name guest="*) ;; *) continue ;; esac
		name=${line#*-name guest=} sign=
		case $line in *" -incoming "*) [ -z "$(host_incoming_done "$1" "${name%%,*}")" ] && sign=+ ;; esac
		echo "${name%%,*}$sign"
	done | sort -V
}

# A QEMU started for a migration keeps its option -incoming; libvirt's status file tells the rest.
host_incoming_done() { # HOST NAME
	local pid
	pid=$(recorded "$DC_DIR/$1/init.pid") || return 0
	grep -l "<job type='none'" "/proc/$pid/root/run/libvirt/qemu/$2.xml" 2>/dev/null ||
		grep -L "<job " "/proc/$pid/root/run/libvirt/qemu/$2.xml" 2>/dev/null
}

where_text() {
	local host
	for host in $(hosts); do
		if host_is_on "$host"; then
			echo "$host on: $(host_guests "$host" | xargs)"
		else
			echo "$host off"
		fi
	done
}

where_json() {
	local host separator=
	printf '{'
	for host in $(hosts); do
		printf '%s\n  "%s": {"power": "%s", "boot": "%s", "vms": [%s]}' "$separator" "$host" \
			"$(host_is_on "$host" && echo on || echo off)" "$(cat "$DC_DIR/$host/boot_id" 2>/dev/null)" \
			"$(host_guests "$host" | sed 's/.*/"&"/' | paste -sd, | sed 's/,/, /g')"
		separator=,
	done
	printf '\n}\n'
}

host_log() { # HOST
	local file
	for file in "$DC_DIR/log/power-$1" "$DC_DIR/$1"/log/* "$DC_DIR/$1/bmc/log" \
		"$DC_DIR/$1"/var/log/libvirt/libvirtd.log; do
		[ ! -s "$file" ] || { echo "== ${file#"$DC_DIR/"}"; cat "$file"; }
	done
}
