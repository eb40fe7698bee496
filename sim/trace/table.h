/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_TABLE_H
#define SIM_TRACE_TABLE_H
/*
 * A trace made of spooled rows: what readers of formats with one row a VM fill and hand over.
 */
#include "sim/trace/roster.h"
#include "sim/trace/spool.h"
#include "sim/trace/trace.h"

struct table {
	const char *path; /* for messages; only needed until table_open */
	struct roster roster;
	struct spool *cpu, *mem; /* a row for each VM of the roster; mem may be NULL */
	double cpu_divisor;      /* cpu_unit = value / cpu_divisor */
	double mem_factor;       /* bytes = value x mem_factor */
	enum trace_cpu_unit cpu_unit;
	usec_t interval_us;
	uint64_t n_columns;
};

/* Sorts, seals, and takes everything in t over, also on failure. */
int table_open(struct table *t, struct trace **ret, struct err *err);

/* For a reader that fails half-way. */
void table_done(struct table *t);

#endif
