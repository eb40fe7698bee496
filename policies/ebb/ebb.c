/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default policy: everything has a price in joules, and a move, a wake or an emptying is made
 * when it gains more than it costs.
 *
 *   cost of a placement = sum over hosts on (host_j + price x expected unserved work)
 *
 * per sampling interval, where the expected unserved work comes from what the host's VMs are
 * forecast to do together (predictor.c, loss.c) and the price from the operator's target, an
 * overload probability, corrected by what was realised (feedback.c).
 *
 * Each decision: 1. place the VMs that wait (admit.c); 2. where samples tell the present, repair
 * what is overloaded now (repair.c); send VMs away from hosts short of memory (memory.c); 3. wake
 * hosts if the fleet's total load is better served by more (wake.c); 4. move VMs from dear hosts to
 * cheap ones (relieve.c); 5. empty hosts that are not worth their cost (empty.c). Between samples
 * only waiting VMs are placed.
 *
 * One configuration serves quiet and bursty fleets, current and past samples: what differs (which
 * past predicts best, how VMs vary, how much they peak together, how long an overload lasts, how
 * long hosts stay down) is measured.
 *
 * Cost: O(1) a VM and sample; O(hosts on) a move.
 */
#include "policies/ebb/ebb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/ebb/state.h"

/* Before any host that was emptied came back: an hour, a guess that the first ones correct. */
#define DOWN_PRIOR_S 3600.0
#define DOWN_GAIN    0.1

static void *ebb_new(const struct fleet *fleet, const void *params, uint64_t seed)
{
	struct ebb *e = xcalloc(1, sizeof(*e));

	(void)seed; /* nothing here is left to chance */
	e->fleet = fleet;
	memcpy(&e->params, params, sizeof(e->params));
	e->predictor = predictor_new(fleet);
	e->book = book_new(fleet, &e->params);
	e->was_emptied = xcalloc(fleet->n_hosts, sizeof(*e->was_emptied));
	e->down_since_us = xcalloc(fleet->n_hosts, sizeof(*e->down_since_us));
	for (uint32_t h = 0; h < fleet->n_hosts; h++)
		e->down_since_us[h] = -1;
	e->vms = xcalloc(fleet->n_vms, sizeof(*e->vms));
	e->targets = xcalloc(fleet->n_vms, sizeof(*e->targets));
	e->sized = xcalloc(fleet->n_vms, sizeof(*e->sized));
	e->flights = xcalloc(fleet->n_vms, sizeof(*e->flights));
	e->set = repair_set_new();
	e->unevenness = 0.85;
	e->down_s = DOWN_PRIOR_S;
	index_heap_init(&e->heap, fleet->n_hosts);
	return e;
}

static void ebb_free(void *policy)
{
	struct ebb *e = policy;

	if (!e)
		return;
	predictor_free(e->predictor);
	book_free(e->book);
	free(e->was_emptied);
	free(e->down_since_us);
	free(e->vms);
	free(e->targets);
	free(e->sized);
	free(e->flights);
	free(e->set);
	index_heap_done(&e->heap);
	free(e);
}

/* How long hosts that were emptied stayed down, seen when one of them comes back. */
static void learn_down_time(struct ebb *e, const struct snapshot *s)
{
	for (uint32_t h = 0; h < e->fleet->n_hosts; h++) {
		enum host_state state = s->host_state[h];

		if (!e->was_emptied[h])
			continue;
		if (state == HOST_OFF || state == HOST_STANDBY || state == HOST_SUSPENDING) {
			if (e->down_since_us[h] < 0)
				e->down_since_us[h] = s->host_since_us[h];
		} else if (e->down_since_us[h] >= 0) {
			double down_s = usec_to_sec(s->now_us - e->down_since_us[h]);

			e->down_s += DOWN_GAIN * (down_s - e->down_s);
			e->down_since_us[h] = -1;
			e->was_emptied[h] = false;
		}
	}
}

static void ebb_observe(void *policy, const struct snapshot *s)
{
	struct ebb *e = policy;

	predictor_observe(e->predictor, s);
	book_observe(e->book, s);
	learn_down_time(e, s);
	e->samples++;
}

static void note_demand(struct ebb *e)
{
	memmove(e->recent + 1, e->recent, (RECENT - 1) * sizeof(e->recent[0]));
	e->recent[0] = book_total(e->book).load.mean;
}

static void ebb_decide(void *policy, const struct snapshot *s, struct plan *ret)
{
	struct ebb *e = policy;

	if (s->sample == SAMPLE_NONE && !s->n_pending)
		return;
	e->s = s;
	e->plan = ret;
	e->woken = 0;
	e->n_cheapest = 0;
	book_open(e->book, s, predictor_forecast(e->predictor));
	if (s->sample != SAMPLE_NONE || e->samples == 0)
		feedback_update(e);
	admit_pending(e);
	if (s->sample == SAMPLE_NONE)
		return;
	if (s->sample == SAMPLE_CURRENT)
		repair_overloads(e);
	relieve_memory(e);
	note_demand(e);
	wake_for_load(e);
	relieve_risks(e);
	if (!e->woken)
		empty_hosts(e);
	if (s->sample == SAMPLE_PAST)
		overload_note_moves(e);
}

static double ebb_host_need(const void *policy, uint32_t host)
{
	const struct ebb *e = policy;

	return e->book->hosts[host].need;
}

const struct policy_ops ebb_policy = {
        .name = "ebb",
        .help = "least expected cost: forecasts, a price for unserved work, whole hosts emptied",
        .source = "this project (docs/policies-ebb.md)",
        .params = {ebb_param_rows, EBB_PARAM_COUNT},
        .params_size = sizeof(struct ebb_params),
        .new = ebb_new,
        .free = ebb_free,
        .observe = ebb_observe,
        .decide = ebb_decide,
        .host_need = ebb_host_need,
};
