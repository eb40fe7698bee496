/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bins without waste; see fills.h. For every pair of kinds (a, b) the third kind is known: its
 * size is C - s_a - s_b, which is looked up in a hash table of packed sizes.
 *
 * Complexity: O(k^2) for k kinds.
 */
#include "policies/binpack/fills.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define FILLS_MAX 200000 /* more than this is no triplet instance: give up */
#define NONE      FILL_NONE

struct finder {
	const struct problem *p;
	struct budget *budget;
	uint32_t *table; /* open addressing: kind, or NONE */
	uint32_t table_mask;
	struct fills *found;
	uint32_t size; /* of found->fill */
};

static uint32_t hash_word(const struct finder *e, const uint64_t *word)
{
	uint64_t h = 0;

	for (uint32_t w = 0; w < e->p->n_words; w++) {
		h = (h ^ word[w]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return (uint32_t)(h >> 16) & e->table_mask;
}

static bool same_word(const struct finder *e, uint32_t kind, const uint64_t *word)
{
	return memcmp(problem_word(e->p, kind), word, e->p->n_words * sizeof(*word)) == 0;
}

static void make_table(struct finder *e)
{
	uint32_t size = 4;

	while (size < 4 * (uint64_t)e->p->n_kinds)
		size *= 2;
	e->table_mask = size - 1;
	e->table = xcalloc(size, sizeof(*e->table));
	memset(e->table, 0xff, size * sizeof(*e->table));
	for (uint32_t k = 0; k < e->p->n_kinds; k++) {
		uint32_t at = hash_word(e, problem_word(e->p, k));

		while (e->table[at] != NONE)
			at = (at + 1) & e->table_mask;
		e->table[at] = k;
	}
}

static uint32_t find_kind(const struct finder *e, const uint64_t *word)
{
	uint32_t at = hash_word(e, word);

	while (e->table[at] != NONE && !same_word(e, e->table[at], word))
		at = (at + 1) & e->table_mask;
	return e->table[at];
}

/*
 * Whether the sizes really add up. Words of sums that leave their fields, as only negative sizes
 * make them, can agree by chance.
 */
static bool fills_exactly(const struct problem *p, const struct fill *f)
{
	for (uint32_t d = 0; d < p->n_dims; d++) {
		int64_t sum = 0;

		for (uint32_t i = 0; i < FILL_MAX && f->kind[i] != NONE; i++)
			sum += p->size[(size_t)f->kind[i] * p->n_dims + d];
		if (sum != p->capacity[d])
			return false;
	}
	return true;
}

static void add_fill(struct finder *e, uint32_t a, uint32_t b, uint32_t c)
{
	struct fill f = {.kind = {a, b, c}};

	if (!fills_exactly(e->p, &f))
		return;
	if (e->found->n == e->size) {
		e->size = e->size ? 2 * e->size : 1024;
		e->found->fill = xreallocarray(e->found->fill, e->size, sizeof(*e->found->fill));
	}
	e->found->fill[e->found->n++] = f;
}

/* Bins whose least kind is a. The words of full - s_a - s_b are those of a size, if one fills. */
static void find_fills_of(struct finder *e, uint32_t a)
{
	const struct problem *p = e->p;
	uint64_t rest[BINPACK_DIMS_MAX] = {0}, third[BINPACK_DIMS_MAX] = {0};
	uint64_t nothing = 0;
	uint32_t c;

	for (uint32_t w = 0; w < p->n_words; w++) {
		rest[w] = p->empty[w] - p->guard[w] - problem_word(p, a)[w];
		nothing |= rest[w];
	}
	if (nothing == 0)
		add_fill(e, a, NONE, NONE);
	c = find_kind(e, rest);
	if (c != NONE && c >= a)
		add_fill(e, a, c, NONE);
	for (uint32_t b = a; b < p->n_kinds; b++) {
		for (uint32_t w = 0; w < p->n_words; w++)
			third[w] = rest[w] - problem_word(p, b)[w];
		c = find_kind(e, third);
		if (c != NONE && c >= b)
			add_fill(e, a, b, c);
	}
	e->budget->spent += (uint64_t)(p->n_kinds - a) * 4;
}

bool fills_find(const struct problem *p, struct fills *ret, struct budget *budget)
{
	struct fills found = {0};
	struct finder e = {.p = p, .budget = budget, .found = &found};
	bool complete = true;

	make_table(&e);
	for (uint32_t a = 0; complete && a < p->n_kinds; a++) {
		complete = found.n <= FILLS_MAX && !budget_is_spent(budget);
		if (complete)
			find_fills_of(&e, a);
	}
	free(e.table);
	if (complete)
		*ret = found;
	else
		fills_done(&found);
	return complete;
}

void fills_done(struct fills *f)
{
	free(f->fill);
}
