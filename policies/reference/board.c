/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shares on the board follow the reference's scheduler: each VM in list order takes its demand,
 * capped by what its vCPUs can use, from what is free; if one of them finds too little, nothing is
 * free and every VM counts demand x (capacity / sum), cut to whole MIPS.
 *
 * Every sum runs in list order, and adding a VM at the end of the list adds it at the end of the
 * sum: what is kept up to date is bit for bit what would be worked out anew. Undo puts the old
 * values back instead of subtracting.
 */
#include "policies/reference/board.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/model/power_model.h"

#define UNDO_CAP_FIRST 64

static void new_vms(struct board *b, const struct fleet *f)
{
	b->demand = xcalloc(f->n_vms, sizeof(*b->demand));
	b->asked = xcalloc(f->n_vms, sizeof(*b->asked));
	b->vcpus = xcalloc(f->n_vms, sizeof(*b->vcpus));
	for (uint32_t i = 0; i < f->n_vms; i++)
		b->vcpus[i] = f->vms[i].vcpus > 1 ? f->vms[i].vcpus : 1;
}

static void new_hosts(struct board *b, const struct fleet *f)
{
	uint32_t n = f->n_hosts;

	b->capacity_mips = xcalloc(n, sizeof(*b->capacity_mips));
	b->core_mips = xcalloc(n, sizeof(*b->core_mips));
	for (uint32_t h = 0; h < n; h++) {
		b->capacity_mips[h] = fleet_class_of(f, h)->capacity.v[RES_CPU];
		b->core_mips[h] = fleet_class_of(f, h)->core_mips;
	}
	b->free_mips = xcalloc(n, sizeof(*b->free_mips));
	b->load_mips = xcalloc(n, sizeof(*b->load_mips));
	b->asked_mips = xcalloc(n, sizeof(*b->asked_mips));
	b->mem_bytes = xcalloc(n, sizeof(*b->mem_bytes));
	b->copy_bytes = xcalloc(n, sizeof(*b->copy_bytes));
	b->power_w = xcalloc(n, sizeof(*b->power_w));
	b->is_off = xcalloc(n, sizeof(*b->is_off));
	b->has_incoming = xcalloc(n, sizeof(*b->has_incoming));
	b->sums = xcalloc((size_t)n * DEMAND_LOG_LEN, sizeof(*b->sums));
	b->sums_n = xcalloc(n, sizeof(*b->sums_n));
	b->sums_last = xcalloc(n, sizeof(*b->sums_last));
	b->sums_len = xcalloc(n, sizeof(*b->sums_len));
}

struct board *board_new(const struct fleet *f, const struct demand_log *log)
{
	struct board *b = xcalloc(1, sizeof(*b));
	struct candidates *c = &b->candidates;

	b->fleet = f;
	b->log = log;
	b->placement = placement_new(f->n_vms, f->n_hosts);
	new_vms(b, f);
	new_hosts(b, f);
	c->hosts = xcalloc(f->n_hosts, sizeof(*c->hosts));
	c->blank = xcalloc(f->n_hosts, sizeof(*c->blank));
	c->blank_first = xcalloc(f->n_classes, sizeof(*c->blank_first));
	c->blank_end = xcalloc(f->n_classes, sizeof(*c->blank_end));
	return b;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	placement_free(b->placement);
	free(b->demand);
	free(b->asked);
	free(b->vcpus);
	free(b->capacity_mips);
	free(b->core_mips);
	free(b->free_mips);
	free(b->load_mips);
	free(b->asked_mips);
	free(b->mem_bytes);
	free(b->copy_bytes);
	free(b->power_w);
	free(b->is_off);
	free(b->has_incoming);
	free(b->sums);
	free(b->sums_n);
	free(b->sums_last);
	free(b->sums_len);
	free(b->undo);
	free(b->candidates.hosts);
	free(b->candidates.blank);
	free(b->candidates.blank_first);
	free(b->candidates.blank_end);
	free(b);
}

