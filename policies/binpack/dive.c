/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diving: round a part of the fractional solution, solve what is left again, and so on.
 *
 *   1. Sort the patterns by value x_p, highest first. Use each floor(x_p) times, then once more in
 *      order of the fractional parts while that takes no item twice, until the given share of the
 *      items is packed.
 *   2. The items left are a smaller covering problem. It starts with the patterns of the larger
 *      one, cut down to what is left of them, and generates more for a few rounds.
 *   3. Repeat until no items are left. Give up when the fractional solution of the rest says that
 *      no better packing than the known one comes out; place the rest by first fit then.
 *
 * (G. Wascher, T. Gau, "Heuristics for the integer one-dimensional cutting stock problem", OR
 * Spektrum 18, 1996, compare such residual methods.) A share of 0.4 needs about a fifth of the work
 * of the first solution and mostly ends within one bin of the bound; smaller shares are slower and
 * surer. With noise the order differs from dive to dive.
 */
#include "policies/binpack/dive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/pricing.h"

#define ALWAYS       0.99
#define ROUNDS_MAX   12   /* of column generation for a rest */
#define COST_USEFUL  0.05 /* reduced cost up to which a pattern is handed down */
#define VALUE_USEFUL 1e-6
#define NONE         UINT32_MAX

struct ranked {
	double value;
	uint32_t pattern;
};

struct diver {
	const struct problem *p;
	const struct dive_opts *opts;
	struct budget *budget;
	struct rng *rng;
	uint32_t *bin; /* by position */
	uint32_t n_bins;
	uint32_t *left; /* of a kind: items not packed yet */
	uint32_t n_left;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->value > y->value || x->value < y->value)
		return x->value > y->value ? -1 : 1;
	return x->pattern < y->pattern ? -1 : x->pattern > y->pattern;
}

/* --- rounding ---------------------------------------------------------------------------- */

/* Packs the pattern into a new bin if all its items are left. */
static bool use_pattern(struct diver *dv, const uint32_t *kind, const struct cover_pattern *pat)
{
	for (uint32_t i = 0; i < pat->n; i++) {
		uint32_t k = kind[pat->row[i]];

		if (dv->left[k] == 0) {
			while (i-- > 0)
				dv->left[kind[pat->row[i]]]++;
			return false;
		}
		dv->left[k]--;
	}
	for (uint32_t i = pat->n; i-- > 0;) {
		/* Twice the same kind: the later one goes one position further. */
		uint32_t k = kind[pat->row[i]], same = 0;

		for (uint32_t j = 0; j < i; j++)
			same += pat->row[j] == pat->row[i];
		dv->bin[dv->p->first[k] + dv->left[k] + same] = dv->n_bins;
	}
	dv->n_left -= pat->n;
	dv->n_bins++;
	return true;
}

/* Uses a pattern as often as its value is whole; returns what is left of the value. */
static double use_whole(struct diver *dv, const uint32_t *kind, const struct cover_pattern *pat)
{
	double part = pat->value;

	while (part >= ALWAYS && use_pattern(dv, kind, pat))
		part -= 1;
	return part;
}

/* Step 1. */
static void fix_patterns(struct diver *dv, const struct colgen *cg)
{
	const struct cover_lp *lp = colgen_solution(cg);
	const uint32_t *kind = colgen_kinds(cg);
	uint32_t n = cover_lp_n_patterns(lp), n_ranked = 0;
	uint32_t enough = dv->n_left - (uint32_t)(dv->opts->share * dv->n_left);
	struct ranked *rank = xcalloc(n, sizeof(*rank));

	for (uint32_t i = 0; i < n; i++) {
		struct cover_pattern pat = cover_lp_pattern(lp, i);
		double part = use_whole(dv, kind, &pat);

		if (part >= ALWAYS || part < VALUE_USEFUL)
			continue;
		part += dv->opts->noise * rng_double(dv->rng);
		rank[n_ranked++] = (struct ranked){part, i};
	}
	qsort(rank, n_ranked, sizeof(*rank), compare_ranked);
	for (uint32_t x = 0; x < n_ranked && dv->n_left >= enough && dv->n_left > 0; x++) {
		struct cover_pattern pat = cover_lp_pattern(lp, rank[x].pattern);

		(void)use_pattern(dv, kind, &pat); /* or the next one */
	}
	free(rank);
}

