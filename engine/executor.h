/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_EXECUTOR_H
#define ENGINE_EXECUTOR_H
/*
 * From plan to effects. The executor takes the actions of a plan as tasks, checks each against
 * the rules that hold for every policy, begins it when its turn has come, and keeps the snapshot
 * true to what the env reports back. It decides nothing: what it cannot do it refuses, on record.
 *
 * A task waits while its target is waking, while a migration limit is reached, or (HOST_OFF)
 * until the host is empty. A drain is all or nothing: when one of its moves is refused or fails,
 * the host is kept on and the drain's waiting moves are dropped.
 */
#include "engine/engine.h"

struct executor;

struct executor *executor_new(struct env *env, struct snapshot *belief,
                              const struct engine_cfg *cfg, struct engine_stats *stats);
void executor_free(struct executor *x);

/* Checks the plan's actions in order and takes them as tasks. Feeds the ones taken to digest. */
void executor_take(struct executor *x, const struct plan *plan, struct digest *digest);

/* Begins all that can begin now. Returns true if anything was begun. */
bool executor_run(struct executor *x);

/* An event about one of its actions, or a host or VM its tasks name. Updates belief and tasks. */
void executor_event(struct executor *x, const struct env_event *ev);

/* When a waiting task may begin by the mere passing of time; USEC_NEVER: no such task. */
usec_t executor_next(const struct executor *x);

#endif
