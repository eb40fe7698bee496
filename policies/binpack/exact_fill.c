/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact fill: the "triplet" instances (E. Falkenauer, "A hybrid grouping genetic algorithm for bin
 * packing", Journal of Heuristics 2, 1996), where items come from cutting full bins, are the
 * hardest for greedy rules, since a packing at the volume bound must fill every bin exactly in
 * every dimension. But just that leaves few possible bins:
 *
 *   1. List all of them (fills.h).
 *   2. Choose bins by depth-first search: take the kind with the fewest bins that its and the
 *      other kinds' remaining items still allow, and try these bins (D. Knuth's algorithm X with
 *      the rule "fewest choices first", "Dancing links", 2000).
 *   3. A search that goes astray early hardly ever comes back, so it starts anew after a number of
 *      steps that grows by half each time, with the bins of each kind in another random order
 *      (C. Gomes, B. Selman, H. Kautz, "Boosting combinatorial search through randomization",
 *      1998). Weights, from a fractional solution, make the order less random.
 *
 * Complexity: O(k + fills of three kinds) a node of the search.
 */
#include "policies/binpack/exact_fill.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/fills.h"

#define TRY_NODES 4   /* of the first try, in searches that never go back */
#define NOISE     0.2 /* added to weights, at most */
#define NONE      FILL_NONE

/* What the search knows about a fill. */
struct choice {
	uint32_t lacking; /* kinds of it with too few items left; 0: it can be chosen */
	double weight;
	double order; /* weight with noise, of the try at work */
};

struct exact_fill {
	const struct problem *p;
	struct budget *budget;
	struct rng *rng;
	struct fills fills;
	struct choice *choice; /* by fill */
	uint32_t *of_first;    /* fills of a kind: of_list[of_first[k] .. of_first[k + 1]) */
	uint32_t *of_list;
	uint32_t *left;    /* of a kind: items not in a bin yet */
	uint32_t *choices; /* of a kind: fills with it that can be chosen */
};

bool exact_fill_applies(const struct problem *p)
{
	int64_t bins = 0;

	for (uint32_t d = 0; d < p->n_dims; d++) {
		int64_t sum = 0;

		for (uint32_t k = 0; k < p->n_kinds; k++)
			sum += p->size[(size_t)k * p->n_dims + d] * (int64_t)p->demand[k];
		if (sum <= 0 || sum % p->capacity[d] != 0)
			return false;
		if (d > 0 && sum / p->capacity[d] != bins)
			return false;
		bins = sum / p->capacity[d];
	}
	return bins * FILL_MAX >= p->n_items;
}

/* Whether place i of the fill names a kind that no earlier place does. */
static bool is_first_mention(const struct fill *f, uint32_t i)
{
	return f->kind[i] != NONE && (i == 0 || f->kind[i] != f->kind[i - 1]);
}

static void index_fills(struct exact_fill *e)
{
	uint32_t n = e->p->n_kinds, *next;

	e->of_first = xcalloc((size_t)n + 1, sizeof(*e->of_first));
	e->of_list = xcalloc((size_t)e->fills.n * FILL_MAX, sizeof(*e->of_list));
	for (uint32_t f = 0; f < e->fills.n; f++)
		for (uint32_t i = 0; i < FILL_MAX; i++)
			if (is_first_mention(&e->fills.fill[f], i))
				e->of_first[e->fills.fill[f].kind[i] + 1]++;
	for (uint32_t k = 0; k < n; k++)
		e->of_first[k + 1] += e->of_first[k];
	next = xmemdup(e->of_first, n, sizeof(*next));
	for (uint32_t f = 0; f < e->fills.n; f++)
		for (uint32_t i = 0; i < FILL_MAX; i++)
			if (is_first_mention(&e->fills.fill[f], i))
				e->of_list[next[e->fills.fill[f].kind[i]]++] = f;
	free(next);
}

/* --- search ------------------------------------------------------------------------------ */

static uint32_t copies_of(const struct fill *f, uint32_t kind)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < FILL_MAX; i++)
		n += f->kind[i] == kind;
	return n;
}

static void close_fill(struct exact_fill *e, const struct fill *f)
{
	for (uint32_t i = 0; i < FILL_MAX; i++)
		if (is_first_mention(f, i))
			e->choices[f->kind[i]]--;
}

