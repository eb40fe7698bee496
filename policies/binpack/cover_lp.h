/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_COVER_LP_H
#define POLICIES_BINPACK_COVER_LP_H
/*
 * The fractional covering problem over a growing set of patterns, solved by the simplex method:
 *
 *   minimise sum_p x_p   so that   sum_p a_rp x_p >= demand_r for every row r,   x >= 0
 *
 * where a row is a kind of item and a_rp counts its items in pattern p. The dual prices y_r >= 0
 * say what an item is worth in bins.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policies/binpack/budget.h"

struct cover_lp;

/* Starts with one pattern for each single item, so that it always has a solution. */
struct cover_lp *cover_lp_new(const uint32_t *demand, uint32_t n_rows);
void cover_lp_free(struct cover_lp *lp);

/* A row may be named several times. False: the pattern is there already. */
bool cover_lp_add(struct cover_lp *lp, const uint32_t *rows, uint32_t n);

/*
 * Before the first solution: starts from the patterns added so far, first come first served, where
 * they share no row, instead of from single items.
 */
void cover_lp_crash(struct cover_lp *lp);

enum cover_lp_state {
	COVER_LP_OPTIMAL, /* over the patterns there are */
	COVER_LP_LIMIT,   /* stopped after max_pivots: feasible, prices are not final */
	COVER_LP_FAILED   /* rounding got the better of it; prices and values are useless */
};

/* Continues from where the last call stopped. Steps are counted in budget, which does not stop. */
enum cover_lp_state cover_lp_solve(struct cover_lp *lp, uint32_t max_pivots, struct budget *budget);

double cover_lp_objective(const struct cover_lp *lp);
const double *cover_lp_prices(const struct cover_lp *lp); /* n_rows; valid until the next call */

struct cover_pattern {
	const uint32_t *row; /* valid until the next change of lp */
	uint32_t n;
	double value;        /* x_p */
	double reduced_cost; /* 1 - sum of prices, as of the last solution */
};

uint32_t cover_lp_n_patterns(const struct cover_lp *lp);
struct cover_pattern cover_lp_pattern(const struct cover_lp *lp, uint32_t i);

/* Forgets the patterns out of the basis with the highest reduced costs until keep are left. */
void cover_lp_shrink(struct cover_lp *lp, uint32_t keep);

#endif
