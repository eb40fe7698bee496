#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the published policies on PlanetLab days under rules cloudsim and compares every figure that
# CloudSim 3.0.3 prints with those in reference-expected.csv. usage: reference.sh DIR [POLICY]
# DIR holds DAY.csv, DAY.csv.zst, DAY.csv.gz or folders DAY. One line a run; exit 1 if any differs.
set -u
cd "$(dirname "$0")/../.." || exit 1
[ $# -ge 1 ] || { echo "usage: $0 DIR [POLICY]" >&2; exit 64; }
dir=$1 only=${2:-}
ebb=${EBB:-build/ebb}
[ -x "$ebb" ] || { echo "$ebb is missing; run make first, or set EBB" >&2; exit 1; }
result=$(mktemp) || exit 1
trap 'rm -f "$result"' EXIT
equal=0 different=0 missing=0

trace_of() { # trace_of DAY: its path, nothing if there is none
	for path in "$dir/$1.csv" "$dir/$1.csv.zst" "$dir/$1.csv.gz" "$dir/$1"; do
		[ -e "$path" ] && { echo "$path"; return; }
	done
}

# The printed figures out of the result, in the order of the table; then the seconds it took.
figures() {
	awk -F'[:,]' '
		{ gsub(/[" ]/, "", $1); v[$1] = $2 + 0 }
		END {
			printf "%d,%.2f,%d,%.5f,%.2f,%.2f,%.2f,%d,%.2f %.3f\n", v["vms"],
				v["energy_kwh"], v["migrations"], v["slav"] * 100, v["slatah"] * 100,
				v["overall_sla"] * 100, v["average_sla"] * 100,
				v["host_power_cycles"], v["mean_time_to_shutdown_s"],
				v["wall_seconds"]
		}' "$result"
}

{
	read -r _
	while IFS=, read -r policy day expected; do
		seconds=${expected##*,} expected=${expected%,*}
		[ -z "$only" ] || [ "$only" = "$policy" ] || continue
		path=$(trace_of "$day")
		if [ -z "$path" ]; then
			missing=$((missing + 1))
			continue
		fi
		"$ebb" sim --fleet configs/fleets/planetlab.yaml --trace "planetlab:$path" \
			--policy "$policy" --rules cloudsim --json "$result" >/dev/null || exit 1
		got=$(figures) took=${got#* } got=${got% *}
		if [ "$got" = "$expected" ]; then
			equal=$((equal + 1))
			verdict=equal
		else
			different=$((different + 1))
			verdict="DIFFERENT: $got, expected $expected"
		fi
		awk -v p="$policy" -v d="$day" -v t="$took" -v r="$seconds" -v v="$verdict" 'BEGIN {
			printf "%-8s %s %8.3f s, CloudSim %6.2f s (%3d x)  %s\n", p, d, t, r, r / t, v }'
	done
	echo "$equal equal, $different different, $missing days without a trace"
	[ "$different" = 0 ]
} <tests/bench/reference-expected.csv
