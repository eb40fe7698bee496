/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_BITBRAINS_WIDE_H
#define SIM_TRACE_BITBRAINS_WIDE_H
/*
 * The wide form of Bitbrains traces: three files NAME-vms.csv, NAME-cpu_mhz.csv, NAME-mem_mb.csv
 * (plain or compressed) with one line a VM, in the same order in all three.
 */
#include <stdbool.h>

#include "sim/trace/folder.h"
#include "sim/trace/trace.h"

/* Does the folder hold a file named like NAME-vms.csv? */
bool bitbrains_wide_is(const struct folder *folder);

/* path = the folder, or folder/NAME where it holds several. */
int bitbrains_wide_open(const char *path, struct trace **ret, struct err *err);

#endif
