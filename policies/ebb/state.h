/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_STATE_H
#define POLICIES_EBB_STATE_H
/*
 * What the steps of the default policy share. Each step is one file and one function that reads
 * and writes the book and adds to the plan; ebb.c calls them in order and explains the whole.
 */
#include "core/base/index_heap.h"
#include "core/base/ranked.h"
#include "core/model/plan.h"
#include "policies/ebb/book.h"

/* Everything is weighed in joules. */
struct prices {
	double work_j; /* one MIPS x s unserved */
	double move_j; /* one migration, for its own sake */
	double host_j; /* one host on and idle for one interval */
};

struct feedback {
	double debt_s;     /* overloaded host-seconds beyond the target, since the start */
	double host_s;     /* host-seconds on in the last interval */
	double overload_s; /* overloaded ones in it */
};

/* A migration that was decided, for overload.c. */
struct flight {
	uint32_t vm, from, to;
};

#define RECENT 6 /* samples: the last half hour of 5 min */

#define CHEAPEST 64 /* hosts; see target.c */

struct ebb {
	const struct fleet *fleet;
	struct ebb_params params;
	struct predictor *predictor;
	struct book *book;
	struct prices prices;
	struct feedback feedback;
	double unevenness;     /* loss now / loss if all hosts were alike */
	double recent[RECENT]; /* the fleet's forecast demand at the last samples */
	uint64_t samples;
	double down_s;          /* how long a host stays down once it was emptied, mean */
	bool *was_emptied;      /* by host: it is down because this policy emptied it */
	usec_t *down_since_us;  /* by host: since when, negative: it is not */
	struct index_heap heap; /* of hosts */
	uint32_t *vms;          /* scratch, by VM */
	uint32_t *targets;      /* scratch, by VM */
	struct flight *flights; /* of the last decision, or still under way */
	uint32_t n_flights;
	struct set *set;      /* scratch of repair.c */
	struct ranked *sized; /* scratch, by VM */

	/* The hosts that cost least for a VM as most are, and when that was found out (target.c).
	 */
	struct ranked cheapest[CHEAPEST];
	uint32_t n_cheapest, cheapest_at;

	/* during a decision */
	const struct snapshot *s;
	struct plan *plan;
	bool translate; /* hosts that run a VM by binary translation count */
	uint32_t woken; /* hosts woken in it */
};

/* Horizons in intervals: for how long a better or worse placement is expected to matter. */
#define HORIZON        6.0
#define HORIZON_PAST   3.0 /* of relief by past samples: half of what is forecast comes true */
#define HORIZON_REPAIR 4.0 /* of a VM that was moved because it bursts */

/* Share of its work that a VM loses while it migrates; the reference experiment's figure. */
#define MOVE_OVERHEAD 0.1

/* cost.c: joules that a migration of vm costs, wherever it goes. */
double move_cost_j(const struct ebb *e, uint32_t vm);

/* cost.c: joules that one more host on costs over the horizon, with its way up. */
double wake_cost_j(const struct ebb *e);

/* feedback.c: sets the prices from what was realised. Once a sample, with the book open. */
void feedback_update(struct ebb *e);

/* overload.c: host-seconds of overload in the interval that ended, at a sample of the past. */
double overload_measure(struct ebb *e);
void overload_note_moves(struct ebb *e);

/* target.c: the host that takes vm at the least cost (J), ID_NONE if none can. */
struct target_query {
	uint32_t vm;
	uint32_t except; /* a host that does not count, or ID_NONE */
	double horizon;  /* intervals */
};
uint32_t target_find(struct ebb *e, const struct target_query *q, double *ret_cost_j);

/*
 * Do the rules allow it, both where VMs are now and where they will be? A host that would run vm by
 * binary translation is only for VMs that cannot be placed anywhere else (admit.c).
 */
bool target_is_allowed(const struct ebb *e, uint32_t vm, uint32_t host);

/* Can host take vm at all: rules, memory, and room now where samples are current? */
bool target_is_possible(const struct ebb *e, uint32_t vm, uint32_t host);

/* target.c: vms sorted by size, largest first. */
void target_sort_by_size(struct ebb *e, uint32_t *vms, uint32_t n);

/* wake.c: switches on the best host that can take vm (ID_NONE: any); ID_NONE if there is none. */
uint32_t wake_host(struct ebb *e, uint32_t vm, const struct reason *why);

/* wake.c: hosts that a load is best served by, all of the best class. */
uint32_t wake_first_count(const struct ebb *e, const struct load *l);

/* reserve.c: can the hosts that are up, but `except`, stand the loss of the reserve's hosts? */
bool reserve_holds(const struct ebb *e, uint32_t except);

/* wake.c: as many hosts as the fleet's total load is best served by, and the reserve. */
void wake_for_load(struct ebb *e);

/* wake.c: does the fleet's total load speak against one host less? */
bool wake_would_follow(const struct ebb *e);

/* The steps. */
void admit_pending(struct ebb *e);
void repair_overloads(struct ebb *e);
struct set *repair_set_new(void);
void relieve_memory(struct ebb *e);
void relieve_risks(struct ebb *e);
void empty_hosts(struct ebb *e);

#endif
