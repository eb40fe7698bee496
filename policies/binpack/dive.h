/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_DIVE_H
#define POLICIES_BINPACK_DIVE_H
/*
 * From a fractional covering (colgen.h) to a packing.
 */
#include "core/base/rng.h"
#include "policies/binpack/budget.h"
#include "policies/binpack/colgen.h"
#include "policies/binpack/problem.h"

struct dive_opts {
	uint32_t target; /* no packing can have fewer bins */
	double share;    /* of the items that are fixed at a time */
	double noise;    /* added to a pattern's value, at most; 0: the plain dive */
};

/*
 * Replaces packing if it finds a better one. root covers all items of p and is left as it is.
 */
void dive(const struct problem *p, const struct colgen *root, const struct dive_opts *opts,
          struct packing *packing, struct budget *budget, struct rng *rng);

#endif
