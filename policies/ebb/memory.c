/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that grew: guests use more than when they were placed, and beyond what a host has they are
 * in swap, all of them. A host that is likely to run short within an interval (what is used, and
 * half a deviation of its change) sends VMs away: the smallest one that is enough, else the
 * largest. Placing (book_mem_fits) asks for more deviations than that, so that nothing is moved
 * twice.
 *
 * Memory is not weighed against energy: swapping costs more than any host.
 */
#include <math.h>

#include "policies/ebb/state.h"

#define DEVIATIONS 0.5

/* Bytes that a host is likely to be short of; negative: it is not. */
static double missing(const struct book *b, uint32_t host)
{
	const struct book_host *h = &b->hosts[host];

	return h->mem + DEVIATIONS * sqrt(h->mem_var) - b->mem_capacity[host];
}

static bool is_better(double mem, double than, double wanted)
{
	if (mem >= wanted)
		return than < wanted || mem < than;
	return mem > than;
}

static uint32_t vm_to_send(const struct ebb *e, uint32_t host, double wanted)
{
	uint32_t best = ID_NONE;
	double best_mem = 0;

	placement_foreach_vm (e->book->plan, host, vm) {
		double mem = e->s->vm_mem_bytes[vm];

		if (mem > 0 && book_is_movable(e->book, vm) && is_better(mem, best_mem, wanted)) {
			best = vm;
			best_mem = mem;
		}
	}
	return best;
}

/* Returns whether a VM went. */
static bool send_one(struct ebb *e, uint32_t host)
{
	struct reason why = {
	        .code = REASON_MEMORY,
	        .num = {e->book->hosts[host].mem, e->book->mem_capacity[host]},
	};
	struct target_query q = {.except = host, .horizon = HORIZON};
	uint32_t to;
	double cost;

	q.vm = vm_to_send(e, host, missing(e->book, host));
	if (q.vm == ID_NONE)
		return false;
	to = target_find(e, &q, &cost);
	if (to == ID_NONE)
		to = wake_host(e, q.vm, &why);
	if (to == ID_NONE)
		return false; /* the fleet is full */
	book_move(e->book, q.vm, to);
	plan_migrate(e->plan, q.vm, host, to, &why);
	return true;
}

void relieve_memory(struct ebb *e)
{
	const struct book *b = e->book;
	uint32_t n_up = b->n_up; /* hosts woken meanwhile are not short of memory */

	if (!b->mem_counts)
		return;
	for (uint32_t i = 0; i < n_up; i++) {
		uint32_t h = b->up[i];

		while (e->s->host_state[h] == HOST_ACTIVE && b->plan->count[h] > 1 &&
		       missing(b, h) > 0)
			if (!send_one(e, h))
				break;
	}
}
