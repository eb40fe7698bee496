/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pricing against brute force; column generation and the bound it proves; dives. */
#include "policies/binpack/colgen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/dive.h"
#include "policies/binpack/pricing.h"
#include "tests/support/packs.h"
#include "tests/support/test.h"

#define ROUNDS 200
#define ITEMS  10

struct rig {
	struct packs packs;
	struct problem *problem;
	uint32_t *kind; /* 0, 1, 2, ... */
	struct budget budget;
};

static void rig_init(struct rig *g, const struct packs_draw *d, struct rng *rng)
{
	packs_draw(&g->packs, d, rng);
	CU_ASSERT_EQUAL_FATAL(problem_new(&g->packs.instance, &g->problem, NULL), 0);
	g->kind = xcalloc(g->problem->n_kinds, sizeof(*g->kind));
	for (uint32_t k = 0; k < g->problem->n_kinds; k++)
		g->kind[k] = k;
	g->budget = (struct budget){.limit = UINT64_MAX};
}

static void rig_done(struct rig *g)
{
	problem_free(g->problem);
	packs_done(&g->packs);
	free(g->kind);
}

/* --- pricing ----------------------------------------------------------------------------- */

static bool set_fits(const struct problem *p, uint32_t items)
{
	for (uint32_t d = 0; d < p->n_dims; d++) {
		int64_t load = 0;

		for (uint32_t i = 0; i < p->n_items; i++)
			if (items >> i & 1)
				load += p->size[(size_t)p->kind_at[i] * p->n_dims + d];
		if (load > p->capacity[d])
			return false;
	}
	return true;
}

/* What the dearest set of items that fits a bin is worth. */
static int64_t dearest(const struct problem *p, const int64_t *price)
{
	int64_t best = 0;

	for (uint32_t items = 0; items < 1u << p->n_items; items++) {
		int64_t worth = 0;

		for (uint32_t i = 0; i < p->n_items; i++)
			worth += items >> i & 1 ? price[p->kind_at[i]] : 0;
		if (worth > best && set_fits(p, items))
			best = worth;
	}
	return best;
}

/* Every set found is worth more than a bin, fits, and has no more of a kind than there are. */
static void check_found(const struct problem *p, struct pricing *pr, const int64_t *price)
{
	for (uint32_t i = 0; i < pricing_n_found(pr); i++) {
		struct pricing_set s = pricing_found(pr, i);
		uint32_t items = 0;
		int64_t worth = 0;

		for (uint32_t x = 0; x < s.n; x++) {
			uint32_t at = p->first[s.row[x]];

			while (items >> at & 1)
				at++;
			CU_ASSERT_EQUAL(p->kind_at[at], s.row[x]);
			items |= 1u << at;
			worth += price[s.row[x]];
		}
		CU_ASSERT_TRUE(set_fits(p, items));
		CU_ASSERT_TRUE(worth > PRICING_ONE);
	}
}

static struct packs_draw draw_of(struct rng *rng)
{
	return (struct packs_draw){
	        .n_dims = 1 + (uint32_t)rng_below(rng, 5),
	        .n_items = 1 + (uint32_t)rng_below(rng, ITEMS),
	        .capacity = 30,
	        .least = 2,
	        .most = 3 + (int64_t)rng_below(rng, 20),
	        .duplicates = rng_double(rng),
	};
}

static void pricing_finds_the_dearest_set(void)
{
	struct rng rng;
	uint32_t above_one = 0;

	rng_init(&rng, 31, 0);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct packs_draw d = draw_of(&rng);
		int64_t price[ITEMS], most;
		struct pricing *pr;
		struct rig g;

		rig_init(&g, &d, &rng);
		for (uint32_t k = 0; k < g.problem->n_kinds; k++)
			price[k] = (int64_t)rng_below(&rng, (uint64_t)PRICING_ONE / 2);
		pr = pricing_new(g.problem, g.kind, g.problem->demand, g.problem->n_kinds);
		most = dearest(g.problem, price);
		CU_ASSERT_TRUE(pricing_run(pr, price, UINT64_MAX, &g.budget));
		if (most > PRICING_ONE + PRICING_ONE / 1000)
			CU_ASSERT_EQUAL(pricing_most(pr), most);
		CU_ASSERT_TRUE(pricing_most(pr) >= most);
		above_one += most > PRICING_ONE;
		check_found(g.problem, pr, price);
		pricing_free(pr);
		rig_done(&g);
	}
	CU_ASSERT_TRUE(above_one > ROUNDS / 4);
}

static void pricing_cut_short_claims_nothing(void)
{
	struct packs_draw d = {2, 200, 1000, 20, 60, 0};
	struct pricing *pr;
	int64_t *price;
	struct rig g;
	struct rng rng;

	rng_init(&rng, 32, 0);
	rig_init(&g, &d, &rng);
	price = xcalloc(g.problem->n_kinds, sizeof(*price));
	for (uint32_t k = 0; k < g.problem->n_kinds; k++)
		price[k] = PRICING_ONE / 10 + (int64_t)rng_below(&rng, (uint64_t)PRICING_ONE / 100);
	pr = pricing_new(g.problem, g.kind, g.problem->demand, g.problem->n_kinds);
	CU_ASSERT_FALSE(pricing_run(pr, price, 1000, &g.budget));
	CU_ASSERT_TRUE(pricing_n_found(pr) > 0);
	pricing_free(pr);
	free(price);
	rig_done(&g);
}

