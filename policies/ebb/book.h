/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_BOOK_H
#define POLICIES_EBB_BOOK_H
/*
 * The book in which a decision is worked out: where every VM will be once all that is under way
 * and all that was decided so far is done, and what that is expected to lose on each host. It is
 * made anew from the snapshot for each decision.
 */
#include "policies/ebb/loss.h"
#include "policies/ebb/params.h"
#include "policies/ebb/predictor.h"

struct book_host {
	struct load load;
	double loss;    /* MIPS x s expected to be unserved in the next interval */
	double by_mean; /* d loss / d mean, s: the price of one more MIPS here */
	double by_var;  /* d loss / d variance, s per MIPS */
	double need;    /* MIPS: mean and two deviations */
	double now;     /* MIPS asked for at the last sample by the VMs on it */
	double mem;     /* bytes */
	double mem_var; /* bytes^2, of the change over an interval */
};

struct book {
	const struct fleet *fleet;
	const struct snapshot *s;
	const struct ebb_params *params;
	struct loss_model model;
	struct forecast forecast;
	struct placement *plan;
	struct book_host *hosts;
	double *capacity;          /* by host: MIPS, without the fixed headroom */
	double *mem_capacity;      /* bytes, likewise */
	double *efficiency;        /* MIPS a watt at full load */
	uint32_t *up, n_up;        /* hosts that count: active or waking, not draining */
	uint32_t *up_at;           /* by host: position in up, UINT32_MAX = not there */
	double loss_sum;           /* over up */
	double squeeze;            /* capacities are judged times this: < 1 before a likely rise */
	uint32_t n_changes;        /* of loads, ever */
	double *copy_s;            /* by VM: seconds to migrate it alone */
	uint8_t *copy_class;       /* by VM */
	bool *is_fixed;            /* by VM: not movable, whatever happens */
	uint32_t *by_efficiency;   /* hosts, the most efficient first; the order of waking */
	uint32_t n_draining;       /* hosts in state HOST_DRAINING */
	float *mem_last, *mem_var; /* by VM */
	bool mem_counts;           /* memory binds: somebody uses some */
};

struct book *book_new(const struct fleet *f, const struct ebb_params *params);
void book_free(struct book *b);

/* The class that load is best put on: the yardstick of what a host costs and holds. */
const struct host_class *book_best_class(const struct book *b);

/* Learns how much memory in use changes. Once a sample. */
void book_observe(struct book *b, const struct snapshot *s);

/* Opens the book on a snapshot. */
void book_open(struct book *b, const struct snapshot *s, struct forecast forecast);

/* Judges all hosts again, with another squeeze. */
void book_squeeze(struct book *b, double squeeze);

/* Puts vm on host (ID_NONE: nowhere) in the book. */
void book_move(struct book *b, uint32_t vm, uint32_t host);

/* The host counts from now on (it is to be woken, or to stay on), or no longer. */
void book_host_up(struct book *b, uint32_t host);
void book_host_down(struct book *b, uint32_t host);
bool book_is_up(const struct book *b, uint32_t host);

/* All hosts that are up, together. */
struct book_total {
	struct load load;
	double mem;           /* bytes in use */
	double mean_capacity; /* MIPS; 0 = no host is up */
};
struct book_total book_total(const struct book *b);

/* Loss of host if vm were on it as well, or were gone from it. */
double book_loss_with(const struct book *b, uint32_t host, uint32_t vm);
double book_loss_without(const struct book *b, uint32_t host, uint32_t vm);

/* Adds the moments of vm, as on a host without emulation, to a sum, or takes them off. */
void book_add_share(const struct book *b, struct load *sum, uint32_t vm);
void book_sub_share(const struct book *b, struct load *sum, uint32_t vm);

/* MIPS x s that vm on host adds by drift, see loss_drift. */
double book_drift_with(const struct book *b, uint32_t host, uint32_t vm);

/* Memory that VMs of steady use could have on host. */
double book_mem_free(const struct book *b, uint32_t host);

bool book_mem_fits(const struct book *b, uint32_t host, uint32_t vm);

/* MIPS that vm asked for at the last sample (its forecast if that is not known). */
double book_demand(const struct book *b, uint32_t vm);

/* May vm be moved now at all? */
bool book_is_movable(const struct book *b, uint32_t vm);

/* Has the plan moved vm already in this decision? */
bool book_is_moved(const struct book *b, uint32_t vm);

#endif
