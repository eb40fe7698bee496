/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMs that want a host. A few are put where they cost least, the largest first. Many at once (the
 * start of a run, a host lost) are dealt out by size to the host with the least need, LPT as in
 * machine scheduling (Graham 1969), over as many hosts as their total load is best served by: near
 * the same quality, at a logarithm a VM.
 */
#include <math.h>

#include "policies/ebb/state.h"

/* From so many on VMs are dealt out. */
#define BULK 64

/* Hosts without room for a VM that are put aside before every host is looked at. */
#define TRIES 8

static uint32_t collect(struct ebb *e)
{
	const struct snapshot *s = e->s;
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n_active; i++)
		if (s->vm_state[s->active[i]] == VM_PENDING &&
		    e->book->plan->host_of[s->active[i]] == ID_NONE)
			e->vms[n++] = s->active[i];
	return n;
}

static void place(struct ebb *e, uint32_t vm, uint32_t host)
{
	struct reason why = {.code = REASON_FIRST_PLACEMENT};

	book_move(e->book, vm, host);
	why.num[0] = e->book->hosts[host].need;
	why.num[1] = e->book->capacity[host];
	plan_place(e->plan, vm, host, &why);
}

static uint32_t wake_for_vm(struct ebb *e, uint32_t vm)
{
	struct reason why = {
	        .code = REASON_WAKE_FOR_VM,
	        .num = {(double)e->book->forecast.mean[vm], 0},
	};

	return wake_host(e, vm, &why);
}

static uint32_t find_or_wake(struct ebb *e, uint32_t vm)
{
	struct target_query q = {.vm = vm, .except = ID_NONE, .horizon = HORIZON};
	double cost;
	uint32_t host = target_find(e, &q, &cost);

	return host != ID_NONE ? host : wake_for_vm(e, vm);
}

static void admit_one(struct ebb *e, uint32_t vm)
{
	uint32_t host = find_or_wake(e, vm);

	if (host == ID_NONE && e->fleet->constrained) {
		e->translate = true;
		host = find_or_wake(e, vm);
		e->translate = false;
	}
	if (host != ID_NONE)
		place(e, vm, host); /* else it stays pending: the fleet is full */
}

static double fill_of(const struct book *b, uint32_t host)
{
	double cpu = b->hosts[host].need / b->capacity[host];
	double mem = b->mem_counts ? b->hosts[host].mem / b->mem_capacity[host] : 0;

	return fmax(cpu, mem);
}

/* The emptiest host that can take vm, among a few; the others go back on the heap. */
static uint32_t deal_one(struct ebb *e, uint32_t vm)
{
	uint32_t aside[TRIES], n = 0, host = ID_NONE;

	while (n < TRIES && e->heap.len > 0) {
		uint32_t h = index_heap_first(&e->heap);

		if (target_is_possible(e, vm, h)) {
			host = h;
			break;
		}
		index_heap_remove(&e->heap, h);
		aside[n++] = h;
	}
	for (uint32_t i = 0; i < n; i++)
		index_heap_set(&e->heap, aside[i], fill_of(e->book, aside[i]));
	return host;
}

static void wake_for_bulk(struct ebb *e, uint32_t n)
{
	struct load sum = {0};
	uint32_t hosts;

	for (uint32_t i = 0; i < n; i++) {
		book_add_share(e->book, &sum, e->vms[i]);
	}
	hosts = wake_first_count(e, &sum);
	while (e->book->n_up < hosts) {
		struct reason why = {
		        .code = REASON_WAKE_FOR_LOAD,
		        .num = {sum.mean, 0},
		};

		if (wake_host(e, ID_NONE, &why) == ID_NONE)
			break;
	}
}

static void deal_out(struct ebb *e, uint32_t n)
{
	if (e->book->n_up == 0)
		wake_for_bulk(e, n);
	index_heap_clear(&e->heap);
	for (uint32_t i = 0; i < e->book->n_up; i++)
		index_heap_set(&e->heap, e->book->up[i], fill_of(e->book, e->book->up[i]));
	for (uint32_t i = 0; i < n; i++) {
		uint32_t vm = e->vms[i];
		uint32_t host = deal_one(e, vm);

		if (host == ID_NONE)
			host = wake_for_vm(e, vm);
		if (host == ID_NONE) {
			admit_one(e, vm);
			continue;
		}
		place(e, vm, host);
		index_heap_set(&e->heap, host, fill_of(e->book, host));
	}
}

void admit_pending(struct ebb *e)
{
	uint32_t n = collect(e);

	if (!n)
		return;
	target_sort_by_size(e, e->vms, n);
	if (n >= BULK) {
		deal_out(e, n);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		admit_one(e, e->vms[i]);
}
