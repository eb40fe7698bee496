/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One sampling interval of the real world begins: VMs leave and arrive, everybody's demand becomes
 * that of the next column, and the column before becomes the sample that the engine sees.
 *
 * This is where a long run spends its time, so it is one pass over the VMs in order of id, adding
 * to sums by host (which stay in cache), and one over the hosts. The sums are made anew in each
 * tick, so that rounding errors of the changes in between do not add up over a long run.
 *
 * A gap in a VM's column is a failure of measuring: the truth goes on at the last value, and the
 * sample has nothing for the VM.
 */
#include <math.h>
#include <string.h>

#include "sim/real.h"

void real_vm_pending(struct real_world *w, uint32_t vm)
{
	real_span_close(w);
	w->vms.state[vm] = VM_PENDING;
	w->pending_mips += w->vms.demand[vm];
	meters_note_pending(w->meters, ++w->n_pending);
}

void real_vm_not_pending(struct real_world *w, uint32_t vm)
{
	real_span_close(w);
	w->pending_mips -= w->vms.demand[vm];
	if (--w->n_pending == 0)
		w->pending_mips = 0;
}

/* The hosts' meters run up to now; what they did in the interval becomes their sample. */
static void close_interval(struct real_world *w)
{
	struct real_hosts *h = &w->hosts;
	usec_t interval_us = w->trace->info.interval_us;
	double seconds = usec_to_sec(interval_us);

	real_span_close(w);
	/* The interval's picture is the load at its end, when what was to be done about it is done.
	 */
	if (w->tick > 0)
		meters_add_heat(w->meters, (usec_t)(w->tick - 1) * interval_us, h->heat);
	for (uint32_t i = 0; i < w->fleet->n_hosts; i++) {
		if (h->state[i] == HOST_ACTIVE)
			real_host_settle(w, i);
		h->usage[i] = h->used_work[i] / seconds;
		h->utilisation[i] = h->usage[i] / h->cpu_mips[i];
		h->used_work[i] = 0;
	}
}

static void depart(struct real_world *w, uint32_t vm)
{
	uint32_t slot = w->vms.migration[vm], host = w->vms.host[vm];

	if (w->vms.state[vm] == VM_PENDING) {
		real_vm_not_pending(w, vm);
	} else {
		real_host_begin_change(w, host);
		real_host_detach(w, vm);
		real_host_end_change(w, host);
	}
	w->vms.state[vm] = VM_ABSENT;
	w->n_alive--;
	w->alive_mem -= w->vms.mem[vm];
	real_emit(w, &(struct env_event){.kind = ENV_VM_GONE, .vm = vm, .host = host});
	real_tell(w,
	          &(struct sim_event){.kind = SIM_DEPART, .vm = vm, .from = host, .to = ID_NONE});
	if (slot != ID_NONE)
		real_migration_abort(w, slot);
}

static void arrive(struct real_world *w, uint32_t vm)
{
	struct real_vms *v = &w->vms;

	v->demand[vm] = 0; /* its first column follows at once */
	v->past[vm] = 0;
	v->mem[vm] = w->fleet->vms[vm].allocation.v[RES_MEM];
	w->n_alive++;
	w->alive_mem += v->mem[vm];
	real_vm_pending(w, vm);
	real_emit(w, &(struct env_event){.kind = ENV_VM_ARRIVED, .vm = vm, .host = ID_NONE});
}

static void come_and_go(struct real_world *w)
{
	const struct trace_vm *t = w->trace->info.vms;
	struct real_vms *v = &w->vms;
	uint32_t n = w->fleet->n_vms;

	for (; v->next_last < n && t[v->by_last[v->next_last]].last <= w->tick; v->next_last++)
		if (v->state[v->by_last[v->next_last]] != VM_ABSENT)
			depart(w, v->by_last[v->next_last]);
	for (; v->next_first < n && t[v->by_first[v->next_first]].first <= w->tick; v->next_first++)
		if (t[v->by_first[v->next_first]].last > w->tick)
			arrive(w, v->by_first[v->next_first]);
}

static double hold(struct real_world *w, uint32_t vm)
{
	id_list_add(&w->gaps[0], vm);
	return w->vms.past[vm];
}