static double capped_demand(const struct board *b, uint32_t vm, uint32_t host)
{
	double ceiling = board_ceiling(b, vm, host);

	return b->demand[vm] < ceiling ? b->demand[vm] : ceiling;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

bool board_is_movable(const struct board *b, uint32_t vm)
{
	const struct snapshot *s = b->s;

	return s->vm_state[vm] == VM_RUNNING && s->vm_target[vm] == ID_NONE &&
	       !isnan(s->vm_cpu_demand[vm]) && !b->fleet->vms[vm].not_movable;
}

bool board_is_usable(const struct board *b, uint32_t host)
{
	switch ((enum host_state)b->s->host_state[host]) {
	case HOST_ACTIVE:
	case HOST_WAKING:
	case HOST_OFF:
	case HOST_STANDBY: return true;
	case HOST_DRAINING:
	case HOST_SUSPENDING:
	case HOST_FAILED:
	case HOST_UNKNOWN:
	case HOST_STATE_COUNT: break;
	}
	return false;
}

/*
 * A VM without a value: before its first sample it has the task to come in its allocation and
 * asks for nothing yet; later its last value stands.
 */
static void take_demand(struct board *b, uint32_t vm, enum board_demand demand)
{
	double allocation = b->fleet->vms[vm].allocation.v[RES_CPU];
	double sampled = b->s->vm_cpu_demand[vm];

	if (isnan(sampled) && b->log && b->log->known[vm])
		sampled = demand_log_mips(b->log, vm)[DEMAND_LOG_LEN - 1];
	b->asked[vm] = isnan(sampled) ? 0 : sampled;
	b->demand[vm] = sampled;
	if (isnan(sampled) || demand == BOARD_DEMAND_ALLOCATED)
		b->demand[vm] = allocation;
}

/* Too much is asked for: all get the same share of their demand, in whole MIPS. */
static double oversubscribed_load(const struct board *b, uint32_t host, double total)
{
	double scale = b->capacity_mips[host] / total, load = 0;

	placement_foreach_vm (b->placement, host, vm)
		load += floor(capped_demand(b, vm, host) * scale);
	return load;
}

/* Everything about host worked out anew from its list. */
static void count_host(struct board *b, uint32_t host)
{
	double left = b->capacity_mips[host], total = 0, asked = 0, mem = 0, copy = 0;
	bool enough = true;

	placement_foreach_vm (b->placement, host, vm) {
		double demand = capped_demand(b, vm, host);

		asked += b->asked[vm];
		total += demand;
		mem += b->s->vm_mem_bytes[vm];
		copy = larger(copy, b->fleet->vms[vm].allocation.v[RES_MEM]);
		enough &= left >= demand;
		left = enough ? left - demand : 0;
	}
	b->free_mips[host] = left;
	b->load_mips[host] = enough ? total : oversubscribed_load(b, host, total);
	b->asked_mips[host] = asked;
	b->mem_bytes[host] = mem;
	b->copy_bytes[host] = copy;
	b->sums_n[host] = 0;
}

static void begin_host(struct board *b, uint32_t host)
{
	double u = b->s->host_utilisation[host];

	if (!(u > 0)) /* also unknown */
		u = 0;
	if (u > 0 || !b->is_off[host])
		b->power_w[host] = power_at(&fleet_class_of(b->fleet, host)->power, u);
	b->is_off[host] = u == 0; /* and then power_w stays what it is until u > 0 */
	b->has_incoming[host] = false;
	count_host(b, host);
}

static bool is_blank(const struct board *b, uint32_t host)
{
	return !b->fleet->constrained && b->is_off[host] && b->placement->count[host] == 0 &&
	       !b->has_incoming[host] && b->load_mips[host] == 0;
}

/* Sorts the usable hosts into candidates and blanks; a class's blanks stand together. */
static void make_candidates(struct board *b)
{
	struct candidates *c = &b->candidates;
	uint32_t end = 0;

	memset(c->blank_end, 0, b->fleet->n_classes * sizeof(*c->blank_end));
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		if (board_is_usable(b, h) && is_blank(b, h))
			c->blank_end[b->fleet->hosts[h].cls]++;
	for (uint32_t k = 0; k < b->fleet->n_classes; k++) {
		c->blank_first[k] = end;
		end += c->blank_end[k];
		c->blank_end[k] = c->blank_first[k];
	}
	c->n = 0;
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++) {
		if (!board_is_usable(b, h))
			continue;
		if (is_blank(b, h))
			c->blank[c->blank_end[b->fleet->hosts[h].cls]++] = h;
		else
			c->hosts[c->n++] = h;
	}
}

