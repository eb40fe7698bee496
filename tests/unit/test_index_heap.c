/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/index_heap.h"

#include "core/base/rng.h"
#include "tests/support/test.h"

#define N 64

/* The answer by looking at everything. */
static uint32_t least(const double *keys, const bool *in)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t i = 0; i < N; i++)
		if (in[i] && (best == UINT32_MAX || keys[i] < keys[best]))
			best = i;
	return best;
}

static void heap_agrees_with_a_scan_under_random_changes(void)
{
	struct index_heap h;
	double keys[N] = {0};
	bool in[N] = {false};
	struct rng rng;
	bool agreed = true;

	rng_init(&rng, 11, 0);
	index_heap_init(&h, N);
	for (int step = 0; step < 20000; step++) {
		uint32_t id = (uint32_t)rng_below(&rng, N);

		if (rng_below(&rng, 3) == 0) {
			index_heap_remove(&h, id);
			in[id] = false;
		} else {
			keys[id] = (double)rng_below(&rng, 20); /* many ties */
			index_heap_set(&h, id, keys[id]);
			in[id] = true;
		}
		agreed &= index_heap_first(&h) == least(keys, in);
		agreed &= index_heap_has(&h, id) == in[id];
	}
	CU_ASSERT(agreed);
	index_heap_done(&h);
}

static void cleared_heap_is_empty_and_can_be_filled_again(void)
{
	struct index_heap h;

	index_heap_init(&h, N);
	index_heap_set(&h, 3, 1);
	index_heap_clear(&h);
	CU_ASSERT_EQUAL(index_heap_first(&h), UINT32_MAX);
	CU_ASSERT_FALSE(index_heap_has(&h, 3));
	index_heap_set(&h, 3, 2);
	CU_ASSERT_EQUAL(index_heap_first(&h), 3);
	index_heap_done(&h);
}

TEST_MAIN("index_heap", TEST(heap_agrees_with_a_scan_under_random_changes),
          TEST(cleared_heap_is_empty_and_can_be_filled_again))
