#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The cost of a VM-step grows little with the fleet: 1,000, 10,000 and 100,000 VMs under the default
# policy, in processor time of the user, which a busy machine changes least. Ten times the VMs may
# cost FACTOR times as much a VM-step: caches explain two, and anything quadratic would cost ten.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
FACTOR=4 MEMORY_MAX=524288000
passed=0 failed=0

expect() { # expect WHAT CONDITION...
	what=$1; shift
	if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAIL $what"; fi
}
quietly() { "$@" >/dev/null; }
value() { sed -n "s/^  \"$1\": \([-0-9.e+]*\),\{0,1\}\$/\1/p" "$dir/result.json"; }
is_below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a <= b) }'; }

before=0
for size in "100 10" "1000 3" "10000 1"; do
	hosts=${size% *} days=${size#* }
	sed "s/count: 40, name: h%02d/count: $hosts, name: h%05d/" configs/fleets/demo.yaml >"$dir/fleet.yaml"
	times >"$dir/a" # in this shell: a subshell has children of its own
	expect "the run of $hosts hosts" quietly "$ebb" sim --fleet "$dir/fleet.yaml" \
		--trace "synth:vms=${hosts}0,days=$days,interval=5min" --json "$dir/result.json"
	times >"$dir/b"
	cost_ns=$(cat "$dir/a" "$dir/b" | awk -v steps="$(value vm_steps)" '
		NR == 2 || NR == 4 { split($1, t, /[ms]/); s = t[1] * 60 + t[2] - s }
		END { printf "%.1f", s * 1e9 / steps }')
	echo "${hosts}0 VMs: $cost_ns ns a VM-step, $(($(value peak_rss_bytes) / 1048576)) MiB"
	[ "$before" = 0 ] || expect "$cost_ns ns after $before ns" \
		is_below "$cost_ns" "$(awk -v b="$before" -v f=$FACTOR 'BEGIN { print b * f }')"
	expect "memory of ${hosts}0 VMs" is_below "$(value peak_rss_bytes)" $MEMORY_MAX
	before=$cost_ns
done
echo "scale: $passed passed, $failed failed"
[ "$failed" = 0 ]
