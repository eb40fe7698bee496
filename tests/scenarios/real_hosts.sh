#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ebb hosts and ebb vms against libvirt's test driver, a made-up host that needs no daemon, beside
# hosts that cannot be reached: who answers is shown, who does not is named with the reason.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
passed=0 failed=0

# expect STATUS COMMAND...: the exit status; what was printed is kept for says and tells.
expect() {
	want=$1
	shift
	"$@" >"$dir/out" 2>"$dir/err"
	status=$?
	if [ "$status" = "$want" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL $*: exit $status instead of $want"; head -n 5 "$dir/err"
		failed=$((failed + 1))
	fi
}
# in_file FILE PATTERN
in_file() {
	if grep -qE -- "$2" "$dir/$1"; then
		passed=$((passed + 1))
	else
		echo "FAIL: not in $1: $2"; head -n 8 "$dir/$1"; failed=$((failed + 1))
	fi
}
says() { in_file out "$1"; }
tells() { in_file err "$1"; }

cat >"$dir/good.yaml" <<'END'
hosts: [{name: lab, libvirt: "test:///default", cell: c1, rack: r1}]
END
cat >"$dir/mixed.yaml" <<'END'
hosts:
  - {name: lab, libvirt: "test:///default"}
  - {name: gone, libvirt: "qemu+unix:///system?socket=/nonexistent/libvirt-sock"}
END
cat >"$dir/gone.yaml" <<'END'
hosts: [{name: gone, libvirt: "qemu+unix:///system?socket=/nonexistent/libvirt-sock"}]
END

expect 0 "$ebb" hosts -i "$dir/good.yaml" --interval 100ms
says '^HOST +STATE +THREADS'
says '^lab +on +16 '
expect 0 "$ebb" hosts -i "$dir/good.yaml" --interval 100ms --json
says '"host": "lab"'
says '"cell": "c1"'
says '"threads": 16'
says '"vms": 1'
expect 0 "$ebb" vms -i "$dir/good.yaml" --interval 100ms
says '^VM +HOST +STATE'
says '^test +lab +running +2 '
expect 0 "$ebb" vms -i "$dir/good.yaml" --interval 100ms --json
says '"vm": "test"'
says '"uuid": "6695eb01-f6a4-8304-79aa-97f2502e193f"'

# A host that cannot be reached takes nothing from the others.
expect 4 "$ebb" hosts -i "$dir/mixed.yaml" --interval 100ms
says '^lab +on'
says '^gone +no-answer'
tells 'gone'
expect 4 "$ebb" vms -i "$dir/mixed.yaml" --interval 100ms
says '^test +lab'
expect 1 "$ebb" hosts -i "$dir/gone.yaml" --interval 100ms
tells 'nonexistent'
expect 1 "$ebb" vms -i "$dir/gone.yaml" --interval 100ms

# Mistakes.
expect 78 "$ebb" hosts -i "$dir/missing.yaml"
tells 'missing.yaml'
echo 'hosts: [{name: a}]' >"$dir/bad.yaml"
expect 78 "$ebb" vms -i "$dir/bad.yaml"
tells 'bad.yaml:1: .*libvirt'
expect 64 "$ebb" hosts --interval 1ms
tells 'from 100ms to 1h'
expect 64 "$ebb" vms --timeout 2h
tells 'from 100ms to 1h'
expect 64 "$ebb" hosts extra
expect 1 "$ebb" hosts -i "$dir/good.yaml" --interval 100ms --json="$dir/no/such/folder"
[ "$(wc -l <"$dir/err")" = 1 ] && passed=$((passed + 1)) || { echo "FAIL: more than a line"; failed=$((failed + 1)); }

# The example works as it is.
expect 0 "$ebb" hosts -i configs/examples/inventory.yaml --interval 100ms
says '^lab +on'

echo "real_hosts: $passed passed, $failed failed"
[ "$failed" = 0 ]
