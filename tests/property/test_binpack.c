/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random instances of vector bin packing. Against brute force: no packing has fewer bins than the
 * optimum, no lower bound is above it. Always: packings are valid (packs_solve asserts it), and
 * neither the order of the items nor their being told apart matters.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/binpack.h"
#include "tests/support/packs.h"
#include "tests/support/test.h"

#define SMALL_ROUNDS 1500
#define SMALL_ITEMS  9
#define LARGE_ROUNDS 24
#define DIVISOR      400 /* of the default effort */

static void draw_small(struct packs *p, int64_t least, struct rng *rng)
{
	struct packs_draw d = {
	        .n_dims = 1 + (uint32_t)rng_below(rng, 4),
	        .n_items = (uint32_t)rng_below(rng, SMALL_ITEMS + 1),
	        .capacity = 5 + (int64_t)rng_below(rng, 100),
	        .least = least,
	        .duplicates = rng_double(rng) * 0.7,
	};

	d.most = 1 + (int64_t)rng_below(rng, (uint64_t)d.capacity);
	packs_draw(p, &d, rng);
}

static void compare_with_brute_force(int64_t least, uint64_t seed, uint32_t *ret_optimal)
{
	struct rng rng;

	rng_init(&rng, seed, 0);
	*ret_optimal = 0;
	for (uint32_t i = 0; i < SMALL_ROUNDS; i++) {
		struct packs p;
		struct binpack_result r;
		uint32_t optimum;

		draw_small(&p, least, &rng);
		optimum = packs_optimum(&p);
		r = packs_solve(&p, i, DIVISOR);
		CU_ASSERT_TRUE(r.n_bins >= optimum);
		CU_ASSERT_TRUE(r.lower_bound <= optimum);
		*ret_optimal += r.n_bins == optimum;
		binpack_result_done(&r);
		packs_done(&p);
	}
}

static void small_instances_are_packed_optimally(void)
{
	uint32_t optimal;

	compare_with_brute_force(0, 11, &optimal);
	CU_ASSERT_EQUAL(optimal, SMALL_ROUNDS);
}

static void bounds_hold_with_negative_sizes(void)
{
	uint32_t optimal;

	compare_with_brute_force(-3, 12, &optimal);
	CU_ASSERT_TRUE(optimal >= SMALL_ROUNDS * 9 / 10); /* order matters there; rarely missed */
}

static void draw_large(struct packs *p, struct rng *rng)
{
	struct packs_draw d = {
	        .n_dims = 1 + (uint32_t)rng_below(rng, 12),
	        .n_items = 20 + (uint32_t)rng_below(rng, 120),
	        .capacity = 150,
	        .least = 1 + (int64_t)rng_below(rng, 40),
	        .duplicates = rng_below(rng, 2) ? 0.9 : 0,
	};

	d.most = d.least + 10 + (int64_t)rng_below(rng, 90);
	packs_draw(p, &d, rng);
}

/* The same items, last first, every other one from the front. */
static void reorder(const struct packs *p, struct packs *ret)
{
	uint32_t n = p->instance.n_items, n_dims = p->instance.n_dims, to = 0;
	int64_t *size = xcalloc((size_t)n * n_dims, sizeof(*size));

	for (uint32_t i = n; i-- > 0;)
		if (i % 2 == 1)
			memcpy(size + (size_t)to++ * n_dims, p->size + (size_t)i * n_dims,
			       n_dims * sizeof(*size));
	for (uint32_t i = 0; i < n; i += 2)
		memcpy(size + (size_t)to++ * n_dims, p->size + (size_t)i * n_dims,
		       n_dims * sizeof(*size));
	packs_make(ret, n_dims, p->capacity[0], size, n);
	free(size);
}

/* A bin may be valid only because of its negative size: no stage may take that away. */
static void packings_are_valid_with_negative_sizes(void)
{
	struct rng rng;

	rng_init(&rng, 15, 0);
	for (uint32_t i = 0; i < LARGE_ROUNDS; i++) {
		struct packs_draw d = {
		        .n_dims = 1 + (uint32_t)rng_below(&rng, 4),
		        .n_items = 40 + (uint32_t)rng_below(&rng, 60),
		        .capacity = 100,
		        .least = -10,
		        .most = 90,
		        .duplicates = 0.5,
		};
		struct binpack_result r;
		struct packs p;

		packs_draw(&p, &d, &rng);
		r = packs_solve(&p, i, DIVISOR / 8);
		CU_ASSERT_TRUE(r.n_bins < d.n_items);
		binpack_result_done(&r);
		packs_done(&p);
	}
}

static void order_of_items_does_not_matter(void)
{
	struct rng rng;

	rng_init(&rng, 13, 0);
	for (uint32_t i = 0; i < LARGE_ROUNDS; i++) {
		struct packs p, q;
		struct binpack_result r, t;

		draw_large(&p, &rng);
		reorder(&p, &q);
		r = packs_solve(&p, i, DIVISOR);
		t = packs_solve(&q, i, DIVISOR);
		CU_ASSERT_EQUAL(r.n_bins, t.n_bins);
		CU_ASSERT_EQUAL(r.lower_bound, t.lower_bound);
		CU_ASSERT_EQUAL(r.steps, t.steps);
		binpack_result_done(&r);
		binpack_result_done(&t);
		packs_done(&p);
		packs_done(&q);
	}
}

static void same_seed_gives_same_packing(void)
{
	struct rng rng;

	rng_init(&rng, 14, 0);
	for (uint32_t i = 0; i < LARGE_ROUNDS; i++) {
		struct packs p;
		struct binpack_result r, t;

		draw_large(&p, &rng);
		r = packs_solve(&p, i, DIVISOR);
		t = packs_solve(&p, i, DIVISOR);
		CU_ASSERT_EQUAL(r.steps, t.steps);
		CU_ASSERT_EQUAL(r.n_bins, t.n_bins);
		CU_ASSERT_EQUAL(memcmp(r.bin_of, t.bin_of, p.instance.n_items * sizeof(*r.bin_of)),
		                0);
		binpack_result_done(&r);
		binpack_result_done(&t);
		packs_done(&p);
	}
}

TEST_MAIN("binpack", TEST(small_instances_are_packed_optimally),
          TEST(bounds_hold_with_negative_sizes), TEST(packings_are_valid_with_negative_sizes),
          TEST(order_of_items_does_not_matter), TEST(same_seed_gives_same_packing))
