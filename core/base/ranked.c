/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The k least, by insertion; see ranked.h. */
#include "core/base/ranked.h"

#include <stdlib.h>

static bool comes_before(struct ranked a, struct ranked b)
{
	if (a.key < b.key || a.key > b.key)
		return a.key < b.key;
	return a.id < b.id;
}

uint32_t ranked_keep(struct ranked *best, uint32_t n, uint32_t k, struct ranked x)
{
	uint32_t at;

	if (n == k && (k == 0 || !comes_before(x, best[k - 1])))
		return n;
	at = n < k ? n++ : k - 1;
	for (; at > 0 && comes_before(x, best[at - 1]); at--)
		best[at] = best[at - 1];
	best[at] = x;
	return n;
}

static int compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (comes_before(*x, *y))
		return -1;
	return comes_before(*y, *x);
}

void ranked_sort(struct ranked *a, uint32_t n)
{
	qsort(a, n, sizeof(*a), compare);
}
