/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_RANKED_H
#define CORE_BASE_RANKED_H
/*
 * The k least of a stream of keyed ids, kept sorted; equal keys: the lesser id is the lesser.
 */
#include <stdbool.h>
#include <stdint.h>

struct ranked {
	double key;
	uint32_t id;
};

/* Could an entry of this key still get in? Spares the caller the rest of its work. */
static inline bool ranked_has_place(const struct ranked *best, uint32_t n, uint32_t k, double key)
{
	return n < k || key <= best[n - 1].key;
}

/* Puts x in its place among best[0..n), n <= k; returns the new n. O(k), O(1) if it is too great.
 */
uint32_t ranked_keep(struct ranked *best, uint32_t n, uint32_t k, struct ranked x);

/* Ascending; ids must differ for the order to be total. */
void ranked_sort(struct ranked *a, uint32_t n);

#endif
