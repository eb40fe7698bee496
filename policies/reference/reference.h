/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_REFERENCE_H
#define POLICIES_REFERENCE_REFERENCE_H
/*
 * The published policies, taken apart: a detector says which hosts are overloaded, a selector
 * which VMs leave them, a placement rule where VMs go; emptying underused hosts is common to all.
 * A policy of this family is a choice of detector and selector; the placement rule is a parameter.
 */
#include "policies/policy.h"
#include "policies/reference/board.h"
#include "policies/reference/placement_rule.h"
#include "policies/reference/selector.h"

struct reference_params {
	double overload; /* the detector's parameter */
	int placement;   /* enum reference_placement */
};

enum reference_placement { REFERENCE_FF, REFERENCE_BF, REFERENCE_PABFD };

/* A VM that has to leave its host. */
struct leaver {
	uint32_t vm;
	uint32_t order; /* in which it was chosen: sorting is stable */
	double demand;
	struct verdict why;
};

struct host_usage {
	double utilisation;
	uint32_t host;
};

/* What a decision has done with a host so far. */
enum host_mark {
	HOST_MARK_OVERLOADED = 1, /* gives VMs, takes none */
	HOST_MARK_RELIEVER = 2,   /* takes VMs of overloaded hosts, or new ones */
	HOST_MARK_GATHERER = 4,   /* takes VMs of hosts that are emptied; not emptied itself */
	HOST_MARK_EXPECTING = 8   /* a VM is on its way here, or waits for it to wake */
};

/* Which policy of the family. Both NULL: nobody moves, nothing is logged. */
struct reference_choice {
	const struct detector_ops *detector;
	const struct selector_ops *selector;
};

struct reference {
	const struct fleet *fleet;
	struct reference_params params;
	struct reference_choice choice;
	struct demand_log *log;
	struct correlation *correlation; /* NULL unless the selector needs it */
	struct board *board;
	struct rng rng;
	uint32_t *waits_for; /* by VM: the host it was to be placed on when that is awake */

	/* of one decision */
	uint8_t *marks; /* by host: set of enum host_mark */
	struct leaver *leavers;
	uint32_t n_leavers;
	uint32_t *vms;     /* of one host */
	uint32_t *targets; /* where each leaver goes */
	struct host_usage *ranked;
};

/* The parts of policy_ops; see table.c. */
void *reference_new(const struct fleet *f, const struct reference_params *params, uint64_t seed,
                    const struct reference_choice *choice);
void reference_free(void *policy);
void reference_observe(void *policy, const struct snapshot *s);
void reference_decide(void *policy, const struct snapshot *s, struct plan *ret);

/* admit.c: pending VMs get hosts; hosts are switched on for VMs, and off when they are idle. */
void reference_admit(struct reference *r, struct plan *ret);
void reference_wake(const struct board *b, uint32_t host, enum reason_code code, double mips,
                    struct plan *ret);
/* Hosts with a mark are kept. */
void reference_release_idle(const struct snapshot *s, const uint8_t *marks, struct plan *ret);

/* relieve.c: overloaded hosts give VMs away. */
void reference_relieve(struct reference *r, struct plan *ret);

/* gather.c: the least used hosts are emptied. */
void reference_gather(struct reference *r, struct plan *ret);

/* Starts a decision on a clean board. */
void reference_begin(struct reference *r, const struct snapshot *s, enum board_demand demand);

bool reference_has_pending(const struct snapshot *s);

/* Movable VMs of host on the board into r->vms, in list order; returns how many. */
uint32_t reference_movable_vms(struct reference *r, uint32_t host);

/* Falling demand; among equals the order in which they were chosen. */
void reference_sort_leavers(struct leaver *leavers, uint32_t n);

/* baseline.c */
extern const struct policy_ops reference_npa, reference_dvfs;

/* table.c: all policies of the family; the i-th, NULL behind the last. */
const struct policy_ops *reference_policy_at(uint32_t i);

#endif