static void pricing_proves_nothing_with_negative_or_tiny_sizes(void)
{
	static const int64_t negative[] = {5, -1}, zero[] = {5, 0};
	static const int64_t *const sizes[] = {negative, zero};
	static const int64_t price[] = {1, 1};
	static const uint32_t kind[] = {0, 1};

	for (uint32_t i = 0; i < 2; i++) {
		struct budget budget = {.limit = UINT64_MAX};
		struct problem *p = NULL;
		struct pricing *pr;
		struct packs packs;

		packs_make(&packs, 1, 10, sizes[i], 2);
		CU_ASSERT_EQUAL_FATAL(problem_new(&packs.instance, &p, NULL), 0);
		pr = pricing_new(p, kind, p->demand, 2);
		CU_ASSERT_FALSE(pricing_run(pr, price, UINT64_MAX, &budget));
		pricing_free(pr);
		problem_free(p);
		packs_done(&packs);
	}
}

/* --- column generation ------------------------------------------------------------------- */

static void bound_by_patterns_is_at_most_the_optimum_and_mostly_equal(void)
{
	const struct colgen_goal goal = {0, UINT32_MAX, UINT32_MAX, 0, UINT64_MAX};
	uint32_t equal = 0;
	struct rng rng;

	rng_init(&rng, 33, 0);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct packs_draw d = draw_of(&rng);
		struct colgen *cg;
		uint32_t optimum;
		struct rig g;

		rig_init(&g, &d, &rng);
		cg = colgen_new(g.problem, g.kind, g.problem->demand, g.problem->n_kinds);
		colgen_run(cg, &goal, &g.budget);
		optimum = packs_optimum(&g.packs);
		CU_ASSERT_FALSE(colgen_has_failed(cg));
		CU_ASSERT_TRUE(colgen_bound(cg) <= optimum);
		CU_ASSERT_TRUE(colgen_objective(cg) <= optimum + 1e-3);
		equal += colgen_bound(cg) == optimum;
		colgen_free(cg);
		rig_done(&g);
	}
	CU_ASSERT_TRUE(equal > ROUNDS * 95 / 100);
}

static void prices_of_an_unfinished_run_are_repaired_to_a_bound(void)
{
	const struct colgen_goal short_goal = {.bound_until = UINT32_MAX, .max_rounds = 1};
	uint32_t close = 0;
	struct rng rng;

	rng_init(&rng, 36, 0);
	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct packs_draw d = draw_of(&rng);
		struct colgen *cg;
		uint32_t optimum;
		struct rig g;

		rig_init(&g, &d, &rng);
		cg = colgen_new(g.problem, g.kind, g.problem->demand, g.problem->n_kinds);
		colgen_run(cg, &short_goal, &g.budget);
		colgen_tighten(cg, UINT64_MAX, &g.budget);
		optimum = packs_optimum(&g.packs);
		CU_ASSERT_TRUE(colgen_bound(cg) <= optimum);
		close += colgen_bound(cg) + 1 >= optimum;
		colgen_free(cg);
		rig_done(&g);
	}
	CU_ASSERT_TRUE(close > ROUNDS * 9 / 10);
}

static void run_stops_when_enough_is_reached(void)
{
	struct packs_draw d = {3, 60, 150, 20, 100, 0};
	struct colgen_goal goal = {.enough = 60, .bound_until = UINT32_MAX, .max_rounds = 99};
	struct colgen *cg;
	struct rig g;
	struct rng rng;

	rng_init(&rng, 34, 0);
	rig_init(&g, &d, &rng);
	cg = colgen_new(g.problem, g.kind, g.problem->demand, g.problem->n_kinds);
	colgen_run(cg, &goal, &g.budget);
	CU_ASSERT_TRUE(colgen_objective(cg) > 40); /* single items are enough */
	goal.enough = 40;
	colgen_run(cg, &goal, &g.budget);
	CU_ASSERT_TRUE(colgen_objective(cg) < 40.1);
	CU_ASSERT_TRUE(colgen_objective(cg) > 20);
	colgen_free(cg);
	rig_done(&g);
}

static void dives_reach_the_bound_of_flavours(void)
{
	struct packs_draw d = {3, 400, 1000, 90, 420, 0.97}; /* a dozen kinds */
	struct colgen_goal goal = {0, UINT32_MAX, UINT32_MAX, 0, UINT64_MAX};
	struct dive_opts opts = {.share = 0.4};
	struct packing packing;
	struct colgen *cg;
	struct rig g;
	struct rng rng;

	rng_init(&rng, 35, 0);
	rig_init(&g, &d, &rng);
	packing = (struct packing){UINT32_MAX, xcalloc(d.n_items, sizeof(*packing.bin))};
	cg = colgen_new(g.problem, g.kind, g.problem->demand, g.problem->n_kinds);
	colgen_run(cg, &goal, &g.budget);
	opts.target = colgen_bound(cg);
	packing.n_bins = d.n_items;
	dive(g.problem, cg, &opts, &packing, &g.budget, &rng);
	CU_ASSERT_TRUE(packing.n_bins >= colgen_bound(cg));
	CU_ASSERT_TRUE(packing.n_bins <= colgen_bound(cg) + 1);
	colgen_free(cg);
	free(packing.bin);
	rig_done(&g);
}

TEST_MAIN("binpack_colgen", TEST(pricing_finds_the_dearest_set),
          TEST(pricing_cut_short_claims_nothing),
          TEST(pricing_proves_nothing_with_negative_or_tiny_sizes),
          TEST(bound_by_patterns_is_at_most_the_optimum_and_mostly_equal),
          TEST(prices_of_an_unfinished_run_are_repaired_to_a_bound),
          TEST(run_stops_when_enough_is_reached), TEST(dives_reach_the_bound_of_flavours))
