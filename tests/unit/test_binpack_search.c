/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The searches for packings one by one, and the whole solver. */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/binpack.h"
#include "policies/binpack/construct.h"
#include "policies/binpack/ejection.h"
#include "policies/binpack/exact_fill.h"
#include "tests/support/packs.h"
#include "tests/support/test.h"

struct rig {
	struct packs packs;
	struct problem *problem;
	struct packing packing;
	struct budget budget;
	struct rng rng;
};

static void rig_init(struct rig *g, uint64_t seed)
{
	CU_ASSERT_EQUAL_FATAL(problem_new(&g->packs.instance, &g->problem, NULL), 0);
	g->packing.bin = xcalloc(g->problem->n_items, sizeof(*g->packing.bin));
	g->packing.n_bins = UINT32_MAX;
	g->budget = (struct budget){.limit = 20000000};
	rng_init(&g->rng, seed, 1);
}

static void rig_done(struct rig *g)
{
	problem_free(g->problem);
	free(g->packing.bin);
	packs_done(&g->packs);
}

/* The packing by items instead of positions. */
static bool is_valid(const struct rig *g)
{
	uint32_t n = g->problem->n_items;
	uint32_t *bin_of = xcalloc(n, sizeof(*bin_of));
	bool ok;

	for (uint32_t i = 0; i < n; i++)
		bin_of[g->problem->item_at[i]] = g->packing.bin[i];
	ok = binpack_is_valid(&g->packs.instance, bin_of, g->packing.n_bins);
	free(bin_of);
	return ok;
}

static void greedy_packs_decreasing_sizes_well(void)
{
	static const int64_t size[] = {2, 3, 4, 6, 7, 8, 5, 5};
	struct rig g;

	packs_make(&g.packs, 1, 10, size, 8);
	rig_init(&g, 1);
	construct_best(g.problem, &g.packing, &g.budget);
	CU_ASSERT_EQUAL(g.packing.n_bins, 4);
	CU_ASSERT_TRUE(is_valid(&g));
	rig_done(&g);
}

static void greedy_packs_something_without_budget(void)
{
	struct packs_draw d = {2, 300, 100, 10, 60, 0};
	struct rig g;
	struct rng rng;

	rng_init(&rng, 41, 0);
	packs_draw(&g.packs, &d, &rng);
	rig_init(&g, 1);
	g.budget.limit = 0;
	construct_best(g.problem, &g.packing, &g.budget);
	CU_ASSERT_TRUE(g.packing.n_bins < 300);
	CU_ASSERT_TRUE(is_valid(&g));
	rig_done(&g);
}

static void ejection_empties_bins_and_stops_at_the_target(void)
{
	struct packs_draw d = {3, 60, 1000, 25, 100, 0};
	struct rig g;
	struct rng rng;

	rng_init(&rng, 42, 0);
	packs_draw(&g.packs, &d, &rng);
	rig_init(&g, 2);
	for (uint32_t i = 0; i < d.n_items; i++)
		g.packing.bin[i] = i;
	g.packing.n_bins = d.n_items;
	ejection_improve(g.problem, &g.packing, 7, &g.budget, &g.rng);
	CU_ASSERT_EQUAL(g.packing.n_bins, 7);
	CU_ASSERT_TRUE(is_valid(&g));
	ejection_improve(g.problem, &g.packing, 0, &g.budget, &g.rng);
	CU_ASSERT_TRUE(g.packing.n_bins <= 5); /* volume needs 4 or 5 */
	CU_ASSERT_TRUE(is_valid(&g));
	rig_done(&g);
}

static void ejection_keeps_bins_valid_with_negative_sizes(void)
{
	struct packs_draw d = {2, 60, 100, -20, 60, 0};
	struct rig g;
	struct rng rng;

	rng_init(&rng, 43, 0);
	packs_draw(&g.packs, &d, &rng);
	rig_init(&g, 3);
	construct_best(g.problem, &g.packing, &g.budget);
	CU_ASSERT_TRUE(is_valid(&g));
	ejection_improve(g.problem, &g.packing, 1, &g.budget, &g.rng);
	CU_ASSERT_TRUE(is_valid(&g));
	rig_done(&g);
}

