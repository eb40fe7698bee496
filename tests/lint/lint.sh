#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rules of the house that a machine can check. usage: lint.sh BUILD; exit 1 if any is broken.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
bad=0
report() { # report RULE TEXT: prints and counts, if there is text
	[ -n "$2" ] || return 0
	printf '%s\n' "$2" | sed "s/^/lint: $1: /"
	bad=1
}
for tool in git clang-format clang-tidy ctags mandoc nm awk; do
	command -v $tool >/dev/null || { echo "lint: $tool is missing; run packaging/deps.sh lint"; exit 1; }
done
# A checkout may belong to somebody else than root, who runs this.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$PWD"
code=$(git ls-files '*.c' '*.h' | grep -v '^tests/fixtures/')
[ -n "$code" ] && [ -f "$build/libcore.a" ] || { echo "lint: no files, or not built"; exit 1; }

report format "$(clang-format --dry-run $code 2>&1 | grep -E 'warning|error' | head -n 20)"
report spdx "$(grep -L 'SPDX-License-Identifier: GPL-2.0-or-later' $code $(git ls-files '*.sh' '*.awk') Makefile .ci/run)"
report "file length (at most 500 lines)" \
	"$(wc -l $code | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 }')"
report "function length (at most 60 lines)" "$(printf '%s\n' $code | grep '\.c$' |
	xargs ctags --c-kinds=f --fields=+ne -o - | awk -F'\t' '{
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/) from = substr($i, 6)
			if ($i ~ /^end:/) to = substr($i, 5)
		}
		if (to - from + 1 > 60) print $2 ": " $1 "() has " to - from + 1
	}')"
report layers "$(awk -f tests/lint/layers.awk $(printf '%s\n' $code | grep -v '^tests/'))"
report symbols "$(sh tests/lint/symbols.sh "$build")"
report "libraries have one home" "$(sh tests/lint/homes.sh)"
report words "$(git grep -nE '\b(TODO|FIXME|XXX)\b' -- '*.c' '*.h' '*.sh' Makefile ':!tests/lint')"
report "folder without README" "$(for d in core collectors policies engine sim cli; do
	git ls-files "$d" | grep -q '\.c$' && [ ! -f "$d/README.md" ] && echo "$d"; done)"
pages=$(git ls-files 'docs/man/*.[1-8]')
[ -z "$pages" ] || report "man page" "$(mandoc -Tlint -Wwarning $pages 2>&1 | head -n 20)"
# One file at a time: over several, clang-tidy 14 takes a va_list for uninitialised.
tidy_files=$(printf '%s\n' $code | grep '\.c$' | grep -v '^tests/fuzz/')
tidy=$(printf '%s\n' $tidy_files | xargs -P "$(nproc)" -I{} clang-tidy --quiet {} -- -std=gnu17 \
	-D_GNU_SOURCE -I. $(pkg-config --cflags libxml-2.0) 2>&1) || tidy="$tidy
warning: clang-tidy failed"
report tidy "$(printf '%s\n' "$tidy" | grep -E 'warning:|error:' | sort -u | head -n 30)"
[ "$bad" = 0 ] && echo "lint: clean"
exit "$bad"
