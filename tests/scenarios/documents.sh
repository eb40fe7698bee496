#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the documents promise: the commands they show work, the JSON has the keys that scripts
# rely on, and text that does not go to a terminal is plain.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=$(realpath "${EBB:-build/ebb}")
tree=$PWD
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

ok() { # ok NAME CONDITION...: the condition is a command
	name=$1; shift
	if "$@"; then passed=$((passed + 1)); else echo "FAIL $name"; failed=$((failed + 1)); fi
}

# --- commands, in a folder that has the program and the configurations ---------------------------
mkdir "$dir/here"
ln -s "$tree/configs" "$dir/here/configs"
ln -s "$ebb" "$dir/here/ebb"
works() { # works WHERE COMMAND: as typed
	(cd "$dir/here" && PATH=$PWD:$PATH sh -c "$2") >"$dir/out" 2>"$dir/err"
	status=$?
	ok "$1: $2 ($(cat "$dir/err"))" test $status = 0 -a ! -s "$dir/err"
}
commands() { # commands FILE: those that begin with "ebb" or "./ebb", continued lines joined
	sed 's/^\.Dl //; s/\\e$/\\/; s/\\-/-/g' "$1" | sed -e ':a' -e '/\\$/N; s/\\\n[[:space:]]*/ /; ta' |
		sed -n 's/^[[:space:]]*\(\(\.\/\)\{0,1\}ebb [a-z][a-z]* .*\)$/\1/p' | grep -v 'FLEET\|DIR\|NAME\|\.\.\.'
}
# What examples take for granted: instances to pack, and the log of a run.
cp tests/fixtures/vbp/small.vbp "$dir/here/instance.vbp"
cp tests/fixtures/vbp/small.vbp.gz "$dir/here/instance.vbp.gz"
(cd "$dir/here" && ./ebb sim --fleet configs/fleets/lab.yaml --trace planetlab:configs/traces/lab.csv \
	--decisions run.jsonl >/dev/null)
for page in README.md Makefile docs/man/*.[15]; do
	commands "$page" >"$dir/commands"
	while read -r line; do works "$page" "$line"; done <"$dir/commands"
	cat "$dir/commands" >>"$dir/all"
done
ok "examples were found" test "$(wc -l <"$dir/all")" -ge 8
ok "the demo's report is a page" grep -q '</html>' "$dir/here/ebb-report.html"

# --- the bundled configurations ------------------------------------------------------------------
"$ebb" config show --defaults >"$dir/defaults"
ok "configs/ebb.yaml has the defaults" cmp -s "$dir/defaults" configs/ebb.yaml
for fleet in configs/fleets/*.yaml; do
	"$ebb" sim --fleet "$fleet" --trace synth:vms=20,days=0.1 --policy npa >"$dir/out" 2>&1
	status=$?
	# lab.yaml speaks of the VMs of its own trace by name.
	ok "$fleet ($(head -n 1 "$dir/out"))" test $status = 0 -o "$fleet" = configs/fleets/lab.yaml
done

# --- JSON ----------------------------------------------------------------------------------------
demo="--fleet configs/fleets/demo.yaml --trace synth:file=configs/traces/demo.yaml"
"$ebb" sim $demo --json - >"$dir/sim.json"
for key in policy rules vms hosts simulated_seconds energy_kwh lower_bound_kwh slatah pdm slav esv \
	unserved_ratio migrations host_power_cycles mean_hosts_on vm_steps wall_seconds \
	vm_steps_per_second peak_rss_bytes seed config_digest decision_digest; do
	ok "sim --json has $key" grep -q "^  \"$key\": " "$dir/sim.json"
done
# The form jansson prints: a key and a value a line, commas between, brackets in pairs.
well_formed() {
	awk '
	function fail(why) { print "line " NR ": " why ": " $0; bad = 1; exit 1 }
	{
		line = $0
		sub(/^ */, "", line)
		if (line ~ /^[\]}],?$/) {
			if (comma) fail("comma before a bracket")
			if (substr(open, depth, 1) != (line ~ /^\]/ ? "[" : "{")) fail("wrong bracket")
			depth--
		} else {
			if (NR > 1 && !comma && !opened) fail("no comma before")
			if (line !~ /^("[a-z_0-9-]+": )?("([^"\\]|\\.)*"|-?[0-9][-+.0-9eE]*|true|false|null|[\[{]|\[\]|\{\}),?$/)
				fail("no value")
		}
		opened = line ~ /[\[{]$/
		if (opened) open = substr(open, 1, depth++) substr(line, length(line))
		comma = line ~ /,$/
	}
	END { exit bad || depth != 0 || NR == 0 }' "$1"
}
ok "sim --json is well formed" well_formed "$dir/sim.json"
"$ebb" compare $demo --policy npa --policy ebb --json >"$dir/compare.json"
ok "compare --json is well formed" well_formed "$dir/compare.json"
ok "compare --json has a list of runs" grep -q '^  "runs": \[' "$dir/compare.json"

# --- plain text ----------------------------------------------------------------------------------
escape=$(printf '\033')
plain() { ok "$1 is plain" test -s "$2" -a "$(grep -c "$escape" "$2")" = 0; }
"$ebb" compare $demo --policy npa --policy ebb >"$dir/text" 2>&1; plain "compare without a terminal" "$dir/text"
"$ebb" help >"$dir/text" 2>&1; plain "help without a terminal" "$dir/text"
"$ebb" simm 2>"$dir/text"; plain "a message without a terminal" "$dir/text"
ok "no progress bar without a terminal" sh -c '! "$@" 2>&1 >/dev/null | grep -q .' sh "$ebb" sim $demo
if command -v script >/dev/null; then
	NO_COLOR=1 script -qec "'$ebb' sim $demo" /dev/null >"$dir/text" </dev/null
	plain "sim on a terminal with NO_COLOR" "$dir/text"
	ok "there is a progress bar on a terminal" grep -q '100 %' "$dir/text"
fi

echo "documents: $passed passed, $failed failed"
[ "$failed" = 0 ]
