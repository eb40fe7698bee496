/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_CONSTRUCT_H
#define POLICIES_BINPACK_CONSTRUCT_H
/*
 * Packings from scratch by the published greedy rules; the start of every search.
 */
#include "policies/binpack/budget.h"
#include "policies/binpack/problem.h"

/*
 * The best of the rules, in at most about the steps that are left, but at least one rule.
 * packing->bin has room for all items.
 */
void construct_best(const struct problem *p, struct packing *packing, struct budget *budget);

#endif
