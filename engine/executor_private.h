/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_EXECUTOR_PRIVATE_H
#define ENGINE_EXECUTOR_PRIVATE_H
/*
 * What executor.c (carries tasks out), tasks.c (keeps them) and admission.c (judges them) share;
 * nobody else includes it.
 */
#include "engine/executor.h"

enum task_state { TASK_WAITING, TASK_RUNNING, TASK_OVER };

struct task {
	action_id id;
	enum task_state state;
	uint32_t next_from, next_to; /* the next task that leaves, or goes to, the same host */
	struct action action;
};

struct executor {
	struct env *env;
	struct snapshot *belief;
	struct engine_cfg cfg;
	struct engine_stats *stats;
	struct task *tasks;
	uint32_t n_tasks, cap_tasks;
	uint32_t n_over; /* of them are over and not yet taken out */
	uint32_t n_waiting, n_urgent;
	uint32_t n_migrating;       /* begun and not over */
	uint32_t *host_migrations;  /* by host: begun and not over, in plus out */
	uint32_t *host_outstanding; /* by host: tasks not over that name it, drains apart */
	uint8_t *host_wakes;        /* by host: HOST_ON tasks not over */
	uint8_t *vm_tasks;          /* by VM: tasks not over */
	action_id next_id;
	usec_t hour_began_us; /* for moves_per_hour */
	int64_t hour_moves;
	/*
	 * By host, the tasks that leave it and that go to it, as lists through the tasks (newest
	 * first; NO_TASK at the end). A task that waits no longer is taken off when next seen.
	 */
	uint32_t *first_from, *first_to;
	/*
	 * Hosts for which something has changed since the last pass. A pass looks at their tasks
	 * only, so that its cost follows what happens.
	 */
	bool *is_touched;
	uint32_t *touched, n_touched;
	uint32_t *candidates, n_candidates, cap_candidates; /* positions, of one pass */
};

#define NO_TASK UINT32_MAX

/* tasks.c: tables by host and VM, all empty. */
void tasks_init(struct executor *x);
void tasks_done(struct executor *x);

/* Takes an action as a task that waits. */
void tasks_add(struct executor *x, const struct action *a);

/* The task waits no longer, because it was begun or is over. */
void tasks_begun(struct executor *x, struct task *t);
void tasks_end(struct executor *x, struct task *t);

/* The task of that id, or NULL if there is none (any more). */
struct task *tasks_find(struct executor *x, action_id id);

/* Something about host (or ID_NONE) has changed: its waiting tasks are worth a look. */
void tasks_touch(struct executor *x, uint32_t host);

/*
 * Gathers the waiting tasks of all touched hosts in plan order (all: of all hosts) as candidates,
 * and touches them no longer. False: there is none.
 */
bool tasks_gather(struct executor *x, bool all);

/* Frees the room of tasks that are over, when that is worth it. Positions change. */
void tasks_compact(struct executor *x);

/* A move that serves to empty its source for good. */
bool task_is_emptying(const struct action *a);

/* Goes before what is not: relief, placement, waking. */
bool task_is_urgent(const struct action *a);

/* admission.c: may this action be taken as a task, given what is believed and under way? */
bool admission_move(const struct executor *x, const struct action *a);
bool admission_host_off(const struct executor *x, const struct action *a);
bool admission_host_on(const struct executor *x, uint32_t host);

/* May the task begin now? Starts a new hour of the move budget when the last one is over. */
bool admission_may_begin(struct executor *x, const struct action *a);

/* Will it never be able to begin? */
bool admission_is_hopeless(const struct executor *x, const struct action *a);

/* Active, or on its way to be. */
bool admission_may_receive(const struct executor *x, uint32_t host);

#endif