static void open_fill(struct exact_fill *e, const struct fill *f)
{
	for (uint32_t i = 0; i < FILL_MAX; i++)
		if (is_first_mention(f, i))
			e->choices[f->kind[i]]++;
}

/* Takes one item away: bins that need as many as there were are closed. */
static void take_item(struct exact_fill *e, uint32_t kind)
{
	uint32_t had = e->left[kind]--;

	e->budget->spent += FILL_MAX;
	if (had > FILL_MAX)
		return;
	for (uint32_t x = e->of_first[kind]; x < e->of_first[kind + 1]; x++) {
		uint32_t f = e->of_list[x];

		if (copies_of(&e->fills.fill[f], kind) == had && e->choice[f].lacking++ == 0)
			close_fill(e, &e->fills.fill[f]);
	}
	e->budget->spent += 4 * (uint64_t)(e->of_first[kind + 1] - e->of_first[kind]);
}

static void give_item(struct exact_fill *e, uint32_t kind)
{
	uint32_t has = ++e->left[kind];

	if (has > FILL_MAX)
		return;
	for (uint32_t x = e->of_first[kind]; x < e->of_first[kind + 1]; x++) {
		uint32_t f = e->of_list[x];

		if (copies_of(&e->fills.fill[f], kind) == has && --e->choice[f].lacking == 0)
			open_fill(e, &e->fills.fill[f]);
	}
}

static void take_fill(struct exact_fill *e, const struct fill *f)
{
	for (uint32_t i = 0; i < FILL_MAX && f->kind[i] != NONE; i++)
		take_item(e, f->kind[i]);
}

static void give_fill(struct exact_fill *e, const struct fill *f)
{
	for (uint32_t i = FILL_MAX; i-- > 0;)
		if (f->kind[i] != NONE)
			give_item(e, f->kind[i]);
}

/* The kind with items left that has the fewest choices; NONE: no items are left. */
static uint32_t choose_kind(struct exact_fill *e)
{
	uint32_t best = NONE;

	for (uint32_t k = 0; k < e->p->n_kinds; k++)
		if (e->left[k] > 0 && (best == NONE || e->choices[k] < e->choices[best]))
			best = k;
	e->budget->spent += e->p->n_kinds;
	return best;
}

/*
 * Depth-first; at[depth] is the place in of_list of the bin chosen there. Returns the depth, or 0
 * with *ret_exhausted if there is no packing.
 */
static uint32_t cover(struct exact_fill *e, uint32_t *kind, uint32_t *at, bool *ret_exhausted)
{
	uint32_t depth = 0;

	*ret_exhausted = false;
	kind[0] = choose_kind(e);
	at[0] = e->of_first[kind[0]];
	while (!budget_is_spent(e->budget)) {
		uint32_t end = e->of_first[kind[depth] + 1];

		while (at[depth] < end && e->choice[e->of_list[at[depth]]].lacking > 0)
			at[depth]++;
		if (at[depth] < end) {
			take_fill(e, &e->fills.fill[e->of_list[at[depth]]]);
			kind[++depth] = choose_kind(e);
			if (kind[depth] == NONE)
				return depth;
			at[depth] = e->of_first[kind[depth]];
			continue;
		}
		if (depth == 0) {
			*ret_exhausted = true;
			return 0;
		}
		depth--;
		give_fill(e, &e->fills.fill[e->of_list[at[depth]]]);
		at[depth]++;
	}
	while (depth-- > 0)
		give_fill(e, &e->fills.fill[e->of_list[at[depth]]]);
	return 0;
}

