/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks live in one array in the order in which they were planned; the id of a task only grows.
 * A pass over the array begins urgent tasks (relief of overload, placement, waking) before the
 * others (emptying hosts), each kind in plan order. Passes are made only when something may have
 * changed, so that their cost is in proportion to events, not to time.
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
	x->host_migrations = xcalloc(belief->fleet->n_hosts, sizeof(*x->host_migrations));
	x->host_outstanding = xcalloc(belief->fleet->n_hosts, sizeof(*x->host_outstanding));
	x->host_wakes = xcalloc(belief->fleet->n_hosts, sizeof(*x->host_wakes));
	x->host_waiting = xcalloc(belief->fleet->n_hosts, sizeof(*x->host_waiting));
	x->is_touched = xcalloc((size_t)belief->fleet->n_hosts + 1, sizeof(*x->is_touched));
	x->touched = xcalloc(belief->fleet->n_hosts, sizeof(*x->touched));
	x->vm_tasks = xcalloc(belief->fleet->n_vms, sizeof(*x->vm_tasks));
	x->next_id = 1;
	return x;
}

void executor_free(struct executor *x)
{
	if (!x)
		return;
	free(x->tasks);
	free(x->ends);
	free(x->host_migrations);
	free(x->host_outstanding);
	free(x->host_wakes);
	free(x->host_waiting);
	free(x->is_touched);
	free(x->touched);
	free(x->vm_tasks);
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

/* Something about host has changed: its waiting tasks are worth a look. */
static void touch(struct executor *x, uint32_t host)
{
	if (host == ID_NONE || !x->host_waiting[host] || x->is_touched[host])
		return;
	x->is_touched[host] = true;
	x->touched[x->n_touched++] = host;
}

static void touch_both(struct executor *x, const struct action *a)
{
	touch(x, a->from);
	touch(x, a->to);
}

/* A move that serves to empty its source for good. */
static bool is_emptying(const struct action *a)
{
	return a->kind == ACTION_MIGRATE &&
	       (a->reason.code == REASON_EMPTY_HOST || a->reason.code == REASON_UNDERLOAD);
}

static bool is_urgent(const struct action *a)
{
	return a->kind != ACTION_HOST_OFF && !is_emptying(a) && a->reason.code != REASON_REGROUP;
}

static void count_waiting(struct executor *x, const struct action *a, int by)
{
	x->n_waiting += (uint32_t)by;
	if (is_urgent(a))
		x->n_urgent += (uint32_t)by;
	if (a->from != ID_NONE)
		x->host_waiting[a->from] += (uint32_t)by;
	if (a->to != ID_NONE)
		x->host_waiting[a->to] += (uint32_t)by;
}

/* Counts a task in (+1) or out (-1) of everything that asks "is something still to come?". */
static void count_task(struct executor *x, const struct action *a, int by)
{
	if (a->vm != ID_NONE)
		x->vm_tasks[a->vm] = (uint8_t)(x->vm_tasks[a->vm] + by);
	if (a->kind == ACTION_HOST_ON)
		x->host_wakes[a->to] = (uint8_t)(x->host_wakes[a->to] + by);
	if (a->kind == ACTION_HOST_OFF)
		return;
	if (a->from != ID_NONE)
		x->host_outstanding[a->from] += (uint32_t)by;
	if (a->to != ID_NONE)
		x->host_outstanding[a->to] += (uint32_t)by;
}

static struct task_ends ends_of(const struct executor *x, const struct action *a)
{
	uint32_t none = x->belief->fleet->n_hosts;

	return (struct task_ends){
	        .from = a->from == ID_NONE ? none : a->from,
	        .to = a->to == ID_NONE ? none : a->to,
	};
}

/* The task at t waits no longer. */
static void hide_ends(struct executor *x, const struct task *t)
{
	uint32_t none = x->belief->fleet->n_hosts;

	x->ends[t - x->tasks] = (struct task_ends){none, none};
}

static void add_task(struct executor *x, const struct action *a, struct digest *digest)
{
	if (x->n_tasks == x->cap_tasks) {
		x->cap_tasks = x->cap_tasks ? 2 * x->cap_tasks : 256;
		x->tasks = xreallocarray(x->tasks, x->cap_tasks, sizeof(*x->tasks));
		x->ends = xreallocarray(x->ends, x->cap_tasks, sizeof(*x->ends));
	}
	x->ends[x->n_tasks] = ends_of(x, a);
	x->tasks[x->n_tasks++] = (struct task){.id = x->next_id, .action = *a};
	x->stats->decisions++;
	count_task(x, a, +1);
	count_waiting(x, a, +1);
	touch_both(x, a);
	if (a->vm != ID_NONE)
		x->belief->vm_target[a->vm] = a->to;
	action_digest(a, x->belief->fleet, x->belief->now_us, digest);
	persist(x, RECORD_DECISION, x->next_id, a);
	x->next_id++;
}

static void end_task(struct executor *x, struct task *t)
{
	if (t->state == TASK_OVER)
		return;
	if (t->state == TASK_WAITING)
		count_waiting(x, &t->action, -1);
	t->state = TASK_OVER;
	hide_ends(x, t);
	x->n_over++;
	count_task(x, &t->action, -1);
	touch_both(x, &t->action);
	if (t->action.vm != ID_NONE && !x->vm_tasks[t->action.vm])
		x->belief->vm_target[t->action.vm] = ID_NONE;
}

static void set_host_state(struct executor *x, uint32_t host, enum host_state state)
{
	if (x->belief->host_state[host] == state)
		return;
	x->belief->host_state[host] = (uint8_t)state;
	x->belief->host_since_us[host] = x->belief->now_us;
	touch(x, host);
}

/* Takes a drain back: the host stays on, moves that were to empty it and have not begun drop. */
static void cancel_drain(struct executor *x, uint32_t host)
{
	for (uint32_t i = 0; i < x->n_tasks; i++) {
		struct task *t = &x->tasks[i];

		if (t->state != TASK_WAITING || t->action.from != host)
			continue;
		if (t->action.kind == ACTION_HOST_OFF ||
		    (t->action.kind == ACTION_MIGRATE &&
		     x->belief->host_state[host] == HOST_DRAINING))
			end_task(x, t);
	}
	if (x->belief->host_state[host] == HOST_DRAINING)
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

		if (is_emptying(a) && a->from == refused_drain) {
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

	t->state = TASK_RUNNING;
	hide_ends(x, t);
	count_waiting(x, a, -1);
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

	x->host_changed |= a->kind == ACTION_HOST_ON || a->kind == ACTION_HOST_OFF;
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

static void clear_touched(struct executor *x)
{
	for (uint32_t i = 0; i < x->n_touched; i++)
		x->is_touched[x->touched[i]] = false;
	x->n_touched = 0;
}

/* Limits on the whole fleet are lifted by events anywhere, and by time. */
static bool has_fleet_limits(const struct executor *x)
{
	return x->cfg.migrations_total > 0 || x->cfg.moves_per_hour > 0;
}

/* Is the task waiting, of this urgency, and has anything changed for it? */
static bool is_worth_a_look(const struct executor *x, uint32_t i, bool urgent)
{
	const struct task_ends *ends = &x->ends[i];

	if (!x->is_touched[ends->from] && !x->is_touched[ends->to] && !has_fleet_limits(x))
		return false;
	return x->tasks[i].state == TASK_WAITING && is_urgent(&x->tasks[i].action) == urgent;
}

static bool run_pass(struct executor *x, bool urgent)
{
	bool begun = false;

	for (uint32_t i = 0; i < x->n_tasks; i++) {
		struct task *t = &x->tasks[i];

		if (!is_worth_a_look(x, i, urgent))
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

static void compact(struct executor *x)
{
	uint32_t kept = 0;

	if (2 * x->n_over < x->n_tasks)
		return; /* rather seldom than often: it moves the whole array */
	x->n_over = 0;
	for (uint32_t i = 0; i < x->n_tasks; i++) {
		if (x->tasks[i].state == TASK_OVER)
			continue;
		x->ends[kept] = x->ends[i];
		x->tasks[kept++] = x->tasks[i];
	}
	x->n_tasks = kept;
}

usec_t executor_next(const struct executor *x)
{
	if (!x->n_waiting || !x->cfg.moves_per_hour || x->hour_moves < x->cfg.moves_per_hour)
		return USEC_NEVER;
	return x->hour_began_us + USEC_PER_HOUR;
}

bool executor_run(struct executor *x)
{
	bool begun = false;

	if (!x->n_waiting || (!x->n_touched && !has_fleet_limits(x)))
		return false;
	do {
		x->host_changed = false; /* by an action that was done at once */
		if (x->n_urgent)
			begun |= run_pass(x, true);
		begun |= run_pass(x, false);
	} while (x->host_changed);
	clear_touched(x);
	compact(x);
	return begun;
}

/* Tasks are in order of id, so that a binary search finds one. */
static struct task *find_task(struct executor *x, action_id id)
{
	uint32_t lo = 0, hi = x->n_tasks;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (x->tasks[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < x->n_tasks && x->tasks[lo].id == id ? &x->tasks[lo] : NULL;
}

static void action_over(struct executor *x, const struct env_event *ev)
{
	struct task *t = find_task(x, ev->action);

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
