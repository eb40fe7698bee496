#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs fuzz targets, each for a time, on its corpus, as many at once as there are processors.
# usage: run.sh BUILD SECONDS TARGET...
set -u
build=$1 seconds=$2
shift 2
one=$(cat <<'EOF'
build=$1 seconds=$2 target=$3
corpus=tests/fuzz/corpus/${target#fuzz_} work=$build/corpus/$target log=$build/$target.log
mkdir -p "$work"
if "$build/tests/fuzz/$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 \
	-print_final_stats=1 -artifact_prefix="$build/$target-" "$work" \
	$([ -d "$corpus" ] && echo "$corpus") >"$log" 2>&1; then
	echo "ok $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
else
	echo "FAIL $target"; tail -n 40 "$log"
fi
EOF
)
said=$(printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c "$one" sh "$build" "$seconds" {})
printf '%s\n' "$said"
passed=$(printf '%s\n' "$said" | grep -c '^ok fuzz_')
failed=$(($# - passed))
echo "fuzz: $passed passed, $failed failed"
[ "$failed" = 0 ]
