/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules that bind every policy alike: what is no longer true is refused, hard constraints
 * hold, limits are kept. Two questions are asked of each action: may it be taken (when it is
 * planned), and may it begin (each time something has changed).
 */
#include "core/model/constraint.h"
#include "engine/executor_private.h"

bool admission_may_receive(const struct executor *x, uint32_t host)
{
	enum host_state state = x->belief->host_state[host];

	return state == HOST_ACTIVE || state == HOST_WAKING;
}

bool admission_move(const struct executor *x, const struct action *a)
{
	const struct snapshot *s = x->belief;

	if (a->to == ID_NONE || (!admission_may_receive(x, a->to) && !x->host_wakes[a->to]))
		return false;
	if (a->kind == ACTION_PLACE && (s->vm_state[a->vm] != VM_PENDING || x->vm_tasks[a->vm]))
		return false;
	if (a->kind == ACTION_MIGRATE) {
		bool runs = s->vm_state[a->vm] == VM_RUNNING || s->vm_state[a->vm] == VM_MIGRATING;

		if (!runs || s->placement->host_of[a->vm] != a->from ||
		    (int64_t)x->vm_tasks[a->vm] >= x->cfg.migrations_per_vm)
			return false;
	}
	return constraint_allows(s->fleet, s->placement, a->vm, a->to, NULL);
}

static uint32_t count_hosts_down(const struct executor *x)
{
	uint32_t n = 0;

	for (uint32_t h = 0; h < x->belief->fleet->n_hosts; h++)
		n += x->belief->host_state[h] != HOST_ACTIVE &&
		     x->belief->host_state[h] != HOST_WAKING;
	return n;
}

bool admission_host_off(const struct executor *x, const struct action *a)
{
	const struct snapshot *s = x->belief;

	if (s->host_state[a->from] != HOST_ACTIVE)
		return false;
	if (s->now_us - s->host_since_us[a->from] < s->host_min_on_us)
		return false;
	return s->host_offs_left[a->from] > 0 && count_hosts_down(x) < s->hosts_off_max;
}

bool admission_host_on(const struct executor *x, uint32_t host)
{
	enum host_state state = x->belief->host_state[host];

	return (state == HOST_OFF || state == HOST_STANDBY || state == HOST_SUSPENDING) &&
	       !x->host_wakes[host];
}

/* Whether an hour's budget of moves is left; starts a new hour when the last one is over. */
static bool has_move_budget(struct executor *x)
{
	if (x->belief->now_us - x->hour_began_us >= USEC_PER_HOUR) {
		x->hour_began_us = x->belief->now_us;
		x->hour_moves = 0;
	}
	return !x->cfg.moves_per_hour || x->hour_moves < x->cfg.moves_per_hour;
}

static bool migration_may_begin(struct executor *x, const struct action *a)
{
	int64_t per_host = x->cfg.migrations_per_host;

	if (x->cfg.migrations_total && (int64_t)x->n_migrating >= x->cfg.migrations_total)
		return false;
	if (per_host && ((int64_t)x->host_migrations[a->from] >= per_host ||
	                 (int64_t)x->host_migrations[a->to] >= per_host))
		return false;
	return has_move_budget(x);
}

bool admission_may_begin(struct executor *x, const struct action *a)
{
	const struct snapshot *s = x->belief;

	switch (a->kind) {
	case ACTION_PLACE: return s->host_state[a->to] == HOST_ACTIVE;
	case ACTION_MIGRATE:
		return s->host_state[a->to] == HOST_ACTIVE && migration_may_begin(x, a);
	case ACTION_HOST_ON:
		return s->host_state[a->to] == HOST_OFF || s->host_state[a->to] == HOST_STANDBY;
	case ACTION_HOST_OFF: return !s->placement->count[a->from] && !x->host_outstanding[a->from];
	case ACTION_HOST_KEEP:
	case ACTION_KIND_COUNT: break;
	}
	return false;
}

/* A waiting task whose target can no longer receive it will never begin. */
bool admission_is_hopeless(const struct executor *x, const struct action *a)
{
	if (a->kind != ACTION_PLACE && a->kind != ACTION_MIGRATE)
		return false;
	if (a->kind == ACTION_MIGRATE && x->belief->placement->host_of[a->vm] != a->from &&
	    x->cfg.migrations_per_vm == 1)
		return true;
	return !admission_may_receive(x, a->to) && !x->host_wakes[a->to];
}
