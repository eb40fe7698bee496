/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_BOUND_H
#define POLICIES_BINPACK_BOUND_H
/*
 * Lower bounds that need no search. The strongest bound, by patterns, is in colgen.h.
 */
#include "policies/binpack/budget.h"
#include "policies/binpack/problem.h"

struct bound {
	uint32_t bins;
	enum binpack_proof by;
};

/* The best of volume, dual feasible functions and cliques; the first that reaches it is named. */
struct bound bound_quick(const struct problem *p, struct budget *budget);

/* The bound by volume alone. */
uint32_t bound_volume(const struct problem *p);

#endif
