#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The outputs of sim, compare and explain: whole or not at all, in their places, and refused in
# one line when they cannot be made.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0
fleet=configs/fleets/planetlab-real.yaml
trace=synth:vms=30,days=0.2

ok() { # ok NAME CONDITION...: the condition is a command
	name=$1; shift
	if "$@"; then passed=$((passed + 1)); else echo "FAIL $name"; failed=$((failed + 1)); fi
}
refused() { # refused STATUS TEXT COMMAND...: exits so, says TEXT in one line, leaves no file
	want=$1 text=$2; shift 2
	"$@" >"$dir/out" 2>"$dir/err"; got=$?
	ok "$* (exit $got, $(cat "$dir/err"))" \
		test "$got" = "$want" -a "$(wc -l <"$dir/err")" = 1 -a -z "$(ls "$dir/new")"
	ok "$* says: $text; not: $(cat "$dir/err")" grep -qF -- "$text" "$dir/err"
}
sim() { "$ebb" sim --fleet $fleet --trace $trace "$@"; }
compare() { "$ebb" compare --fleet $fleet --trace $trace "$@"; }
mkdir "$dir/new"

# What is refused leaves nothing behind.
n=$dir/new
refused 1 "cannot write" sim --json "$n/a.json" --report "$n/none/b.html"
refused 1 "two outputs go to" sim --events "$n/a" --decisions "$n/a"
refused 1 "two outputs go to" sim --json - --events -
refused 1 "no-such" "$ebb" sim --fleet "$n/no-such.yaml" --trace $trace --json "$n/a.json"
refused 1 "no-such" "$ebb" sim --fleet $fleet --trace "planetlab:$n/no-such" --report "$n/a.html"
refused 78 "lr-mmt" sim --policy lr-mtm --json "$n/a.json"
refused 78 "--set" sim --set nonsense --json "$n/a.json"
refused 78 "--set no.such=1" sim --set no.such=1 --json "$n/a.json"
refused 64 "--rules" sim --rules unreal
refused 64 "compare" sim --policy npa --policy dvfs
refused 64 "--policy" compare
refused 64 "--until" sim --until 0
refused 64 "did you mean --report" sim --reprot "$n/a.html"
refused 1 "No such file" "$ebb" explain vm v --log "$n/none"
refused 64 "is not one of host, vm, decision, plan" "$ebb" explain cow v --log "$n/none"
refused 64 "is not a number" "$ebb" explain decision v --log "$n/none"

# A full disk under the last output keeps the others from appearing.
refused 1 "/dev/full: cannot write" sim --json "$n/a.json" --report "$n/a.html" \
	--decisions /dev/full --record "$n/a.ebb"

# A failed run leaves an old file as it was.
echo old >"$dir/old.json"
sim --policy npa --json "$dir/old.json" --report "$dir/none/r.html" >/dev/null 2>&1
ok "an old file survives a failed run" test "$(cat "$dir/old.json")" = old

# A good run writes all of them.
sim --policy lr-mmt --json "$dir/a.json" --report "$dir/a.html" --events "$dir/a.csv" \
	--decisions "$dir/a.jsonl" --record "$dir/a.ebb" >"$dir/text"
ok "all files are there" test -s "$dir/a.json" -a -s "$dir/a.html" -a -s "$dir/a.csv" \
	-a -s "$dir/a.jsonl" -a -s "$dir/a.ebb"
ok "the summary goes to stdout" grep -q "x the lower bound" "$dir/text"
sim --policy lr-mmt --json >"$dir/stdout.json"
ok "JSON on stdout is alone there" test "$(head -c 1 "$dir/stdout.json")" = "{"
digest() { sed -n 's/.*"decision_digest": "\(.*\)".*/\1/p' "$1"; }
ok "listening changes no decision" test "$(digest "$dir/a.json")" = "$(digest "$dir/stdout.json")"

# The recording replays to the same decisions.
"$ebb" sim --fleet $fleet --trace "ebb:$dir/a.ebb" --policy lr-mmt --json "$dir/b.json" >/dev/null
ok "a recording replays alike" test "$(digest "$dir/a.json")" = "$(digest "$dir/b.json")"
sim --until 1h --record "$dir/c.ebb" --policy npa --json "$dir/c.json" >/dev/null
"$ebb" sim --fleet $fleet --trace "ebb:$dir/c.ebb" --policy npa --json "$dir/d.json" >/dev/null
ok "a recording ends with its run" grep -q '"simulated_seconds": 3600' "$dir/d.json"

# Explanations.
vm=$(sed -n 's/.*"kind":"migrate","vm":"\([^"]*\)".*"outcome":"done".*/\1/p' "$dir/a.jsonl" | head -n 1)
"$ebb" explain vm "$vm" --log "$dir/a.jsonl" >"$dir/why"
ok "a moved VM is explained" grep -q "move vm $vm from .* done after" "$dir/why"
"$ebb" explain decision 1 --log - <"$dir/a.jsonl" >"$dir/why"
ok "a log is read from stdin" grep -q "#1 " "$dir/why"

# Comparison: one row a policy; a set that only one of them knows is no mistake.
compare --policy npa --policy thr-mmt:overload.threshold=0.7 --set limits.migrations_total=3 \
	--report "$dir/two.html" >"$dir/table"
ok "one row a policy" test "$(grep -cE '^(npa|thr-mmt:overload.threshold=0.7) ' "$dir/table")" = 2
ok "a page of two runs" test "$(grep -o '"timeline":{' "$dir/two.html" | wc -l)" = 2
compare --policy npa --policy thr-mmt --set overload.threshold=0.7 >"$dir/table" 2>&1
ok "a set for one of two policies" grep -q '^thr-mmt ' "$dir/table"
compare --policy npa --policy dvfs --json >"$dir/runs.json"
ok "compare prints a list of runs" test "$(grep -c '"policy":' "$dir/runs.json")" = 2

echo "outputs: $passed passed, $failed failed"
[ "$failed" = 0 ]
