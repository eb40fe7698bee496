/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_PRICING_H
#define POLICIES_BINPACK_PRICING_H
/*
 * Given a price for an item of each kind, the dearest sets of items that fit one bin: a knapsack
 * problem with several dimensions, solved once for every kind as the set's first.
 *
 * Prices are integers, so that what is proven with them is exact. A row is a kind with a number
 * of items (demand) that may be in one bin.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policies/binpack/budget.h"
#include "policies/binpack/problem.h"

#define PRICING_ONE       ((int64_t)1 << 28) /* the price of a bin */
#define PRICING_DEPTH_MAX 64                 /* items of a set; deeper searches are cut */

struct pricing;

/* kind and demand (n_rows each) must outlive it. */
struct pricing *pricing_new(const struct problem *p, const uint32_t *kind, const uint32_t *demand,
                            uint32_t n_rows);
void pricing_free(struct pricing *pr);

/*
 * Searches sets worth more than PRICING_ONE. price: 0 to PRICING_ONE by row. first_steps limits
 * the search for one first row. True: complete, no set is worth more than pricing_most().
 */
bool pricing_run(struct pricing *pr, const int64_t *price, uint64_t first_steps,
                 struct budget *budget);

int64_t pricing_most(const struct pricing *pr);

/* The sets found, dearest first. */
uint32_t pricing_n_found(const struct pricing *pr);
struct pricing_set {
	const uint32_t *row; /* rows of its items; valid until the next call */
	uint32_t n;
	int64_t value; /* sum of prices */
};
struct pricing_set pricing_found(struct pricing *pr, uint32_t i);

#endif
