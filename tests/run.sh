#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs test programs (binaries that end in "suite: N passed, N failed[, N skipped]") and adds up.
# usage: run.sh LABEL PROGRAM...; appends the totals to $TALLY if that is set.
set -u
label=$1; shift
passed=0 failed=0 skipped=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
for program in "$@"; do
	timeout "${TEST_TIMEOUT:-300}" "$program" >"$log" 2>&1; status=$?
	line=$(grep -E '^[^:]+: [0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$log" | tail -n 1)
	p=$(echo "$line" | sed -n 's/.*: \([0-9]*\) passed.*/\1/p')
	f=$(echo "$line" | sed -n 's/.*, \([0-9]*\) failed.*/\1/p')
	s=$(echo "$line" | sed -n 's/.*, \([0-9]*\) skipped.*/\1/p')
	if [ -z "$line" ] || { [ "$status" != 0 ] && [ "${f:-0}" = 0 ]; }; then
		f=$((${f:-0} + 1)) # it died, or told nothing
	fi
	passed=$((passed + ${p:-0})); failed=$((failed + ${f:-0})); skipped=$((skipped + ${s:-0}))
	if [ "${f:-0}" != 0 ]; then
		echo "FAIL $label $program (exit $status)"; tail -n 60 "$log"
	elif [ "${s:-0}" != 0 ]; then
		echo "SKIP $label $program: $s skipped"; grep -i 'skip' "$log" | head -n 20
	fi
done
echo "$label: $passed passed, $failed failed, $skipped skipped"
[ -z "${TALLY:-}" ] || echo "$passed $failed $skipped" >>"$TALLY"
[ "$failed" = 0 ]
