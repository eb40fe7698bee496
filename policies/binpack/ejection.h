/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_EJECTION_H
#define POLICIES_BINPACK_EJECTION_H
/*
 * Local search that empties one bin after another; see ejection.c.
 */
#include "core/base/rng.h"
#include "policies/binpack/budget.h"
#include "policies/binpack/problem.h"

/* Improves packing in place until it has target bins or the budget is spent. */
void ejection_improve(const struct problem *p, struct packing *packing, uint32_t target,
                      struct budget *budget, struct rng *rng);

#endif