static void find_triplets(uint32_t n_dims, uint32_t n_bins, uint32_t n_fills_min)
{
	struct exact_fill *e;
	struct rig g;
	struct rng rng;

	rng_init(&rng, 44, 0);
	packs_triplets(&g.packs, n_dims, n_bins, &rng);
	rig_init(&g, 4);
	CU_ASSERT_TRUE(exact_fill_applies(g.problem));
	e = exact_fill_new(g.problem, &g.budget);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(exact_fill_n(e) >= n_fills_min);
	CU_ASSERT_TRUE(exact_fill_search(e, &g.packing, &g.budget, &g.rng));
	CU_ASSERT_EQUAL(g.packing.n_bins, n_bins);
	CU_ASSERT_TRUE(is_valid(&g));
	exact_fill_free(e);
	rig_done(&g);
}

static void exact_fill_finds_triplets(void)
{
	find_triplets(2, 80, 80);
}

static void exact_fill_goes_back_from_wrong_choices(void)
{
	find_triplets(1, 30, 60);
}

static void exact_fill_uses_pairs_single_items_and_copies(void)
{
	static const int64_t size[] = {10, 5, 5, 6, 4, 3, 3, 4, 2, 2, 6};
	struct exact_fill *e;
	struct rig g;

	packs_make(&g.packs, 1, 10, size, 11);
	rig_init(&g, 5);
	CU_ASSERT_TRUE(exact_fill_applies(g.problem));
	e = exact_fill_new(g.problem, &g.budget);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(exact_fill_search(e, &g.packing, &g.budget, &g.rng));
	CU_ASSERT_EQUAL(g.packing.n_bins, 5);
	CU_ASSERT_TRUE(is_valid(&g));
	exact_fill_free(e);
	rig_done(&g);
}

static void exact_fill_gives_up_where_there_is_none(void)
{
	static const int64_t size[] = {7, 7, 7, 7, 1, 1};
	static const int64_t odd[] = {7, 7, 7};
	struct exact_fill *e;
	struct rig g;

	packs_make(&g.packs, 1, 10, size, 6); /* 30 = 3 bins, but no two 7 together */
	rig_init(&g, 6);
	CU_ASSERT_TRUE(exact_fill_applies(g.problem));
	e = exact_fill_new(g.problem, &g.budget);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_FALSE(exact_fill_search(e, &g.packing, &g.budget, &g.rng));
	CU_ASSERT_FALSE(budget_is_spent(&g.budget));
	exact_fill_free(e);
	rig_done(&g);
	packs_make(&g.packs, 1, 10, odd, 3);
	rig_init(&g, 6);
	CU_ASSERT_FALSE(exact_fill_applies(g.problem));
	rig_done(&g);
}

/* --- the solver -------------------------------------------------------------------------- */

static void expect_solution(struct packs *p, uint32_t bins, uint64_t divisor)
{
	struct binpack_result r = packs_solve(p, 1, divisor);

	CU_ASSERT_EQUAL(r.n_bins, bins);
	CU_ASSERT_EQUAL(r.lower_bound, bins);
	binpack_result_done(&r);
	packs_done(p);
}

static void trivial_instances_are_solved(void)
{
	static const int64_t two[] = {5, 6};
	struct packs p;

	packs_make(&p, 1, 10, two, 0);
	expect_solution(&p, 0, 1);
	packs_make(&p, 1, 10, two, 1);
	expect_solution(&p, 1, 1);
	packs_make(&p, 1, 10, two, 2);
	expect_solution(&p, 2, 1);
	packs_make(&p, 2, 10, two, 1);
	expect_solution(&p, 1, 1);
}

static void pairs_need_a_matching_and_the_patterns_prove_it(void)
{
	/* A cycle of five items where only neighbours fit together: 2.5 bins, so 3. */
	static const int64_t size[] = {6, 4, 1, 1, 5, 5, 6, 4, 1, 1, 1, 5, 6,
	                               4, 1, 1, 1, 5, 6, 4, 4, 1, 1, 5, 6};
	struct binpack_result r;
	struct packs p;

	packs_make(&p, 5, 10, size, 5);
	CU_ASSERT_EQUAL(packs_optimum(&p), 3);
	r = packs_solve(&p, 1, 10);
	CU_ASSERT_EQUAL(r.n_bins, 3);
	CU_ASSERT_EQUAL(r.lower_bound, 3);
	CU_ASSERT_EQUAL(r.lower_bound_by, BINPACK_PROOF_PATTERNS);
	binpack_result_done(&r);
	packs_done(&p);
}

