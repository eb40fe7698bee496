/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_POLICY_H
#define POLICIES_POLICY_H
/*
 * A policy turns what is believed into what should be done. It is pure: all it knows comes from
 * the snapshots it was shown, its parameters and the seed; it has no clock, no files, no output.
 * The same sequence of snapshots gives the same plans, bit for bit.
 *
 * The engine calls, in every step: observe (a new sample came), then decide (always, also when a
 * VM is pending or a host changed state between samples; snapshot.sample tells). Each
 * action in the returned plan has its reason. Ties break by least id.
 *
 * What a policy may count on in a snapshot:
 *  - VM_PENDING VMs want ACTION_PLACE. A policy that finds no room adds ACTION_HOST_ON and leaves
 *    the VM pending; it is asked again when the host is up.
 *  - ACTION_MIGRATE to a host that is waking is allowed: the executor waits for it.
 *  - ACTION_HOST_OFF marks the host HOST_DRAINING in the next snapshot; the policy adds the
 *    migrations that empty it, in the same plan.
 *  - A VM with vm_target != ID_NONE is on its way: count it at both ends, do not move it. So is a
 *    VM_PENDING VM that waits for its host to wake: it is not to be placed again.
 */
#include "core/base/param.h"
#include "core/model/plan.h"
#include "core/model/snapshot.h"

struct policy_ops {
	const char *name;   /* "ebb", "lr-mmt" */
	const char *help;   /* one line */
	const char *source; /* paper and section, or "this project" */
	struct param_table params;
	size_t params_size; /* of the struct that params describes */

	/* params was filled by the table and is copied; the fleet outlives the policy. */
	void *(*new)(const struct fleet *fleet, const void *params, uint64_t seed);
	void (*free)(void *policy); /* accepts NULL */
	void (*observe)(void *policy, const struct snapshot *s);
	void (*decide)(void *policy, const struct snapshot *s, struct plan *ret);

	/*
	 * Optional. The level the policy holds for host's CPU: its need (MIPS) as it judges it
	 * now, for reports and explain. NAN: no opinion.
	 */
	double (*host_need)(const void *policy, uint32_t host);

	/*
	 * Optional. The policy stands for a data centre without any power management: the rules
	 * ideal and cloudsim then let every host draw its full power all the time.
	 */
	bool always_on;
};

/* The registry (policies/registry.c) is the only list. NULL if there is none of that name. */
const struct policy_ops *policy_find(const char *name);

/* The i-th policy, NULL behind the last; the default comes first. */
const struct policy_ops *policy_at(uint32_t i);

#endif