/* --- the rest ---------------------------------------------------------------------------- */

/* Row of each row of the larger problem in the rest, or NONE; makes the rest's rows. */
static uint32_t list_rest(const struct diver *dv, const struct colgen *cg, uint32_t *ret_row,
                          uint32_t *ret_kind)
{
	uint32_t n = 0;

	for (uint32_t r = 0; r < colgen_n_rows(cg); r++) {
		uint32_t k = colgen_kinds(cg)[r];

		ret_row[r] = dv->left[k] > 0 ? n : NONE;
		if (dv->left[k] > 0)
			ret_kind[n++] = k;
	}
	return n;
}

/* Hands a pattern down, without the items that are packed. */
static void hand_down(const struct diver *dv, const struct cover_pattern *pat, const uint32_t *row,
                      struct colgen *rest)
{
	uint32_t cut[PRICING_DEPTH_MAX], n = 0;

	for (uint32_t i = 0; i < pat->n; i++) {
		uint32_t r = row[pat->row[i]], same = 0;

		if (r == NONE)
			continue;
		for (uint32_t x = 0; x < n; x++)
			same += cut[x] == r;
		if (same < dv->left[colgen_kinds(rest)[r]])
			cut[n++] = r;
	}
	if (n < pat->n && dv->p->has_negative)
		return; /* without a negative size the others may be too much */
	if (n > 1)
		colgen_add(rest, cut, n);
}

/* Those of the solution first, highest value first, then those that nearly were in it. */
static void hand_down_all(const struct diver *dv, const struct cover_lp *lp, const uint32_t *row,
                          struct colgen *rest)
{
	uint32_t n = cover_lp_n_patterns(lp), n_ranked = 0;
	struct ranked *rank = xcalloc(n, sizeof(*rank));

	for (uint32_t i = 0; i < n; i++) {
		struct cover_pattern pat = cover_lp_pattern(lp, i);

		if (pat.n > PRICING_DEPTH_MAX)
			continue;
		if (pat.value > VALUE_USEFUL)
			rank[n_ranked++] = (struct ranked){pat.value, i};
		else if (pat.reduced_cost < COST_USEFUL)
			rank[n_ranked++] = (struct ranked){-pat.reduced_cost, i};
	}
	qsort(rank, n_ranked, sizeof(*rank), compare_ranked);
	for (uint32_t x = 0; x < n_ranked; x++) {
		struct cover_pattern pat = cover_lp_pattern(lp, rank[x].pattern);

		hand_down(dv, &pat, row, rest);
	}
	free(rank);
}

/* Step 2; NULL if nothing is left. */
static struct colgen *make_rest(struct diver *dv, const struct colgen *cg)
{
	const struct cover_lp *lp = colgen_solution(cg);
	uint32_t n_rows = colgen_n_rows(cg);
	uint32_t *row = xcalloc(n_rows, sizeof(*row)), *kind = xcalloc(n_rows, sizeof(*kind));
	uint32_t *demand = xcalloc(n_rows, sizeof(*demand));
	uint32_t n = list_rest(dv, cg, row, kind);
	struct colgen *rest = NULL;

	for (uint32_t r = 0; r < n; r++)
		demand[r] = dv->left[kind[r]];
	if (n > 0)
		rest = colgen_new(dv->p, kind, demand, n);
	if (n > 0)
		hand_down_all(dv, lp, row, rest);
	free(row);
	free(kind);
	free(demand);
	return rest;
}

/* --- first fit --------------------------------------------------------------------------- */

