/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spooled rows as a trace; see table.h. */
#include "sim/trace/table.h"

#include <stdlib.h>

#include "core/base/xalloc.h"

struct table_trace {
	struct trace base;
	struct table table;
	uint64_t next;
	double *cpu, *mem;
};

void table_done(struct table *t)
{
	roster_done(&t->roster);
	spool_free(t->cpu);
	spool_free(t->mem);
	t->cpu = t->mem = NULL;
}

static int table_next(struct trace *trace, struct trace_column *ret, struct err *err)
{
	struct table_trace *t = (struct table_trace *)trace;
	uint32_t n = t->table.roster.len;
	const double *cpu, *mem;

	(void)err; /* spooled rows cannot fail */
	if (t->next >= t->table.n_columns)
		return 0;
	cpu = spool_column(t->table.cpu, t->next);
	for (uint32_t i = 0; i < n; i++)
		t->cpu[i] = cpu[i] / t->table.cpu_divisor;
	if (t->table.mem) {
		mem = spool_column(t->table.mem, t->next);
		for (uint32_t i = 0; i < n; i++)
			t->mem[i] = mem[i] * t->table.mem_factor;
	}
	*ret = (struct trace_column){.index = t->next++, .cpu = t->cpu, .mem_bytes = t->mem};
	return 1;
}

static void table_close(struct trace *trace)
{
	struct table_trace *t = (struct table_trace *)trace;

	table_done(&t->table);
	free(t->cpu);
	free(t->mem);
	free(t);
}

static const struct trace_ops table_ops = {.next = table_next, .close = table_close};

int table_open(struct table *table, struct trace **ret, struct err *err)
{
	struct table_trace *t;
	int r = roster_sort(&table->roster, table->path, err);

	if (r == 0)
		r = spool_seal(table->cpu, table->roster.order, err);
	if (r == 0 && table->mem)
		r = spool_seal(table->mem, table->roster.order, err);
	if (r < 0) {
		table_done(table);
		return r;
	}
	t = xcalloc(1, sizeof(*t));
	t->table = *table;
	t->table.path = NULL;
	t->cpu = xcalloc(table->roster.len, sizeof(*t->cpu));
	t->mem = table->mem ? xcalloc(table->roster.len, sizeof(*t->mem)) : NULL;
	t->base.ops = &table_ops;
	t->base.info = (struct trace_info){
	        .interval_us = table->interval_us,
	        .n_columns = table->n_columns,
	        .n_vms = table->roster.len,
	        .vms = t->table.roster.vms,
	        .cpu_unit = table->cpu_unit,
	        .has_mem = table->mem != NULL,
	};
	*ret = &t->base;
	return 0;
}