static int compare_fills(const void *a, const void *b, void *arg)
{
	const struct choice *choice = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (choice[i].order > choice[j].order || choice[i].order < choice[j].order)
		return choice[i].order > choice[j].order ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void order_fills(struct exact_fill *e, double noise)
{
	for (uint32_t f = 0; f < e->fills.n; f++)
		e->choice[f].order = e->choice[f].weight + noise * rng_double(e->rng);
	for (uint32_t k = 0; k < e->p->n_kinds; k++)
		qsort_r(e->of_list + e->of_first[k], e->of_first[k + 1] - e->of_first[k],
		        sizeof(*e->of_list), compare_fills, e->choice);
	e->budget->spent += (uint64_t)e->fills.n * 16;
}

/* Step 3; the depth, or 0. */
static uint32_t cover_with_restarts(struct exact_fill *e, uint32_t *kind, uint32_t *at)
{
	uint64_t steps = (uint64_t)TRY_NODES * e->p->n_items * e->p->n_kinds;

	order_fills(e, 0);
	while (!budget_is_spent(e->budget)) {
		uint64_t old = budget_cap(e->budget, steps);
		bool exhausted;
		uint32_t depth = cover(e, kind, at, &exhausted);

		e->budget->limit = old;
		if (depth > 0 || exhausted)
			return depth;
		order_fills(e, NOISE);
		steps += steps / 2;
	}
	return 0;
}

static void write_packing(struct exact_fill *e, const uint32_t *at, uint32_t n_bins,
                          struct packing *packing)
{
	const struct problem *p = e->p;

	packing->n_bins = n_bins;
	for (uint32_t b = 0; b < n_bins; b++) {
		const struct fill *f = &e->fills.fill[e->of_list[at[b]]];

		for (uint32_t i = 0; i < FILL_MAX && f->kind[i] != NONE; i++)
			packing->bin[p->first[f->kind[i]] + e->left[f->kind[i]]++] = b;
	}
}

/* Nothing is packed: a fill lacks a kind only if it names it more often than there are items. */
static void open_fills(struct exact_fill *e)
{
	e->choice = xcalloc(e->fills.n, sizeof(*e->choice));
	e->left = xmemdup(e->p->demand, e->p->n_kinds, sizeof(*e->left));
	e->choices = xcalloc(e->p->n_kinds, sizeof(*e->choices));
	for (uint32_t x = 0; x < e->fills.n; x++) {
		const struct fill *f = &e->fills.fill[x];

		for (uint32_t i = 0; i < FILL_MAX; i++)
			if (is_first_mention(f, i) &&
			    copies_of(f, f->kind[i]) > e->left[f->kind[i]])
				e->choice[x].lacking++;
		if (e->choice[x].lacking == 0)
			open_fill(e, f);
	}
}

void exact_fill_free(struct exact_fill *e)
{
	if (!e)
		return;
	fills_done(&e->fills);
	free(e->choice);
	free(e->of_first);
	free(e->of_list);
	free(e->left);
	free(e->choices);
	free(e);
}

struct exact_fill *exact_fill_new(const struct problem *p, struct budget *budget)
{
	struct exact_fill *e;
	struct fills fills;

	if (!fills_find(p, &fills, budget))
		return NULL;
	e = xcalloc(1, sizeof(*e));
	e->p = p;
	e->fills = fills;
	index_fills(e);
	open_fills(e);
	return e;
}

bool exact_fill_search(struct exact_fill *e, struct packing *packing, struct budget *budget,
                       struct rng *rng)
{
	const struct problem *p = e->p;
	uint32_t *kind = xcalloc((size_t)p->n_items + 1, sizeof(*kind));
	uint32_t *at = xcalloc((size_t)p->n_items + 1, sizeof(*at));
	uint32_t n_bins;

	e->budget = budget;
	e->rng = rng;
	n_bins = cover_with_restarts(e, kind, at);
	if (n_bins > 0)
		write_packing(e, at, n_bins, packing);
	free(kind);
	free(at);
	return n_bins > 0;
}

void exact_fill_weigh(struct exact_fill *e, const uint32_t *kind, uint32_t n, double weight)
{
	struct fill want = {.kind = {NONE, NONE, NONE}};

	if (n == 0 || n > FILL_MAX)
		return;
	memcpy(want.kind, kind, n * sizeof(*kind));
	for (uint32_t x = e->of_first[kind[0]]; x < e->of_first[kind[0] + 1]; x++) {
		uint32_t f = e->of_list[x];

		if (memcmp(e->fills.fill[f].kind, want.kind, sizeof(want.kind)) == 0)
			e->choice[f].weight = weight;
	}
}

uint32_t exact_fill_n(const struct exact_fill *e)
{
	return e->fills.n;
}

uint32_t exact_fill_kinds(const struct exact_fill *e, uint32_t i, const uint32_t **ret_kind)
{
	const struct fill *f = &e->fills.fill[i];
	uint32_t n = 0;

	while (n < FILL_MAX && f->kind[n] != NONE)
		n++;
	*ret_kind = f->kind;
	return n;
}
