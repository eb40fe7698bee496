/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_CONSTRAINT_RULE_H
#define CORE_MODEL_CONSTRAINT_RULE_H
/*
 * Rules between VMs and hosts, one at a time: the part of constraint.h that knows what the kinds
 * of rules mean. For constraint*.c only.
 */
#include <stdbool.h>

#include "core/model/fleet.h"
#include "core/model/placement.h"

/* "If vm were on host, all others where placement has them." */
struct rule_query {
	const struct fleet *fleet;
	const struct placement *placement;
	uint32_t vm, host;
};

enum rule_strength { RULE_STRENGTH_SOFT, RULE_STRENGTH_HARD };

/* Is id among the n sorted ids? */
bool rule_has(const uint32_t *ids, uint32_t n, uint32_t id);

/* May vm ever be on host by a rule that names hosts? True for the other kinds. */
bool rule_admits_host(const struct rule *r, uint32_t host);

/* r names the query's VM. *ret_other: the VM in the way, ID_NONE if it is a host that is. */
bool rule_is_broken(const struct rule_query *q, const struct rule *r, uint32_t *ret_other);

/* The first lonely rule of a VM on the host that does not name the query's VM, or ID_NONE. */
uint32_t rule_intruded(const struct rule_query *q, enum rule_strength strength,
                       uint32_t *ret_other);

/* Weights of all soft lonely rules that rule_intruded could name, each once. */
double rule_intrusion_cost(const struct rule_query *q);

#endif
