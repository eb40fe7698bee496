/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Greedy rules for vector bin packing.
 *
 * Item-centric: sort the items by a size measure, largest first, and give each to the first bin
 * that holds it (FFD) or to the fullest one (BFD, by the sum of relative loads). Measures of an
 * item with relative sizes x_d = s_d / C_d and mean relative sizes a_d over all items:
 *
 *   weighted  sum_d a_d x_d        square  sum_d x_d^2        largest  max_d x_d
 *
 * Bin-centric: fill one bin at a time with the item that suits its relative room r_d best, until
 * none fits:
 *
 *   dot product  max sum_d w_d x_d r_d        norm  min sum_d w_d (r_d - x_d)^2
 *
 * with weights w_d = 1, a_d, or a_d over the items still unpacked ("dynamic").
 *
 * R. Panigrahy, K. Talwar, L. Uyeda, U. Wieder, "Heuristics for vector bin packing", Microsoft
 * Research 2011, sections 2 and 3; C. Mommessin, T. Erlebach, N. Shakhlevich, "Classification and
 * evaluation of the algorithms for vector bin packing", Computers & Operations Research 173, 2025,
 * whose tables say that these families hold nearly all winners.
 *
 * Complexity: item-centric O(n m d) with m open bins (a bin too full for the smallest sizes is
 * closed), bin-centric O(n^2 d).
 */
#include "policies/binpack/construct.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

/* Published sets open 500 bins; without a limit 1,000,000 items took minutes. */
#define OPEN_MAX 4096

enum measure { MEASURE_WEIGHTED, MEASURE_SQUARE, MEASURE_LARGEST };
enum fit { FIT_FIRST, FIT_BEST };
enum score { SCORE_DOT, SCORE_NORM };
enum weight { WEIGHT_UNIT, WEIGHT_MEAN, WEIGHT_DYNAMIC };

struct builder {
	const struct problem *p;
	struct packing trial; /* of the rule at work */
	double *share;        /* n_kinds rows: relative sizes */
	double *mean;         /* n_dims */
	uint64_t *least;      /* smallest size of each dimension, packed */
	struct budget *budget;
};

static void builder_init(struct builder *b, const struct problem *p, struct budget *budget)
{
	int64_t least[BINPACK_DIMS_MAX];

	*b = (struct builder){
	        .p = p,
	        .budget = budget,
	        .trial.bin = xcalloc(p->n_items, sizeof(*b->trial.bin)),
	        .share = xcalloc((size_t)p->n_kinds * p->n_dims, sizeof(*b->share)),
	        .mean = xcalloc(p->n_dims, sizeof(*b->mean)),
	        .least = xcalloc(p->n_words, sizeof(*b->least)),
	};
	for (uint32_t d = 0; d < p->n_dims; d++) {
		least[d] = INT64_MAX;
		for (uint32_t k = 0; k < p->n_kinds; k++) {
			size_t at = (size_t)k * p->n_dims + d;

			b->share[at] = (double)p->size[at] / (double)p->capacity[d];
			b->mean[d] += b->share[at] * p->demand[k] / p->n_items;
			least[d] = p->size[at] < least[d] ? p->size[at] : least[d];
		}
	}
	problem_pack(p, least, b->least);
}

static void builder_done(struct builder *b)
{
	free(b->trial.bin);
	free(b->share);
	free(b->mean);
	free(b->least);
}

static void keep_if_better(const struct builder *b, struct packing *best)
{
	if (b->trial.n_bins >= best->n_bins)
		return;
	best->n_bins = b->trial.n_bins;
	memcpy(best->bin, b->trial.bin, b->p->n_items * sizeof(*best->bin));
}

/* --- item-centric ------------------------------------------------------------------------ */

struct ranked {
	double key;
	uint32_t position;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key > y->key || x->key < y->key)
		return x->key > y->key ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

static double measure_of(const struct builder *b, uint32_t kind, enum measure measure)
{
	const double *x = b->share + (size_t)kind * b->p->n_dims;
	double v = 0;

	for (uint32_t d = 0; d < b->p->n_dims; d++)
		switch (measure) {
		case MEASURE_WEIGHTED: v += b->mean[d] * x[d]; break;
		case MEASURE_SQUARE: v += x[d] * x[d]; break;
		case MEASURE_LARGEST: v = x[d] > v ? x[d] : v; break;
		}
	return v;
}

