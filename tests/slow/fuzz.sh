#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every fuzz target for FUZZ_TIME seconds; one test a target.
set -u
cd "$(dirname "$0")/../.." || exit 1
make --no-print-directory fuzz TIME="${FUZZ_TIME:-60}"
