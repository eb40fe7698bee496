/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Column generation for bin packing (P. Gilmore, R. Gomory, "A linear programming approach to the
 * cutting-stock problem", Operations Research 9, 1961).
 *
 *   1. Solve the covering problem over the known patterns (cover_lp.h): prices y.
 *   2. Search patterns worth more than one bin at these prices (pricing.h) and add them.
 *   3. Repeat until there are none: then the solution is optimal over all patterns.
 *
 * Lower bound (A. Farley, "A note on bounding a class of linear programming problems", Operations
 * Research 38, 1990). Let Y be any whole prices and V at least the worth of the dearest pattern.
 * No bin holds items worth more than V, so bins >= ceil(sum_r demand_r Y_r / V). All of it is
 * integer arithmetic; how Y was found does not matter. Bin packing has the "integer round-up"
 * habit: the optimum is nearly always the fractional optimum rounded up, so that this bound is
 * nearly always exact.
 *
 * Where the steps run out before 3, the prices make some sets worth more than a bin, and V spoils
 * the bound. Then Y is repaired: divide the price of each row by the worth of the dearest found set
 * that it is in, search again, and so on; a handful of rounds lose little and bring V to 1.
 *
 * Prices jump about while few patterns are known. Patterns are therefore searched at prices half
 * way between the solution's and those of the best bound so far (P. Wentges, "Weighted
 * Dantzig-Wolfe decomposition for linear mixed-integer programming", 1997), which are at first the
 * relative sizes; where that finds nothing new, at the solution's own.
 *
 * Three choices that were measured on 500 items in 3 dimensions: at most n / 5 pivots a round
 * (fresh patterns are worth more than the optimum over stale ones: a third fewer pivots); at most
 * n / 5 patterns a round, dearest first, of which no two others share a row with one (a tenth
 * fewer rounds); and a limit on the search for each first row, until it finds nothing.
 */
#include "policies/binpack/colgen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/pricing.h"

#define SMOOTHING      0.5
#define SHARING_MAX    2 /* patterns of a round that may share a row */
#define ROUND_SHARE    5 /* pivots and patterns of a round: rows / this */
#define ROUND_MIN      20
#define FIRST_STEPS    2000 /* of pricing, for a first row, while that finds something */
#define PATTERNS_SHARE 8    /* patterns kept for each row: more slow the pivots down */
#define GAIN_MIN       1e-6 /* reduced cost that is worth a pattern */
#define TIGHT_ENOUGH   (PRICING_ONE + PRICING_ONE / 2000) /* half a bin in a thousand */
#define OBJECTIVE_SLIP 1e-4 /* raised demands and rounding, relative; see cover_lp.c */

struct colgen {
	const struct problem *p;
	uint32_t n;
	uint32_t *kind, *demand;
	struct cover_lp *lp;
	struct pricing *pricing;
	double *center; /* prices of the best bound */
	double center_bound;
	int64_t *price; /* prices asked for, whole */
	uint8_t *uses;  /* of a row by patterns of this round */
	uint32_t bound;
	double objective;
	uint64_t proof_left; /* steps */
	bool is_first_round, must_prove, has_failed;
};

struct colgen *colgen_new(const struct problem *p, const uint32_t *kind, const uint32_t *demand,
                          uint32_t n_rows)
{
	struct colgen *cg = xcalloc(1, sizeof(*cg));

	cg->p = p;
	cg->n = n_rows;
	cg->kind = xmemdup(kind, n_rows, sizeof(*kind));
	cg->demand = xmemdup(demand, n_rows, sizeof(*demand));
	cg->lp = cover_lp_new(demand, n_rows);
	cg->pricing = pricing_new(p, cg->kind, cg->demand, n_rows);
	cg->center = xcalloc(n_rows, sizeof(*cg->center));
	cg->price = xcalloc(n_rows, sizeof(*cg->price));
	cg->uses = xcalloc(n_rows, sizeof(*cg->uses));
	cg->is_first_round = true;
	for (uint32_t r = 0; r < n_rows; r++) {
		double volume = p->volume[kind[r]] / p->n_dims;

		cg->center[r] = volume > 0 ? volume : 0;
		cg->center_bound += cg->center[r] * demand[r];
	}
	return cg;
}

void colgen_free(struct colgen *cg)
{
	if (!cg)
		return;
	free(cg->kind);
	free(cg->demand);
	cover_lp_free(cg->lp);
	pricing_free(cg->pricing);
	free(cg->center);
	free(cg->price);
	free(cg->uses);
	free(cg);
}

void colgen_add(struct colgen *cg, const uint32_t *rows, uint32_t n)
{
	(void)cover_lp_add(cg->lp, rows, n); /* known ones are welcome */
}

static uint32_t per_round(const struct colgen *cg)
{
	uint32_t n = cg->n / ROUND_SHARE;

	return n > ROUND_MIN ? n : ROUND_MIN;
}

/* ceil(objective), with allowance for what is known to be off. */
static uint32_t rounded_up(const struct colgen *cg)
{
	return (uint32_t)ceil(cg->objective * (1 - OBJECTIVE_SLIP));
}

/* Prices between the solution's (share 1) and the center's (share 0). */
static void set_prices(struct colgen *cg, double share)
{
	const double *y = cover_lp_prices(cg->lp);

	for (uint32_t r = 0; r < cg->n; r++) {
		double own = y[r] < 0 ? 0 : y[r] > 1 ? 1 : y[r];
		double mixed = share < 1 ? share * own + (1 - share) * cg->center[r] : own;

		cg->price[r] = (int64_t)floor(mixed * (double)PRICING_ONE);
	}
}

/* After a complete pricing: the bound of the prices asked for. */
static void prove(struct colgen *cg)
{
	int64_t sum = 0, most = pricing_most(cg->pricing);
	uint32_t bound;
	double exact;

	for (uint32_t r = 0; r < cg->n; r++)
		sum += cg->price[r] * (int64_t)cg->demand[r];
	bound = (uint32_t)((sum + most - 1) / most);
	exact = (double)sum / (double)most;
	cg->bound = bound > cg->bound ? bound : cg->bound;
	if (exact <= cg->center_bound)
		return;
	cg->center_bound = exact;
	for (uint32_t r = 0; r < cg->n; r++)
		cg->center[r] = (double)cg->price[r] / (double)PRICING_ONE;
}

static bool is_shared_too_often(const struct colgen *cg, const struct pricing_set *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (cg->uses[s->row[i]] >= SHARING_MAX)
			return true;
	return false;
}

/* Adds what the pricing found and the solution's prices want; returns how many. */
static uint32_t add_found(struct colgen *cg)
{
	const double *y = cover_lp_prices(cg->lp);
	uint32_t added = 0;

	memset(cg->uses, 0, cg->n * sizeof(*cg->uses));
	for (uint32_t i = 0; i < pricing_n_found(cg->pricing) && added < per_round(cg); i++) {
		struct pricing_set s = pricing_found(cg->pricing, i);
		double cost = 1;

		if (is_shared_too_often(cg, &s))
			continue;
		for (uint32_t x = 0; x < s.n; x++)
			cost -= y[s.row[x]];
		if (cost > -GAIN_MIN || !cover_lp_add(cg->lp, s.row, s.n))
			continue;
		for (uint32_t x = 0; x < s.n; x++)
			cg->uses[s.row[x]]++;
		added++;
	}
	return added;
}

/* One search at prices set before; complete if proof is wanted and affordable. */
static bool search(struct colgen *cg, bool wants_proof, struct budget *budget)
{
	uint64_t before = budget->spent, old = budget->limit;
	bool complete;

	if (wants_proof)
		(void)budget_cap(budget, cg->proof_left);
	complete =
	        pricing_run(cg->pricing, cg->price, wants_proof ? UINT64_MAX : FIRST_STEPS, budget);
	budget->limit = old;
	if (wants_proof) {
		uint64_t used = budget->spent - before;

		cg->proof_left = used < cg->proof_left ? cg->proof_left - used : 0;
	}
	if (complete)
		prove(cg);
	return complete;
}

/* Searches new patterns, first cheaply, then completely; returns how many were added. */
static uint32_t extend(struct colgen *cg, struct budget *budget)
{
	uint32_t added = 0;

	for (;;) {
		bool proof = cg->must_prove && cg->proof_left > 0;
		bool complete;

		set_prices(cg, 1 - SMOOTHING);
		complete = search(cg, proof, budget);
		added = add_found(cg);
		if (added == 0 && !budget_is_spent(budget)) {
			set_prices(cg, 1);
			complete = search(cg, proof, budget);
			added = add_found(cg);
		}
		if (added > 0 || complete || proof || cg->proof_left == 0 ||
		    budget_is_spent(budget))
			return added;
		cg->must_prove = true;
	}
}

static bool is_done(const struct colgen *cg, const struct colgen_goal *goal)
{
	uint32_t reach = rounded_up(cg);

	return reach <= goal->enough || cg->bound >= goal->bound_until || reach <= cg->bound;
}

void colgen_run(struct colgen *cg, const struct colgen_goal *goal, struct budget *budget)
{
	cg->proof_left = goal->proof_steps;
	for (uint32_t round = 0; round < goal->max_rounds && !budget_is_spent(budget); round++) {
		uint32_t pivots =
		        round == 0 && goal->first_pivots ? goal->first_pivots : per_round(cg);
		enum cover_lp_state state;

		if (cg->is_first_round)
			cover_lp_crash(cg->lp);
		cg->is_first_round = false;
		state = cover_lp_solve(cg->lp, pivots, budget);
		cg->has_failed = state == COVER_LP_FAILED;
		if (cg->has_failed)
			return;
		cg->objective = cover_lp_objective(cg->lp);
		if (is_done(cg, goal))
			return;
		if (cover_lp_n_patterns(cg->lp) > PATTERNS_SHARE * cg->n + 200)
			cover_lp_shrink(cg->lp, PATTERNS_SHARE * cg->n * 2 / 3 + 200);
		if (extend(cg, budget) == 0 && state == COVER_LP_OPTIMAL)
			return;
	}
}

/* Divides the price of every row by the worth of the dearest found set that it is in. */
static void lower_prices(struct colgen *cg)
{
	int64_t *worth = xcalloc(cg->n, sizeof(*worth));

	for (uint32_t i = 0; i < pricing_n_found(cg->pricing); i++) {
		struct pricing_set s = pricing_found(cg->pricing, i);

		for (uint32_t x = 0; x < s.n; x++)
			if (s.value > worth[s.row[x]])
				worth[s.row[x]] = s.value;
	}
	for (uint32_t r = 0; r < cg->n; r++)
		if (worth[r] > 0)
			cg->price[r] = cg->price[r] * PRICING_ONE / worth[r];
	free(worth);
}

void colgen_tighten(struct colgen *cg, uint64_t proof_steps, struct budget *budget)
{
	cg->proof_left = proof_steps;
	set_prices(cg, 1);
	/* A search that takes a third of the steps leaves too few for the rest. */
	while (search(cg, true, budget) && cg->proof_left > proof_steps / 3) {
		if (pricing_most(cg->pricing) < TIGHT_ENOUGH)
			break;
		lower_prices(cg);
	}
}

uint32_t colgen_bound(const struct colgen *cg)
{
	return cg->bound;
}

double colgen_objective(const struct colgen *cg)
{
	return cg->objective;
}

bool colgen_has_failed(const struct colgen *cg)
{
	return cg->has_failed;
}

uint32_t colgen_n_rows(const struct colgen *cg)
{
	return cg->n;
}

const uint32_t *colgen_kinds(const struct colgen *cg)
{
	return cg->kind;
}

const uint32_t *colgen_demands(const struct colgen *cg)
{
	return cg->demand;
}

const struct cover_lp *colgen_solution(const struct colgen *cg)
{
	return cg->lp;
}
