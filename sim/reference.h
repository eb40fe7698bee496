/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_REFERENCE_H
#define SIM_REFERENCE_H
/*
 * Inside the reference world: what its parts share. Nobody but sim/reference_*.c and
 * sim/world_reference.c includes this.
 *
 * Every event brings the whole fleet up to date: demands at its time, then every host's shares,
 * then the meters for the interval that has just ended. What happens at the event itself (moves
 * begin or end) marks hosts as stale; these are worked out once more when the instant is over,
 * because of several states of a host at one instant only the last one counts.
 */
#include <stdbool.h>

#include "sim/lower_bound.h"
#include "sim/meters.h"
#include "sim/news.h"
#include "sim/world.h"

/* The VMs of a host in order of arrival: id, and whether it is only on its way here. */
struct reference_entry {
	uint32_t vm;
	bool incoming;
};

struct reference_list {
	struct reference_entry *entries;
	uint32_t n, cap;
};

/* What a host does at one instant, in MIPS. */
struct reference_load {
	double used;      /* the work that makes its utilisation */
	double requested; /* what all VMs ask for, those on their way here in full */
	double asked;     /* what is really asked of it: of VMs on their way here their part */
	double demanded;  /* by VMs that run here, */
	double delivered; /* and what they get; */
	double lost;      /* missing because they are migrating */
	double utilisation, power_w;
	uint32_t n_short;       /* VMs that get less than they ask for */
	double short_ratio_sum; /* of the shares they miss */
	bool overloaded, on;
};

struct reference_move {
	action_id action;
	uint32_t vm, to;
	usec_t end_us;
	double end_s;
	struct reason reason;
};

/* Two neighbouring columns of the trace, between which demand runs in a straight line. */
struct reference_columns {
	double *from, *to; /* by VM; NAN = none */
	uint64_t index;    /* of `from` */
	bool has_to;       /* false: the trace ends with `from` */
	double *last;      /* by VM: the last value there was, for gaps */
};

/* CloudSim's own figures; see docs/validation.md. */
struct reference_shutdowns {
	bool *was_active;
	double *on_since_s;
	uint64_t n;
	double seconds_sum;
};

struct reference_world {
	struct world world; /* first */
	const struct fleet *fleet;
	struct trace *trace;
	struct world_opts opts;
	bool cloudsim; /* else ideal */

	usec_t now_us, end_us; /* end_us USEC_NEVER: not known yet */
	double now_s;          /* the reference adds up its clock in floating point */
	double next_tick_s;
	uint64_t ticks; /* that have been */
	bool begun, over;
	struct reference_columns columns;

	/* by VM */
	double *scale;                      /* trace value -> MIPS */
	double *vm_cores;                   /* vCPUs, at least 1 */
	double *sample;                     /* trace value now */
	double *demand;                     /* MIPS now */
	double *sample_demand, *sample_mem; /* what the engine is told */
	uint8_t *vm_state;
	uint32_t *vm_host;
	uint32_t *vm_moves; /* migrations under way */
	uint32_t n_alive, n_pending;

	/* by host */
	struct reference_list *lists;
	struct reference_load *loads;
	double *usage, *utilisation; /* what the engine is told */
	bool *stale, *was_on, *was_overloaded;
	uint32_t *stale_hosts, n_stale;

	struct reference_move *moves; /* under way, in the order in which they began */
	uint32_t n_moves, cap_moves;

	struct meters *meters;
	struct lower_bound *lower_bound;
	double demand_mips; /* of all VMs that exist, as of the last update */
	float *heat;
	bool settled;  /* hosts have been on or off before */
	bool heat_due; /* a sample was taken at this instant */
	struct reference_shutdowns shutdowns;

	struct news news;
	bool sample_ready;
};

/* reference_columns.c: demand from the trace. -errno with err: the trace is broken. */
int reference_columns_open(struct reference_world *w, struct err *err);
int reference_columns_seek(struct reference_world *w, uint64_t index, struct err *err);
void reference_columns_close(struct reference_world *w);
void reference_demands(struct reference_world *w); /* at now_s */
/* Fills what the next poll shows. */
void reference_take_sample(struct reference_world *w);
/* Arrivals and departures of a column. */
void reference_come_and_go(struct reference_world *w, uint64_t column);

/* reference_share.c: a host's load from its list and the demands. */
void reference_share(struct reference_world *w, uint32_t host);

/* reference_moves.c */
void reference_list_append(struct reference_world *w, uint32_t host, struct reference_entry e);
void reference_list_remove(struct reference_world *w, uint32_t host, struct reference_entry e);
void reference_touch(struct reference_world *w, uint32_t host); /* its list has changed */
int reference_place(struct reference_world *w, const struct action *a);
int reference_migrate(struct reference_world *w, const struct action *a, action_id id);
void reference_moves_end(struct reference_world *w); /* all that are due */
void reference_move_abort(struct reference_world *w, uint32_t index);
usec_t reference_moves_next(const struct reference_world *w);
/* A VM leaves for good. */
void reference_depart(struct reference_world *w, uint32_t vm);

/* reference_meters.c */
/* Time has come from from_s / from_us to now: demands, shares, meters of the interval. */
void reference_update(struct reference_world *w, usec_t from_us, double from_s);
/* Hosts whose lists have changed, at this instant. */
void reference_refresh(struct reference_world *w);
/* The instant is over: what has become of every host? */
void reference_settle(struct reference_world *w);
void reference_finish(struct reference_world *w, struct sim_result *ret);

/* world_reference.c */
void reference_emit(struct reference_world *w, const struct env_event *ev); /* at_us: now */
void reference_tell(struct reference_world *w, const struct sim_event *ev); /* the same */

#endif