void board_begin(struct board *b, const struct snapshot *s, enum board_demand demand)
{
	b->s = s;
	placement_copy(b->placement, s->placement);
	b->undo_len = 0;
	for (uint32_t i = 0; i < s->n_active; i++)
		take_demand(b, s->active[i], demand);
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		begin_host(b, h);
	for (uint32_t i = 0; i < s->n_active; i++) {
		uint32_t vm = s->active[i];

		if (s->vm_target[vm] != ID_NONE)
			board_reserve(b, vm, s->vm_target[vm]);
	}
	make_candidates(b);
}

static void add_load(struct board *b, uint32_t vm, uint32_t host)
{
	double demand = capped_demand(b, vm, host);

	if (b->free_mips[host] >= demand) {
		b->free_mips[host] -= demand;
		b->load_mips[host] += demand;
	} else { /* reserved beyond the capacity, never put */
		b->free_mips[host] = 0;
		b->load_mips[host] = b->capacity_mips[host];
	}
	b->asked_mips[host] += b->asked[vm];
	b->mem_bytes[host] += b->s->vm_mem_bytes[vm];
	b->copy_bytes[host] = larger(b->copy_bytes[host], b->fleet->vms[vm].allocation.v[RES_MEM]);
}

void board_reserve(struct board *b, uint32_t vm, uint32_t host)
{
	add_load(b, vm, host);
	b->has_incoming[host] = true;
}

static void log_undo(struct board *b, uint32_t host)
{
	if (b->undo_len == b->undo_cap) {
		b->undo_cap = b->undo_cap ? 2 * b->undo_cap : UNDO_CAP_FIRST;
		b->undo = xreallocarray(b->undo, b->undo_cap, sizeof(*b->undo));
	}
	b->undo[b->undo_len++] = (struct board_undo){
	        .host = host,
	        .free_mips = b->free_mips[host],
	        .load_mips = b->load_mips[host],
	        .asked_mips = b->asked_mips[host],
	        .mem_bytes = b->mem_bytes[host],
	        .copy_bytes = b->copy_bytes[host],
	};
}

void board_put(struct board *b, uint32_t vm, uint32_t host)
{
	if (b->placement->depth > 0)
		log_undo(b, host);
	placement_move(b->placement, vm, host);
	add_load(b, vm, host);
}

void board_take(struct board *b, uint32_t vm)
{
	uint32_t host = b->placement->host_of[vm];

	assert(host != ID_NONE);
	assert(b->placement->depth == 0);
	placement_move(b->placement, vm, ID_NONE);
	count_host(b, host);
}

uint32_t board_try(struct board *b)
{
	assert(b->placement->depth == 0);
	b->undo_len = 0;
	return placement_begin(b->placement);
}

void board_commit(struct board *b, uint32_t mark)
{
	placement_commit(b->placement, mark);
	b->undo_len = 0;
}

void board_rollback(struct board *b, uint32_t mark)
{
	placement_rollback(b->placement, mark);
	while (b->undo_len > 0) {
		const struct board_undo *u = &b->undo[--b->undo_len];

		b->free_mips[u->host] = u->free_mips;
		b->load_mips[u->host] = u->load_mips;
		b->asked_mips[u->host] = u->asked_mips;
		b->mem_bytes[u->host] = u->mem_bytes;
		b->copy_bytes[u->host] = u->copy_bytes;
		b->sums_n[u->host] = 0;
	}
}
