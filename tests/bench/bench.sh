#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The measurements behind the figures in the documents. usage: [PLANETLAB=DIR] bench.sh
# DIR holds PlanetLab days (20110303.csv.zst, or folders): with it the policies are also measured on
# them, and the published ones against the times CloudSim takes (reference-expected.csv).
# Times are seconds of the whole command, the best of three (of one, if that takes over 5 s); memory
# is the peak.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
[ -x "$ebb" ] || { echo "$ebb is missing; run make first, or set EBB" >&2; exit 1; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
TIMEFORMAT='%R %U'

value() { sed -n "s/^  \"$1\": \([-0-9.e+]*\),\{0,1\}\$/\1/p" "$dir/result.json"; }
fleet_of() { # fleet_of HOSTS: a file with so many hosts of the demo
	sed "s/count: 40, name: h%02d/count: $1, name: h%05d/" configs/fleets/demo.yaml >"$dir/$1.yaml"
	echo "$dir/$1.yaml"
}
# measure ARGS...: runs up to three times; sets best_s (wall) and best_user_s.
measure() {
	for _ in 1 2 3; do
		{ time "$ebb" sim "$@" --json "$dir/result.json" >/dev/null 2>"$dir/err" || {
			cat "$dir/err" >&2; exit 1; }; } 2>>"$dir/times.now" || exit 1
		awk '$1 > 5 { long = 1 } END { exit !long }' "$dir/times.now" && break
	done
	best_s=$(sort -n "$dir/times.now" | awk 'NR == 1 { print $1 }')
	best_user_s=$(sort -n -k 2 "$dir/times.now" | awk 'NR == 1 { print $2 }')
	rm "$dir/times.now"
}

echo "machine: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) processors," \
	"load $(cut -d ' ' -f 1 /proc/loadavg)"
"$ebb" --version

echo
echo "One day of 288 samples, 10 VMs a host"
printf '%-8s %8s %8s %8s %8s %12s %10s %8s\n' policy hosts VMs 's' 'user s' 'VM-steps/s' 'ns/VM-step' MiB
for policy in npa lr-mmt ebb; do
	for hosts in 100 1000 10000; do
		# First fit looks at every host for every VM: the published policies are quadratic here.
		[ $policy = ebb ] || [ $hosts -lt 10000 ] || continue
		measure --fleet "$(fleet_of $hosts)" --trace "synth:vms=${hosts}0,days=1,interval=5min" \
			--policy $policy
		awk -v p=$policy -v h=$hosts -v s="$best_s" -v u="$best_user_s" -v n="$(value vm_steps)" \
			-v m="$(value peak_rss_bytes)" 'BEGIN {
				printf "%-8s %8d %8d %8.2f %8.2f %12.3g %10.1f %8.0f\n", p, h, h * 10, s, u,
					n / (s > 0 ? s : 0.001), u / n * 1e9, m / 1048576 }'
	done
done

if [ -z "${PLANETLAB:-}" ]; then
	echo
	echo "PLANETLAB=DIR make bench also measures the PlanetLab days in DIR."
	exit 0
fi

echo
echo "PlanetLab days, rules ideal: energy over the lower bound, and what was not served"
printf '%-9s %-8s %9s %8s %8s %10s %10s %8s\n' day policy kWh 'x bound' 'SLATAH %' 'unserved %' migrations s
for path in "$PLANETLAB"/*; do
	day=$(basename "$path"); day=${day%%.*}
	case $day in 2011*) ;; *) continue ;; esac
	for policy in lr-mmt ebb; do
		measure --fleet configs/fleets/planetlab.yaml --trace "planetlab:$path" --rules ideal \
			--policy $policy
		awk -v d="$day" -v p=$policy -v e="$(value energy_kwh)" -v b="$(value lower_bound_kwh)" \
			-v o="$(value slatah)" -v u="$(value unserved_ratio)" -v m="$(value migrations)" \
			-v s="$best_s" 'BEGIN { printf "%-9s %-8s %9.2f %8.3f %8.3f %10.4f %10d %8.2f\n",
				d, p, e, e / b, o * 100, u * 100, m, s }'
	done
done | tee "$dir/days"
awk '{ n[$2]++; r[$2] += $4; o[$2] += $5; u[$2] += $6; m[$2] += $7 }
END {
	for (p in n) printf "%-9s %-8s %9s %8.3f %8.3f %10.4f %10.0f\n", "mean", p, "", r[p] / n[p],
		o[p] / n[p], u[p] / n[p], m[p] / n[p]
}' "$dir/days" | sort

echo
echo "Against CloudSim 3.0.3, rules cloudsim"
tests/bench/reference.sh "$PLANETLAB" | tee "$dir/reference"
awk 'match($0, /\( *[0-9]+ x\)/) { x = substr($0, RSTART + 1) + 0; s += log(x); if (!n++ || x < least) least = x }
END { if (n) printf "%.0f times as fast (geometric mean of %d runs), %d times at least\n", exp(s / n), n, least }' \
	"$dir/reference"
