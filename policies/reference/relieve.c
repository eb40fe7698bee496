/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Overloaded hosts give VMs away.
 *
 *   1. The detector judges every host, by id.
 *   2. Each overloaded host, by id, loses VMs one by one, as the selector chooses, until the
 *      detector is content or none is left; at least one is taken.
 *   3. All of them, in order of falling demand, get a target other than an overloaded host; hosts
 *      that are off may be woken for it. A VM for which there is none stays where it is.
 */
#include "policies/reference/reference.h"

static uint32_t choose(struct reference *r, uint32_t n)
{
	struct selector_input in = {
	        .fleet = r->fleet,
	        .vms = r->vms,
	        .n_vms = n,
	        .demand = r->board->demand,
	        .log = r->log,
	        .correlation = r->correlation,
	        .rng = &r->rng,
	};

	return r->choice.selector->select(&in);
}

static void unload(struct reference *r, uint32_t host, struct verdict why)
{
	struct board *b = r->board;
	uint32_t n;

	while ((n = reference_movable_vms(r, host)) > 0) {
		uint32_t vm = choose(r, n);

		r->leavers[r->n_leavers] = (struct leaver){
		        .vm = vm,
		        .order = r->n_leavers,
		        .demand = b->demand[vm],
		        .why = why,
		};
		r->n_leavers++;
		board_take(b, vm);
		if (!board_judge(b, host).overloaded)
			return;
	}
}

static bool may_give(const struct board *b, uint32_t host)
{
	return b->s->host_state[host] == HOST_ACTIVE && b->placement->count[host] > 0;
}

static void collect_leavers(struct reference *r)
{
	struct board *b = r->board;

	r->n_leavers = 0;
	for (uint32_t h = 0; h < r->fleet->n_hosts; h++) {
		struct verdict v;

		if (!may_give(b, h))
			continue;
		v = board_judge(b, h);
		if (!v.overloaded)
			continue;
		r->marks[h] |= HOST_MARK_OVERLOADED;
		board_exclude(b, h);
		unload(r, h, v);
	}
}

static void place_leaver(struct reference *r, const struct leaver *l, struct plan *ret)
{
	struct board *b = r->board;
	uint32_t to = board_find_target(b, l->vm);
	struct reason why = {
	        .code = REASON_DETECTOR,
	        .num = {l->why.statistic, l->why.threshold},
	};

	if (to == ID_NONE)
		return;
	board_put(b, l->vm, to);
	r->marks[to] |= HOST_MARK_RELIEVER;
	reference_wake(b, to, REASON_WAKE_FOR_LOAD, l->demand, ret);
	plan_migrate(ret, l->vm, b->s->placement->host_of[l->vm], to, &why);
}

void reference_relieve(struct reference *r, struct plan *ret)
{
	collect_leavers(r);
	reference_sort_leavers(r->leavers, r->n_leavers);
	for (uint32_t i = 0; i < r->n_leavers; i++)
		place_leaver(r, &r->leavers[i], ret);
}
