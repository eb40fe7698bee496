#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One seed, one run: the decision digest is the same with gcc and clang, at -O0 and as released, and
# with hosts and VMs given in another order.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# Optimisation must not change a bit; contraction and libm are what usually does.
build() { # build NAME ARGS...
	name=$1; shift
	make --no-print-directory -j"$(nproc)" BUILD=build-det-"$name" "$@" build-det-"$name"/ebb >"$work/log" 2>&1 ||
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

build gcc-O3 CC=gcc OPT=-O3
build gcc-O0 CC=gcc OPT=-O0
build clang-O2 CC=clang OPT=-O2
build clang-O0 CC=clang OPT=-O0

# The same 200 VMs and 60 hosts twice: in order, and in another one.
vms() { # vms STEP START
	awk -v step="$1" -v start="$2" 'BEGIN {
		for (v = 0; v < 200; v++) {
			id = (v * step + start) % 200
			srand(id)
			printf "vm%03d", id
			for (k = 0; k < 96; k++) printf ",%d", rand() * rand() * 100
			print ""
		}
	}'
}
fleet() { # fleet STEP START
	awk -v step="$1" -v start="$2" '
		/^hosts:/ {
			print
			for (i = 0; i < 60; i++) {
				id = (i * step + start) % 60
				printf "  - {name: h%03d, class: %s}\n", id, id % 2 ? "g5" : "g4"
			}
			getline
			next
		}
		{ print }' configs/fleets/planetlab-real.yaml
}
vms 1 0 >"$work/a.csv"; vms 77 13 >"$work/b.csv"
fleet 1 0 >"$work/a.yaml"; fleet 17 5 >"$work/b.yaml"
synth=synth:vms=150,days=1,churn=0.2
bases=
for rules in real ideal; do
	for policy in ebb lr-mmt mad-mc thr-rs; do
		fleet=configs/fleets/planetlab-real.yaml
		base=$(digest gcc-O3 $fleet "$synth" $rules $policy)
		for other in gcc-O0 clang-O2 clang-O0; do
			expect "$rules $policy $other" "$base" \
				"$(digest $other $fleet "$synth" $rules $policy)"
		done
		a=$(digest gcc-O3 "$work/a.yaml" "planetlab:$work/a.csv" $rules $policy)
		expect "$rules $policy VMs in another order" "$a" \
			"$(digest gcc-O3 "$work/a.yaml" "planetlab:$work/b.csv" $rules $policy)"
		expect "$rules $policy hosts in another order" "$a" \
			"$(digest gcc-O3 "$work/b.yaml" "planetlab:$work/a.csv" $rules $policy)"
		bases="$bases $base $a"
	done
done
expect "runs are told apart" "$(printf '%s\n' $bases | wc -l)" "$(printf '%s\n' $bases | sort -u | wc -l)"
echo "determinism: $passed passed, $failed failed"
[ "$failed" = 0 ]
