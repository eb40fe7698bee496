/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NPA and DVFS, the two baselines against which consolidation is measured. Both place each VM once,
 * first fit by host id, with its whole allocation, and never move it.
 *
 *   NPA   non power aware: every host is on all the time (and, under the rules ideal and
 *         cloudsim, draws full power: nothing ever slows it down)
 *   DVFS  power follows load by frequency scaling; a host without VMs is off
 *
 * Beloglazov, Buyya, CCPE 24(13), 2012 (the baselines of the evaluation).
 */
#include <string.h>

#include "policies/reference/reference.h"

static void *baseline_new(const struct fleet *f, const void *params, uint64_t seed)
{
	struct reference_params first_fit = {.placement = REFERENCE_FF};
	struct reference_choice nobody_moves = {NULL, NULL};

	(void)params;
	return reference_new(f, &first_fit, seed, &nobody_moves);
}

static void observe_nothing(void *policy, const struct snapshot *s)
{
	(void)policy;
	(void)s;
}

static void wake_all(const struct snapshot *s, struct plan *ret)
{
	double n = s->fleet->n_hosts;
	struct reason why = {.code = REASON_RESERVE, .num = {n, n}};

	for (uint32_t h = 0; h < s->fleet->n_hosts; h++)
		if (s->host_state[h] == HOST_OFF || s->host_state[h] == HOST_STANDBY)
			plan_host_on(ret, h, &why);
}

/* Without pending VMs there is nothing to decide, and no host expects one. */
static void admit(struct reference *r, const struct snapshot *s, struct plan *ret)
{
	memset(r->marks, 0, r->fleet->n_hosts * sizeof(*r->marks));
	if (!reference_has_pending(s))
		return;
	reference_begin(r, s, BOARD_DEMAND_ALLOCATED);
	reference_admit(r, ret);
	for (uint32_t h = 0; h < r->fleet->n_hosts; h++)
		if (r->board->has_incoming[h])
			r->marks[h] |= HOST_MARK_EXPECTING;
}

static void decide_npa(void *policy, const struct snapshot *s, struct plan *ret)
{
	wake_all(s, ret);
	admit(policy, s, ret);
}

static void decide_dvfs(void *policy, const struct snapshot *s, struct plan *ret)
{
	struct reference *r = policy;

	admit(r, s, ret);
	if (s->sample != SAMPLE_NONE)
		reference_release_idle(s, r->marks, ret);
}

const struct policy_ops reference_npa = {
        .name = "npa",
        .help = "every host on, nobody moves: the baseline without power management",
        .source = "Beloglazov and Buyya, CCPE 24(13), 2012, evaluation",
        .always_on = true,
        .new = baseline_new,
        .free = reference_free,
        .observe = observe_nothing,
        .decide = decide_npa,
};

const struct policy_ops reference_dvfs = {
        .name = "dvfs",
        .help = "first fit, nobody moves, unused hosts off: the baseline with DVFS",
        .source = "Beloglazov and Buyya, CCPE 24(13), 2012, evaluation",
        .new = baseline_new,
        .free = reference_free,
        .observe = observe_nothing,
        .decide = decide_dvfs,
};
