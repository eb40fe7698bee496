/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop's one turn. Belief is brought up to date from what the env reports and from nothing
 * else; then the policy is asked, when there is something to ask about; then the executor acts.
 *
 * Missing samples: a VM keeps its last known demand for STALE_TICKS samples without one; then its
 * demand is NAN (unknown) until a sample comes. Policies leave VMs of unknown demand where they
 * are.
 */
#include "engine/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "engine/executor.h"

/* Design rule: data older than three intervals is not believed any more. */
#define STALE_TICKS 3

/* An instantaneous world may answer an action with events at once; one step follows it so far. */
#define ROUNDS_MAX 8

struct engine {
	struct env *env;
	struct snapshot *belief;
	struct engine_cfg cfg;
	const struct policy_ops *policy_ops;
	void *policy;
	struct executor *executor;
	struct plan plan;
	uint8_t *vm_missed; /* samples in a row that had nothing for the VM */
	struct engine_stats stats;
	struct digest digest;
	usec_t day_ends_us;   /* of the budgets of power-downs */
	double mem_bytes_max; /* of the largest host */
	bool news;            /* something to decide on, though no sample came */
	bool active_stale;    /* the list of active VMs must be made anew */
};

static uint32_t hosts_off_max(const struct fleet *f, const struct engine_cfg *cfg)
{
	double by_ratio = floor(cfg->host_off_ratio_max * f->n_hosts);
	double by_min = (double)f->n_hosts - (double)cfg->hosts_on_min;
	double least = fmin(by_ratio, by_min);

	return least > 0 ? (uint32_t)least : 0;
}

struct engine *engine_new(struct env *env, const struct fleet *fleet, const struct engine_cfg *cfg,
                          const struct policy_ops *policy, const void *params, uint64_t seed)
{
	struct engine *e = xcalloc(1, sizeof(*e));

	e->env = env;
	e->cfg = *cfg;
	e->belief = snapshot_new(fleet);
	e->belief->vm_cooldown_us = cfg->vm_cooldown_us;
	e->belief->host_min_on_us = cfg->host_min_on_us;
	e->belief->hosts_off_max = hosts_off_max(fleet, cfg);
	for (uint32_t c = 0; c < fleet->n_classes; c++)
		e->mem_bytes_max = fmax(e->mem_bytes_max, fleet->classes[c].capacity.v[RES_MEM]);
	e->policy_ops = policy;
	e->policy = policy->new (fleet, params, seed);
	e->executor = executor_new(env, e->belief, cfg, &e->stats);
	e->vm_missed = xcalloc(fleet->n_vms, sizeof(*e->vm_missed));
	plan_init(&e->plan);
	digest_init(&e->digest);
	return e;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	executor_free(e->executor);
	e->policy_ops->free(e->policy);
	plan_done(&e->plan);
	snapshot_free(e->belief);
	free(e->vm_missed);
	free(e);
}

static void vm_arrived(struct engine *e, uint32_t vm)
{
	e->belief->vm_state[vm] = VM_PENDING;
	e->belief->n_pending++;
	/* What is promised more than any host has can only be meant to use less. */
	e->belief->vm_mem_bytes[vm] =
	        fmin(e->belief->fleet->vms[vm].allocation.v[RES_MEM], e->mem_bytes_max);
	e->belief->vm_cpu_demand[vm] = NAN;
	e->belief->vm_moved_us[vm] = -1;
	e->active_stale = true;
}

static void vm_gone(struct engine *e, uint32_t vm)
{
	e->belief->n_pending -= e->belief->vm_state[vm] == VM_PENDING;
	e->belief->vm_state[vm] = VM_ABSENT;
	placement_move(e->belief->placement, vm, ID_NONE);
	e->active_stale = true;
}

static void apply_event(struct engine *e, const struct env_event *ev)
{
	switch (ev->kind) {
	case ENV_VM_ARRIVED: vm_arrived(e, ev->vm); break;
	case ENV_VM_GONE: vm_gone(e, ev->vm); break;
	case ENV_VM_LOST:
		e->belief->vm_state[ev->vm] = VM_PENDING;
		e->belief->n_pending++;
		placement_move(e->belief->placement, ev->vm, ID_NONE);
		break;
	case ENV_HOST_STATE:
	case ENV_ACTION_STARTED:
	case ENV_ACTION_DONE:
	case ENV_ACTION_FAILED: break;
	}
	e->news |= ev->kind != ENV_ACTION_STARTED && ev->kind != ENV_ACTION_DONE &&
	           ev->kind != ENV_VM_GONE;
	executor_event(e->executor, ev);
}