static void many_items_of_few_flavours_are_solved_to_the_end(void)
{
	struct packs_draw d = {4, 3000, 1000, 20, 400, 0.995};
	struct binpack_result r;
	struct packs p;
	struct rng rng;

	rng_init(&rng, 45, 0);
	packs_draw(&p, &d, &rng);
	r = packs_solve(&p, 1, 2);
	CU_ASSERT_TRUE(r.n_bins <= r.lower_bound + 1);
	binpack_result_done(&r);
	packs_done(&p);
}

static void steps_are_a_limit(void)
{
	struct packs_draw d = {3, 250, 150, 20, 100, 0};
	struct binpack_result few, more;
	struct packs p;
	struct rng rng;

	rng_init(&rng, 46, 0);
	packs_draw(&p, &d, &rng);
	few = packs_solve(&p, 1, 1000);
	more = packs_solve(&p, 1, 8);
	CU_ASSERT_TRUE(few.steps < BINPACK_STEPS_DEFAULT / 100);
	CU_ASSERT_TRUE(more.steps < BINPACK_STEPS_DEFAULT / 6);
	CU_ASSERT_TRUE(more.n_bins <= few.n_bins);
	CU_ASSERT_TRUE(more.lower_bound >= few.lower_bound);
	binpack_result_done(&few);
	binpack_result_done(&more);
	packs_done(&p);
}

static void count_calls(void *ctx, const struct binpack_progress *now)
{
	CU_ASSERT_TRUE(now->lower_bound <= now->n_bins);
	CU_ASSERT_EQUAL(now->steps_max, 2000000);
	(*(uint32_t *)ctx)++;
}

static void progress_is_told_and_bins_are_numbered_by_first_item(void)
{
	struct packs_draw d = {3, 80, 150, 20, 100, 0};
	uint32_t calls = 0, next = 0;
	struct binpack_opts opts = {1, 2000000, count_calls, &calls};
	struct binpack_result r;
	struct packs p;
	struct rng rng;

	rng_init(&rng, 47, 0);
	packs_draw(&p, &d, &rng);
	CU_ASSERT_EQUAL_FATAL(binpack_solve(&p.instance, &opts, &r, NULL), 0);
	CU_ASSERT_TRUE(calls > 1);
	for (uint32_t i = 0; i < d.n_items; i++) {
		CU_ASSERT_TRUE(r.bin_of[i] <= next);
		next += r.bin_of[i] == next;
	}
	CU_ASSERT_EQUAL(next, r.n_bins);
	binpack_result_done(&r);
	packs_done(&p);
}

static void checker_sees_wrong_packings(void)
{
	static const int64_t size[] = {6, 5, 4};
	static const uint32_t good[] = {0, 1, 0}, full[] = {0, 0, 1}, beyond[] = {0, 1, 2};
	struct packs p;

	packs_make(&p, 1, 10, size, 3);
	CU_ASSERT_TRUE(binpack_is_valid(&p.instance, good, 2));
	CU_ASSERT_FALSE(binpack_is_valid(&p.instance, full, 2));
	CU_ASSERT_FALSE(binpack_is_valid(&p.instance, beyond, 2));
	packs_done(&p);
}

TEST_MAIN("binpack_search", TEST(greedy_packs_decreasing_sizes_well),
          TEST(greedy_packs_something_without_budget),
          TEST(ejection_empties_bins_and_stops_at_the_target),
          TEST(ejection_keeps_bins_valid_with_negative_sizes), TEST(exact_fill_finds_triplets),
          TEST(exact_fill_goes_back_from_wrong_choices),
          TEST(exact_fill_uses_pairs_single_items_and_copies),
          TEST(exact_fill_gives_up_where_there_is_none), TEST(trivial_instances_are_solved),
          TEST(pairs_need_a_matching_and_the_patterns_prove_it),
          TEST(many_items_of_few_flavours_are_solved_to_the_end), TEST(steps_are_a_limit),
          TEST(progress_is_told_and_bins_are_numbered_by_first_item),
          TEST(checker_sees_wrong_packings))
