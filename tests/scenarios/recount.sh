#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a run reports can be computed again from its events alone: migrations, mean hosts on, and
# the share of host time that was overloaded (SLATAH).
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

number() { # number KEY: its value in the result
	sed -n "s/^  \"$1\": \([-0-9.e+]*\),\{0,1\}\$/\1/p" "$dir/result.json"
}
check() { # check RULES POLICY
	if ! "$ebb" sim --fleet configs/fleets/planetlab-real.yaml --trace synth:vms=200,days=1 \
		--rules "$1" --policy "$2" --seed 3 --events "$dir/events.csv" \
		--json "$dir/result.json" >"$dir/out" 2>&1; then
		echo "FAIL $1 $2: the run failed"; cat "$dir/out"
		failed=$((failed + 1)); return
	fi
	awk -F, -v end="$(number simulated_seconds)" -f tests/scenarios/recount.awk \
		"$dir/events.csv" >"$dir/recount"
	if awk -v m="$(number migrations)" -v h="$(number mean_hosts_on)" -v s="$(number slatah)" '
		function near(a, b, tolerance) { return a - b <= tolerance && b - a <= tolerance }
		{ exit !(m > 0 && $1 == m && near($2, h, h * 1e-6) && near($3, s, 1e-6)) }
		END { if (NR != 1) exit 1 }' "$dir/recount"; then
		passed=$((passed + 1))
	else
		echo "FAIL $1 $2: events say $(cat "$dir/recount"); the result says" \
			"$(number migrations) $(number mean_hosts_on) $(number slatah)"
		failed=$((failed + 1))
	fi
}

for rules in real ideal; do
	for policy in lr-mmt thr-rs mad-mc; do
		check "$rules" "$policy"
	done
done
echo "recount: $passed passed, $failed failed"
[ "$failed" = 0 ]
