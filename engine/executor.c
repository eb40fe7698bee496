/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pass over the tasks for which something has changed begins urgent ones (relief of overload,
 * placement, waking) before the others (emptying hosts), each kind in plan order. Belief follows
 * what the env reports, and nothing else.
 */
#include "engine/executor.h"

#include <stdlib.h>

#include "core/base/xalloc.h"
#include "engine/executor_private.h"

struct executor *executor_new(struct env *env, struct snapshot *belief,
                              const struct engine_cfg *cfg, struct engine_stats *stats)
{
	struct executor *x = xcalloc(1, sizeof(*x));

	x->env = env;
	x->belief = belief;
	x->cfg = *cfg;
	x->stats = stats;
	tasks_init(x);
	x->next_id = 1;
	return x;
}

void executor_free(struct executor *x)
{
	if (!x)
		return;
	tasks_done(x);
	free(x);
}

static void persist(struct executor *x, enum record_kind kind, action_id id, const struct action *a)
{
	struct record r = {
	        .kind = kind,
	        .at_us = x->belief->now_us,
	        .tick = x->belief->tick,
	        .id = id,
	        .action = *a,
	};

	/* A failed write stops nothing here: the journal's owner refuses the next begin(). */
	(void)x->env->ops->persist(x->env, &r);
}

static void refuse(struct executor *x, const struct action *a)
{
	x->stats->refused++;
	persist(x, RECORD_REFUSED, 0, a);
}

static void add_task(struct executor *x, const struct action *a, struct digest *digest)
{
	x->stats->decisions++;
	if (a->vm != ID_NONE)
		x->belief->vm_target[a->vm] = a->to;
	action_digest(a, x->belief->fleet, x->belief->now_us, digest);
	persist(x, RECORD_DECISION, x->next_id, a);
	tasks_add(x, a);
}

static void end_task(struct executor *x, struct task *t)
{
	if (t->state == TASK_OVER)
		return;
	tasks_end(x, t);
	if (t->action.vm != ID_NONE && !x->vm_tasks[t->action.vm])
		x->belief->vm_target[t->action.vm] = ID_NONE;
}

static void set_host_state(struct executor *x, uint32_t host, enum host_state state)
{
	if (x->belief->host_state[host] == state)
		return;
	x->belief->host_state[host] = (uint8_t)state;
	x->belief->host_since_us[host] = x->belief->now_us;
	tasks_touch(x, host);
}

/* Takes a drain back: the host stays on, moves that were to empty it and have not begun drop. */
static void cancel_drain(struct executor *x, uint32_t host)
{
	uint32_t next;

	if (x->belief->host_state[host] != HOST_DRAINING)
		return;
	for (uint32_t i = x->first_from[host]; i != NO_TASK; i = next) {
		next = x->tasks[i].next_from;
		if (x->tasks[i].state == TASK_WAITING)
			end_task(x, &x->tasks[i]);
	}
	set_host_state(x, host, HOST_ACTIVE);
}

static void take_one(struct executor *x, const struct action *a, struct digest *digest)
{
	switch (a->kind) {
	case ACTION_PLACE:
	case ACTION_MIGRATE:
		if (admission_move(x, a)) {
			add_task(x, a, digest);
			return;
		}
		if (a->kind == ACTION_MIGRATE && x->belief->host_state[a->from] == HOST_DRAINING)
			cancel_drain(x, a->from);
		break;
	case ACTION_HOST_ON:
		if (x->belief->host_state[a->to] == HOST_DRAINING)
			cancel_drain(x, a->to);
		if (admission_may_receive(x, a->to))
			return; /* it is as wished */
		if (admission_host_on(x, a->to)) {
			add_task(x, a, digest);
			return;
		}
		break;
	case ACTION_HOST_OFF:
		if (admission_host_off(x, a)) {
			add_task(x, a, digest);
			set_host_state(x, a->from, HOST_DRAINING);
			return;
		}
		break;
	case ACTION_HOST_KEEP:
		cancel_drain(x, a->from);
		persist(x, RECORD_DECISION, x->next_id++, a); /* for the record: nothing follows */
		return;
	case ACTION_KIND_COUNT: break;
	}
	refuse(x, a);
}

void executor_take(struct executor *x, const struct plan *plan, struct digest *digest)
{
	uint32_t refused_drain = ID_NONE; /* its moves follow it in the plan */

	for (uint32_t i = 0; i < plan->len; i++) {
		const struct action *a = &plan->actions[i];
		uint64_t refused = x->stats->refused;

		if (task_is_emptying(a) && a->from == refused_drain) {
			refuse(x, a);
			continue;
		}
		take_one(x, a, digest);
		if (a->kind == ACTION_HOST_OFF)
			refused_drain = x->stats->refused > refused ? a->from : ID_NONE;
	}
}

static void note_begun(struct executor *x, struct task *t)
{
	const struct action *a = &t->action;

	tasks_begun(x, t);
	x->stats->by_kind[a->kind]++;
	x->stats->by_reason[a->reason.code]++;
	persist(x, RECORD_BEGIN, t->id, a);
	if (a->kind == ACTION_HOST_OFF && x->cfg.host_offs_per_day > 0)
		x->belief->host_offs_left[a->from]--;
	if (a->kind != ACTION_MIGRATE)
		return;
	x->n_migrating++;
	x->host_migrations[a->from]++;
	x->host_migrations[a->to]++;
	x->hour_moves++;
	x->belief->vm_state[a->vm] = VM_MIGRATING;
}

