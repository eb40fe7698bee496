/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ENV_H
#define ENGINE_ENV_H
/*
 * The engine's only door to the world: time, samples, effects and durable records. Behind it is
 * either the real fleet or a simulated one (sim/); the engine cannot tell which.
 *
 * All calls return at once. What an action did is told later by events from poll.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/units.h"
#include "core/model/plan.h"
#include "core/model/snapshot.h"

typedef uint64_t action_id;

enum env_event_kind {
	ENV_VM_ARRIVED,     /* vm: wants a host */
	ENV_VM_GONE,        /* vm: stopped for good */
	ENV_ACTION_STARTED, /* action: e.g. the migration has begun (it may have been queued) */
	ENV_ACTION_DONE,    /* action: verified done */
	ENV_ACTION_FAILED,  /* action: verified not done; the world is as before */
	ENV_HOST_STATE,     /* host, state */
	ENV_VM_LOST         /* vm: its host crashed; it is pending again */
};

struct env_event {
	enum env_event_kind kind;
	usec_t at_us;
	action_id action;
	uint32_t vm, host;
	enum host_state state;
};

/* Everything since the last poll. Arrays belong to the env and live until the next poll. */
struct sample_set {
	const struct env_event *events;
	uint32_t n_events;

	enum sample_kind sample; /* SAMPLE_NONE: the columns below are not set */
	usec_t interval_us;
	const double *vm_cpu_demand;    /* by VM, MIPS; NAN = no sample */
	const double *vm_cpu_ratio;     /* by VM, demand / allocation; NULL = unknown */
	const double *vm_mem_bytes;     /* by VM; NULL = the allocation counts; NAN = no sample */
	const double *host_cpu_usage;   /* by host, MIPS delivered; NAN = no sample */
	const double *host_utilisation; /* by host, ratio */
};

/* A durable record: one decision with its outcome so far. */
enum record_kind { RECORD_DECISION, RECORD_BEGIN, RECORD_DONE, RECORD_FAILED, RECORD_REFUSED };

struct record {
	enum record_kind kind;
	usec_t at_us;
	uint64_t tick; /* samples taken when it was made */
	action_id id;
	struct action action;
};

#define ENV_DONE_AT_ONCE 1

struct env;

struct env_ops {
	usec_t (*now)(struct env *env); /* monotonic */
	void (*poll)(struct env *env, struct sample_set *ret);
	/*
	 * Starts an action. 0: its outcome comes as an event; ENV_DONE_AT_ONCE: it is done and
	 * verified, no event about it follows (HOST_ON: active, HOST_OFF: off, PLACE: running);
	 * -errno: refused, nothing happened.
	 */
	int (*begin)(struct env *env, const struct action *a, action_id id);
	void (*cancel)(struct env *env, action_id id);
	int (*persist)(struct env *env, const struct record *r); /* durable on return */
};

/* Implementations embed this as their first member. */
struct env {
	const struct env_ops *ops;
};

#endif
