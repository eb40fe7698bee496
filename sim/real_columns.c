/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real world's tables: one column for each property, all hosts or all VMs in a row, so that a
 * tick reads memory in order and touches nothing it does not need.
 */
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "sim/real.h"

struct ranked_vm {
	uint64_t column;
	uint32_t vm;
};

static int by_column(const void *a, const void *b)
{
	const struct ranked_vm *x = a, *y = b;

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x->vm < y->vm ? -1 : 1;
}

/* Ids by first column, or by last one, then by id. */
static uint32_t *rank_vms(const struct trace_info *info, bool by_last)
{
	struct ranked_vm *r = xcalloc(info->n_vms, sizeof(*r));
	uint32_t *ids = xcalloc(info->n_vms, sizeof(*ids));

	for (uint32_t i = 0; i < info->n_vms; i++)
		r[i] = (struct ranked_vm){by_last ? info->vms[i].last : info->vms[i].first, i};
	qsort(r, info->n_vms, sizeof(*r), by_column);
	for (uint32_t i = 0; i < info->n_vms; i++)
		ids[i] = r[i].vm;
	free(r);
	return ids;
}

static bool has_emulation(const struct fleet *f)
{
	bool any = false;

	for (uint32_t c = 0; c < f->n_classes; c++)
		any |= f->classes[c].emulation;
	return any && f->constrained;
}

static void make_vms(struct real_world *w)
{
	const struct fleet *f = w->fleet;
	const struct trace_info *info = &w->trace->info;
	struct real_vms *v = &w->vms;
	uint32_t n = f->n_vms;

	v->host = xcalloc(n, sizeof(*v->host));
	v->state = xcalloc(n, sizeof(*v->state));
	v->migration = xcalloc(n, sizeof(*v->migration));
	v->scale = xcalloc(n, sizeof(*v->scale));
	v->demand = xcalloc(n, sizeof(*v->demand));
	v->past = xcalloc(n, sizeof(*v->past));
	v->mem = xcalloc(n, sizeof(*v->mem));
	v->past_mem = info->has_mem ? xcalloc(n, sizeof(*v->past_mem)) : NULL;
	v->factor = has_emulation(f) ? xcalloc(n, sizeof(*v->factor)) : NULL;
	v->by_first = rank_vms(info, false);
	v->by_last = rank_vms(info, true);
	for (uint32_t i = 0; i < n; i++) {
		v->host[i] = ID_NONE;
		v->state[i] = VM_ABSENT;
		v->migration[i] = ID_NONE;
		v->scale[i] =
		        info->cpu_unit == TRACE_CPU_RATIO ? f->vms[i].allocation.v[RES_CPU] : 1;
	}
}

static void make_hosts(struct real_world *w)
{
	const struct fleet *f = w->fleet;
	struct real_hosts *h = &w->hosts;
	uint32_t n = f->n_hosts;

	h->state = xcalloc(n, sizeof(*h->state));
	h->since_us = xcalloc(n, sizeof(*h->since_us));
	h->asked = xcalloc(n, sizeof(*h->asked));
	h->load = w->vms.factor ? xcalloc(n, sizeof(*h->load)) : h->asked;
	h->in_load = xcalloc(n, sizeof(*h->in_load));
	h->out_lost = xcalloc(n, sizeof(*h->out_lost));
	h->mem = xcalloc(n, sizeof(*h->mem));
	h->n_vms = xcalloc(n, sizeof(*h->n_vms));
	h->n_moves = xcalloc(n, sizeof(*h->n_moves));
	h->moves = xcalloc(n, sizeof(*h->moves));
	h->power_w = xcalloc(n, sizeof(*h->power_w));
	h->share = xcalloc(n, sizeof(*h->share));
	h->used = xcalloc(n, sizeof(*h->used));
	h->used_work = xcalloc(n, sizeof(*h->used_work));
	h->heat = xcalloc(n, sizeof(*h->heat));
	h->cpu_mips = xcalloc(n, sizeof(*h->cpu_mips));
	h->mem_bytes = xcalloc(n, sizeof(*h->mem_bytes));
	h->action = xcalloc(n, sizeof(*h->action));
	h->reason = xcalloc(n, sizeof(*h->reason));
	h->usage = xcalloc(n, sizeof(*h->usage));
	h->utilisation = xcalloc(n, sizeof(*h->utilisation));
}

static void set_up_hosts(struct real_world *w)
{
	struct real_hosts *h = &w->hosts;

	for (uint32_t i = 0; i < w->fleet->n_hosts; i++) {
		const struct host_class *c = fleet_class_of(w->fleet, i);

		h->state[i] = HOST_OFF;
		h->power_w[i] = c->off_w;
		h->share[i] = 1;
		h->heat[i] = -1;
		h->moves[i] = ID_NONE;
		h->cpu_mips[i] = c->capacity.v[RES_CPU];
		h->mem_bytes[i] = c->capacity.v[RES_MEM];
		real_emit(w, &(struct env_event){.kind = ENV_HOST_STATE,
		                                 .vm = ID_NONE,
		                                 .host = i,
		                                 .state = HOST_OFF});
	}
	real_hosts_sum(w);
}

static void free_vms(struct real_vms *v)
{
	free(v->host);
	free(v->state);
	free(v->migration);
	free(v->scale);
	free(v->factor);
	free(v->demand);
	free(v->past);
	free(v->mem);
	free(v->past_mem);
	free(v->by_first);
	free(v->by_last);
}

static void free_hosts(struct real_hosts *h)
{
	if (h->load != h->asked)
		free(h->load);
	free(h->asked);
	free(h->state);
	free(h->since_us);
	free(h->in_load);
	free(h->out_lost);
	free(h->mem);
	free(h->n_vms);
	free(h->n_moves);
	free(h->moves);
	free(h->power_w);
	free(h->share);
	free(h->used);
	free(h->used_work);
	free(h->heat);
	free(h->cpu_mips);
	free(h->mem_bytes);
	free(h->action);
	free(h->reason);
	free(h->usage);
	free(h->utilisation);
}

void real_columns_make(struct real_world *w)
{
	make_vms(w);
	make_hosts(w);
	set_up_hosts(w);
}

void real_columns_free(struct real_world *w)
{
	free_vms(&w->vms);
	free_hosts(&w->hosts);
}
