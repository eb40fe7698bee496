/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_REAL_H
#define SIM_REAL_H
/*
 * Inside the real world: what its parts share. Nobody but sim/real_*.c and sim/world_real.c
 * includes this.
 *
 * All state is in columns by id. Between two ticks a host's load is constant unless an action or
 * an event touches it; whoever touches a host calls
 *
 *     real_host_begin_change(w, host);   meters run up to now, at the old load
 *     ... change columns of host ...
 *     real_host_end_change(w, host);     new load, power and share
 *
 * so that the rest of the fleet costs nothing. A tick does the same for all hosts in one pass.
 */
#include "core/base/rng.h"
#include "core/model/plan.h"
#include "sim/event_heap.h"
#include "sim/lower_bound.h"
#include "sim/meters.h"
#include "sim/news.h"
#include "sim/world.h"

/* Kinds of events in the heap, in the order in which they happen at one instant. */
enum real_event { REAL_MIGRATION_END, REAL_HOST_TRANSITION, REAL_CRASH };

struct real_vms {
	uint32_t *host;               /* where it runs; ID_NONE = nowhere */
	uint8_t *state;               /* VM_ABSENT, VM_PENDING, VM_RUNNING or VM_MIGRATING */
	uint32_t *migration;          /* slot, ID_NONE = none */
	double *scale;                /* trace value -> MIPS */
	double *factor;               /* CPU cost on its host; NULL: 1 for all */
	double *demand;               /* MIPS in the current column; gaps hold the last value */
	double *past;                 /* the column before: what a sample reports */
	double *mem;                  /* bytes to be backed by its host */
	double *past_mem;             /* NULL: the trace has no memory, mem never changes */
	uint32_t *by_first, *by_last; /* ids by column of arrival, of departure */
	uint32_t next_first, next_last;
};

struct real_hosts {
	uint8_t *state;    /* enum host_state */
	usec_t *since_us;  /* its meters have run up to here */
	double *asked;     /* MIPS its VMs ask for */
	double *load;      /* the same with cost factors; == asked where there are none */
	double *in_load;   /* MIPS that incoming migrations cost here */
	double *out_lost;  /* MIPS that VMs on their way out lose by it */
	double *mem;       /* bytes of its VMs and of those on their way in */
	uint32_t *n_vms;   /* running here */
	uint32_t *n_moves; /* migrations at this end, and */
	uint32_t *moves;   /* the first of them, ID_NONE = none */
	double *power_w;
	double *share;     /* of what is asked that is delivered, for want of CPU or memory */
	double *used;      /* MIPS at work */
	double *used_work; /* MIPS x s at work since the last sample */
	float *heat;       /* demand / capacity, negative: not active */
	double *cpu_mips, *mem_bytes; /* capacity */
	action_id *action;            /* the transition under way belongs to it; 0 = none */
	struct reason *reason;        /* why it was last switched */
	double *usage, *utilisation;  /* of the past interval, as samples report them */
};

/* One live migration; see real_migration.c. Slots are used again. */
struct real_migration {
	action_id action;
	struct reason reason;
	uint32_t vm, from, to; /* vm ID_NONE: the slot is free */
	double left_bytes;     /* to be copied, would the VM stop dirtying now */
	double moved_bytes;    /* sent so far */
	double copy_bps;       /* share of the links */
	double dirty_bps;      /* memory that the VM dirties meanwhile */
	usec_t since_us;       /* both bytes are as of then */
	uint32_t next[2];      /* in the lists of from (0) and of to (1) */
	uint32_t prev[2];
};

struct id_list {
	uint32_t *ids, len, cap;
};

/* Sums over the fleet, valid since span_since_us. */
struct real_totals {
	double power_w, asked, delivered;
	uint32_t on, waking, overloaded;
};

struct real_world {
	struct world world; /* first */
	const struct fleet *fleet;
	struct trace *trace;
	struct world_opts opts;
	usec_t now_us, end_us; /* end_us USEC_NEVER: until the trace ends */
	bool over;
	uint64_t tick; /* the next column */

	struct real_vms vms;
	struct real_hosts hosts;
	struct real_migration *moves;
	uint32_t n_moves, cap_moves; /* slots made, allocated */
	struct id_list free_moves;
	uint32_t n_moving;
	struct event_heap heap;
	struct rng wake_rng, crash_rng;

	uint32_t n_pending;
	double pending_mips; /* what VMs without a host ask for */
	uint64_t n_alive;
	double alive_mem;       /* bytes of all VMs that exist */
	struct id_list gaps[2]; /* VMs without a value: [0] in this column, [1] in the last */
	struct real_totals totals;
	usec_t span_since_us;
	struct meters *meters;
	struct lower_bound *lower_bound;
	double lower_bound_w;

	struct news news;
	bool sample_ready;
};

/* real_host.c: load, power and states of hosts. */
void real_host_begin_change(struct real_world *w, uint32_t host);
void real_host_end_change(struct real_world *w, uint32_t host);
void real_host_settle(struct real_world *w, uint32_t host); /* meters run up to now */
void real_host_compute(struct real_world *w, uint32_t host);
void real_hosts_sum(struct real_world *w);  /* totals anew */
void real_span_close(struct real_world *w); /* the fleet's meters run up to now */
void real_host_attach(struct real_world *w, uint32_t host, uint32_t vm);
void real_host_detach(struct real_world *w, uint32_t vm);
int real_host_on(struct real_world *w, const struct action *a, action_id id);
int real_host_off(struct real_world *w, const struct action *a, action_id id);
void real_host_transition(struct real_world *w, uint32_t host); /* its end is due */
void real_host_crash(struct real_world *w, uint32_t host);

/* real_migration.c */
int real_migration_begin(struct real_world *w, const struct action *a, action_id id);
void real_migration_end(struct real_world *w, uint32_t slot);
/* The VM stays where it is. Tells the engine and the sink. */
void real_migration_abort(struct real_world *w, uint32_t slot);
void real_migrations_tick(struct real_world *w); /* new demands */
void real_migration_settle(struct real_world *w, uint32_t slot);
/* What migrating vm costs: MIPS lost on its source, MIPS added on its target. */
double real_migration_lost_mips(const struct real_world *w, uint32_t vm);
double real_migration_target_mips(const struct real_world *w, const struct real_migration *m);

/* real_tick.c: one column of the trace. -errno with err: the trace is broken. */
int real_tick(struct real_world *w, struct err *err);
void real_vm_pending(struct real_world *w, uint32_t vm);
void real_vm_not_pending(struct real_world *w, uint32_t vm);

/* real_columns.c: at time 0 all hosts are off and no VM exists; needs fleet and trace. */
void real_columns_make(struct real_world *w);
void real_columns_free(struct real_world *w);

/* world_real.c */
void real_emit(struct real_world *w, const struct env_event *ev); /* at_us is set to now */
void real_tell(struct real_world *w, const struct sim_event *ev); /* to the sink; the same */
void id_list_add(struct id_list *l, uint32_t id);

#endif
