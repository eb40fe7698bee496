/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lower bounds of the number of bins, each proven by counting in integers.
 *
 * Volume. In every dimension d: ceil(sum_i s_i / C).
 *
 * Dual feasible functions. f: [0, C] -> [0, 1] is one if sum_i s_i <= C implies sum_i f(s_i) <= 1;
 * then sum_i f(s_i) over all items bounds the bins from below. Used here, in each dimension:
 *
 *   U_t(s) = 1            if s > C - t          for t in (0, C/2]   (Martello and Toth's L2)
 *            s / C        if t <= s <= C - t
 *            0            if s < t
 *   V_k(s) = s / C                      if (k + 1) s / C is whole,
 *            floor((k + 1) s / C) / k   else    for k = 1, 2, ...
 *
 * (S. P. Fekete, J. Schepers, "New classes of fast lower bounds for bin packing problems", Math.
 * Programming 91, 2001; S. Martello, P. Toth, "Knapsack problems", 1990, ch. 8.) U changes only at
 * t = a size that occurs, so that those are tried, at most LEVELS_MAX of them evenly spread.
 *
 * Clique. Items of which no two fit into one bin need one bin each. Grown greedily from the items
 * with the most conflicts (Carraghan and Pardalos do the same with backtracking).
 *
 * Negative sizes: clip them to 0 and let the capacity grow by their sum. Every packing of the
 * instance is one of the clipped instance, so bounds of that hold. Volume counts them as they are.
 *
 * Complexity: O(dimensions x items x LEVELS_MAX) and O(CLIQUE_ITEMS_MAX^2).
 */
#include "policies/binpack/bound.h"

#include <stdlib.h>

#include "core/base/xalloc.h"

#define LEVELS_MAX       128  /* thresholds t of one dimension */
#define FRACTIONS_MAX    24   /* values of k; V_k approaches volume as k grows */
#define CLIQUE_ITEMS_MAX 1500 /* a matrix of 2 MB */
#define CLIQUE_STARTS    32

typedef unsigned __int128 wide; /* sums of products of two 62-bit numbers */

static uint32_t ceil_div(wide a, wide b)
{
	return (uint32_t)((a + b - 1) / b);
}

/* One dimension, clipped. */
struct column {
	int64_t capacity;
	int64_t *size; /* by kind */
	const uint32_t *demand;
	uint32_t n;
};

static int compare_sizes(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void column_read(const struct problem *p, uint32_t d, struct column *c)
{
	c->capacity = p->capacity[d];
	for (uint32_t k = 0; k < p->n_kinds; k++) {
		int64_t s = p->size[(size_t)k * p->n_dims + d];

		c->size[k] = s > 0 ? s : 0;
		if (s < 0)
			c->capacity -= s * (int64_t)p->demand[k];
	}
}

uint32_t bound_volume(const struct problem *p)
{
	uint32_t best = p->n_items > 0;

	for (uint32_t d = 0; d < p->n_dims; d++) {
		int64_t sum = 0;

		for (uint32_t k = 0; k < p->n_kinds; k++)
			sum += p->size[(size_t)k * p->n_dims + d] * (int64_t)p->demand[k];
		if (sum > 0) {
			uint32_t bins = ceil_div((wide)sum, (wide)p->capacity[d]);

			best = bins > best ? bins : best;
		}
	}
	return best;
}

/* U_t, in units of 1 / C. */
static uint32_t bound_threshold(const struct column *c, int64_t t)
{
	wide sum = 0;

	for (uint32_t k = 0; k < c->n; k++) {
		int64_t s = c->size[k];

		if (s >= t)
			sum += (wide)(s > c->capacity - t ? c->capacity : s) * c->demand[k];
	}
	return ceil_div(sum, (wide)c->capacity);
}

/* V_k, in units of 1 / (k C). */
static uint32_t bound_fraction(const struct column *c, uint32_t k)
{
	wide capacity = (wide)c->capacity, sum = 0;

	for (uint32_t i = 0; i < c->n; i++) {
		wide scaled = (wide)c->size[i] * (k + 1);
		wide whole = scaled / capacity;

		if (whole * capacity == scaled)
			sum += (wide)c->size[i] * k * c->demand[i];
		else
			sum += whole * capacity * c->demand[i];
	}
	return ceil_div(sum, capacity * k);
}

static uint32_t bound_column(const struct column *c, int64_t *sorted, struct budget *budget)
{
	uint32_t best = 0, n = 0, tries = 0;

	for (uint32_t k = 0; k < c->n; k++)
		if (c->size[k] > 0 && c->size[k] <= c->capacity / 2)
			sorted[n++] = c->size[k];
	qsort(sorted, n, sizeof(*sorted), compare_sizes);
	for (uint32_t i = 0; i < n && !budget_is_spent(budget); i += n / LEVELS_MAX + 1, tries++) {
		uint32_t bins = bound_threshold(c, sorted[i]);

		best = bins > best ? bins : best;
	}
	for (uint32_t k = 1; k <= FRACTIONS_MAX && !budget_is_spent(budget); k++, tries++) {
		uint32_t bins = bound_fraction(c, k);

		best = bins > best ? bins : best;
	}
	budget->spent += (uint64_t)tries * c->n * 4; /* divisions are slow */
	return best;
}

static uint32_t bound_dual_feasible(const struct problem *p, struct budget *budget)
{
	int64_t *sorted = xcalloc(p->n_kinds, sizeof(*sorted));
	struct column c = {
	        .n = p->n_kinds,
	        .demand = p->demand,
	        .size = xcalloc(p->n_kinds, sizeof(*c.size)),
	};
	uint32_t best = 0;

	for (uint32_t d = 0; d < p->n_dims; d++) {
		uint32_t bins;

		column_read(p, d, &c);
		bins = bound_column(&c, sorted, budget);
		best = bins > best ? bins : best;
	}
	free(sorted);
	free(c.size);
	return best;
}

/* Room of an empty bin if every negative size were in it as well. */
static void widest_room(const struct problem *p, uint64_t *room)
{
	int64_t grown[BINPACK_DIMS_MAX];

	for (uint32_t d = 0; d < p->n_dims; d++) {
		grown[d] = p->capacity[d];
		for (uint32_t k = 0; k < p->n_kinds; k++) {
			int64_t s = p->size[(size_t)k * p->n_dims + d];

			grown[d] -= s < 0 ? s * (int64_t)p->demand[k] : 0;
		}
	}
	problem_pack(p, grown, room);
	for (uint32_t w = 0; w < p->n_words; w++)
		room[w] += p->guard[w];
}

/* conflict[i * n + j]: the items at positions i and j never share a bin. */
static void find_conflicts(const struct problem *p, uint8_t *conflict, uint32_t *degree)
{
	uint32_t n = p->n_items;
	uint64_t *clipped = xcalloc((size_t)p->n_kinds * p->n_words, sizeof(*clipped));
	uint64_t widest[BINPACK_DIMS_MAX], room[BINPACK_DIMS_MAX];

	widest_room(p, widest);
	for (uint32_t k = 0; k < p->n_kinds; k++)
		problem_pack(p, p->size + (size_t)k * p->n_dims, clipped + (size_t)k * p->n_words);
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t w = 0; w < p->n_words; w++)
			room[w] = widest[w] - clipped[(size_t)p->kind_at[i] * p->n_words + w];
		for (uint32_t j = 0; j < n; j++) {
			bool clash =
			        i != j &&
			        !room_holds(p, room, clipped + (size_t)p->kind_at[j] * p->n_words);

			conflict[(size_t)i * n + j] = clash;
			degree[i] += clash;
		}
	}
	free(clipped);
}

