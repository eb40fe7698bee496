/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_MADE_UP_H
#define TESTS_SUPPORT_MADE_UP_H
/*
 * Made-up results for tests of everything that shows results: plausible numbers that agree with
 * each other, the same in every run.
 */
#include "core/model/fleet.h"
#include "sim/result.h"

/* One day on n_hosts hosts; waste >= 1 says how many times the lower bound the policy takes. */
struct made_up {
	const char *policy;
	uint32_t n_hosts, n_vms;
	double waste;
	uint64_t seed;
};

/* Initialises ret; the caller ends it with sim_result_done. */
void made_up_result(const struct made_up *m, struct sim_result *ret);

/* A sealed fleet with these names; the caller frees it. */
struct fleet *made_up_fleet(const char *const *hosts, const char *const *vms);

#endif
