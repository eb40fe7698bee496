/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tasks live in one array in the order in which they were planned; the id of a task only grows.
 * Each is also on two lists, of the host it leaves and of the host it goes to, so that an event
 * on a host costs what the tasks of that host cost and not a look at all of them.
 */
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "engine/executor_private.h"

void tasks_init(struct executor *x)
{
	uint32_t n = x->belief->fleet->n_hosts;

	x->host_migrations = xcalloc(n, sizeof(*x->host_migrations));
	x->host_outstanding = xcalloc(n, sizeof(*x->host_outstanding));
	x->host_wakes = xcalloc(n, sizeof(*x->host_wakes));
	x->first_from = xcalloc(n, sizeof(*x->first_from));
	x->first_to = xcalloc(n, sizeof(*x->first_to));
	x->is_touched = xcalloc(n, sizeof(*x->is_touched));
	x->touched = xcalloc(n, sizeof(*x->touched));
	x->vm_tasks = xcalloc(x->belief->fleet->n_vms, sizeof(*x->vm_tasks));
	for (uint32_t h = 0; h < n; h++)
		x->first_from[h] = x->first_to[h] = NO_TASK;
}

void tasks_done(struct executor *x)
{
	free(x->tasks);
	free(x->host_migrations);
	free(x->host_outstanding);
	free(x->host_wakes);
	free(x->first_from);
	free(x->first_to);
	free(x->is_touched);
	free(x->touched);
	free(x->candidates);
	free(x->vm_tasks);
}

bool task_is_emptying(const struct action *a)
{
	return a->kind == ACTION_MIGRATE &&
	       (a->reason.code == REASON_EMPTY_HOST || a->reason.code == REASON_UNDERLOAD);
}

bool task_is_urgent(const struct action *a)
{
	return a->kind != ACTION_HOST_OFF && !task_is_emptying(a);
}

void tasks_touch(struct executor *x, uint32_t host)
{
	if (host == ID_NONE || x->is_touched[host])
		return;
	x->is_touched[host] = true;
	x->touched[x->n_touched++] = host;
}

static void touch_both(struct executor *x, const struct action *a)
{
	tasks_touch(x, a->from);
	tasks_touch(x, a->to);
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

/* Puts the task at position i on the lists of its hosts. */
static void link_task(struct executor *x, uint32_t i)
{
	struct task *t = &x->tasks[i];

	t->next_from = t->next_to = NO_TASK;
	if (t->action.from != ID_NONE) {
		t->next_from = x->first_from[t->action.from];
		x->first_from[t->action.from] = i;
	}
	if (t->action.to != ID_NONE) {
		t->next_to = x->first_to[t->action.to];
		x->first_to[t->action.to] = i;
	}
}

void tasks_add(struct executor *x, const struct action *a)
{
	if (x->n_tasks == x->cap_tasks) {
		x->cap_tasks = x->cap_tasks ? 2 * x->cap_tasks : 256;
		x->tasks = xreallocarray(x->tasks, x->cap_tasks, sizeof(*x->tasks));
	}
	x->tasks[x->n_tasks] = (struct task){.id = x->next_id++, .action = *a};
	link_task(x, x->n_tasks++);
	x->n_waiting++;
	count_task(x, a, +1);
	touch_both(x, a);
}

void tasks_begun(struct executor *x, struct task *t)
{
	t->state = TASK_RUNNING;
	x->n_waiting--;
}

void tasks_end(struct executor *x, struct task *t)
{
	x->n_waiting -= t->state == TASK_WAITING;
	t->state = TASK_OVER;
	x->n_over++;
	count_task(x, &t->action, -1);
	touch_both(x, &t->action);
}

/* Tasks are in order of id, so that a binary search finds one. */
struct task *tasks_find(struct executor *x, action_id id)
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

static void add_candidate(struct executor *x, uint32_t i)
{
	if (x->n_candidates == x->cap_candidates) {
		x->cap_candidates = x->cap_candidates ? 2 * x->cap_candidates : 256;
		x->candidates =
		        xreallocarray(x->candidates, x->cap_candidates, sizeof(*x->candidates));
	}
	x->candidates[x->n_candidates++] = i;
}

/* The waiting tasks of a host; what does not wait leaves the lists on this occasion. */
static void gather_host(struct executor *x, uint32_t host)
{
	uint32_t *link = &x->first_from[host];

	while (*link != NO_TASK) {
		struct task *t = &x->tasks[*link];

		if (t->state == TASK_WAITING) {
			add_candidate(x, *link);
			link = &t->next_from;
		} else {
			*link = t->next_from;
		}
	}
	link = &x->first_to[host];
	while (*link != NO_TASK) {
		struct task *t = &x->tasks[*link];

		if (t->state == TASK_WAITING) {
			add_candidate(x, *link);
			link = &t->next_to;
		} else {
			*link = t->next_to;
		}
	}
}

static int compare_positions(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* A task with both ends touched was gathered twice. */
static void sort_candidates(struct executor *x)
{
	uint32_t kept = 0;

	if (x->n_candidates > 1)
		qsort(x->candidates, x->n_candidates, sizeof(*x->candidates), compare_positions);
	for (uint32_t i = 0; i < x->n_candidates; i++)
		if (!kept || x->candidates[i] != x->candidates[kept - 1])
			x->candidates[kept++] = x->candidates[i];
	x->n_candidates = kept;
}

bool tasks_gather(struct executor *x, bool all)
{
	x->n_candidates = 0;
	for (uint32_t i = 0; i < x->n_touched; i++) {
		x->is_touched[x->touched[i]] = false;
		if (!all)
			gather_host(x, x->touched[i]);
	}
	x->n_touched = 0;
	for (uint32_t i = 0; all && i < x->n_tasks; i++)
		if (x->tasks[i].state == TASK_WAITING)
			add_candidate(x, i);
	sort_candidates(x);
	return x->n_candidates > 0;
}

void tasks_compact(struct executor *x)
{
	uint32_t kept = 0;

	if (2 * x->n_over < x->n_tasks || !x->n_over)
		return; /* rather seldom than often: it moves the whole array */
	x->n_over = 0;
	for (uint32_t i = 0; i < x->n_tasks; i++) {
		if (x->tasks[i].action.from != ID_NONE)
			x->first_from[x->tasks[i].action.from] = NO_TASK;
		if (x->tasks[i].action.to != ID_NONE)
			x->first_to[x->tasks[i].action.to] = NO_TASK;
		if (x->tasks[i].state != TASK_OVER)
			x->tasks[kept++] = x->tasks[i];
	}
	x->n_tasks = kept;
	for (uint32_t i = 0; i < kept; i++)
		link_task(x, i);
}
