/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which the algorithms of this folder work on an instance. Each stage ends the work
 * when the packing has as many bins as the lower bound.
 *
 *   1. Quick bounds (bound.h) and greedy packings (construct.h).
 *   2. A packing without waste, where the sums of sizes allow one (exact_fill.h).
 *   3. A short ejection search (ejection.h): finishes many small items and few items alike.
 *   4. Column generation (colgen.h): the strong bound, and what belongs together.
 *   5. Dives (dive.h) and ejection searches from their packings in turn, until the steps are spent.
 *
 * Where column generation does not pay (many rows, many items a bin), all steps go to stage 3.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "policies/binpack/binpack.h"
#include "policies/binpack/bound.h"
#include "policies/binpack/budget.h"
#include "policies/binpack/colgen.h"
#include "policies/binpack/construct.h"
#include "policies/binpack/dive.h"
#include "policies/binpack/ejection.h"
#include "policies/binpack/exact_fill.h"
#include "policies/binpack/problem.h"

/* Shares of all steps that a stage may use, at most; measured on the published sets. */
#define START_SHARE    0.125 /* greedy packings: a few per cent but for the largest instances */
#define EXACT_SHARE    0.03  /* without guide an exact fill is found at once or never */
#define FIRST_SHARE    0.05  /* ejection; what small instances and small items need */
#define COLGEN_SHARE   0.75
#define PROOF_SHARE    0.17 /* of it for complete pricing */
#define TIGHTEN_SHARE  0.08 /* proof from prices that are not final */
#define WEIGHTED_SHARE 0.4  /* exact fill with a guide */
#define DIVE_SHARE     0.33
#define SECOND_SHARE   0.08 /* ejection after the first dive */
#define LATER_SHARE    0.017
#define WHOLE          1.0

#define ROWS_MAX        1000 /* kinds for column generation: n^2 work a round */
#define ITEMS_A_BIN     6    /* with more, patterns are too many: ejection finds better packings */
#define ITEMS_A_BIN_MAX 24   /* even if each kind has FLAVOUR_ITEMS or more: few rows */
#define FLAVOUR_ITEMS   4
#define NOISE           0.2 /* of dives after the first */
#define FIX_FIRST       0.4 /* share of the items that a dive fixes at a time */
#define FIX_LATER       0.25

struct solver {
	const struct problem *p;
	const struct binpack_opts *opts;
	struct budget budget;
	struct rng rng;
	struct packing packing;
	struct bound bound;
	struct exact_fill *exact; /* NULL: does not apply */
};

static bool is_solved(const struct solver *s)
{
	return s->packing.n_bins <= s->bound.bins;
}

static bool is_over(const struct solver *s)
{
	return is_solved(s) || budget_is_spent(&s->budget);
}

static void tell(const struct solver *s)
{
	struct binpack_progress now = {s->budget.spent, s->budget.limit, s->packing.n_bins,
	                               s->bound.bins};

	if (s->opts->progress)
		s->opts->progress(s->opts->progress_ctx, &now);
}

/* Caps the budget to a share of all steps; put back with s->budget.limit = the result. */
static uint64_t cap(struct solver *s, double share)
{
	return budget_cap(&s->budget, (uint64_t)((double)s->opts->steps_max * share));
}

static void run_start(struct solver *s)
{
	uint64_t old = cap(s, START_SHARE);

	s->bound = bound_quick(s->p, &s->budget);
	construct_best(s->p, &s->packing, &s->budget);
	s->budget.limit = old;
	tell(s);
}

static void run_exact_fill(struct solver *s)
{
	uint64_t old;

	if (is_over(s) || !exact_fill_applies(s->p))
		return;
	old = cap(s, EXACT_SHARE);
	s->exact = exact_fill_new(s->p, &s->budget);
	if (s->exact) /* the packing is kept as it was if nothing is found */
		(void)exact_fill_search(s->exact, &s->packing, &s->budget, &s->rng);
	s->budget.limit = old;
	tell(s);
}

static void run_ejection(struct solver *s, double share)
{
	uint64_t old;

	if (is_over(s))
		return;
	old = cap(s, share);
	ejection_improve(s->p, &s->packing, s->bound.bins, &s->budget, &s->rng);
	s->budget.limit = old;
	tell(s);
}

