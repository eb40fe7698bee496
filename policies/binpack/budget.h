/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_BUDGET_H
#define POLICIES_BINPACK_BUDGET_H
/*
 * Steps instead of seconds: every algorithm of this folder counts its elementary operations (a
 * comparison of a packed size, a multiplication of the simplex method) here and stops at the
 * limit, so that a result never depends on how busy the machine was.
 */
#include <stdbool.h>
#include <stdint.h>

struct budget {
	uint64_t spent;
	uint64_t limit;
};

static inline bool budget_is_spent(const struct budget *b)
{
	return b->spent >= b->limit;
}

/* Lowers the limit to at most steps from now and returns the old limit, to be put back. */
static inline uint64_t budget_cap(struct budget *b, uint64_t steps)
{
	uint64_t old = b->limit;

	if (b->spent < old && steps < old - b->spent)
		b->limit = b->spent + steps;
	return old;
}

#endif