/* Nothing was begun: the task ends, and with it the drain it belonged to. */
static void fail_task(struct executor *x, struct task *t)
{
	struct action a = t->action;

	x->stats->failed++;
	persist(x, RECORD_FAILED, t->id, &a);
	end_task(x, t);
	if (a.vm != ID_NONE && x->belief->vm_state[a.vm] == VM_ABSENT)
		return; /* it left of its own: no reason to stop the drain */
	if (a.from != ID_NONE && x->belief->host_state[a.from] == HOST_DRAINING)
		cancel_drain(x, a.from);
}

static void note_migration_over(struct executor *x, const struct action *a)
{
	x->n_migrating--;
	x->host_migrations[a->from]--;
	x->host_migrations[a->to]--;
	if (x->belief->vm_state[a->vm] == VM_MIGRATING)
		x->belief->vm_state[a->vm] = VM_RUNNING;
}

static void apply_done(struct executor *x, const struct action *a)
{
	struct snapshot *s = x->belief;

	if (a->kind == ACTION_HOST_ON)
		set_host_state(x, a->to, HOST_ACTIVE);
	if (a->kind == ACTION_HOST_OFF)
		set_host_state(x, a->from, HOST_OFF);
	if (a->kind != ACTION_PLACE && a->kind != ACTION_MIGRATE)
		return;
	if (s->vm_state[a->vm] == VM_ABSENT)
		return; /* it left meanwhile */
	placement_move(s->placement, a->vm, a->to);
	s->n_pending -= s->vm_state[a->vm] == VM_PENDING;
	s->vm_state[a->vm] = VM_RUNNING;
	if (a->kind == ACTION_MIGRATE)
		s->vm_moved_us[a->vm] = s->now_us;
}

static void finish_task(struct executor *x, struct task *t)
{
	struct action a = t->action;

	if (a.kind == ACTION_MIGRATE)
		note_migration_over(x, &a);
	apply_done(x, &a);
	persist(x, RECORD_DONE, t->id, &a);
	end_task(x, t);
	if (a.kind == ACTION_MIGRATE && x->vm_tasks[a.vm] &&
	    x->belief->vm_state[a.vm] == VM_RUNNING)
		x->belief->vm_state[a.vm] = VM_MIGRATING; /* a second move is still under way */
}

static void begin_task(struct executor *x, struct task *t)
{
	int r = x->env->ops->begin(x->env, &t->action, t->id);

	if (r < 0) {
		fail_task(x, t);
		return;
	}
	note_begun(x, t);
	if (r == ENV_DONE_AT_ONCE)
		finish_task(x, t);
}

/* Limits on the whole fleet are lifted by events anywhere, and by time. */
static bool has_fleet_limits(const struct executor *x)
{
	return x->cfg.migrations_total > 0 || x->cfg.moves_per_hour > 0;
}

/* Begins the candidates that can begin; those that never will are over. */
static bool run_pass(struct executor *x, bool urgent)
{
	bool begun = false;

	for (uint32_t i = 0; i < x->n_candidates; i++) {
		struct task *t = &x->tasks[x->candidates[i]];

		if (t->state != TASK_WAITING || task_is_urgent(&t->action) != urgent)
			continue;
		if (!admission_may_begin(x, &t->action)) {
			if (admission_is_hopeless(x, &t->action))
				fail_task(x, t);
			continue;
		}
		begin_task(x, t);
		begun = true;
	}
	return begun;
}

usec_t executor_next(const struct executor *x)
{
	if (!x->n_waiting || !x->cfg.moves_per_hour || x->hour_moves < x->cfg.moves_per_hour)
		return USEC_NEVER;
	return x->hour_began_us + USEC_PER_HOUR;
}

bool executor_run(struct executor *x)
{
	bool all = has_fleet_limits(x);
	bool begun = false;

	/* What is done at once touches other tasks; every round ends or begins some. */
	while (x->n_waiting && tasks_gather(x, all)) {
		begun |= run_pass(x, true);
		begun |= run_pass(x, false);
		all = false;
	}
	tasks_compact(x);
	return begun;
}

static void action_over(struct executor *x, const struct env_event *ev)
{
	struct task *t = tasks_find(x, ev->action);

	if (!t || t->state != TASK_RUNNING)
		return;
	if (ev->kind == ENV_ACTION_DONE) {
		finish_task(x, t);
		return;
	}
	if (t->action.kind == ACTION_MIGRATE)
		note_migration_over(x, &t->action);
	fail_task(x, t);
}

/* The VM stopped or lost its host: nothing that waits for it makes sense any more. */
static void drop_vm_tasks(struct executor *x, uint32_t vm)
{
	if (!x->vm_tasks[vm])
		return;
	for (uint32_t i = 0; i < x->n_tasks; i++)
		if (x->tasks[i].action.vm == vm && x->tasks[i].state == TASK_WAITING)
			end_task(x, &x->tasks[i]);
}

void executor_event(struct executor *x, const struct env_event *ev)
{
	switch (ev->kind) {
	case ENV_ACTION_DONE:
	case ENV_ACTION_FAILED: action_over(x, ev); break;
	case ENV_HOST_STATE:
		if (ev->state == HOST_FAILED)
			cancel_drain(x, ev->host);
		set_host_state(x, ev->host, ev->state);
		break;
	case ENV_VM_GONE:
	case ENV_VM_LOST: drop_vm_tasks(x, ev->vm); break;
	case ENV_VM_ARRIVED:
	case ENV_ACTION_STARTED: break;
	}
}
