#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One seed, one run: the decision digest is the same with gcc and clang, at -O0 and -O2, and with
# hosts and VMs given in another order.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

build() { # build NAME ARGS...
	name=$1; shift
	make --no-print-directory BUILD=build-det-"$name" "$@" build-det-"$name"/ebb >"$work/log" 2>&1 ||
		{ tail -n 20 "$work/log"; echo "determinism: 0 passed, 1 failed"; exit 1; }
}

digest() { # digest BUILD FLEET TRACE RULES POLICY
	build-det-"$1"/ebb sim --fleet "$2" --trace "$3" --rules "$4" --policy "$5" --seed 7 --json - |
		sed -n 's/.*"decision_digest": *"\([0-9a-f]*\)".*/\1/p'
}

expect() { # expect WHAT WANTED GOT
	if [ -n "$2" ] && [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1)); echo "FAIL $1: '$3' is not '$2'"
	fi
}

build gcc-O2 CC=gcc OPT=-O2
build gcc-O0 CC=gcc OPT=-O0
build clang-O2 CC=clang OPT=-O2
build clang-O0 CC=clang OPT=-O0
synth=synth:vms=150,days=1,churn=0.2,seed=3
awk 'BEGIN {
	srand(5)
	for (v = 0; v < 200; v++) {
		printf "vm%03d", (v * 77) % 200
		for (k = 0; k < 96; k++) printf ",%d", rand() * rand() * 100
		print ""
	}
}' >"$work/a.csv"
sort -R --random-source=/bin/sh "$work/a.csv" >"$work/b.csv"
for rules in real ideal; do
	for policy in ebb thr-mmt; do
		fleet=configs/fleets/planetlab-real.yaml
		base=$(digest gcc-O2 $fleet "$synth" $rules $policy)
		for other in gcc-O0 clang-O2 clang-O0; do
			expect "$rules $policy $other" "$base" \
				"$(digest $other $fleet "$synth" $rules $policy)"
		done
		a=$(digest gcc-O2 $fleet "planetlab:$work/a.csv" $rules $policy)
		expect "$rules $policy shuffled" "$a" \
			"$(digest gcc-O2 $fleet "planetlab:$work/b.csv" $rules $policy)"
		[ "$a" != "$base" ] && passed=$((passed + 1)) ||
			{ failed=$((failed + 1)); echo "FAIL digest does not tell runs apart"; }
	done
done
echo "determinism: $passed passed, $failed failed"
[ "$failed" = 0 ]
