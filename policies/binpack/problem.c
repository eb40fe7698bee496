/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks an instance, sorts its items into kinds and packs their sizes; see problem.h.
 */
#include "policies/binpack/problem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define WORD_BITS 64
/* Sums of sizes stay below 2^62, so that they, and twice the capacity, fit signed 64 bits. */
#define SUM_MAX ((int64_t)1 << 62)

static const int64_t *row_of(const struct binpack_instance *inst, uint32_t item)
{
	return inst->size + (size_t)item * inst->n_dims;
}

static int check_shape(const struct binpack_instance *inst, struct err *err)
{
	if (inst->n_dims == 0 || inst->n_dims > BINPACK_DIMS_MAX)
		return err_set(err, -EINVAL, "%" PRIu32 " dimensions; give 1 to %d", inst->n_dims,
		               BINPACK_DIMS_MAX);
	if (inst->n_items > BINPACK_ITEMS_MAX)
		return err_set(err, -EINVAL, "%" PRIu32 " items; at most %d are packed",
		               inst->n_items, BINPACK_ITEMS_MAX);
	for (uint32_t d = 0; d < inst->n_dims; d++) {
		if (inst->capacity[d] <= 0)
			return err_set(err, -EINVAL,
			               "capacity %" PRId64 " of dimension %" PRIu32
			               " must be above 0",
			               inst->capacity[d], d + 1);
		if (inst->capacity[d] >= SUM_MAX)
			return err_set(err, -ERANGE,
			               "capacity %" PRId64 " of dimension %" PRIu32
			               " is above 62 bits; use a larger unit",
			               inst->capacity[d], d + 1);
	}
	return 0;
}

/* ret_negative: the sum of the amounts below zero, as a positive number. */
static int check_dimension(const struct binpack_instance *inst, uint32_t d, int64_t *ret_negative,
                           struct err *err)
{
	int64_t negative = 0, positive = inst->capacity[d];

	for (uint32_t i = 0; i < inst->n_items; i++) {
		int64_t s = row_of(inst, i)[d];

		if (s > inst->capacity[d])
			return err_set(err, -EINVAL,
			               "item %" PRIu32 ": size %" PRId64
			               " is above capacity %" PRId64 " of dimension %" PRIu32,
			               i + 1, s, inst->capacity[d], d + 1);
		if (s > SUM_MAX - positive || s < negative - SUM_MAX)
			return err_set(err, -ERANGE,
			               "sizes of dimension %" PRIu32
			               " add up to more than 62 bits; use a larger unit",
			               d + 1);
		positive += s > 0 ? s : 0;
		negative -= s < 0 ? s : 0;
	}
	if (negative > SUM_MAX - positive)
		return err_set(err, -ERANGE,
		               "sizes of dimension %" PRIu32
		               " add up to more than 62 bits; use a larger unit",
		               d + 1);
	*ret_negative = negative;
	return 0;
}

static int compare_items(const void *a, const void *b, void *arg)
{
	const struct binpack_instance *inst = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const int64_t *x = row_of(inst, i), *y = row_of(inst, j);

	for (uint32_t d = 0; d < inst->n_dims; d++)
		if (x[d] != y[d])
			return x[d] > y[d] ? -1 : 1;
	return i < j ? -1 : i > j;
}

/* Sorts the items, largest first dimension first, and numbers the kinds. */
static void make_kinds(struct problem *p, const struct binpack_instance *inst)
{
	size_t row = p->n_dims * sizeof(*inst->size);

	for (uint32_t i = 0; i < p->n_items; i++)
		p->item_at[i] = i;
	qsort_r(p->item_at, p->n_items, sizeof(*p->item_at), compare_items, (void *)inst);
	for (uint32_t i = 0; i < p->n_items; i++) {
		const int64_t *size = row_of(inst, p->item_at[i]);

		if (i == 0 || memcmp(size, row_of(inst, p->item_at[i - 1]), row) != 0) {
			memcpy(p->size + (size_t)p->n_kinds * p->n_dims, size, row);
			p->first[p->n_kinds++] = i;
		}
		p->kind_at[i] = p->n_kinds - 1;
		p->demand[p->n_kinds - 1]++;
	}
	p->first[p->n_kinds] = p->n_items;
}

