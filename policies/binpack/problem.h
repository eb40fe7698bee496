/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_PROBLEM_H
#define POLICIES_BINPACK_PROBLEM_H
/*
 * An instance as the algorithms of this folder see it.
 *
 * Order: items are sorted by size and numbered by their rank, the position. Equal items form one
 * kind, whose positions are consecutive. So nothing depends on the order of the input.
 *
 * Packed sizes: all dimensions of a size lie side by side in a few 64-bit words, each in a field
 * one bit wider than capacity needs. The spare highest bit of a field, the guard, is set in the
 * room of a bin. To subtract a size from a room is one subtraction a word, and the size fits if
 * no guard was borrowed from (Lamport, "Multiple byte processing with full-word instructions",
 * CACM 18(8), 1975).
 *
 * Negative sizes occur in published sets (a generator's slip). Fields have room for them; what
 * they break is that a part of what fits also fits, so removals are checked too where
 * has_negative is set, and proofs by patterns are not attempted.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policies/binpack/binpack.h"

struct problem {
	uint32_t n_dims, n_words, n_items, n_kinds;
	const int64_t *capacity; /* the instance's */
	int64_t *size;           /* n_kinds rows of n_dims */
	uint32_t *demand;        /* of a kind: its number of items */
	uint32_t *first;         /* of a kind: its first position; n_kinds + 1 */
	uint32_t *item_at;       /* of a position: the item of the instance */
	uint32_t *kind_at;       /* of a position */
	uint8_t *bits;           /* of a dimension: width of its field */
	uint64_t *guard;         /* n_words: the guards */
	uint64_t *empty;         /* n_words: room of an empty bin, guards set */
	uint64_t *word;          /* n_kinds rows of n_words: packed sizes */
	double *volume;          /* of a kind: sum over dimensions of size / capacity */
	bool has_negative;
};

/* What lies where, by position. */
struct packing {
	uint32_t n_bins;
	uint32_t *bin; /* n_items */
};

/* Checks and prepares; errors as binpack_solve(). inst must outlive it. */
int problem_new(const struct binpack_instance *inst, struct problem **ret, struct err *err);
void problem_free(struct problem *p);

/* Packs a size; negative numbers and numbers above a field are cut to the field. */
void problem_pack(const struct problem *p, const int64_t *size, uint64_t *ret_word);

static inline const uint64_t *problem_word(const struct problem *p, uint32_t kind)
{
	return p->word + (uint64_t)kind * p->n_words;
}

/* Whether need fits into room. */
static inline bool room_holds(const struct problem *p, const uint64_t *room, const uint64_t *need)
{
	for (uint32_t w = 0; w < p->n_words; w++)
		if (((room[w] - need[w]) & p->guard[w]) != p->guard[w])
			return false;
	return true;
}

/* Whether no dimension of room is overdrawn. */
static inline bool room_is_valid(const struct problem *p, const uint64_t *room)
{
	for (uint32_t w = 0; w < p->n_words; w++)
		if ((room[w] & p->guard[w]) != p->guard[w])
			return false;
	return true;
}

static inline void room_take(const struct problem *p, uint64_t *room, const uint64_t *size)
{
	for (uint32_t w = 0; w < p->n_words; w++)
		room[w] -= size[w];
}

static inline void room_give(const struct problem *p, uint64_t *room, const uint64_t *size)
{
	for (uint32_t w = 0; w < p->n_words; w++)
		room[w] += size[w];
}

#endif
