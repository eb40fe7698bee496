#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs fuzz targets, each for a time, on its corpus. usage: run.sh BUILD SECONDS TARGET...
set -u
build=$1 seconds=$2
shift 2
passed=0 failed=0
for target in "$@"; do
	corpus=tests/fuzz/corpus/${target#fuzz_}
	work=$build/corpus/$target
	mkdir -p "$work"
	if "$build/tests/fuzz/$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 \
		-print_final_stats=1 -artifact_prefix="$build/$target-" "$work" \
		$([ -d "$corpus" ] && echo "$corpus") >"$build/$target.log" 2>&1; then
		echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$target.log") runs"
		passed=$((passed + 1))
	else
		echo "FAIL $target"; tail -n 40 "$build/$target.log"
		failed=$((failed + 1))
	fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" = 0 ]
