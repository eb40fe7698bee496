/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_EXACT_FILL_H
#define POLICIES_BINPACK_EXACT_FILL_H
/*
 * Packings without any waste, by search over the few sets of items that fill a bin exactly.
 */
#include "core/base/rng.h"
#include "policies/binpack/budget.h"
#include "policies/binpack/problem.h"

/*
 * Whether the sizes of every dimension add up to a whole number of bins, the same for all: only
 * then can a packing without waste exist.
 */
bool exact_fill_applies(const struct problem *p);

/* Lists the bins (fills.h). NULL: too many, or the budget ran out. */
struct exact_fill;
struct exact_fill *exact_fill_new(const struct problem *p, struct budget *budget);
void exact_fill_free(struct exact_fill *e);

/*
 * Looks for a packing without waste. True: found, in packing (which has room for all items).
 * False: none exists or the budget ran out.
 */
bool exact_fill_search(struct exact_fill *e, struct packing *packing, struct budget *budget,
                       struct rng *rng);

/* Gives a bin (by its kinds, rising) a weight; the search tries heavy ones first. 0 at first. */
void exact_fill_weigh(struct exact_fill *e, const uint32_t *kind, uint32_t n, double weight);

/* The bins, as kinds (rising; the same kind several times for several items). */
uint32_t exact_fill_n(const struct exact_fill *e);
uint32_t exact_fill_kinds(const struct exact_fill *e, uint32_t i, const uint32_t **ret_kind);

#endif
