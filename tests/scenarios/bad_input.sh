#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever is wrong with what the user gives is told in one line that names the place and a remedy,
# with the exit status of its kind; nothing is printed and nothing is left on the disk.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/in" "$dir/out" "$dir/tmp"
in=$dir/in out=$dir/out
export TMPDIR="$dir/tmp"
passed=0 failed=0

# bad STATUS WORDS COMMAND...: the status, WORDS in the only line on stderr, no traces.
bad() {
	want=$1 words=$2; shift 2
	"$@" >"$dir/stdout" 2>"$dir/stderr" </dev/null; got=$?
	why=
	[ "$got" = "$want" ] || why="exit $got instead of $want; "
	[ "$(wc -l <"$dir/stderr")" = 1 ] || why="${why}not one line; "
	grep -qF -- "$words" "$dir/stderr" || why="${why}not said: $words; "
	[ ! -s "$dir/stdout" ] || why="${why}output; "
	[ -z "$(ls -A "$out" "$TMPDIR" | grep -v ':$' | tr -d '\n')" ] || why="${why}left behind: $(ls -A "$out" "$TMPDIR"); "
	if [ -z "$why" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL $*"; echo "  $why"; sed 's/^/  said: /; 3q' "$dir/stderr"
		failed=$((failed + 1)); rm -rf "$out" "$TMPDIR"; mkdir "$out" "$TMPDIR"
	fi
}
fleet=configs/fleets/lab.yaml
good=planetlab:configs/traces/lab.csv
sim() { "$ebb" sim --json "$out/a.json" --events "$out/a.csv" --report "$out/a.html" \
	--decisions "$out/a.jsonl" --record "$out/a.ebb" "$@"; }
cat >"$in/base.yaml" <<'EOF'
host_classes:
  - name: a
    cores: 4
    core_mips: 1000
    memory: 16GiB
    network: 1Gbit/s
    power: {idle: 100, max: 200}
hosts:
  - {count: 3, name: h%d, class: a}
vm_types:
  - {name: t, vcpus: 1, vcpu_mips: 1000, memory: 1GiB}
vms:
  type_by: rank
EOF
printf 'a,10,20,30\nb,40,50,60\n' >"$in/ok.csv"

# bad_fleet STATUS WORDS SED-SCRIPT: the base fleet changed so.
bad_fleet() {
	sed "$3" "$in/base.yaml" >"$in/f.yaml"
	bad "$1" "$2" sim --fleet "$in/f.yaml" --trace "planetlab:$in/ok.csv"
}
# bad_trace WORDS FORMAT TEXT: a file with this text.
bad_trace() {
	printf '%b' "$3" >"$in/t.csv"
	bad 1 "$1" sim --fleet "$in/base.yaml" --trace "$2:$in/t.csv"
}
# bad_config WORDS TEXT
bad_config() {
	printf '%b' "$2" >"$in/c.yaml"
	bad 78 "$1" sim --fleet $fleet --trace $good --config "$in/c.yaml"
}

# --- traces -------------------------------------------------------------------------------------
trace() { bad 1 "$1" sim --fleet "$in/base.yaml" --trace "$2"; }
trace 'did you mean planetlab' "planetlub:$in/ok.csv"
trace 'FORMAT:PATH' "$in/ok.csv"
trace 'none.csv' "planetlab:$in/none.csv"
trace 'none' "bitbrains:$in/none"
trace 'none' "azure:$in/none"
trace 'none' "ebb:$in/none"
mkdir "$in/empty"
trace 'empty' "planetlab:$in/empty"
trace 'empty' "bitbrains:$in/empty"
trace 'empty' "azure:$in/empty"
trace 'empty' "ebb:$in/empty"
bad_trace 't.csv' planetlab ''
bad_trace 't.csv:2' planetlab 'a,1,2,3\nb,1,2\n'
bad_trace 't.csv:2' planetlab 'a,1,2,3\nb,1,2,3,4\n'
bad_trace 't.csv:1' planetlab 'a,1,nan,3\n'
bad_trace 't.csv:1' planetlab 'a,1,inf,3\n'
bad_trace 't.csv:1' planetlab 'a,1,-2,3\n'
bad_trace 't.csv:1' planetlab 'a,1,101,3\n'
bad_trace 't.csv:2' planetlab 'a,1,2,3\nb,1,two,3\n'
bad_trace 't.csv:2' planetlab 'a,1,2,3\na,1,2,3\n'
bad_trace 't.csv:2' planetlab 'a,1,2,3\nb,1,,3\n'
bad_trace 't.csv:2' planetlab 'a,1,2,3\nb,1,2\0,3\n'
bad_trace 't.csv:2' planetlab 'a,1,2,3\n,1,2,3\n'
bad_trace 't.csv:1' ebb 'something else\n'
bad_trace 't.csv:2' ebb 'ebb-recording 1 interval_us=300000000 cpu=ratio memory=no\nq,1\n'
bad_trace 't.csv:1' ebb 'ebb-recording 9 interval_us=300000000 cpu=ratio memory=no\n'
bad_trace 't.csv' bitbrains 'Timestamp [ms];CPU\n'
seq 5000 | awk '{ $2 = ($1 * 7919) % 101 } { printf "v%s", $1; for (i = 0; i < 20; i++) printf ",%d", ($2 * i) % 101; print "" }' >"$in/long.csv"
gzip -c "$in/long.csv" | head -c 9000 >"$in/cut.gz"
trace 'cut.gz' "planetlab:$in/cut.gz"
zstd -q -c "$in/long.csv" | head -c 6000 >"$in/cut.zst"
trace 'cut.zst' "planetlab:$in/cut.zst"
printf '\037\213\010\0garbage' >"$in/bad.gz"
trace 'bad.gz' "planetlab:$in/bad.gz"
trace 'did you mean vms' synth:vmz=10
trace 'vms' synth:vms=-3
trace 'vms' synth:vms=many
trace 'days' synth:vms=10,days=0
trace 'none.yaml' "synth:file=$in/none.yaml"

# --- fleets -------------------------------------------------------------------------------------
bad 1 'none.yaml' sim --fleet "$in/none.yaml" --trace $good
bad 1 'empty' sim --fleet "$in/empty" --trace $good
: >"$in/nothing.yaml"
bad 1 'nothing.yaml' sim --fleet "$in/nothing.yaml" --trace $good
printf 'a: [1, 2\n' >"$in/broken.yaml"
bad 1 'broken.yaml:' sim --fleet "$in/broken.yaml" --trace $good
printf 'host_classes:\n\t- name: a\n' >"$in/tabs.yaml"
bad 1 'tabs.yaml:2' sim --fleet "$in/tabs.yaml" --trace $good
bad_fleet 1 'did you mean core_mips' 's/core_mips/core_mipz/'
bad_fleet 1 'f.yaml:3' 's/cores: 4/cores: -4/'
bad_fleet 1 'f.yaml:3' 's/cores: 4/cores: four/'
bad_fleet 1 'f.yaml:5' 's/16GiB/16 parsec/'
bad_fleet 1 'f.yaml:5' 's/16GiB/nan/'
bad_fleet 1 'f.yaml:7' 's/idle: 100/idle: 300/'
bad_fleet 1 'f.yaml:9' 's/class: a/class: b/'
bad_fleet 1 'f.yaml:9' 's/h%d/h/'
bad_fleet 1 'f.yaml:9' 's/count: 3/count: 999999999999/'
bad_fleet 1 'f.yaml:9' 's/count: 3/count: 0/'
bad_fleet 1 'memory' '/memory: 16GiB/d'
bad_fleet 1 'hosts' '/^hosts:/,/count/d'
bad_fleet 1 'f.yaml:10' '9a\  - {name: h1, class: a}'
bad_fleet 1 'f.yaml:5' '/core_mips/p'
bad_fleet 1 'f.yaml:13' 's/type_by: rank/type_by: colour/'
bad_fleet 1 'f.yaml:15' '$a rules:\n  - {name: x, kind: apart, vms: [a, nobody]}'
bad_fleet 1 'f.yaml:15' '$a rules:\n  - {name: x, kind: apar, vms: [a, b]}'
bad_fleet 1 'f.yaml:15' '$a rules:\n  - {name: x, kind: pin, vms: a, hosts: nowhere}'
bad_fleet 1 'rules' '$a rulez: []'
# Rules that no placement can keep.
bad_fleet 1 'f.yaml:' '$a rules:\n  - {name: x, kind: apart, vms: [a, b]}\n  - {name: y, kind: together, vms: [a, b]}'
bad_fleet 1 'f.yaml:' '$a rules:\n  - {name: x, kind: pin, vms: a, hosts: h1}\n  - {name: y, kind: ban, vms: a, hosts: "h*"}'

# --- configuration ------------------------------------------------------------------------------
bad_config 'c.yaml:2: limits.hosts_on_mim: unknown key; did you mean limits.hosts_on_min?' 'limits:\n  hosts_on_mim: 3\n'
bad_config 'c.yaml:2: limit.hosts_on_min: unknown key; did you mean limits.hosts_on_min?' 'limit:\n  hosts_on_min: 3\n'
bad_config 'c.yaml:2' 'limits:\n  hosts_on_min: three\n'
bad_config 'c.yaml:2' 'limits:\n  hosts_on_min: nan\n'
bad_config 'c.yaml:2' 'limits:\n  vm_cooldown: -30min\n'
bad_config 'c.yaml:2' 'limits:\n  host_off_ratio_max: 101%\n'
bad_config 'c.yaml:3' 'limits:\n  hosts_on_min: 3\n  hosts_on_min: 4\n'
bad_config 'c.yaml:1' 'policy: lr-mmd\n'
bad_config 'c.yaml:1' '- a\n- b\n'
bad_config 'c.yaml:' 'limits: {\n'
bad_config 'c.yaml:' 'limits:\n  hosts_on_min: "\\xff\n'
bad 78 'none.yaml' sim --fleet $fleet --trace $good --config "$in/none.yaml"
bad 78 'empty' sim --fleet $fleet --trace $good --config "$in/empty"
bad 78 'did you mean limits.vm_cooldown' sim --fleet $fleet --trace $good --set limits.vm_cooldwn=3min
bad 78 'limits.vm_cooldown' sim --fleet $fleet --trace $good --set limits.vm_cooldown=3parsec
bad 78 'did you mean' sim --fleet $fleet --trace $good --policy thr-mmt:overload.treshold=0.7
bad 78 'overload.threshold' sim --fleet $fleet --trace $good --policy thr-mmt:overload.threshold=120%
bad 78 'did you mean limits.hosts_on_min' "$ebb" config show --set limits.host_on_min=3
bad 78 'none.yaml' "$ebb" config diff --config "$in/none.yaml"
bad 78 'is out of bounds' "$ebb" config check --set headroom.cpu=2

# --- command line -------------------------------------------------------------------------------
bad 64 'did you mean sim?' "$ebb" simm
bad 64 '--fleet' "$ebb" sim --trace $good
bad 64 '--trace' "$ebb" sim --fleet $fleet
bad 64 'did you mean --fleet' sim --fleeet $fleet
bad 64 '--seed' sim --fleet $fleet --trace $good --seed x
bad 64 '--seed' sim --fleet $fleet --trace $good --seed -1
bad 64 '--until' sim --fleet $fleet --trace $good --until yesterday
bad 64 'did you mean' sim --fleet $fleet --trace $good --rules reel
bad 64 'extra' sim --fleet $fleet --trace $good extra
bad 64 '--policy' "$ebb" compare --fleet $fleet --trace $good
bad 64 'did you mean --policy' "$ebb" compare --fleet $fleet --trace $good --polcy ebb
bad 64 '--log' "$ebb" explain host h1
bad 64 'host NAME|vm NAME' "$ebb" explain --log "$in/none"
bad 64 'give check|show|diff|policies' "$ebb" config

# --- logs to explain ----------------------------------------------------------------------------
explain() { bad 1 "$1" "$ebb" explain host c0 --log "$2"; }
explain 'none' "$in/none"
explain 'empty' "$in/empty"
printf '{"id":1}\n' >"$in/short.jsonl"
explain 'short.jsonl:1' "$in/short.jsonl"
printf 'not json\n' >"$in/text.jsonl"
explain 'text.jsonl:1' "$in/text.jsonl"
explain 'nothing.yaml' "$in/nothing.yaml"
"$ebb" sim --fleet $fleet --trace $good --decisions "$in/log.jsonl" >/dev/null
bad 1 'did you mean' "$ebb" explain host c00 --log "$in/log.jsonl"
bad 1 '999999' "$ebb" explain decision 999999 --log "$in/log.jsonl"
head -c 3000 "$in/log.jsonl" >"$in/cut.jsonl"
bad 1 'cut.jsonl:' "$ebb" explain host nobody --log "$in/cut.jsonl"

# --- packing ------------------------------------------------------------------------------------
# bad_pack WORDS TEXT
bad_pack() {
	printf '%b' "$2" >"$in/p.vbp"
	bad 1 "$1" "$ebb" pack "$in/p.vbp" --assignment "$out/a.csv"
}
if "$ebb" help | grep -q '^  pack '; then
	bad 1 'none.vbp' "$ebb" pack "$in/none.vbp"
	bad 1 'empty' "$ebb" pack "$in/empty"
	bad_pack 'p.vbp' ''
	bad_pack 'p.vbp:1' 'two\n'
	bad_pack 'p.vbp:2' '2\n10 x\n1\n1 1 1\n'
	bad_pack 'p.vbp:4' '2\n10 10\n1\n1 x 1\n'
	bad_pack 'p.vbp:4' '2\n10 10\n1\n11 1 1\n'
	bad_pack 'p.vbp' '2\n10 10\n2\n1 1 1\n'
	bad 64 'INSTANCE' "$ebb" pack
	bad 64 '--effort' "$ebb" pack tests/fixtures/vbp/small.vbp --effort much
	bad 1 'cannot write' "$ebb" pack tests/fixtures/vbp/small.vbp --json="$out/none/x"
fi

# --- outputs ------------------------------------------------------------------------------------
output() { bad 1 "$1" "$ebb" sim --fleet $fleet --trace $good --events "$out/a.csv" "$2" "$3"; }
for option in --json --report --decisions --record; do
	output "$out/none/x: cannot write" $option "$out/none/x"
	output "$in/empty: cannot write" $option "$in/empty"
	output '/dev/full: cannot write' $option /dev/full
	output 'give each its own file' $option "$out/a.csv"
done
output 'cannot write' --json ''
bad 1 'standard output: cannot write' sh -c '"$@" >/dev/full' sh "$ebb" sim --fleet $fleet --trace $good

# --- more than fits -----------------------------------------------------------------------------
# VMs without a place are no bad input: the run is whole, and says that their work was not served.
seq 40 | sed 's/.*/v&,90,90,90,90/' >"$in/many.csv"
"$ebb" sim --fleet "$in/base.yaml" --trace "planetlab:$in/many.csv" --json >"$dir/full.json" 2>&1
if awk -F: '/"unserved_ratio"/ { exit !($2 + 0 > 0.3) }' "$dir/full.json" &&
	grep -q '"unserved_ratio"' "$dir/full.json"; then
	passed=$((passed + 1))
else
	echo "FAIL more VMs than fit"; head -n 5 "$dir/full.json"; failed=$((failed + 1))
fi

echo "bad_input: $passed passed, $failed failed"
[ "$failed" = 0 ]