struct clique {
	const uint8_t *conflict;
	const uint32_t *order; /* most conflicts first */
	uint32_t *member;
	uint32_t n;
};

/* Takes start, then every item in order that conflicts with all taken so far. */
static uint32_t grow_clique(const struct clique *c, uint32_t start)
{
	uint32_t size = 1;

	c->member[0] = start;
	for (uint32_t x = 0; x < c->n; x++) {
		uint32_t i = c->order[x], m = 0;

		while (m < size && c->conflict[(size_t)i * c->n + c->member[m]])
			m++;
		if (m == size)
			c->member[size++] = i;
	}
	return size;
}

static int compare_degrees(const void *a, const void *b, void *arg)
{
	const uint32_t *degree = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (degree[i] != degree[j])
		return degree[i] > degree[j] ? -1 : 1;
	return i < j ? -1 : i > j;
}

static uint32_t bound_clique(const struct problem *p, struct budget *budget)
{
	uint32_t n = p->n_items, best = 0;
	uint8_t *conflict;
	uint32_t *degree, *order;
	struct clique c;

	if (n == 0 || n > CLIQUE_ITEMS_MAX)
		return 0;
	conflict = xcalloc((size_t)n * n, sizeof(*conflict));
	degree = xcalloc(n, sizeof(*degree));
	order = xcalloc(n, sizeof(*order));
	c = (struct clique){conflict, order, xcalloc(n, sizeof(*c.member)), n};
	find_conflicts(p, conflict, degree);
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof(*order), compare_degrees, degree);
	for (uint32_t s = 0; s < n && s < CLIQUE_STARTS; s++) {
		uint32_t size = grow_clique(&c, order[s]);

		best = size > best ? size : best;
		budget->spent += (uint64_t)n * 4;
	}
	budget->spent += (uint64_t)n * n * p->n_words;
	free(conflict);
	free(degree);
	free(order);
	free(c.member);
	return best;
}

struct bound bound_quick(const struct problem *p, struct budget *budget)
{
	struct bound b = {.bins = bound_volume(p), .by = BINPACK_PROOF_VOLUME};
	uint32_t bins = bound_dual_feasible(p, budget);

	if (bins > b.bins)
		b = (struct bound){.bins = bins, .by = BINPACK_PROOF_DUAL_FEASIBLE};
	bins = bound_clique(p, budget);
	if (bins > b.bins)
		b = (struct bound){.bins = bins, .by = BINPACK_PROOF_CLIQUE};
	return b;
}
