/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least used hosts are emptied, so that they can be switched off.
 *
 * Hosts are tried in order of utilisation at the last sample, the least first (0 < u < 1; least id
 * among equals). Not tried: overloaded hosts, hosts that count as off (also if they just got a
 * VM), hosts on which a move of an earlier decision is under way, and hosts that have been chosen
 * as a target in this very step. For each, all movable VMs, in order of falling demand, are
 * placed on hosts that are neither overloaded nor off nor have been tried before; all or nothing.
 *
 * A host that took VMs from overloaded ones in the same decision may be emptied: these VMs move
 * on. That host is not switched off before it has really become empty, since moves to it are
 * about to begin.
 */
#include <stdlib.h>

#include "policies/reference/reference.h"

static int by_usage(const void *a, const void *b)
{
	const struct host_usage *x = a, *y = b;

	if (x->utilisation != y->utilisation)
		return x->utilisation < y->utilisation ? -1 : 1;
	return x->host < y->host ? -1 : 1;
}

static bool may_be_emptied(const struct reference *r, uint32_t host)
{
	const struct board *b = r->board;
	const struct snapshot *s = b->s;

	return s->host_state[host] == HOST_ACTIVE && !b->is_off[host] &&
	       s->host_utilisation[host] < 1 && !(r->marks[host] & HOST_MARK_OVERLOADED) &&
	       !b->has_incoming[host] && s->now_us - s->host_since_us[host] >= s->host_min_on_us;
}

/* Every VM that stays would keep the host on: one that cannot move spares all the trouble. */
static bool has_lasting_vm(const struct board *b, uint32_t host)
{
	const struct snapshot *s = b->s;

	placement_foreach_vm (b->placement, host, vm) {
		bool moved = s->vm_moved_us[vm] >= 0;

		if (s->vm_target[vm] == ID_NONE && !board_is_movable(b, vm) &&
		    s->vm_state[vm] != VM_MIGRATING)
			return true;
		if (moved && s->now_us - s->vm_moved_us[vm] < s->vm_cooldown_us)
			return true;
	}
	return false;
}

static void sort_vms(struct reference *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		r->leavers[i] = (struct leaver){
		        .vm = r->vms[i],
		        .order = i,
		        .demand = r->board->demand[r->vms[i]],
		};
	reference_sort_leavers(r->leavers, n);
}

/* Finds room for the n leavers, all or none. */
static bool place_all(struct reference *r, uint32_t n)
{
	struct board *b = r->board;
	uint32_t mark = board_try(b);

	for (uint32_t i = 0; i < n; i++) {
		r->targets[i] = board_find_target(b, r->leavers[i].vm);
		if (r->targets[i] == ID_NONE) {
			board_rollback(b, mark);
			return false;
		}
		board_put(b, r->leavers[i].vm, r->targets[i]);
	}
	board_commit(b, mark);
	return true;
}

static void plan_emptying(struct reference *r, uint32_t host, uint32_t n, struct plan *ret)
{
	const struct board *b = r->board;
	const struct snapshot *s = b->s;
	struct reason why = {
	        .code = REASON_UNDERLOAD,
	        .num = {s->host_utilisation[host], n, b->power_w[host]},
	};

	if (!r->marks[host])
		plan_host_off(ret, host, &why);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t vm = r->leavers[i].vm;

		r->marks[r->targets[i]] |= HOST_MARK_GATHERER;
		plan_migrate(ret, vm, s->placement->host_of[vm], r->targets[i], &why);
	}
}

static uint32_t rank_hosts(struct reference *r)
{
	const struct snapshot *s = r->board->s;
	uint32_t n = 0;
	struct host_usage *rank = r->ranked;

	for (uint32_t h = 0; h < r->fleet->n_hosts; h++)
		if (may_be_emptied(r, h))
			rank[n++] = (struct host_usage){s->host_utilisation[h], h};
	qsort(rank, n, sizeof(*rank), by_usage);
	return n;
}

void reference_gather(struct reference *r, struct plan *ret)
{
	struct board *b = r->board;
	uint32_t n_hosts = rank_hosts(r);

	board_exclude_off(b);
	for (uint32_t i = 0; i < n_hosts; i++) {
		uint32_t host = r->ranked[i].host, n;

		if (r->marks[host] & HOST_MARK_GATHERER)
			continue;
		if (has_lasting_vm(b, host))
			continue;
		n = reference_movable_vms(r, host);
		if (n == 0)
			continue;
		board_exclude(b, host);
		sort_vms(r, n);
		if (place_all(r, n))
			plan_emptying(r, host, n, ret);
	}
}