/* The first bin from b on that holds an item of kind, or n_bins. */
static uint32_t first_fit(const struct diver *dv, const uint64_t *room, uint32_t b, uint32_t kind)
{
	const struct problem *p = dv->p;

	while (b < dv->n_bins &&
	       !room_holds(p, room + (size_t)b * p->n_words, problem_word(p, kind)))
		b++;
	return b;
}

/* Packs what is left, largest volume first, into the bins there are and new ones. */
static void finish_greedily(struct diver *dv)
{
	const struct problem *p = dv->p;
	size_t n_words = p->n_words;
	uint64_t *room = xcalloc((size_t)p->n_items * n_words, sizeof(*room));
	struct ranked *rank = xcalloc(p->n_kinds, sizeof(*rank));

	for (uint32_t b = 0; b < p->n_items; b++)
		memcpy(room + b * n_words, p->empty, n_words * sizeof(*room));
	for (uint32_t k = 0; k < p->n_kinds; k++) {
		rank[k] = (struct ranked){p->volume[k], k};
		for (uint32_t i = p->first[k] + dv->left[k]; i < p->first[k + 1]; i++)
			room_take(p, room + dv->bin[i] * n_words, problem_word(p, k));
	}
	qsort(rank, p->n_kinds, sizeof(*rank), compare_ranked);
	for (uint32_t x = 0; x < p->n_kinds; x++) {
		uint32_t k = rank[x].pattern, b = 0;

		while (dv->left[k] > 0) {
			uint32_t from = b; /* bins before had no room for this kind */

			b = first_fit(dv, room, from, k);
			dv->budget->spent += b - from + 1;
			dv->n_bins += b == dv->n_bins;
			dv->bin[p->first[k] + --dv->left[k]] = b;
			room_take(p, room + b * n_words, problem_word(p, k));
		}
	}
	free(room);
	free(rank);
}

/* --- the dive ---------------------------------------------------------------------------- */

/* Whether the rest can still make fewer bins than known, as far as its solution tells. */
static bool is_promising(const struct diver *dv, const struct colgen *rest, uint32_t known)
{
	if (colgen_has_failed(rest) || budget_is_spent(dv->budget))
		return false;
	return dv->n_bins + floor(colgen_objective(rest)) <= known;
}

static void descend(struct diver *dv, const struct colgen *root, uint32_t known)
{
	struct colgen *owned = NULL;
	const struct colgen *cg = root;

	for (;;) {
		struct colgen_goal goal = {.max_rounds = ROUNDS_MAX, .bound_until = UINT32_MAX};
		struct colgen *rest;
		uint32_t before = dv->n_left;

		fix_patterns(dv, cg);
		rest = dv->n_left < before ? make_rest(dv, cg) : NULL;
		colgen_free(owned);
		owned = rest;
		cg = rest;
		if (!rest)
			break;
		goal.enough = dv->opts->target > dv->n_bins ? dv->opts->target - dv->n_bins : 0;
		colgen_run(rest, &goal, dv->budget);
		if (!is_promising(dv, rest, known))
			break;
	}
	colgen_free(owned);
	if (dv->n_left > 0)
		finish_greedily(dv);
}

void dive(const struct problem *p, const struct colgen *root, const struct dive_opts *opts,
          struct packing *packing, struct budget *budget, struct rng *rng)
{
	struct diver dv = {
	        .p = p,
	        .opts = opts,
	        .budget = budget,
	        .rng = rng,
	        .bin = xcalloc(p->n_items, sizeof(*dv.bin)),
	        .left = xmemdup(p->demand, p->n_kinds, sizeof(*dv.left)),
	        .n_left = p->n_items,
	};

	descend(&dv, root, packing->n_bins);
	if (dv.n_bins < packing->n_bins) {
		packing->n_bins = dv.n_bins;
		memcpy(packing->bin, dv.bin, p->n_items * sizeof(*packing->bin));
	}
	free(dv.bin);
	free(dv.left);
}
