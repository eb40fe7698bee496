# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A control group for each host, and one ("machine") for what stands around the hosts.
#
# They say what CPU time and memory a host uses, and nothing in them can hide from `dc down`.
# Works with both versions of cgroups, and without any: then all hosts show the whole machine's use,
# and BMCs tell the idle power only; `dc up` says so.

CG=/sys/fs/cgroup

cg_version() {
	if [ -e $CG/cgroup.controllers ] && [ -w $CG/cgroup.procs ] &&
		mkdir -p $CG/"$DC_ID" 2>/dev/null; then
		echo 2
	elif [ -w $CG/cpuacct ] && mkdir -p $CG/cpuacct/"$DC_ID" 2>/dev/null; then
		echo 1
	else
		echo 0
	fi
}
: "${DC_CGROUP:=}"           # found out once, by `dc up`; kept in the configuration

# The directories above all groups of this testbed, whatever version made them.
cg_roots() {
	local dir
	for dir in $CG $CG/cpuacct $CG/memory; do
		[ ! -d "$dir/$DC_ID" ] || echo "$dir/$DC_ID"
	done
}

cg_prepare() {
	case $DC_CGROUP in
	1) [ ! -w $CG/memory ] || mkdir -p $CG/memory/"$DC_ID" ;;
	2) # A container's own root may refuse this: then memory use is not known, CPU time is.
		{ echo +memory >$CG/cgroup.subtree_control; } 2>/dev/null || true
		{ echo +memory >$CG/"$DC_ID"/cgroup.subtree_control; } 2>/dev/null || true ;;
	esac
}

cg_make() { # GROUP
	local root
	for root in $(cg_roots); do
		mkdir -p "$root/$1"
		[ "$1" != machine ] || continue
		{ echo $((DC_HOST_MIB << 20)) >"$root/$1/memory.limit_in_bytes"; } 2>/dev/null || true
		{ echo $((DC_HOST_MIB << 20)) >"$root/$1/memory.max"; } 2>/dev/null || true
	done
}

cg_join() { # GROUP PID
	local root
	for root in $(cg_roots); do
		[ ! -d "$root/$1" ] || echo "$2" >"$root/$1/cgroup.procs"
	done
}

# cg_kill GROUP: until nobody is left, however fast they fork.
cg_kill() {
	local root pid pids
	for root in $(cg_roots); do
		for _ in {1..100}; do
			pids=$(cat "$root/$1/cgroup.procs" 2>/dev/null) || true
			[ -n "$pids" ] || break
			for pid in $pids; do kill -KILL "$pid" 2>/dev/null || true; done
			sleep 0.02
		done
	done
}

cg_gone() { # GROUP
	local root
	for root in $(cg_roots); do
		[ ! -d "$root/$1" ] || rmdir "$root/$1" 2>/dev/null || return 1
	done
}

cg_remove() { # GROUP
	wait_for 5 cg_gone "$1"
}

cg_groups() {
	local root
	for root in $(cg_roots); do
		find "$root" -mindepth 1 -maxdepth 1 -type d -printf '%f\n'
	done | sort -u
}

# cg_cpu_usec GROUP: sets CPU_USEC; no process is started, the meter asks many times a second.
cg_cpu_usec() {
	local key value
	CPU_USEC=
	case $DC_CGROUP in
	1) { read -r value <$CG/cpuacct/"$DC_ID/$1"/cpuacct.usage; } 2>/dev/null || return 1
		CPU_USEC=$((value / 1000)) ;;
	2) { read -r key value <$CG/"$DC_ID/$1"/cpu.stat; } 2>/dev/null || return 1
		[ "$key" = usage_usec ] || return 1
		CPU_USEC=$value ;;
	*) return 1 ;;
	esac
}

# cg_mem_bytes GROUP: sets MEM_BYTES to what its processes hold, without the page cache.
cg_mem_bytes() {
	local file key value
	MEM_BYTES=0
	case $DC_CGROUP in
	1) file=$CG/memory/$DC_ID/$1/memory.stat ;;
	2) file=$CG/$DC_ID/$1/memory.stat ;;
	*) return 1 ;;
	esac
	[ -r "$file" ] || return 1
	while read -r key value; do
		case $key in
		rss | anon | kernel_stack) MEM_BYTES=$((MEM_BYTES + value)) ;;
		esac
	done <"$file"
}
