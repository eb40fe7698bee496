# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The meter: turns each host's control group into what the host shows as its own: /proc/stat,
# /proc/meminfo, /proc/uptime, and the watts at its BMC.
#
# The files are bound over the host's, so they are written in place, in one go and always with the
# same length: a reader never sees a half or an empty one. Fresh four times a second: a rate that is
# taken over 5 s is right within 5 %. (lxcfs would do the same for cgroups of version 1 only.)

METER_PERIOD=0.25
HZ=100                       # of /proc/stat, see sysconf(_SC_CLK_TCK)

meter_files() { # HOST: first content, so that there is something to bind
	meter_boot "$1"
	meter_host "$1" 0
}

meter_uptime() { # sets NOW_TICKS: hundredths of a second since the machine's boot
	local up
	read -r up _ </proc/uptime
	NOW_TICKS=${up/./}
	NOW_TICKS=$((10#$NOW_TICKS))
}

declare -A boot_ticks boot_wall last_usec last_ticks busy_ticks idle_ticks watts_of

meter_boot() { # HOST
	meter_uptime
	boot_ticks[$1]=$NOW_TICKS boot_wall[$1]=$EPOCHSECONDS
	last_usec[$1]=0 last_ticks[$1]=$NOW_TICKS busy_ticks[$1]=0 idle_ticks[$1]=0
	watts_of[$1]=$((DC_IDLE_W * 10))
}

# meter_host HOST USEC: all files for this moment.
meter_host() {
	local host=$1 usec=$2 busy idle up cpu text
	meter_uptime
	up=$((NOW_TICKS - boot_ticks[$host]))
	busy=$((usec / (1000000 / HZ)))
	# What was not busy was idle; counters never go back, whatever the rounding does.
	idle=$((up * CPUS - busy))
	[ $idle -ge "${idle_ticks[$host]}" ] || idle=${idle_ticks[$host]}
	busy_ticks[$host]=$busy idle_ticks[$host]=$idle
	printf -v text 'cpu  %012d 0 0 %012d 0 0 0 0 0 0\n' "$busy" "$idle"
	for ((cpu = 0; cpu < CPUS; cpu++)); do
		printf -v text '%scpu%d %012d 0 0 %012d 0 0 0 0 0 0\n' "$text" $cpu \
			$((busy / CPUS)) $((idle / CPUS))
	done
	printf '%sbtime %012d\n' "$text" "${boot_wall[$host]}" 1<>"$DC_DIR/$host/proc.stat"
	printf '%010d.%02d %010d.%02d\n' $((up / 100)) $((up % 100)) $((idle / 100)) \
		$((idle % 100)) 1<>"$DC_DIR/$host/proc.uptime"
	meter_memory "$host"
}

meter_memory() { # HOST
	local total=$((DC_HOST_MIB * 1024)) free
	cg_mem_bytes "$1" || true
	free=$((total - MEM_BYTES / 1024))
	[ $free -ge 0 ] || free=0
	printf '%-16s%12d kB\n' MemTotal: $total MemFree: $free MemAvailable: $free Buffers: 0 \
		Cached: 0 SwapCached: 0 SwapTotal: 0 SwapFree: 0 1<>"$DC_DIR/$1/proc.meminfo"
	printf 'Node 0 %-16s%12d kB\n' MemTotal: $total MemFree: $free MemUsed: $((total - free)) \
		1<>"$DC_DIR/$1/proc.node0"
}

# meter_watts HOST USEC: linear from idle to full, smoothed over about a second.
meter_watts() {
	local spent=$((NOW_TICKS - last_ticks[$1])) now
	[ $spent -gt 0 ] || return 0
	now=$(((DC_FULL_W - DC_IDLE_W) * ($2 - last_usec[$1]) / (spent * 1000 * CPUS)))
	watts_of[$1]=$(((watts_of[$1] * 3 + DC_IDLE_W * 10 + now) / 4))
	last_usec[$1]=$2 last_ticks[$1]=$NOW_TICKS
	printf '%-4d\n' $((watts_of[$1] / 10)) 1<>"$DC_DIR/$1/bmc/watts"
}

meter_run() {
	local host state
	local -A was
	# It ends with the testbed's directory, should nobody say dc down.
	while [ -e "$DC_DIR/$MARK" ] && sleep $METER_PERIOD; do
		for host in "$DC_DIR"/h[0-9]*; do
			host=${host##*/} state=off
			if { read -r state _ <"$DC_DIR/$host/init.pid"; } 2>/dev/null && [ -d "/proc/$state" ]; then
				[ "${was[$host]:-}" = "$state" ] || meter_boot "$host"
				if cg_cpu_usec "$host"; then
					meter_host "$host" "$CPU_USEC"
					meter_watts "$host" "$CPU_USEC"
				else
					printf '%-4d\n' "$DC_IDLE_W" 1<>"$DC_DIR/$host/bmc/watts"
				fi
			else
				state=off
				printf '%-4d\n' "$DC_OFF_W" 1<>"$DC_DIR/$host/bmc/watts"
			fi
			was[$host]=$state
		done
	done
}
CPUS=$(nproc)