/* A VM on no host: nobody can have measured it, but a pending one goes on wanting. */
static void load_hostless(struct real_world *w, uint32_t vm, double demand)
{
	struct real_vms *v = &w->vms;

	v->demand[vm] = 0;
	if (v->state[vm] == VM_PENDING) {
		if (!(demand >= 0))
			demand = isnan(v->past[vm]) ? 0 : v->past[vm];
		v->demand[vm] = demand;
		w->pending_mips += demand;
	}
	v->past[vm] = NAN;
}

/* The hot loop: some nanoseconds for each VM. */
static void load_demand(struct real_world *w, const double *cpu)
{
	const uint32_t *host_of = w->vms.host;
	const double *scale = w->vms.scale;
	double *now = w->vms.demand, *asked = w->hosts.asked;
	uint32_t n = w->fleet->n_vms;

	for (uint32_t vm = 0; vm < n; vm++) {
		double demand = cpu[vm] * scale[vm];
		uint32_t host = host_of[vm];

		if (host == ID_NONE) {
			load_hostless(w, vm, demand);
			continue;
		}
		if (!(demand >= 0)) /* also not a number */
			demand = hold(w, vm);
		now[vm] = demand;
		asked[host] += demand;
	}
}

static void load_factors(struct real_world *w)
{
	const struct real_vms *v = &w->vms;

	if (!v->factor)
		return;
	memset(w->hosts.load, 0, w->fleet->n_hosts * sizeof(*w->hosts.load));
	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++)
		if (v->host[vm] != ID_NONE)
			w->hosts.load[v->host[vm]] += v->demand[vm] * v->factor[vm];
}

/* Memory in use, where the trace has it. A gap holds the last value, in the sample too. */
static void load_mem(struct real_world *w, const double *mem)
{
	struct real_vms *v = &w->vms;
	double *swap = v->past_mem;

	if (!v->past_mem || !mem)
		return;
	v->past_mem = v->mem;
	v->mem = swap;
	w->alive_mem = 0;
	memset(w->hosts.mem, 0, w->fleet->n_hosts * sizeof(*w->hosts.mem));
	for (uint32_t vm = 0; vm < w->fleet->n_vms; vm++) {
		v->mem[vm] = mem[vm] >= 0 ? mem[vm] : v->past_mem[vm];
		if (v->state[vm] != VM_ABSENT)
			w->alive_mem += v->mem[vm];
		if (v->host[vm] != ID_NONE)
			w->hosts.mem[v->host[vm]] += v->mem[vm];
		else
			v->past_mem[vm] = NAN; /* nobody can have measured it */
	}
	for (uint32_t i = 0; i < w->n_moves; i++)
		if (w->moves[i].vm != ID_NONE)
			w->hosts.mem[w->moves[i].to] += v->mem[w->moves[i].vm];
}

static void load_column(struct real_world *w, const struct trace_column *column)
{
	size_t host_bytes = w->fleet->n_hosts * sizeof(double);
	struct real_vms *v = &w->vms;
	struct id_list swap_gaps = w->gaps[1];
	double *swap = v->past;

	v->past = v->demand;
	v->demand = swap;
	w->gaps[1] = w->gaps[0];
	w->gaps[0] = swap_gaps;
	w->gaps[0].len = 0;
	w->pending_mips = 0;
	memset(w->hosts.asked, 0, host_bytes);
	memset(w->hosts.in_load, 0, host_bytes);
	memset(w->hosts.out_lost, 0, host_bytes);
	load_demand(w, column->cpu);
	load_factors(w);
	load_mem(w, column->mem_bytes);
	for (uint32_t i = 0; i < w->gaps[1].len; i++)
		v->past[w->gaps[1].ids[i]] = NAN;
	real_migrations_tick(w);
}

static void compute_hosts(struct real_world *w)
{
	for (uint32_t i = 0; i < w->fleet->n_hosts; i++)
		if (w->hosts.state[i] == HOST_ACTIVE)
			real_host_compute(w, i);
	real_hosts_sum(w);
	w->lower_bound_w = lower_bound_power(w->lower_bound, w->totals.asked + w->pending_mips,
	                                     w->alive_mem, true);
}

int real_tick(struct real_world *w, struct err *err)
{
	struct trace_column column;
	int r = trace_next(w->trace, &column, err);

	if (r < 0)
		return r;
	if (r == 0) {
		w->over = true;
		return 0;
	}
	close_interval(w);
	w->sample_ready = w->tick > 0;
	come_and_go(w);
	load_column(w, &column);
	compute_hosts(w);
	meters_add_steps(w->meters, w->n_alive);
	w->tick++;
	return 0;
}
