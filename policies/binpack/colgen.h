/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_COLGEN_H
#define POLICIES_BINPACK_COLGEN_H
/*
 * Column generation: the fractional covering problem over all patterns, without listing them.
 * It proves the strongest lower bound of this folder, and its fractional solution says which
 * items belong together.
 */
#include "policies/binpack/budget.h"
#include "policies/binpack/cover_lp.h"
#include "policies/binpack/problem.h"

/* A problem over some of the items: n rows, each a kind with a number of its items. */
struct colgen;

/* kind and demand are copied. */
struct colgen *colgen_new(const struct problem *p, const uint32_t *kind, const uint32_t *demand,
                          uint32_t n_rows);
void colgen_free(struct colgen *cg);

/* Tells a pattern beforehand (rows; repeated for several items of a kind). */
void colgen_add(struct colgen *cg, const uint32_t *rows, uint32_t n);

struct colgen_goal {
	uint32_t enough;      /* stop when the fractional solution rounds up to this or less */
	uint32_t bound_until; /* stop when the bound reaches this */
	uint32_t max_rounds;
	uint32_t first_pivots; /* of the first round; 0: as many as of the others */
	uint64_t proof_steps;  /* for pricing that is complete, hence dear; 0: no proof is sought */
};

/* Continues until a goal is reached, the budget is spent or nothing is left to gain. */
void colgen_run(struct colgen *cg, const struct colgen_goal *goal, struct budget *budget);

/*
 * Proves a bound from a solution that is not final: lowers its prices until no set of items is
 * worth more than a bin, as far as proof_steps reach.
 */
void colgen_tighten(struct colgen *cg, uint64_t proof_steps, struct budget *budget);

uint32_t colgen_bound(const struct colgen *cg); /* proven; 0 if nothing was */
double colgen_objective(const struct colgen *cg);
bool colgen_has_failed(const struct colgen *cg); /* the solution is useless; the bound holds */

uint32_t colgen_n_rows(const struct colgen *cg);
const uint32_t *colgen_kinds(const struct colgen *cg);
const uint32_t *colgen_demands(const struct colgen *cg);
const struct cover_lp *colgen_solution(const struct colgen *cg);

#endif
