#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Adds up the tallies of all test runs into the one line that counts. usage: sum.sh TALLY
set -eu
awk '{ p += $1; f += $2; s += $3 }
END {
	if (s) printf "%d passed, %d failed, %d skipped\n", p, f, s
	else printf "%d passed, %d failed\n", p, f
	exit f > 0 || p == 0
}' "$1"
