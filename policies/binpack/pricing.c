/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Depth-first branch and bound for the knapsack problem with several dimensions
 *
 *   maximise sum_r y_r n_r   so that   sum_r n_r s_r <= C in every dimension,  n_r <= demand_r.
 *
 *   1. Let v_r = sum_d s_rd / C_d be the volume of an item; a bin holds volume D, the number of
 *      dimensions. Sort rows by y_r / v_r, highest first.
 *   2. For every row as the first of the set, extend by rows from its place on. The list of a
 *      level holds the rows after the last chosen one that still fit: every level filters the
 *      list of the one above, one packed comparison a row.
 *   3. Cut when value + (volume left) * y_r / v_r of the next row does not exceed the best set of
 *      this first row (E. Horowitz, S. Sahni, JACM 21, 1974, for one dimension), which starts at
 *      PRICING_ONE (1 + MARGIN): cheaper sets are of no use.
 *   4. If the room left cannot hold two of the smallest items, at most one more goes in: take the
 *      dearest that fits from the list by price, until a price is too low to matter.
 *
 * One set for each first row gives many different ones at once, which column generation needs
 * more than the single dearest.
 *
 * Complexity: exponential in the items a bin holds; the first level alone is O(n^2).
 */
#include "policies/binpack/pricing.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define MARGIN       (PRICING_ONE / 100000)
#define CHOOSE_STEPS 6          /* bookkeeping of one choice, in comparisons */
#define ROUND_UP     (1 + 1e-9) /* covers the rounding of a bound in double */
#define VOLUME_MIN   1e-6       /* of an item; with smaller ones nothing is proven */

struct ranked {
	double ratio; /* price by volume */
	int64_t price;
	uint32_t row;
};

struct level {
	uint32_t *list; /* places in ranked order */
	uint32_t n, next;
	int64_t value; /* of the set so far */
	double volume; /* left */
};

struct set {
	uint32_t n;
	int64_t value;
	uint32_t item[PRICING_DEPTH_MAX]; /* places, at last rows */
};

struct pricing {
	const struct problem *p;
	const uint32_t *kind, *demand;
	uint32_t n;
	uint64_t *least, *least_two; /* packed: of each dimension the smallest size(s) */
	bool can_prove;              /* no size is negative, no volume tiny */
	/* In ranked order, set by each run: */
	struct ranked *rank;
	uint64_t *word;
	double *volume;
	uint32_t *by_price;
	/* The search: */
	struct level level[PRICING_DEPTH_MAX + 1];
	uint64_t *room; /* of each level */
	uint32_t *list; /* PRICING_DEPTH_MAX + 1 rows of n */
	uint32_t chosen[PRICING_DEPTH_MAX + 1];
	uint64_t steps;
	bool is_complete;
	/* The results: */
	struct set *best; /* n, by first row's place; n == 0: none */
	uint32_t *found;  /* places of best[], dearest first */
	uint32_t n_found;
	int64_t most;
};

/* Packs the smallest size, and the sum of the two smallest sizes, of each dimension. */
static void find_least(struct pricing *pr)
{
	const struct problem *p = pr->p;
	int64_t least[BINPACK_DIMS_MAX], two[BINPACK_DIMS_MAX];

	for (uint32_t d = 0; d < p->n_dims; d++) {
		int64_t first = p->capacity[d], second = p->capacity[d];

		for (uint32_t r = 0; r < pr->n; r++) {
			int64_t s = p->size[(size_t)pr->kind[r] * p->n_dims + d];

			if (s < first) {
				second = pr->demand[r] > 1 ? s : first;
				first = s;
			} else if (s < second) {
				second = s;
			}
		}
		least[d] = first;
		two[d] = (first > 0 ? first : 0) + (second > 0 ? second : 0);
	}
	problem_pack(p, least, pr->least);
	problem_pack(p, two, pr->least_two);
}

struct pricing *pricing_new(const struct problem *p, const uint32_t *kind, const uint32_t *demand,
                            uint32_t n_rows)
{
	struct pricing *pr = xcalloc(1, sizeof(*pr));

	pr->p = p;
	pr->kind = kind;
	pr->demand = demand;
	pr->n = n_rows;
	pr->least = xcalloc(p->n_words, sizeof(*pr->least));
	pr->least_two = xcalloc(p->n_words, sizeof(*pr->least_two));
	pr->rank = xcalloc(n_rows, sizeof(*pr->rank));
	pr->word = xcalloc((size_t)n_rows * p->n_words, sizeof(*pr->word));
	pr->volume = xcalloc(n_rows, sizeof(*pr->volume));
	pr->by_price = xcalloc(n_rows, sizeof(*pr->by_price));
	pr->room = xcalloc((size_t)(PRICING_DEPTH_MAX + 2) * p->n_words, sizeof(*pr->room));
	pr->list = xcalloc((size_t)(PRICING_DEPTH_MAX + 1) * n_rows, sizeof(*pr->list));
	pr->best = xcalloc(n_rows, sizeof(*pr->best));
	pr->found = xcalloc(n_rows, sizeof(*pr->found));
	for (uint32_t i = 0; i <= PRICING_DEPTH_MAX; i++)
		pr->level[i].list = pr->list + (size_t)i * n_rows;
	find_least(pr);
	pr->can_prove = !p->has_negative;
	for (uint32_t r = 0; r < n_rows; r++)
		if (p->volume[kind[r]] < VOLUME_MIN)
			pr->can_prove = false;
	return pr;
}