/*
 * Bins that may still take something, in the order they were opened; at most OPEN_MAX, then the
 * oldest is closed.
 */
struct open_bins {
	uint32_t n;
	uint32_t *bin;
	double *load; /* sum of relative loads, by place in bin[] */
	uint64_t *room;
};

/* Place of the bin for need, or the number of open bins. */
static uint32_t choose_bin(const struct problem *p, const struct open_bins *o, const uint64_t *need,
                           enum fit fit)
{
	uint32_t best = o->n;

	for (uint32_t x = 0; x < o->n; x++) {
		if (!room_holds(p, o->room + (size_t)x * p->n_words, need))
			continue;
		if (fit == FIT_FIRST)
			return x;
		if (best == o->n || o->load[x] > o->load[best])
			best = x;
	}
	return best;
}

static void close_bin(const struct problem *p, struct open_bins *o, uint32_t x)
{
	size_t row = p->n_words * sizeof(*o->room);

	o->n--;
	memmove(o->bin + x, o->bin + x + 1, (o->n - x) * sizeof(*o->bin));
	memmove(o->load + x, o->load + x + 1, (o->n - x) * sizeof(*o->load));
	memmove(o->room + (size_t)x * p->n_words, o->room + ((size_t)x + 1) * p->n_words,
	        (o->n - x) * row);
}

/* Place of a new bin. */
static uint32_t open_bin(struct builder *b, struct open_bins *o)
{
	const struct problem *p = b->p;

	if (o->n == OPEN_MAX)
		close_bin(p, o, 0);
	o->bin[o->n] = b->trial.n_bins++;
	o->load[o->n] = 0;
	memcpy(o->room + (size_t)o->n * p->n_words, p->empty, p->n_words * sizeof(*o->room));
	return o->n++;
}

static void place_in_order(struct builder *b, const struct ranked *order, enum fit fit)
{
	const struct problem *p = b->p;
	struct open_bins o = {
	        .bin = xcalloc(OPEN_MAX, sizeof(*o.bin)),
	        .load = xcalloc(OPEN_MAX, sizeof(*o.load)),
	        .room = xcalloc((size_t)OPEN_MAX * p->n_words, sizeof(*o.room)),
	};

	b->trial.n_bins = 0;
	for (uint32_t r = 0; r < p->n_items; r++) {
		uint32_t kind = p->kind_at[order[r].position];
		uint32_t x = choose_bin(p, &o, problem_word(p, kind), fit);
		uint64_t *room;

		b->budget->spent += x + 1;
		if (x == o.n)
			x = open_bin(b, &o);
		room = o.room + (size_t)x * p->n_words;
		room_take(p, room, problem_word(p, kind));
		o.load[x] += p->volume[kind];
		b->trial.bin[order[r].position] = o.bin[x];
		if (!room_holds(p, room, b->least))
			close_bin(p, &o, x);
	}
	free(o.bin);
	free(o.load);
	free(o.room);
}

static void build_item_centric(struct builder *b, enum measure measure, struct packing *best)
{
	const struct problem *p = b->p;
	struct ranked *order = xcalloc(p->n_items, sizeof(*order));

	for (uint32_t i = 0; i < p->n_items; i++)
		order[i] = (struct ranked){measure_of(b, p->kind_at[i], measure), i};
	qsort(order, p->n_items, sizeof(*order), compare_ranked);
	for (enum fit fit = FIT_FIRST; fit <= FIT_BEST; fit++) {
		if (fit == FIT_FIRST && best->n_bins <= p->n_items && budget_is_spent(b->budget))
			break;
		place_in_order(b, order, fit);
		keep_if_better(b, best);
		if (budget_is_spent(b->budget))
			break;
	}
	free(order);
}

/* --- bin-centric ------------------------------------------------------------------------- */

struct filler {
	enum score score;
	double weight[BINPACK_DIMS_MAX];
	double room[BINPACK_DIMS_MAX]; /* relative */
	uint32_t *left;                /* kinds with unpacked items, in rising order */
	uint32_t n_left;
	uint32_t *packed; /* of a kind: how many of its items are */
};

