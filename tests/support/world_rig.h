/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_WORLD_RIG_H
#define TESTS_SUPPORT_WORLD_RIG_H
/*
 * A world with a trace from memory, and a test in the place of the engine: it begins actions by
 * hand, moves time and looks at the events.
 *
 *     struct world_rig r;
 *     struct rig_spec spec = rig_defaults(2, 1, 4);      hosts, VMs, columns of 300 s
 *     rig_init(&r, &spec);                               at time 0, VMs of column 0 pending
 *     rig_do(&r, rig_place(0, 1));
 *     rig_run(&r, 600);                                  seconds
 *     rig_finish(&r);                                    r.result
 *     rig_done(&r);
 */
#include "core/model/fleet.h"
#include "core/model/plan.h"
#include "sim/world.h"

#define RIG_INTERVAL_S 300

struct rig_spec {
	struct fleet *fleet; /* sealed; the rig frees it */
	uint32_t n_columns;
	const double *cpu;            /* ratio of the allocation, [column][vm]; NULL: all 1 */
	const double *mem;            /* bytes, the same; NULL: the trace has none */
	const uint64_t *first, *last; /* by VM; NULL: all columns */
	uint32_t ends_after;          /* columns that really come; 0: n_columns */
	usec_t until_us;
	enum rules rules; /* RULES_REAL unless set */
	bool always_on;
	struct world_cfg cfg; /* no overhead, no dirtying, no failures */
	uint64_t seed;
	struct sim_sink sink;
};

/* The fleet of build_defaults. */
struct rig_spec rig_defaults(uint32_t n_hosts, uint32_t n_vms, uint32_t n_columns);

struct world_rig {
	struct fleet *fleet;
	struct world *world;
	struct sim_result result;
	action_id last_id;
	struct env_event *events; /* all since the start */
	uint32_t n_events, cap_events;
	struct sample_set sample; /* the last one; n_samples counts them */
	uint32_t n_samples;
};

void rig_init(struct world_rig *r, const struct rig_spec *spec);

/* Only makes the world and ends it, and the fleet: 0 or why it refuses. */
int rig_try(const struct rig_spec *spec, struct err *err);

void rig_done(struct world_rig *r);

/* Lets happen everything up to and at that time. */
void rig_run(struct world_rig *r, double seconds);
void rig_step(struct world_rig *r);   /* one event time */
void rig_finish(struct world_rig *r); /* to the end of the run */

struct action rig_place(uint32_t vm, uint32_t to);
struct action rig_move(uint32_t vm, uint32_t from, uint32_t to);
struct action rig_on(uint32_t host);
struct action rig_off(uint32_t host);

/* The world's answer; its id is r->last_id. */
int rig_do(struct world_rig *r, struct action a);

/* The n-th (from 0) event of that kind, NULL if there were fewer. */
const struct env_event *rig_event(const struct world_rig *r, enum env_event_kind kind, uint32_t n);

/* When action id ended so; -1: it did not. Seconds. */
double rig_outcome_s(const struct world_rig *r, enum env_event_kind kind, action_id id);

/* The last state that was told of the host. */
enum host_state rig_host_state(const struct world_rig *r, uint32_t host);

#endif