void pricing_free(struct pricing *pr)
{
	if (!pr)
		return;
	free(pr->least);
	free(pr->least_two);
	free(pr->rank);
	free(pr->word);
	free(pr->volume);
	free(pr->by_price);
	free(pr->room);
	free(pr->list);
	free(pr->best);
	free(pr->found);
	free(pr);
}

/* --- ranking ----------------------------------------------------------------------------- */

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->ratio > y->ratio || x->ratio < y->ratio)
		return x->ratio > y->ratio ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int compare_prices(const void *a, const void *b, void *arg)
{
	const struct ranked *rank = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (rank[i].price != rank[j].price)
		return rank[i].price > rank[j].price ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void rank_rows(struct pricing *pr, const int64_t *price)
{
	size_t row = pr->p->n_words * sizeof(*pr->word);

	for (uint32_t r = 0; r < pr->n; r++) {
		double volume = pr->p->volume[pr->kind[r]];

		volume = volume < VOLUME_MIN ? VOLUME_MIN : volume;
		pr->rank[r] = (struct ranked){(double)price[r] / volume, price[r], r};
	}
	qsort(pr->rank, pr->n, sizeof(*pr->rank), compare_ranked);
	for (uint32_t i = 0; i < pr->n; i++) {
		uint32_t kind = pr->kind[pr->rank[i].row];

		memcpy(pr->word + (size_t)i * pr->p->n_words, problem_word(pr->p, kind), row);
		pr->volume[i] = pr->p->volume[kind];
		pr->by_price[i] = i;
	}
	qsort_r(pr->by_price, pr->n, sizeof(*pr->by_price), compare_prices, pr->rank);
	pr->steps += (uint64_t)pr->n * 32; /* two sorts */
}

/* --- search ------------------------------------------------------------------------------ */

static const uint64_t *word_at(const struct pricing *pr, uint32_t place)
{
	return pr->word + (size_t)place * pr->p->n_words;
}

static void note_best(struct pricing *pr, uint32_t first, uint32_t n, int64_t value)
{
	struct set *best = &pr->best[first];

	best->n = n;
	best->value = value;
	memcpy(best->item, pr->chosen, n * sizeof(*best->item));
}

/* Whether place, chosen last at depth, may be chosen once more. */
static bool can_repeat(const struct pricing *pr, uint32_t depth, uint32_t place)
{
	uint32_t run = 1;

	while (run <= depth && pr->chosen[depth - run] == place)
		run++;
	return run < pr->demand[pr->rank[place].row];
}

/* Step 4: adds the dearest single item that fits behind place `from`. */
static void finish_set(struct pricing *pr, uint32_t depth, uint32_t from, int64_t value)
{
	const uint64_t *room = pr->room + (size_t)(depth + 1) * pr->p->n_words;
	struct set *best = &pr->best[pr->chosen[0]];
	uint32_t x = 0;

	for (; x < pr->n; x++) {
		uint32_t j = pr->by_price[x];

		if (value + pr->rank[j].price <= best->value)
			break;
		if (j < from || !room_holds(pr->p, room, word_at(pr, j)))
			continue;
		pr->chosen[depth + 1] = j;
		note_best(pr, pr->chosen[0], depth + 2, value + pr->rank[j].price);
		break;
	}
	pr->steps += x;
}

/* Fills the list below depth with what fits behind place; false: no set there is dear enough. */
static bool open_level(struct pricing *pr, uint32_t depth, uint32_t place, int64_t value)
{
	const struct level *above = &pr->level[depth];
	struct level *below = &pr->level[depth + 1];
	const uint64_t *room = pr->room + (size_t)(depth + 1) * pr->p->n_words;
	int64_t sum = 0;

	below->n = below->next = 0;
	if (can_repeat(pr, depth, place) && room_holds(pr->p, room, word_at(pr, place)))
		below->list[below->n++] = place;
	for (uint32_t x = above->next; x < above->n; x++) {
		uint32_t j = depth == 0 ? x : above->list[x];

		if (room_holds(pr->p, room, word_at(pr, j)))
			below->list[below->n++] = j;
	}
	for (uint32_t x = 0; x < below->n; x++)
		sum += pr->rank[below->list[x]].price *
		       (int64_t)pr->demand[pr->rank[below->list[x]].row];
	pr->steps += above->n - above->next + below->n;
	below->value = value;
	below->volume = above->volume - pr->volume[place];
	return below->n > 0 && value + sum > pr->best[pr->chosen[0]].value;
}

/* Puts place into the set at depth; true: the search goes on one level below. */
static bool choose(struct pricing *pr, uint32_t depth, uint32_t place)
{
	const struct problem *p = pr->p;
	const struct level *lv = &pr->level[depth];
	uint64_t *room = pr->room + (size_t)depth * p->n_words;
	int64_t value = lv->value + pr->rank[place].price;
	struct set *best = &pr->best[pr->chosen[0]];
	bool repeats;

	pr->chosen[depth] = place;
	pr->steps += CHOOSE_STEPS;
	if (value > best->value)
		note_best(pr, pr->chosen[0], depth + 1, value);
	memcpy(room + p->n_words, room, p->n_words * sizeof(*room));
	room_take(p, room + p->n_words, word_at(pr, place));
	if (!room_holds(p, room + p->n_words, pr->least))
		return false;
	repeats = can_repeat(pr, depth, place);
	if (depth > 0 && !repeats) {
		double left = lv->volume - pr->volume[place];

		if (lv->next == lv->n)
			return false;
		if ((double)value + left * pr->rank[lv->list[lv->next]].ratio * ROUND_UP <=
		    (double)best->value)
			return false;
	}
	if (depth + 2 > PRICING_DEPTH_MAX) {
		pr->is_complete = false;
		return false;
	}
	if (!room_holds(p, room + p->n_words, pr->least_two)) {
		finish_set(pr, depth, repeats ? place : place + 1, value);
		return false;
	}
	return open_level(pr, depth, place, value);
}

/* Searches the sets whose first place is first; false: they and all later ones are too cheap. */
static bool search_from(struct pricing *pr, uint32_t first, uint64_t steps_max)
{
	double whole = pr->p->n_dims;
	uint32_t depth = 0;

	pr->best[first] = (struct set){.value = PRICING_ONE + MARGIN};
	if (whole * pr->rank[first].ratio * ROUND_UP <= (double)pr->best[first].value)
		return false;
	pr->chosen[0] = first;
	pr->level[0].n = pr->n;
	pr->level[0].next = first + 1;
	pr->level[0].value = 0;
	pr->level[0].volume = whole;
	if (!choose(pr, 0, first))
		return true;
	depth = 1;
	while (depth > 0) {
		struct level *lv = &pr->level[depth];
		uint32_t j = lv->next < lv->n ? lv->list[lv->next] : 0;

		if (lv->next++ >= lv->n ||
		    (double)lv->value + lv->volume * pr->rank[j].ratio * ROUND_UP <=
		            (double)pr->best[first].value) {
			depth--;
		} else if (pr->steps > steps_max) {
			pr->is_complete = false;
			return true;
		} else if (choose(pr, depth, j)) {
			depth++;
		}
	}
	return true;
}

/* --- results ----------------------------------------------------------------------------- */

static int compare_sets(const void *a, const void *b, void *arg)
{
	const struct set *set = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;

	if (set[i].value != set[j].value)
		return set[i].value > set[j].value ? -1 : 1;
	return i < j ? -1 : i > j;
}

static void collect(struct pricing *pr)
{
	pr->n_found = 0;
	pr->most = PRICING_ONE + MARGIN;
	for (uint32_t i = 0; i < pr->n; i++) {
		struct set *s = &pr->best[i];

		if (s->n == 0)
			continue;
		pr->most = s->value > pr->most ? s->value : pr->most;
		for (uint32_t x = 0; x < s->n; x++)
			s->item[x] = pr->rank[s->item[x]].row;
		pr->found[pr->n_found++] = i;
	}
	qsort_r(pr->found, pr->n_found, sizeof(*pr->found), compare_sets, pr->best);
}

bool pricing_run(struct pricing *pr, const int64_t *price, uint64_t first_steps,
                 struct budget *budget)
{
	uint32_t first = 0;
	uint64_t limit = budget->limit > budget->spent ? budget->limit - budget->spent : 0;

	limit /= pr->p->n_words;
	pr->steps = 0;
	pr->is_complete = pr->can_prove;
	rank_rows(pr, price);
	memcpy(pr->room, pr->p->empty, pr->p->n_words * sizeof(*pr->room));
	for (; first < pr->n && pr->steps < limit; first++) {
		uint64_t most = first_steps < limit - pr->steps ? pr->steps + first_steps : limit;

		if (!search_from(pr, first, most))
			break;
	}
	if (pr->steps >= limit)
		pr->is_complete = false;
	for (; first < pr->n; first++)
		pr->best[first].n = 0;
	collect(pr);
	budget->spent += pr->steps * pr->p->n_words;
	return pr->is_complete;
}

int64_t pricing_most(const struct pricing *pr)
{
	return pr->most;
}

uint32_t pricing_n_found(const struct pricing *pr)
{
	return pr->n_found;
}

struct pricing_set pricing_found(struct pricing *pr, uint32_t i)
{
	const struct set *s = &pr->best[pr->found[i]];

	return (struct pricing_set){s->item, s->n, s->value};
}
