#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `ebb pack` as a user meets it: results as text and JSON, the assignment, refusals.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
small=tests/fixtures/vbp/small.vbp
passed=0 failed=0
ok() { passed=$((passed + 1)); }
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

# expect STATUS WORDS COMMAND...: the exit status, and words on stdout or stderr.
expect() {
	want=$1 words=$2
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	status=$?
	if [ "$status" = "$want" ] && cat "$dir/out" "$dir/err" | grep -qF -- "$words"; then
		ok
	else
		fail "$*: exit $status instead of $want; wanted: $words"
		head -n 5 "$dir/out" "$dir/err"
	fi
}

expect 0 'no packing has fewer bins' "$ebb" pack $small
expect 0 '"proven_optimal": true' "$ebb" pack $small --json
expect 0 '"bins": 4' "$ebb" pack $small.gz --json
expect 0 '"items": 8' "$ebb" pack $small.zst --json
expect 0 '"seed": 7' "$ebb" pack $small --json --seed 7
expect 0 'kind,item,bin' "$ebb" pack $small --assignment -
expect 64 'give INSTANCE' "$ebb" pack
expect 64 'give 1 to 1000000' "$ebb" pack $small --effort 0
expect 64 'did you mean --effort?' "$ebb" pack $small --efort 2
expect 1 'nonexistent' "$ebb" pack /nonexistent
expect 1 'two outputs go to x' "$ebb" pack $small --json=x --assignment x
printf '1\n10\n1\n11 1\n' >"$dir/bad.vbp"
expect 1 'bad.vbp:4: size 11 is above capacity 10' "$ebb" pack "$dir/bad.vbp" --assignment "$dir/none"
[ ! -e "$dir/none" ] && ok || fail 'a failed run left an assignment'
expect 0 'bins' "$ebb" pack - <$small

# The assignment is a packing: all items, no bin too full.
"$ebb" pack $small --json="$dir/r.json" --assignment "$dir/a.csv" >/dev/null
if awk -F'[ ,]' '
	FNR == NR && FNR > 3 { kinds++; for (d = 1; d <= 3; d++) size[kinds, d] = $d; next }
	FNR == NR || FNR == 1 { next }
	{ n++; if ($3 > bins) bins = $3; for (d = 1; d <= 3; d++) load[$3, d] += size[$1, d] }
	END {
		for (b = 1; b <= bins; b++) for (d = 1; d <= 3; d++) if (load[b, d] > 1000) bad = 1
		exit !(n == 8 && bins == 4 && !bad)
	}' $small "$dir/a.csv"; then ok; else fail 'the assignment is no packing'; fi
grep -q '"bins": 4' "$dir/r.json" && ok || fail 'JSON to a file'

# Steps, not seconds: two runs agree in everything but the time.
for i in 1 2; do "$ebb" pack tests/fixtures/vbp/mixed.vbp --json | grep -v wall_seconds >"$dir/$i"; done
cmp -s "$dir/1" "$dir/2" && ok || fail 'two runs differ'

echo "pack: $passed passed, $failed failed"
[ "$failed" = 0 ]