static bool suits_colgen(const struct solver *s)
{
	const struct problem *p = s->p;
	bool are_few = (uint64_t)p->n_kinds * FLAVOUR_ITEMS <= p->n_items;
	uint64_t items_a_bin = are_few ? ITEMS_A_BIN_MAX : ITEMS_A_BIN;

	return p->n_kinds <= ROWS_MAX && p->n_items <= items_a_bin * s->packing.n_bins;
}

/* Tells the packing's bins to the column generation; row and kind are the same number here. */
static void add_bins(const struct solver *s, struct colgen *cg)
{
	const struct problem *p = s->p;
	uint32_t n_bins = s->packing.n_bins;
	uint32_t *first = xcalloc((size_t)n_bins + 1, sizeof(*first));
	uint32_t *row = xcalloc(p->n_items, sizeof(*row)), *next;

	for (uint32_t i = 0; i < p->n_items; i++)
		first[s->packing.bin[i] + 1]++;
	for (uint32_t b = 0; b < n_bins; b++)
		first[b + 1] += first[b];
	next = xmemdup(first, n_bins, sizeof(*next));
	for (uint32_t i = 0; i < p->n_items; i++)
		row[next[s->packing.bin[i]]++] = p->kind_at[i];
	for (uint32_t b = 0; b < n_bins; b++)
		if (first[b + 1] > first[b])
			colgen_add(cg, row + first[b], first[b + 1] - first[b]);
	free(first);
	free(row);
	free(next);
}

/* So too the bins of a packing without waste. */
static void add_fills(const struct solver *s, struct colgen *cg)
{
	for (uint32_t i = 0; s->exact && i < exact_fill_n(s->exact); i++) {
		const uint32_t *row;
		uint32_t n = exact_fill_kinds(s->exact, i, &row);

		colgen_add(cg, row, n);
	}
}

static struct colgen *run_colgen(struct solver *s)
{
	const struct problem *p = s->p;
	uint32_t *kind = xcalloc(p->n_kinds, sizeof(*kind));
	struct colgen_goal goal = {
	        .enough = s->bound.bins,
	        .bound_until = s->packing.n_bins,
	        .max_rounds = UINT32_MAX,
	        .proof_steps = (uint64_t)((double)s->opts->steps_max * PROOF_SHARE),
	        /* With all bins of a packing without waste known, there is nothing to wait for. */
	        .first_pivots = s->exact ? 100 * p->n_kinds : 0,
	};
	struct colgen *cg;
	uint64_t old = cap(s, COLGEN_SHARE);

	for (uint32_t k = 0; k < p->n_kinds; k++)
		kind[k] = k;
	cg = colgen_new(p, kind, p->demand, p->n_kinds);
	free(kind);
	add_bins(s, cg);
	add_fills(s, cg);
	colgen_run(cg, &goal, &s->budget);
	s->budget.limit = old;
	if (colgen_bound(cg) <= s->bound.bins && !colgen_has_failed(cg))
		colgen_tighten(cg, (uint64_t)((double)s->opts->steps_max * TIGHTEN_SHARE),
		               &s->budget);
	if (colgen_bound(cg) > s->bound.bins)
		s->bound = (struct bound){colgen_bound(cg), BINPACK_PROOF_PATTERNS};
	tell(s);
	return cg;
}

/* Once more with the fractional solution for a guide. */
static void run_weighted_fill(struct solver *s, const struct colgen *cg)
{
	const struct cover_lp *lp = colgen_solution(cg);
	uint64_t old;

	if (is_over(s) || !s->exact)
		return;
	for (uint32_t i = 0; i < cover_lp_n_patterns(lp); i++) {
		struct cover_pattern pat = cover_lp_pattern(lp, i);

		exact_fill_weigh(s->exact, pat.row, pat.n, pat.value);
	}
	old = cap(s, WEIGHTED_SHARE);
	(void)exact_fill_search(s->exact, &s->packing, &s->budget, &s->rng); /* as above */
	s->budget.limit = old;
	tell(s);
}

