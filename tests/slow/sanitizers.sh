#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All scenarios with a program that stops at the first wrong address or undefined operation.
set -u
cd "$(dirname "$0")/../.." || exit 1
make --no-print-directory -j"$(nproc)" BUILD=build-san SAN=address,undefined OPT=-O1 \
	build-san/ebb || exit 1
export EBB=build-san/ebb ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
unset TALLY
tests/run.sh sanitizers tests/scenarios/*.sh