static void make_active_list(struct engine *e)
{
	struct snapshot *s = e->belief;

	s->n_active = 0;
	for (uint32_t vm = 0; vm < s->fleet->n_vms; vm++)
		if (s->vm_state[vm] != VM_ABSENT)
			s->active[s->n_active++] = vm;
	e->active_stale = false;
}

/* Copies a column where it has values; gives up on those that were missing for too long. */
static void take_column(struct engine *e, const double *column)
{
	struct snapshot *s = e->belief;

	for (uint32_t i = 0; i < s->n_active; i++) {
		uint32_t vm = s->active[i];

		if (!isnan(column[vm])) {
			s->vm_cpu_demand[vm] = column[vm];
			e->vm_missed[vm] = 0;
		} else if (e->vm_missed[vm] < STALE_TICKS) {
			e->vm_missed[vm]++;
		} else {
			s->vm_cpu_demand[vm] = NAN;
		}
	}
}

static void take_sample(struct engine *e, const struct sample_set *set)
{
	struct snapshot *s = e->belief;
	size_t host_bytes = s->fleet->n_hosts * sizeof(double);

	s->sample = set->sample;
	s->interval_us = set->interval_us;
	s->tick++;
	s->vm_cpu_ratio = set->vm_cpu_ratio;
	take_column(e, set->vm_cpu_demand);
	if (set->vm_mem_bytes)
		for (uint32_t i = 0; i < s->n_active; i++)
			if (!isnan(set->vm_mem_bytes[s->active[i]]))
				s->vm_mem_bytes[s->active[i]] = set->vm_mem_bytes[s->active[i]];
	memcpy(s->host_cpu_usage, set->host_cpu_usage, host_bytes);
	memcpy(s->host_utilisation, set->host_utilisation, host_bytes);
}

static void observe(struct engine *e)
{
	struct sample_set set = {0};

	e->env->ops->poll(e->env, &set);
	for (uint32_t i = 0; i < set.n_events; i++)
		apply_event(e, &set.events[i]);
	if (e->active_stale)
		make_active_list(e);
	if (set.sample != SAMPLE_NONE)
		take_sample(e, &set);
}

/* A new day renews every host's budget of power-downs. */
static void renew_budgets(struct engine *e)
{
	struct snapshot *s = e->belief;
	uint16_t budget = UINT16_MAX;

	if (s->now_us < e->day_ends_us)
		return;
	if (e->cfg.host_offs_per_day > 0)
		budget = (uint16_t)e->cfg.host_offs_per_day;
	for (uint32_t h = 0; h < s->fleet->n_hosts; h++)
		s->host_offs_left[h] = budget;
	e->day_ends_us = s->now_us + USEC_PER_DAY;
}

static void decide(struct engine *e)
{
	if (e->belief->sample != SAMPLE_NONE)
		e->policy_ops->observe(e->policy, e->belief);
	plan_clear(&e->plan);
	e->policy_ops->decide(e->policy, e->belief, &e->plan);
	executor_take(e->executor, &e->plan, &e->digest);
}

usec_t engine_step(struct engine *e)
{
	e->stats.steps++;
	e->belief->now_us = e->env->ops->now(e->env);
	renew_budgets(e);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		e->belief->sample = SAMPLE_NONE;
		e->belief->vm_cpu_ratio = NULL;
		observe(e);
		if (e->belief->sample != SAMPLE_NONE || e->news) {
			e->news = false;
			decide(e);
		}
		if (!executor_run(e->executor))
			break;
	}
	return executor_next(e->executor);
}

const struct snapshot *engine_snapshot(const struct engine *e)
{
	return e->belief;
}

const struct engine_stats *engine_stats(const struct engine *e)
{
	return &e->stats;
}

const void *engine_policy(const struct engine *e)
{
	return e->policy;
}

void engine_decision_digest(const struct engine *e, char ret_text[DIGEST_TEXT_LEN])
{
	digest_text(&e->digest, ret_text);
}
