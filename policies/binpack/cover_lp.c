/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Revised primal simplex method for the covering problem of cover_lp.h.
 *
 * Basis: factored (basis_lu.h). Reduced costs d_j = c_j - y a_j are kept for all candidates and
 * changed with the pivot row instead of being computed anew. The entering column is the one with
 * the largest d_j^2 / w_j, w_j the devex reference weights (P. Harris, "Pivot selection methods of
 * the Devex LP code", Mathematical Programming 5, 1973): two thirds of the pivots of the rule that
 * takes the least d_j. Candidates are all surplus columns and the patterns whose reduced cost is
 * below CANDIDATE_COST; the others cannot become attractive within a few pivots and are looked at
 * again whenever the prices are computed anew.
 *
 * Degeneracy: demands of 1 make nearly every vertex degenerate. Each demand is raised by up to
 * RELAX of itself, pseudo-randomly by row (P. Wolfe's perturbation, 1963). Prices of the raised
 * problem are feasible for the true one, since demands do not occur in the dual constraints.
 *
 * Nothing here is exact, and need not be: a lower bound is proven later, in integers, from
 * whatever prices come out (colgen.h), and patterns are valid by construction.
 */
#include "policies/binpack/cover_lp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "policies/binpack/basis_lu.h"
#include "policies/binpack/columns.h"

#define RELAX          1e-5
#define CANDIDATE_COST 0.05 /* 0.3 and all: same pivots, more work (measured) */
#define COST_TOLERANCE 1e-7
#define PIVOT_MIN      1e-7 /* smaller numbers of a column are taken for rounding noise */
#define PIVOT_SAFE     1e-5 /* smaller pivots are only trusted from a fresh factorisation */
#define RETRIES_MAX    3    /* of a stuck iteration, each with a fresh factorisation */
#define NONE           UINT32_MAX

struct cover_lp {
	struct columns columns;
	struct basis_lu *lu;
	uint32_t n_rows;
	uint32_t *head;    /* by slot: column */
	double *demand;    /* by row, raised */
	double *value;     /* by slot */
	double *price;     /* by row */
	double *pivot_row; /* by row: a row of the inverse basis */
	double *direction; /* by slot: the entering column in terms of the basis */
	double *work;      /* by row or slot */
	double objective;
	bool is_factored;
	/* By column; size is the allocated length. */
	uint32_t size;
	uint32_t *slot; /* NONE: out of the basis */
	double *cost;   /* reduced */
	double *weight; /* devex */
	bool *is_candidate;
	uint32_t *candidate;
	uint32_t n_candidates;
};

static void grow_columns(struct cover_lp *lp)
{
	if (lp->columns.n <= lp->size)
		return;
	lp->size = 2 * lp->columns.n;
	lp->slot = xreallocarray(lp->slot, lp->size, sizeof(*lp->slot));
	lp->cost = xreallocarray(lp->cost, lp->size, sizeof(*lp->cost));
	lp->weight = xreallocarray(lp->weight, lp->size, sizeof(*lp->weight));
	lp->is_candidate = xreallocarray(lp->is_candidate, lp->size, sizeof(*lp->is_candidate));
	lp->candidate = xreallocarray(lp->candidate, lp->size, sizeof(*lp->candidate));
}

bool cover_lp_add(struct cover_lp *lp, const uint32_t *rows, uint32_t n)
{
	uint32_t column = lp->columns.n;

	if (!columns_add(&lp->columns, rows, n))
		return false;
	grow_columns(lp);
	lp->slot[column] = NONE;
	lp->cost[column] = 1;
	return true;
}

/* The basis of one single-item pattern for each row. */
static void reset_basis(struct cover_lp *lp)
{
	for (uint32_t c = 0; c < lp->columns.n; c++)
		lp->slot[c] = NONE;
	for (uint32_t r = 0; r < lp->n_rows; r++) {
		lp->head[r] = lp->n_rows + r;
		lp->slot[lp->n_rows + r] = r;
	}
	lp->is_factored = false;
}

struct cover_lp *cover_lp_new(const uint32_t *demand, uint32_t n_rows)
{
	struct cover_lp *lp = xcalloc(1, sizeof(*lp));
	struct rng rng;

	rng_init(&rng, n_rows, 1);
	lp->n_rows = n_rows;
	columns_init(&lp->columns, n_rows);
	lp->lu = basis_lu_new(n_rows);
	lp->head = xcalloc(n_rows, sizeof(*lp->head));
	lp->demand = xcalloc(n_rows, sizeof(*lp->demand));
	lp->value = xcalloc(n_rows, sizeof(*lp->value));
	lp->price = xcalloc(n_rows, sizeof(*lp->price));
	lp->pivot_row = xcalloc(n_rows, sizeof(*lp->pivot_row));
	lp->direction = xcalloc(n_rows, sizeof(*lp->direction));
	lp->work = xcalloc(n_rows, sizeof(*lp->work));
	grow_columns(lp);
	for (uint32_t r = 0; r < n_rows; r++) {
		lp->demand[r] = demand[r] * (1 + RELAX * rng_double(&rng));
		(void)cover_lp_add(lp, &r, 1); /* all differ */
	}
	reset_basis(lp);
	return lp;
}

void cover_lp_free(struct cover_lp *lp)
{
	if (!lp)
		return;
	columns_done(&lp->columns);
	basis_lu_free(lp->lu);
	free(lp->head);
	free(lp->demand);
	free(lp->value);
	free(lp->price);
	free(lp->pivot_row);
	free(lp->direction);
	free(lp->work);
	free(lp->slot);
	free(lp->cost);
	free(lp->weight);
	free(lp->is_candidate);
	free(lp->candidate);
	free(lp);
}

/* The row of a pattern that needs most of it; NONE if another pattern covers one of its rows. */
static uint32_t neediest_row(const struct cover_lp *lp, uint32_t column)
{
	const uint32_t *row = lp->columns.row + lp->columns.start[column];
	uint32_t n = lp->columns.start[column + 1] - lp->columns.start[column], best = NONE;
	double most = 0;

	for (uint32_t i = 0; i < n; i++) {
		double need = lp->demand[row[i]];
		uint32_t copies = 0;

		if (lp->head[row[i]] != lp->n_rows + row[i])
			return NONE;
		for (uint32_t j = 0; j < n; j++)
			copies += row[j] == row[i];
		if (best == NONE || need / copies > most) {
			best = row[i];
			most = need / copies;
		}
	}
	return best;
}

void cover_lp_crash(struct cover_lp *lp)
{
	for (uint32_t c = 2 * lp->n_rows; c < lp->columns.n; c++) {
		uint32_t need = neediest_row(lp, c);

		if (need == NONE)
			continue;
		for (uint32_t e = lp->columns.start[c]; e < lp->columns.start[c + 1]; e++) {
			uint32_t r = lp->columns.row[e];

			lp->slot[lp->head[r]] = NONE;
			lp->head[r] = r == need ? c : r;
			lp->slot[lp->head[r]] = r;
		}
	}
}

static bool is_pattern(const struct cover_lp *lp, uint32_t column)
{
	return column >= lp->n_rows;
}

/* --- prices ------------------------------------------------------------------------------ */

static double dot_column(const struct cover_lp *lp, uint32_t column, const double *v)
{
	double sum = 0;

	for (uint32_t e = lp->columns.start[column]; e < lp->columns.start[column + 1]; e++)
		sum += v[lp->columns.row[e]];
	return columns_sign(&lp->columns, column) * sum;
}

/* Computes prices, reduced costs and the list of candidates anew. */
static void renew_prices(struct cover_lp *lp)
{
	lp->objective = 0;
	for (uint32_t s = 0; s < lp->n_rows; s++) {
		lp->work[s] = is_pattern(lp, lp->head[s]) ? 1 : 0;
		lp->objective += is_pattern(lp, lp->head[s]) ? lp->value[s] : 0;
	}
	basis_lu_solve_left(lp->lu, lp->work, lp->price);
	lp->n_candidates = 0;
	for (uint32_t c = 0; c < lp->columns.n; c++) {
		bool out = lp->slot[c] == NONE;
		double cost = is_pattern(lp, c) ? 1 : 0;

		lp->cost[c] = out ? cost - dot_column(lp, c, lp->price) : 0;
		lp->is_candidate[c] = out && (!is_pattern(lp, c) || lp->cost[c] < CANDIDATE_COST);
		if (lp->is_candidate[c])
			lp->candidate[lp->n_candidates++] = c;
	}
}

static bool refactor(struct cover_lp *lp, struct budget *budget)
{
	lp->is_factored = basis_lu_factor(lp->lu, &lp->columns, lp->head);
	budget->spent += basis_lu_factor_steps(lp->lu);
	if (!lp->is_factored)
		return false;
	memcpy(lp->work, lp->demand, lp->n_rows * sizeof(*lp->work));
	basis_lu_solve(lp->lu, lp->work, lp->value);
	renew_prices(lp);
	return true;
}

/* --- one pivot --------------------------------------------------------------------------- */

static uint32_t choose_entering(const struct cover_lp *lp)
{
	uint32_t best = NONE;
	double best_gain = 0;

	for (uint32_t x = 0; x < lp->n_candidates; x++) {
		uint32_t c = lp->candidate[x];
		double gain = lp->cost[c] * lp->cost[c];

		if (lp->cost[c] > -COST_TOLERANCE || lp->slot[c] != NONE)
			continue;
		if (gain > best_gain * lp->weight[c]) {
			best_gain = gain / lp->weight[c];
			best = c;
		}
	}
	return best;
}

static void find_direction(struct cover_lp *lp, uint32_t column)
{
	memset(lp->work, 0, lp->n_rows * sizeof(*lp->work));
	for (uint32_t e = lp->columns.start[column]; e < lp->columns.start[column + 1]; e++)
		lp->work[lp->columns.row[e]] += columns_sign(&lp->columns, column);
	basis_lu_solve(lp->lu, lp->work, lp->direction);
}

/* The slot that falls to 0 first, of equals the one with the largest pivot; NONE: none falls. */
static uint32_t choose_leaving(const struct cover_lp *lp, double *ret_step)
{
	uint32_t best = NONE;
	double least = 0;

	for (uint32_t s = 0; s < lp->n_rows; s++) {
		double d = lp->direction[s], t;

		if (d <= PIVOT_MIN)
			continue;
		t = (lp->value[s] > 0 ? lp->value[s] : 0) / d;
		if (best == NONE || t < least - 1e-12 ||
		    (t < least + 1e-12 && d > lp->direction[best])) {
			best = s;
			least = t;
		}
	}
	*ret_step = least;
	return best;
}

/* Changes prices, reduced costs and weights for column entering in place of slot leaving. */
static void update_prices(struct cover_lp *lp, uint32_t entering, uint32_t leaving)
{
	double pivot = lp->direction[leaving], rate = lp->cost[entering] / pivot;
	double weight = lp->weight[entering];
	uint32_t out = lp->head[leaving];

	memset(lp->work, 0, lp->n_rows * sizeof(*lp->work));
	lp->work[leaving] = 1;
	basis_lu_solve_left(lp->lu, lp->work, lp->pivot_row);
	for (uint32_t r = 0; r < lp->n_rows; r++)
		lp->price[r] += rate * lp->pivot_row[r];
	for (uint32_t x = 0; x < lp->n_candidates; x++) {
		uint32_t c = lp->candidate[x];
		double alpha, w;

		if (lp->slot[c] != NONE)
			continue;
		alpha = dot_column(lp, c, lp->pivot_row);
		lp->cost[c] -= rate * alpha;
		w = alpha / pivot * (alpha / pivot) * weight;
		lp->weight[c] = w > lp->weight[c] ? w : lp->weight[c];
	}
	lp->cost[entering] = 0;
	lp->cost[out] = -rate;
	lp->weight[out] = fmax(weight / (pivot * pivot), 1);
	if (!lp->is_candidate[out]) {
		lp->is_candidate[out] = true;
		lp->candidate[lp->n_candidates++] = out;
	}
}

static void exchange(struct cover_lp *lp, uint32_t entering, uint32_t leaving, double step)
{
	for (uint32_t s = 0; s < lp->n_rows; s++)
		lp->value[s] -= step * lp->direction[s];
	lp->value[leaving] = step;
	basis_lu_replace(lp->lu, leaving, lp->direction);
	lp->slot[lp->head[leaving]] = NONE;
	lp->head[leaving] = entering;
	lp->slot[entering] = leaving;
}

enum turn { TURN_PIVOTED, TURN_OPTIMAL, TURN_STUCK };

static enum turn pivot_once(struct cover_lp *lp, bool is_fresh)
{
	uint32_t entering = choose_entering(lp), leaving;
	double step, gain;

	if (entering == NONE)
		return TURN_OPTIMAL;
	find_direction(lp, entering);
	leaving = choose_leaving(lp, &step);
	if (leaving == NONE || (lp->direction[leaving] < PIVOT_SAFE && !is_fresh))
		return TURN_STUCK;
	gain = lp->cost[entering] * step;
	update_prices(lp, entering, leaving);
	exchange(lp, entering, leaving, step);
	lp->objective += gain;
	return TURN_PIVOTED;
}

/* --- the method -------------------------------------------------------------------------- */

/* Numbers touched by one pivot, as far as they are many. */
static uint64_t steps_of_pivot(const struct cover_lp *lp)
{
	return 3 * basis_lu_solve_steps(lp->lu) + 6 * (uint64_t)lp->n_rows +
	       4 * (uint64_t)lp->n_candidates;
}

static bool start(struct cover_lp *lp, struct budget *budget)
{
	for (uint32_t c = 0; c < lp->columns.n; c++)
		lp->weight[c] = 1;
	if (lp->is_factored) {
		renew_prices(lp);
		return true;
	}
	if (refactor(lp, budget))
		return true;
	reset_basis(lp);
	return refactor(lp, budget);
}

enum cover_lp_state cover_lp_solve(struct cover_lp *lp, uint32_t max_pivots, struct budget *budget)
{
	bool is_fresh = true; /* no pivot since prices were computed anew */
	uint32_t retries = 0;

	if (!start(lp, budget))
		return COVER_LP_FAILED;
	budget->spent += 4 * (uint64_t)lp->columns.n_entries;
	for (uint32_t i = 0; i < max_pivots;) {
		enum turn turn;

		if (basis_lu_is_stale(lp->lu)) {
			if (!refactor(lp, budget))
				return COVER_LP_FAILED;
			is_fresh = true;
		}
		budget->spent += steps_of_pivot(lp);
		turn = pivot_once(lp, is_fresh);
		if (turn == TURN_PIVOTED) {
			is_fresh = false;
			i++;
		} else if (turn == TURN_OPTIMAL && is_fresh) {
			return COVER_LP_OPTIMAL;
		} else if (turn == TURN_OPTIMAL) {
			renew_prices(lp);
			is_fresh = true;
		} else if (retries++ == RETRIES_MAX || !refactor(lp, budget)) {
			return COVER_LP_FAILED;
		} else {
			is_fresh = true;
		}
	}
	return COVER_LP_LIMIT;
}

double cover_lp_objective(const struct cover_lp *lp)
{
	return lp->objective;
}

const double *cover_lp_prices(const struct cover_lp *lp)
{
	return lp->price;
}

uint32_t cover_lp_n_patterns(const struct cover_lp *lp)
{
	return lp->columns.n - lp->n_rows;
}

struct cover_pattern cover_lp_pattern(const struct cover_lp *lp, uint32_t i)
{
	uint32_t c = lp->n_rows + i;

	return (struct cover_pattern){
	        .row = lp->columns.row + lp->columns.start[c],
	        .n = lp->columns.start[c + 1] - lp->columns.start[c],
	        .value = lp->slot[c] == NONE ? 0 : lp->value[lp->slot[c]],
	        .reduced_cost = lp->cost[c],
	};
}

/* --- forgetting -------------------------------------------------------------------------- */

struct priced {
	double cost;
	uint32_t column;
};

static int compare_priced(const void *a, const void *b)
{
	const struct priced *x = a, *y = b;

	if (x->cost < y->cost || x->cost > y->cost)
		return x->cost < y->cost ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

void cover_lp_shrink(struct cover_lp *lp, uint32_t keep)
{
	uint32_t n = lp->columns.n, kept = 0, n_loose = 0;
	struct priced *loose = xcalloc(n, sizeof(*loose));
	bool *keeps = xcalloc(n, sizeof(*keeps));

	for (uint32_t c = 0; c < n; c++) {
		/* Single items stay, for reset_basis(). */
		keeps[c] = c < 2 * lp->n_rows || lp->slot[c] != NONE;
		if (keeps[c])
			kept++;
		else
			loose[n_loose++] = (struct priced){lp->cost[c], c};
	}
	qsort(loose, n_loose, sizeof(*loose), compare_priced);
	for (uint32_t x = 0; x < n_loose && kept < keep; x++, kept++)
		keeps[loose[x].column] = true;
	for (uint32_t c = 0, to = 0; c < n; c++) {
		if (!keeps[c])
			continue;
		lp->slot[to] = lp->slot[c];
		lp->cost[to] = lp->cost[c];
		if (lp->slot[to] != NONE)
			lp->head[lp->slot[to]] = to;
		to++;
	}
	columns_filter(&lp->columns, keeps);
	free(loose);
	free(keeps);
}
