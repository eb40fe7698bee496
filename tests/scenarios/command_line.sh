#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line as a user meets it: exit codes, one-line messages with a remedy, and a default
# configuration in the tree that is the one the program has.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

# expect STATUS WORDS COMMAND...: the exit status, and words in the one line on stderr.
expect() {
	want=$1 words=$2
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	status=$?
	lines=$(wc -l <"$dir/err")
	if [ "$status" = "$want" ] && { [ -z "$words" ] || { [ "$lines" = 1 ] &&
		grep -qF -- "$words" "$dir/err"; }; }; then
		passed=$((passed + 1))
	else
		echo "FAIL $*: exit $status instead of $want; wanted: $words"
		head -n 5 "$dir/err"
		failed=$((failed + 1))
	fi
}
# says WORDS: in the stdout of the last command.
says() {
	if grep -qF -- "$1" "$dir/out"; then
		passed=$((passed + 1))
	else
		echo "FAIL: not said: $1"; head -n 5 "$dir/out"; failed=$((failed + 1))
	fi
}

expect 0 '' "$ebb" --version
says 'ebb '
expect 0 '' "$ebb" help
says 'config'
expect 0 '' "$ebb" help config
says 'usage: ebb config'
expect 64 '' "$ebb"
expect 64 'did you mean config?' "$ebb" confgi
expect 64 'did you mean config?' "$ebb" conf
expect 64 '"ebb help" lists them' "$ebb" frobnicate
expect 64 'there is no command "frobnicate"' "$ebb" help frobnicate

expect 0 '' "$ebb" config check
expect 0 '' "$ebb" config check --config configs/ebb.yaml
says 'configs/ebb.yaml: good'
expect 64 'give check|show|diff|policies' "$ebb" config
expect 64 'is not one of check|show|diff|policies' "$ebb" config chek
expect 64 'did you mean --config?' "$ebb" config check --confg x
expect 64 '--config needs FILE' "$ebb" config check --config
expect 78 '/nonexistent: cannot open' "$ebb" config check --config /nonexistent
expect 78 'did you mean limits.moves_per_hour?' "$ebb" config check --set limits.moves_per_huor=3
expect 78 'limits.moves_per_hour: "x" is not valid' "$ebb" config check --set limits.moves_per_hour=x
expect 78 'limits.host_off_ratio_max: 2 is out of bounds; give 0 to 1' \
	"$ebb" config check --set limits.host_off_ratio_max=2
expect 78 'key=value' "$ebb" config check --set nonsense
expect 78 'there is no "thr-mnt"; did you mean thr-mmt?' "$ebb" config check --policy thr-mnt
printf 'limits:\n  hosts_on_min: -3\n' >"$dir/bad.yaml"
expect 78 'bad.yaml:2: limits.hosts_on_min: -3 is out of bounds' \
	"$ebb" config check --config "$dir/bad.yaml"

expect 0 '' "$ebb" config diff --config configs/ebb.yaml
if [ -s "$dir/out" ]; then
	echo "FAIL: configs/ebb.yaml differs from the defaults"; failed=$((failed + 1))
else
	passed=$((passed + 1))
fi
expect 0 '' "$ebb" config diff --policy thr-mmt:overload.threshold=70%
says 'overload.threshold: 0.7  # default 0.8'
expect 0 '' "$ebb" config show --defaults
if cmp -s "$dir/out" configs/ebb.yaml; then
	passed=$((passed + 1))
else
	echo 'FAIL: configs/ebb.yaml is not what "ebb config show --defaults" prints; write it anew'
	failed=$((failed + 1))
fi
"$ebb" config show --policy thr-mmt --set limits.vm_cooldown=7min >"$dir/shown.yaml"
expect 0 '' "$ebb" config diff --config "$dir/shown.yaml"
says 'limits.vm_cooldown: 7min  # default 30min'

expect 0 '' "$ebb" config show --json --set limits.vm_cooldown=7min
says '"value": "7min"'
expect 0 '' "$ebb" config diff --json="$dir/diff.json" --set limits.vm_cooldown=7min
expect 0 '' grep -c '"limits.vm_cooldown"' "$dir/diff.json"
expect 1 '' grep 'hosts_on_min' "$dir/diff.json"
expect 0 '' "$ebb" config policies --json
says '"name": "thr-mmt"'
expect 1 '/nonexistent/x: cannot write' "$ebb" config show --json=/nonexistent/x

# A lost line on stdout is a failure; the status of a worse failure stays.
expect 1 'standard output: cannot write' sh -c '"$0" config show >/dev/full' "$ebb"
expect 64 '' sh -c '"$0" confgi >/dev/full' "$ebb"

echo "command_line: $passed passed, $failed failed"
[ "$failed" = 0 ]