/* Lays out the fields; negative[d] is what room may grow by above the capacity. */
static void make_fields(struct problem *p, const int64_t *negative)
{
	uint32_t used = 0;

	p->n_words = 1;
	for (uint32_t d = 0; d < p->n_dims; d++) {
		uint8_t bits = 1;

		while (((p->capacity[d] + negative[d]) >> (bits - 1)) > 0)
			bits++;
		p->bits[d] = bits;
		if (used + bits > WORD_BITS) {
			p->n_words++;
			used = 0;
		}
		used += bits;
	}
}

/* Adds size[d] to the field of each dimension; a sum of several may be negative on the way. */
static void add_fields(const struct problem *p, const int64_t *size, uint64_t *word)
{
	uint32_t used = 0;

	for (uint32_t d = 0; d < p->n_dims; d++) {
		if (used + p->bits[d] > WORD_BITS) {
			word++;
			used = 0;
		}
		*word += (uint64_t)size[d] << used;
		used += p->bits[d];
	}
}

void problem_pack(const struct problem *p, const int64_t *size, uint64_t *ret_word)
{
	int64_t cut[BINPACK_DIMS_MAX];

	for (uint32_t d = 0; d < p->n_dims; d++) {
		int64_t max = ((int64_t)1 << (p->bits[d] - 1)) - 1;

		cut[d] = size[d] < 0 ? 0 : size[d] > max ? max : size[d];
	}
	memset(ret_word, 0, p->n_words * sizeof(*ret_word));
	add_fields(p, cut, ret_word);
}

static void make_words(struct problem *p)
{
	int64_t guard[BINPACK_DIMS_MAX];

	p->guard = xcalloc(p->n_words, sizeof(*p->guard));
	p->empty = xcalloc(p->n_words, sizeof(*p->empty));
	p->word = xcalloc((size_t)p->n_kinds * p->n_words, sizeof(*p->word));
	for (uint32_t d = 0; d < p->n_dims; d++)
		guard[d] = (int64_t)1 << (p->bits[d] - 1);
	add_fields(p, guard, p->guard);
	add_fields(p, guard, p->empty);
	add_fields(p, p->capacity, p->empty);
	for (uint32_t k = 0; k < p->n_kinds; k++) {
		const int64_t *size = p->size + (size_t)k * p->n_dims;

		add_fields(p, size, p->word + (size_t)k * p->n_words);
		for (uint32_t d = 0; d < p->n_dims; d++)
			p->volume[k] += (double)size[d] / (double)p->capacity[d];
	}
}

int problem_new(const struct binpack_instance *inst, struct problem **ret, struct err *err)
{
	int64_t negative[BINPACK_DIMS_MAX] = {0};
	bool has_negative = false;
	struct problem *p;
	int r = check_shape(inst, err);

	for (uint32_t d = 0; r == 0 && d < inst->n_dims; d++) {
		r = check_dimension(inst, d, &negative[d], err);
		has_negative = has_negative || (r == 0 && negative[d] > 0);
	}
	if (r < 0)
		return r;
	p = xcalloc(1, sizeof(*p));
	p->n_dims = inst->n_dims;
	p->n_items = inst->n_items;
	p->capacity = inst->capacity;
	p->has_negative = has_negative;
	p->size = xcalloc((size_t)p->n_items * p->n_dims, sizeof(*p->size));
	p->demand = xcalloc(p->n_items, sizeof(*p->demand));
	p->first = xcalloc((size_t)p->n_items + 1, sizeof(*p->first));
	p->item_at = xcalloc(p->n_items, sizeof(*p->item_at));
	p->kind_at = xcalloc(p->n_items, sizeof(*p->kind_at));
	p->bits = xcalloc(p->n_dims, sizeof(*p->bits));
	p->volume = xcalloc(p->n_items, sizeof(*p->volume));
	make_kinds(p, inst);
	make_fields(p, negative);
	make_words(p);
	*ret = p;
	return 0;
}

void problem_free(struct problem *p)
{
	if (!p)
		return;
	free(p->size);
	free(p->demand);
	free(p->first);
	free(p->item_at);
	free(p->kind_at);
	free(p->bits);
	free(p->guard);
	free(p->empty);
	free(p->word);
	free(p->volume);
	free(p);
}
