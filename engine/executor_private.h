/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_EXECUTOR_PRIVATE_H
#define ENGINE_EXECUTOR_PRIVATE_H
/*
 * What executor.c (keeps the tasks) and admission.c (judges them) share; nobody else includes it.
 */
#include "engine/executor.h"

enum task_state { TASK_WAITING, TASK_RUNNING, TASK_OVER };

struct task {
	action_id id;
	enum task_state state;
	struct action action;
};

/* The hosts that a waiting task names, apart from the task for the sake of the scan. */
struct task_ends {
	uint32_t from, to; /* n_hosts where there is none, and when the task does not wait */
};

struct executor {
	struct env *env;
	struct snapshot *belief;
	struct engine_cfg cfg;
	struct engine_stats *stats;
	struct task *tasks;
	struct task_ends *ends; /* by task */
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
	uint32_t *host_waiting; /* by host: tasks that have not begun and name it */
	/*
	 * Hosts for which something has changed since the last pass, and have tasks waiting. A
	 * pass looks at their tasks only, so that its cost follows what happens.
	 */
	bool *is_touched; /* one more than hosts, never set */
	uint32_t *touched, n_touched;
	bool host_changed; /* in this pass, by an action that was done at once */
};

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