/* The first dive is quick and plain, later ones are slower and differ from each other. */
static void run_dive(struct solver *s, const struct colgen *cg, uint32_t n_before)
{
	struct dive_opts opts = {
	        .target = s->bound.bins,
	        .share = n_before == 0 ? FIX_FIRST : FIX_LATER,
	        .noise = n_before == 0 ? 0 : NOISE,
	};
	uint64_t old;

	if (is_over(s))
		return;
	old = cap(s, DIVE_SHARE);
	dive(s->p, cg, &opts, &s->packing, &s->budget, &s->rng);
	s->budget.limit = old;
	tell(s);
}

static void run(struct solver *s)
{
	struct colgen *cg;

	run_start(s);
	run_exact_fill(s);
	run_ejection(s, FIRST_SHARE);
	if (is_over(s) || !suits_colgen(s)) {
		run_ejection(s, WHOLE);
		return;
	}
	cg = run_colgen(s);
	run_weighted_fill(s, cg);
	for (uint32_t i = 0; !is_over(s) && !colgen_has_failed(cg); i++) {
		run_dive(s, cg, i);
		run_ejection(s, i == 0 ? SECOND_SHARE : LATER_SHARE);
	}
	colgen_free(cg);
	run_ejection(s, WHOLE);
}

/* Numbers bins by their first item. */
static uint32_t *number_bins(const struct solver *s)
{
	const struct problem *p = s->p;
	uint32_t *bin_of = xcalloc(p->n_items, sizeof(*bin_of));
	uint32_t *number = xcalloc(s->packing.n_bins, sizeof(*number)), n = 0;

	for (uint32_t i = 0; i < p->n_items; i++)
		bin_of[p->item_at[i]] = s->packing.bin[i];
	for (uint32_t item = 0; item < p->n_items; item++) {
		uint32_t *known = &number[bin_of[item]];

		if (*known == 0)
			*known = ++n;
		bin_of[item] = *known - 1;
	}
	free(number);
	return bin_of;
}

int binpack_solve(const struct binpack_instance *inst, const struct binpack_opts *opts,
                  struct binpack_result *ret, struct err *err)
{
	struct problem *p;
	struct solver s;
	int r = problem_new(inst, &p, err);

	if (r < 0)
		return r;
	s = (struct solver){.p = p, .opts = opts, .budget.limit = opts->steps_max};
	s.packing.bin = xcalloc(p->n_items, sizeof(*s.packing.bin));
	rng_init(&s.rng, opts->seed, 0);
	run(&s);
	*ret = (struct binpack_result){
	        .n_bins = s.packing.n_bins,
	        .bin_of = number_bins(&s),
	        .lower_bound = s.bound.bins,
	        .lower_bound_by = s.bound.by,
	        .steps = s.budget.spent,
	};
	exact_fill_free(s.exact);
	free(s.packing.bin);
	problem_free(p);
	return 0;
}

void binpack_result_done(struct binpack_result *result)
{
	free(result->bin_of);
	*result = (struct binpack_result){0};
}

bool binpack_is_valid(const struct binpack_instance *inst, const uint32_t *bin_of, uint32_t n_bins)
{
	int64_t *load = xcalloc((size_t)n_bins * inst->n_dims, sizeof(*load));
	bool ok = true;

	for (uint32_t i = 0; ok && i < inst->n_items; i++) {
		ok = bin_of[i] < n_bins;
		for (uint32_t d = 0; ok && d < inst->n_dims; d++)
			load[(size_t)bin_of[i] * inst->n_dims + d] +=
			        inst->size[(size_t)i * inst->n_dims + d];
	}
	for (uint32_t b = 0; ok && b < n_bins; b++)
		for (uint32_t d = 0; d < inst->n_dims; d++)
			ok = ok && load[(size_t)b * inst->n_dims + d] <= inst->capacity[d];
	free(load);
	return ok;
}

const char *binpack_proof_name(enum binpack_proof proof)
{
	switch (proof) {
	case BINPACK_PROOF_VOLUME: return "volume";
	case BINPACK_PROOF_DUAL_FEASIBLE: return "dual feasible function";
	case BINPACK_PROOF_CLIQUE: return "clique";
	case BINPACK_PROOF_PATTERNS: return "patterns";
	}
	return "?";
}
