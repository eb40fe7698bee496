/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/ranked.h"

#include <stdlib.h>

#include "core/base/rng.h"
#include "tests/support/test.h"

#define N 200
#define K 7

static int compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->key < y->key || x->key > y->key)
		return x->key < y->key ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void keeps_the_least_as_sorting_all_would(void)
{
	struct ranked all[N], best[K];
	struct rng rng;
	uint32_t n = 0;
	bool same = true;

	rng_init(&rng, 3, 0);
	for (uint32_t i = 0; i < N; i++) {
		all[i] = (struct ranked){(double)rng_below(&rng, 20), N - i};
		n = ranked_keep(best, n, K, all[i]);
	}
	qsort(all, N, sizeof(all[0]), compare);
	CU_ASSERT_EQUAL(n, K);
	for (uint32_t i = 0; i < n; i++)
		same &= best[i].id == all[i].id;
	CU_ASSERT(same);
}

static void has_place_agrees_with_keep(void)
{
	struct ranked best[2] = {{1, 1}, {2, 2}};

	CU_ASSERT(ranked_has_place(best, 1, 2, 9));
	CU_ASSERT(ranked_has_place(best, 2, 2, 1.5));
	CU_ASSERT_FALSE(ranked_has_place(best, 2, 2, 3));
	CU_ASSERT_EQUAL(ranked_keep(best, 2, 2, (struct ranked){3, 0}), 2);
	CU_ASSERT_EQUAL(best[1].id, 2);
}

TEST_MAIN("ranked", TEST(keeps_the_least_as_sorting_all_would), TEST(has_place_agrees_with_keep))
