/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots by hand; see belief.h. */
#include "tests/support/belief.h"

#include <CUnit/CUnit.h>
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "tests/support/draft.h"
#include "tests/support/plan_check.h"

void belief_init(struct belief *b, const char *policy, struct fleet *f)
{
	*b = (struct belief){
	        .fleet = f,
	        .s = snapshot_new(f),
	        .ops = policy_find(policy),
	        .sample = SAMPLE_CURRENT,
	};
	assert(b->ops);
	b->params = xcalloc(1, b->ops->params_size);
	param_set_defaults(&b->ops->params, b->params);
	plan_init(&b->plan);
	b->s->interval_us = 300 * USEC_PER_SEC;
	b->s->hosts_off_max = f->n_hosts;
	for (uint32_t h = 0; h < f->n_hosts; h++)
		b->s->host_state[h] = HOST_ACTIVE;
}

void belief_init_ebb(struct belief *b, struct fleet *f)
{
	belief_init(b, "ebb", draft_seal(f));
}

void belief_done(struct belief *b)
{
	b->ops->free(b->policy);
	plan_done(&b->plan);
	snapshot_free(b->s);
	free(b->params);
	fleet_free(b->fleet);
}

void belief_set(struct belief *b, const char *name, const char *value)
{
	const struct param *row = param_find(&b->ops->params, name);
	int ret;

	assert(row);
	assert(!b->policy);
	ret = param_parse(row, b->params, value, NULL);
	assert(ret == 0);
	(void)ret;
}

void belief_run(struct belief *b, uint32_t vm, uint32_t host, double demand_mips)
{
	b->s->vm_state[vm] = VM_RUNNING;
	b->s->vm_cpu_demand[vm] = demand_mips;
	if (b->s->placement->host_of[vm] != host)
		placement_move(b->s->placement, vm, host);
}

void belief_pend(struct belief *b, uint32_t vm)
{
	b->s->vm_state[vm] = VM_PENDING;
	b->s->vm_cpu_demand[vm] = NAN;
	placement_move(b->s->placement, vm, ID_NONE);
}

void belief_set_hosts(struct belief *b, enum host_state state)
{
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		b->s->host_state[h] = (uint8_t)state;
}

void belief_run_range(struct belief *b, uint32_t from, uint32_t to, uint32_t host)
{
	for (uint32_t vm = from; vm < to; vm++)
		belief_run(b, vm, host, 500);
}

void belief_pend_range(struct belief *b, uint32_t from, uint32_t to)
{
	for (uint32_t vm = from; vm < to; vm++)
		belief_pend(b, vm);
}

void belief_want(struct belief *b, uint32_t from, uint32_t to, double demand_mips)
{
	for (uint32_t vm = from; vm < to; vm++)
		b->s->vm_cpu_demand[vm] = demand_mips;
}

static void measure(struct snapshot *s)
{
	for (uint32_t h = 0; h < s->fleet->n_hosts; h++) {
		double capacity = fleet_class_of(s->fleet, h)->capacity.v[RES_CPU], sum = 0;

		placement_foreach_vm (s->placement, h, vm)
			sum += isnan(s->vm_cpu_demand[vm]) ? 0 : s->vm_cpu_demand[vm];
		s->host_cpu_usage[h] = fmin(sum, capacity);
		s->host_utilisation[h] = s->host_cpu_usage[h] / capacity;
	}
}

static void list_active(struct snapshot *s)
{
	s->n_active = 0;
	s->n_pending = 0;
	for (uint32_t vm = 0; vm < s->fleet->n_vms; vm++) {
		if (s->vm_state[vm] != VM_ABSENT)
			s->active[s->n_active++] = vm;
		s->n_pending += s->vm_state[vm] == VM_PENDING;
	}
}

void belief_ask(struct belief *b)
{
	if (!b->policy)
		b->policy = b->ops->new (b->fleet, b->params, 1);
	list_active(b->s);
	plan_clear(&b->plan);
	b->ops->decide(b->policy, b->s, &b->plan);
}

void belief_decide(struct belief *b)
{
	if (!b->policy)
		b->policy = b->ops->new (b->fleet, b->params, 1);
	b->s->now_us += b->s->interval_us;
	b->s->tick++;
	b->s->sample = b->sample;
	measure(b->s);
	list_active(b->s);
	b->ops->observe(b->policy, b->s);
	belief_ask(b);
	b->s->sample = SAMPLE_NONE;
}

void belief_ask_checked(struct belief *b)
{
	belief_ask(b);
	plan_check(b->s, &b->plan);
}

void belief_decide_checked(struct belief *b)
{
	belief_decide(b);
	plan_check(b->s, &b->plan);
}

void belief_watch(struct belief *b, int samples)
{
	for (int i = 0; i < samples; i++)
		belief_decide_checked(b);
}

static void carry_out(struct snapshot *s, const struct action *a)
{
	switch (a->kind) {
	case ACTION_PLACE:
	case ACTION_MIGRATE:
		placement_move(s->placement, a->vm, a->to);
		s->vm_state[a->vm] = VM_RUNNING;
		break;
	case ACTION_HOST_ON: s->host_state[a->to] = HOST_ACTIVE; break;
	case ACTION_HOST_OFF: s->host_state[a->from] = HOST_OFF; break;
	case ACTION_HOST_KEEP:
	case ACTION_KIND_COUNT: break;
	}
}

void belief_obey(struct belief *b)
{
	for (uint32_t i = 0; i < b->plan.len; i++)
		carry_out(b->s, &b->plan.actions[i]);
}

uint32_t belief_count(const struct belief *b, enum action_kind kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->plan.len; i++)
		n += b->plan.actions[i].kind == kind;
	return n;
}

uint32_t belief_count_reason(const struct belief *b, enum reason_code code)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->plan.len; i++)
		n += b->plan.actions[i].reason.code == code;
	return n;
}

const struct action *belief_action(const struct belief *b, enum action_kind kind, uint32_t n)
{
	for (uint32_t i = 0; i < b->plan.len; i++)
		if (b->plan.actions[i].kind == kind && n-- == 0)
			return &b->plan.actions[i];
	CU_FAIL_FATAL("no such action in the plan");
	return NULL;
}

uint32_t belief_goes_to(const struct belief *b, uint32_t vm)
{
	uint32_t host = b->s->placement->host_of[vm];

	for (uint32_t i = 0; i < b->plan.len; i++)
		if (b->plan.actions[i].vm == vm && b->plan.actions[i].kind != ACTION_HOST_KEEP)
			host = b->plan.actions[i].to;
	return host;
}
