/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Demand from the trace. Sample k is what a VM wants at time k x interval; in between demand runs
 * in a straight line, and after the last sample it stays:
 *
 *     u(t) = u[k] + ((u[k + 1] - u[k]) / interval) x (t - k x interval),  k = floor(t / interval)
 *
 * with the operations in this order. So a demand is exactly 0 only between two samples of 0. Only
 * two columns are in memory, whatever the length of the trace.
 *
 * A gap in a VM's life (rules ideal) is a failure of measuring: the truth stays at the last value,
 * and the engine is told nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/reference.h"

/* CloudSim has no word for a VM without a value. */
static int check_complete(const struct reference_world *w, const struct trace_column *c,
                          struct err *err)
{
	if (!w->cloudsim)
		return 0;
	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++)
		if (isnan(c->cpu[vm]))
			return err_set(err, -EINVAL,
			               "VM \"%s\" has no value in column %llu; rules cloudsim need "
			               "one for every VM all the time: use rules ideal",
			               w->fleet->vms[vm].name, (unsigned long long)c->index);
	return 0;
}

/* Reads the next column into `to`. */
static int read_next(struct reference_world *w, struct err *err)
{
	struct reference_columns *c = &w->columns;
	struct trace_column column;
	int r = trace_next(w->trace, &column, err);

	c->has_to = r > 0;
	if (r <= 0)
		return r;
	r = check_complete(w, &column, err);
	if (r < 0)
		return r;
	memcpy(c->to, column.cpu, w->fleet->n_vms * sizeof(*c->to));
	return 0;
}

/* `to` becomes `from`; where the trace ends is known as soon as nothing follows. */
static int step(struct reference_world *w, struct err *err)
{
	struct reference_columns *c = &w->columns;
	usec_t interval_us = w->trace->info.interval_us;
	double *swap = c->from;
	int r;

	c->from = c->to;
	c->to = swap;
	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++)
		if (!isnan(c->from[vm]))
			c->last[vm] = c->from[vm];
	r = read_next(w, err);
	if (r < 0)
		return r;
	if (!c->has_to && w->end_us > (usec_t)(c->index + 1) * interval_us)
		w->end_us = (usec_t)(c->index + 1) * interval_us;
	return 0;
}

int reference_columns_open(struct reference_world *w, struct err *err)
{
	struct reference_columns *c = &w->columns;
	uint32_t n = w->fleet->n_vms;
	int r;

	c->from = xcalloc(n, sizeof(*c->from));
	c->to = xcalloc(n, sizeof(*c->to));
	c->last = xcalloc(n, sizeof(*c->last));
	r = read_next(w, err);
	if (r < 0)
		return r;
	if (!c->has_to)
		return err_set(err, -EINVAL, "the trace has no samples");
	return step(w, err);
}

void reference_columns_close(struct reference_world *w)
{
	free(w->columns.from);
	free(w->columns.to);
	free(w->columns.last);
}

int reference_columns_seek(struct reference_world *w, uint64_t index, struct err *err)
{
	struct reference_columns *c = &w->columns;

	while (c->index < index && c->has_to) {
		int r;

		c->index++;
		r = step(w, err);
		if (r < 0)
			return r;
	}
	return 0;
}

void reference_demands(struct reference_world *w)
{
	const struct reference_columns *c = &w->columns;
	double interval_s = usec_to_sec(w->trace->info.interval_us);
	double past_s = w->now_s - (double)c->index * interval_s, total = 0;

	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++) {
		double a = c->from[vm], b = c->to[vm];

		if (w->vm_state[vm] == VM_ABSENT)
			continue;
		if (isnan(a))
			a = c->last[vm];
		if (!c->has_to || isnan(b))
			b = a;
		w->sample[vm] = a + ((b - a) / interval_s) * past_s;
		w->demand[vm] = w->sample[vm] * w->scale[vm];
		total += w->demand[vm];
	}
	w->demand_mips = total;
}

void reference_take_sample(struct reference_world *w)
{
	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++) {
		bool is_gap = w->vm_state[vm] == VM_ABSENT || isnan(w->columns.from[vm]);

		w->sample_demand[vm] = is_gap ? NAN : w->demand[vm];
		/* Memory counts at a VM's first placement only, and under `ideal` not at all. */
		w->sample_mem[vm] = w->cloudsim && w->vm_host[vm] == ID_NONE ? NAN : 0;
	}
	for (uint32_t h = 0; h < w->fleet->n_hosts; h++) {
		w->usage[h] = w->loads[h].used;
		w->utilisation[h] = w->loads[h].utilisation;
	}
	w->sample_ready = true;
	w->heat_due = true;
	meters_add_steps(w->meters, w->n_alive);
}

static void arrive(struct reference_world *w, uint32_t vm)
{
	w->vm_state[vm] = VM_PENDING;
	w->vm_host[vm] = ID_NONE;
	w->n_alive++;
	meters_note_pending(w->meters, ++w->n_pending);
	reference_emit(w, &(struct env_event){.kind = ENV_VM_ARRIVED, .vm = vm, .host = ID_NONE});
}

void reference_come_and_go(struct reference_world *w, uint64_t column)
{
	const struct trace_vm *vms = w->trace->info.vms;

	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++)
		if (vms[vm].last <= column && w->vm_state[vm] != VM_ABSENT)
			reference_depart(w, vm);
	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++)
		if (vms[vm].first == column && vms[vm].last > column)
			arrive(w, vm);
}
