#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual page of every command has the options that its --help has, and no others.
set -u
cd "$(dirname "$0")/../.." || exit 1
ebb=${EBB:-build/ebb}
passed=0 failed=0
fail() { echo "FAIL $*"; failed=$((failed + 1)); }

for command in $("$ebb" help | awk '/^  / && $1 != "help" { print $1 }'); do
	page=docs/man/ebb-$command.1
	if [ ! -f "$page" ]; then
		fail "$command has no page $page"
		continue
	fi
	helped=$("$ebb" "$command" --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE '\-\-[a-z-]+' | sort -u)
	# An option may be explained on another command's page, but the synopsis names it; a page may
	# speak of another command's options, but not explain them.
	flags='s/\\-/-/g; s/Fl -/--/g'
	named=$(sed "$flags" "$page" | grep -oE '[-]-[a-z-]+' | sort -u)
	explained=$(sed "$flags" "$page" | grep -E '^\.It --' | grep -oE '[-]-[a-z-]+' | sort -u)
	missing=$(for o in $helped; do echo "$named" | grep -qx -e "$o" || echo "$o"; done)
	gone=$(for o in $explained; do echo "$helped" | grep -qx -e "$o" || echo "$o"; done)
	if [ -z "$missing$gone" ]; then
		passed=$((passed + 1))
	else
		fail "$page: not in the page:" $missing "; no option:" $gone
	fi
done
if mandoc -Tlint -Wwarning docs/man/*.[1-8] >&2; then
	passed=$((passed + 1))
else
	fail "mandoc finds fault"
fi
echo "man_pages: $passed passed, $failed failed"
[ "$failed" = 0 ]