static void set_weights(const struct builder *b, struct filler *f, enum weight weight)
{
	uint32_t n_dims = b->p->n_dims;

	for (uint32_t d = 0; d < n_dims; d++) {
		f->weight[d] = weight == WEIGHT_UNIT ? 1 : b->mean[d];
		if (weight != WEIGHT_DYNAMIC)
			continue;
		f->weight[d] = 0;
		for (uint32_t x = 0; x < f->n_left; x++) {
			uint32_t k = f->left[x];

			f->weight[d] +=
			        b->share[(size_t)k * n_dims + d] * (b->p->demand[k] - f->packed[k]);
		}
	}
}

static double score_of(const struct builder *b, const struct filler *f, uint32_t kind)
{
	const double *x = b->share + (size_t)kind * b->p->n_dims;
	double v = 0;

	for (uint32_t d = 0; d < b->p->n_dims; d++)
		v += f->score == SCORE_DOT
		             ? f->weight[d] * x[d] * f->room[d]
		             : -f->weight[d] * (f->room[d] - x[d]) * (f->room[d] - x[d]);
	return v;
}

/* Packs the best item for the room; false if none fits. */
static bool fill_one(struct builder *b, struct filler *f, uint64_t *room)
{
	const struct problem *p = b->p;
	uint32_t best = f->n_left, kind;
	double best_score = 0;

	for (uint32_t x = 0; x < f->n_left; x++) {
		double score;

		if (!room_holds(p, room, problem_word(p, f->left[x])))
			continue;
		score = score_of(b, f, f->left[x]);
		if (best == f->n_left || score > best_score) {
			best = x;
			best_score = score;
		}
	}
	b->budget->spent += (uint64_t)f->n_left * (p->n_dims + 1) / 2;
	if (best == f->n_left)
		return false;
	kind = f->left[best];
	b->trial.bin[p->first[kind] + f->packed[kind]] = b->trial.n_bins;
	room_take(p, room, problem_word(p, kind));
	for (uint32_t d = 0; d < p->n_dims; d++)
		f->room[d] -= b->share[(size_t)kind * p->n_dims + d];
	if (++f->packed[kind] == p->demand[kind]) {
		f->n_left--;
		memmove(f->left + best, f->left + best + 1, (f->n_left - best) * sizeof(*f->left));
	}
	return true;
}

static void build_bin_centric(struct builder *b, enum score score, enum weight weight,
                              struct packing *best)
{
	const struct problem *p = b->p;
	uint64_t room[BINPACK_DIMS_MAX];
	struct filler f = {
	        .score = score,
	        .n_left = p->n_kinds,
	        .left = xcalloc(p->n_kinds, sizeof(*f.left)),
	        .packed = xcalloc(p->n_kinds, sizeof(*f.packed)),
	};

	for (uint32_t k = 0; k < p->n_kinds; k++)
		f.left[k] = k;
	b->trial.n_bins = 0;
	while (f.n_left > 0) {
		memcpy(room, p->empty, p->n_words * sizeof(*room));
		for (uint32_t d = 0; d < p->n_dims; d++)
			f.room[d] = 1;
		set_weights(b, &f, weight);
		while (fill_one(b, &f, room))
			;
		b->trial.n_bins++;
	}
	keep_if_better(b, best);
	free(f.left);
	free(f.packed);
}

/* A rule looks at all kinds for every item; it is left out when that alone breaks the budget. */
static bool can_afford_bin_centric(const struct builder *b)
{
	uint64_t looks = (uint64_t)b->p->n_items * b->p->n_kinds / 2;

	return b->budget->limit > b->budget->spent &&
	       looks * (b->p->n_dims + 1) / 2 < b->budget->limit - b->budget->spent;
}

void construct_best(const struct problem *p, struct packing *packing, struct budget *budget)
{
	struct builder b;

	packing->n_bins = p->n_items + 1;
	builder_init(&b, p, budget);
	for (enum measure m = MEASURE_WEIGHTED; m <= MEASURE_LARGEST; m++)
		build_item_centric(&b, m, packing);
	for (enum score s = SCORE_DOT; s <= SCORE_NORM; s++)
		for (enum weight w = WEIGHT_UNIT; w <= WEIGHT_DYNAMIC; w++)
			if (can_afford_bin_centric(&b))
				build_bin_centric(&b, s, w, packing);
	builder_done(&b);
}
