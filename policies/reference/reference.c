/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frame of Beloglazov and Buyya's policies. At every sample:
 *
 *   1. admit    pending VMs get hosts (at the start: all of them)
 *   2. relieve  overloaded hosts give VMs away until the detector is content
 *   3. gather   the least used hosts are emptied if all of their VMs find room
 *   4. release  active hosts without VMs are switched off
 *
 * Steps 2 and 3 play on one board, so that step 3 sees what step 2 has moved. In between samples
 * only step 1 has work.
 *
 * The published algorithm lets one VM begin two migrations at once: a host that took VMs in step 2
 * may be emptied in step 3, and these VMs then go on with the host's own. Both moves are in the
 * plan (from the host where the VM really is); an executor with migrations_per_vm = 1 refuses the
 * second, and the host then keeps what it got.
 *
 * Cost of a decision, with n VMs that move and m hosts in use: O(n m) scores, and a fraction of
 * that verdicts of the detector, each O(history).
 *
 * Beloglazov, Buyya, CCPE 24(13), 2012, algorithms 1 and 2.
 */
#include "policies/reference/reference.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

/* Tells the generator of random selection apart from those of other consumers of a seed. */
#define RNG_STREAM 0x7265666572656e63 /* "referenc" */

static const struct placement_ops *placement_rule(int choice)
{
	switch ((enum reference_placement)choice) {
	case REFERENCE_FF: return &placement_ff;
	case REFERENCE_BF: return &placement_bf;
	case REFERENCE_PABFD: break;
	}
	return &placement_pabfd;
}

void *reference_new(const struct fleet *f, const struct reference_params *params, uint64_t seed,
                    const struct reference_choice *choice)
{
	const struct detector_ops *detector = choice->detector;
	const struct selector_ops *selector = choice->selector;
	struct reference *r = xcalloc(1, sizeof(*r));

	r->fleet = f;
	r->params = *params;
	r->choice = *choice;
	if (detector)
		r->log = demand_log_new(f, selector->needs_ratio);
	if (selector && selector->needs_ratio)
		r->correlation = correlation_new();
	r->board = board_new(f, r->log);
	r->board->detector = detector;
	r->board->parameter = params->overload;
	r->board->rule = placement_rule(params->placement);
	rng_init(&r->rng, seed, RNG_STREAM);
	r->waits_for = xcalloc(f->n_vms, sizeof(*r->waits_for));
	memset(r->waits_for, 0xff, f->n_vms * sizeof(*r->waits_for)); /* ID_NONE */
	r->marks = xcalloc(f->n_hosts, sizeof(*r->marks));
	r->leavers = xcalloc(f->n_vms, sizeof(*r->leavers));
	r->vms = xcalloc(f->n_vms, sizeof(*r->vms));
	r->targets = xcalloc(f->n_vms, sizeof(*r->targets));
	r->ranked = xcalloc(f->n_hosts, sizeof(*r->ranked));
	return r;
}

void reference_free(void *policy)
{
	struct reference *r = policy;

	if (!r)
		return;
	demand_log_free(r->log);
	correlation_free(r->correlation);
	board_free(r->board);
	free(r->waits_for);
	free(r->marks);
	free(r->leavers);
	free(r->vms);
	free(r->targets);
	free(r->ranked);
	free(r);
}

void reference_observe(void *policy, const struct snapshot *s)
{
	struct reference *r = policy;

	demand_log_observe(r->log, s);
}

uint32_t reference_movable_vms(struct reference *r, uint32_t host)
{
	uint32_t n = 0;

	placement_foreach_vm (r->board->placement, host, vm)
		if (board_is_movable(r->board, vm))
			r->vms[n++] = vm;
	return n;
}

static int by_falling_demand(const void *a, const void *b)
{
	const struct leaver *x = a, *y = b;

	if (x->demand != y->demand)
		return x->demand > y->demand ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void reference_sort_leavers(struct leaver *leavers, uint32_t n)
{
	qsort(leavers, n, sizeof(*leavers), by_falling_demand);
}

bool reference_has_pending(const struct snapshot *s)
{
	for (uint32_t i = 0; i < s->n_active; i++)
		if (s->vm_state[s->active[i]] == VM_PENDING)
			return true;
	return false;
}

void reference_begin(struct reference *r, const struct snapshot *s, enum board_demand demand)
{
	board_begin(r->board, s, demand);
	memset(r->marks, 0, r->fleet->n_hosts * sizeof(*r->marks));
}

static void mark_expecting(struct reference *r)
{
	for (uint32_t h = 0; h < r->fleet->n_hosts; h++)
		if (r->board->has_incoming[h])
			r->marks[h] |= HOST_MARK_EXPECTING;
}

void reference_decide(void *policy, const struct snapshot *s, struct plan *ret)
{
	struct reference *r = policy;

	if (s->sample == SAMPLE_NONE && !reference_has_pending(s))
		return;
	reference_begin(r, s, BOARD_DEMAND_SAMPLED);
	reference_admit(r, ret);
	if (s->sample == SAMPLE_NONE)
		return;
	reference_relieve(r, ret);
	reference_gather(r, ret);
	mark_expecting(r);
	reference_release_idle(s, r->marks, ret);
}
