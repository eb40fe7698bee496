/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H
/*
 * A simulated data centre behind the engine's env: the truth, apart from what the engine
 * believes. Two implementations share this door: world_reference.c (rules ideal and cloudsim:
 * every event brings the whole fleet up to date, as the reference does) and world_real.c (only
 * hosts that an event touches are brought up to date; made for 100,000 VMs).
 *
 * Event order is (time, kind, sequence); the kinds in order are: end of migration, end of host
 * transition, crash, departure, arrival, sample. The driver alternates:
 *
 *     while ((t = world_next(w)) < until) { world_advance(w, t, err); engine_step(e); }
 *
 * with engine wishes (the value of engine_step) taken in as well.
 */
#include "core/base/err.h"
#include "core/model/fleet.h"
#include "engine/env.h"
#include "sim/result.h"
#include "sim/rules.h"
#include "sim/trace/trace.h"

/* Facts of the world as they happen, for --events and the report. Names come from the fleet. */
enum sim_event_kind {
	SIM_PLACE,         /* vm starts on `to` */
	SIM_DEPART,        /* vm leaves `from` for good */
	SIM_MIGRATE_BEGIN, /* vm, from, to */
	SIM_MIGRATE_END,
	SIM_MIGRATE_FAIL,
	SIM_HOST_STATE,     /* host `to` enters state */
	SIM_OVERLOAD_BEGIN, /* host `from` */
	SIM_OVERLOAD_END,
	SIM_EVENT_KIND_COUNT
};

struct sim_event {
	usec_t at_us;
	enum sim_event_kind kind;
	uint32_t vm, from, to;
	enum host_state state;       /* SIM_HOST_STATE */
	const struct reason *reason; /* of the action behind it, or NULL */
};

/* Whoever listens to a run. Any callback may be NULL. */
struct sim_sink {
	void (*begin)(void *ctx, const struct fleet *f); /* once, before the first event */
	void (*event)(void *ctx, const struct sim_event *ev);
	/* What the engine persists: decisions, begins, outcomes, refusals. */
	void (*record)(void *ctx, const struct record *r);
	void *ctx;
};

struct world_opts {
	enum rules rules;
	struct world_cfg cfg;
	uint64_t seed;
	usec_t until_us;      /* USEC_NEVER: to the end of the trace */
	bool always_on;       /* ideal, cloudsim: no power management, see policy_ops.always_on */
	struct sim_sink sink; /* begin is the driver's business; event and record the world's */
};

struct world {
	struct env env; /* first: the env's ops cast back */
	const struct world_ops *ops;
};

struct world_ops {
	usec_t (*next)(const struct world *w); /* time of the next event; USEC_NEVER: over */
	/* Moves time to t (never past next) and lets happen all that is due at t. */
	int (*advance)(struct world *w, usec_t t, struct err *err);
	/* Closes all meters at the end of the run and fills everything the world measured. */
	int (*finish)(struct world *w, struct sim_result *ret, struct err *err);
	void (*free)(struct world *w);
};

/* Takes the trace over on success. -EINVAL: this fleet or trace cannot run under these rules. */
int world_new(const struct world_opts *o, const struct fleet *f, struct trace *t,
              struct world **ret, struct err *err);

static inline usec_t world_next(const struct world *w)
{
	return w->ops->next(w);
}

#endif
