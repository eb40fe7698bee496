/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The linear algebra and the simplex method under the bound by patterns. */
#include "policies/binpack/cover_lp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "policies/binpack/basis_lu.h"
#include "policies/binpack/columns.h"
#include "tests/support/test.h"

#define N    40
#define SLIP 1e-3 /* of objectives: demands are raised by up to 1e-5 */

/* --- columns ----------------------------------------------------------------------------- */

static void columns_know_a_pattern_in_any_order(void)
{
	static const uint32_t a[] = {1, 2, 5}, b[] = {5, 1, 2}, c[] = {1, 2, 2};
	struct columns cols;

	columns_init(&cols, 6);
	CU_ASSERT_TRUE(columns_add(&cols, a, 3));
	CU_ASSERT_FALSE(columns_add(&cols, b, 3));
	CU_ASSERT_TRUE(columns_add(&cols, c, 3));
	CU_ASSERT_EQUAL(cols.n, 8);
	columns_done(&cols);
}

static void filtered_columns_are_forgotten_and_can_return(void)
{
	static const uint32_t a[] = {0, 1}, b[] = {1, 2};
	bool keep[] = {true, true, true, false, true};
	struct columns cols;

	columns_init(&cols, 3);
	CU_ASSERT_TRUE(columns_add(&cols, a, 2));
	CU_ASSERT_TRUE(columns_add(&cols, b, 2));
	columns_filter(&cols, keep);
	CU_ASSERT_EQUAL(cols.n, 4);
	CU_ASSERT_EQUAL(cols.row[cols.start[3]], 1);
	CU_ASSERT_FALSE(columns_add(&cols, b, 2));
	CU_ASSERT_TRUE(columns_add(&cols, a, 2));
	columns_done(&cols);
}

/* --- basis ------------------------------------------------------------------------------- */

/* Column c of the basis as numbers. */
static void dense_column(const struct columns *cols, uint32_t c, double *ret)
{
	memset(ret, 0, cols->n_rows * sizeof(*ret));
	for (uint32_t e = cols->start[c]; e < cols->start[c + 1]; e++)
		ret[cols->row[e]] += columns_sign(cols, c);
}

/* The largest error of B z = a and of w B = c for random a and c. */
static double error_of(struct basis_lu *lu, const struct columns *cols, const uint32_t *head,
                       struct rng *rng)
{
	double a[N], work[N], z[N], c[N], w[N], column[N], worst = 0;

	for (uint32_t i = 0; i < N; i++) {
		a[i] = rng_double(rng);
		c[i] = rng_double(rng);
	}
	memcpy(work, a, sizeof(a));
	basis_lu_solve(lu, work, z);
	memcpy(work, c, sizeof(c));
	basis_lu_solve_left(lu, work, w);
	for (uint32_t s = 0; s < N; s++) {
		double sum = 0;

		dense_column(cols, head[s], column);
		for (uint32_t r = 0; r < N; r++) {
			a[r] -= column[r] * z[s];
			sum += w[r] * column[r];
		}
		worst = fmax(worst, fabs(sum - c[s]));
	}
	for (uint32_t r = 0; r < N; r++)
		worst = fmax(worst, fabs(a[r]));
	return worst;
}

static void add_random_patterns(struct columns *cols, uint32_t n, struct rng *rng)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t row[4], len = 1 + (uint32_t)rng_below(rng, 4);

		for (uint32_t x = 0; x < len; x++)
			row[x] = (uint32_t)rng_below(rng, N); /* a row twice is a pattern, too */
		(void)columns_add(cols, row, len);
	}
}

/* Brings random columns into the basis and looks at the solutions each time. */
static void basis_stays_exact_while_columns_change(void)
{
	uint32_t head[N], replaced = 0;
	struct basis_lu *lu = basis_lu_new(N);
	struct columns cols;
	double z[N], a[N], worst = 0;
	struct rng rng;

	rng_init(&rng, 21, 0);
	columns_init(&cols, N);
	add_random_patterns(&cols, 400, &rng);
	for (uint32_t s = 0; s < N; s++)
		head[s] = s;
	CU_ASSERT_TRUE_FATAL(basis_lu_factor(lu, &cols, head));
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t in = (uint32_t)rng_below(&rng, cols.n);
		uint32_t out = (uint32_t)rng_below(&rng, N);

		dense_column(&cols, in, a);
		basis_lu_solve(lu, a, z);
		if (fabs(z[out]) < 0.2)
			continue;
		head[out] = in;
		basis_lu_replace(lu, out, z);
		replaced++;
		if (basis_lu_is_stale(lu) && !basis_lu_factor(lu, &cols, head))
			CU_FAIL_FATAL("a regular basis was called singular");
		worst = fmax(worst, error_of(lu, &cols, head, &rng));
	}
	CU_ASSERT_TRUE(replaced > 200);
	CU_ASSERT_TRUE(worst < 1e-6);
	columns_done(&cols);
	basis_lu_free(lu);
}

static void singular_basis_is_noticed(void)
{
	static const uint32_t pair[] = {0, 1};
	static const uint32_t head[] = {3, 3, 2};
	struct basis_lu *lu = basis_lu_new(3);
	struct columns cols;

	columns_init(&cols, 3);
	CU_ASSERT_TRUE(columns_add(&cols, pair, 2));
	CU_ASSERT_FALSE(basis_lu_factor(lu, &cols, head));
	columns_done(&cols);
	basis_lu_free(lu);
}

static void zero_that_fills_in_is_found(void)
{
	/* [1 1; 1 0]: after either pivot the other place is filled, not given. */
	static const uint32_t both[] = {0, 1}, first[] = {0};
	static const uint32_t head[] = {2, 3};
	double a[] = {3, 2}, z[2];
	struct basis_lu *lu = basis_lu_new(2);
	struct columns cols;

	columns_init(&cols, 2);
	CU_ASSERT_TRUE(columns_add(&cols, both, 2));
	CU_ASSERT_TRUE(columns_add(&cols, first, 1));
	CU_ASSERT_TRUE(basis_lu_factor(lu, &cols, head));
	basis_lu_solve(lu, a, z);
	CU_ASSERT_DOUBLE_EQUAL(z[0], 2, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(z[1], 1, 1e-12);
	columns_done(&cols);
	basis_lu_free(lu);
}

/* --- covering ---------------------------------------------------------------------------- */

static double solve(struct cover_lp *lp)
{
	struct budget budget = {.limit = UINT64_MAX};

	CU_ASSERT_EQUAL(cover_lp_solve(lp, UINT32_MAX, &budget), COVER_LP_OPTIMAL);
	CU_ASSERT_TRUE(budget.spent > 0);
	return cover_lp_objective(lp);
}

/* Complementary slackness: prices feasible and worth the objective. */
static void check_prices(struct cover_lp *lp, const uint32_t *demand, uint32_t n)
{
	const double *y = cover_lp_prices(lp);
	double worth = 0;

	for (uint32_t r = 0; r < n; r++) {
		CU_ASSERT_TRUE(y[r] > -1e-6);
		worth += demand[r] * y[r];
	}
	for (uint32_t i = 0; i < cover_lp_n_patterns(lp); i++) {
		struct cover_pattern p = cover_lp_pattern(lp, i);
		double sum = 0;

		for (uint32_t x = 0; x < p.n; x++)
			sum += y[p.row[x]];
		CU_ASSERT_TRUE(sum < 1 + 1e-6);
	}
	CU_ASSERT_DOUBLE_EQUAL(worth, cover_lp_objective(lp), SLIP);
}

static void odd_cycle_is_covered_by_halves(void)
{
	static const uint32_t demand[] = {1, 1, 1, 1, 1};
	struct cover_lp *lp = cover_lp_new(demand, 5);

	for (uint32_t r = 0; r < 5; r++) {
		uint32_t pair[] = {r, (r + 1) % 5};

		CU_ASSERT_TRUE(cover_lp_add(lp, pair, 2));
	}
	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 2.5, SLIP);
	check_prices(lp, demand, 5);
	cover_lp_free(lp);
}

static void demands_and_repeated_rows_count(void)
{
	static const uint32_t demand[] = {7, 4}, three[] = {0, 0, 0}, mixed[] = {0, 1, 1};
	struct cover_lp *lp = cover_lp_new(demand, 2);

	CU_ASSERT_TRUE(cover_lp_add(lp, three, 3));
	CU_ASSERT_TRUE(cover_lp_add(lp, mixed, 3));
	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 2 + 5 / 3.0, SLIP); /* 2 mixed, 5/3 of three */
	check_prices(lp, demand, 2);
	cover_lp_free(lp);
}

static void patterns_added_later_improve_the_solution(void)
{
	static const uint32_t demand[] = {1, 1, 1, 1}, pair[] = {0, 1}, all[] = {3, 2, 1, 0};
	struct cover_lp *lp = cover_lp_new(demand, 4);

	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 4, SLIP);
	CU_ASSERT_TRUE(cover_lp_add(lp, pair, 2));
	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 3, SLIP);
	CU_ASSERT_TRUE(cover_lp_add(lp, all, 4));
	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 1, SLIP);
	cover_lp_shrink(lp, 0); /* what is in the basis stays */
	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 1, SLIP);
	cover_lp_free(lp);
}

/* Random patterns with and without a crash start, shrunk on the way: the same optimum. */
static void start_and_forgetting_do_not_change_the_optimum(void)
{
	uint32_t demand[N];
	struct cover_lp *a, *b;
	struct rng rng;

	rng_init(&rng, 22, 0);
	for (uint32_t r = 0; r < N; r++)
		demand[r] = 1 + (uint32_t)rng_below(&rng, 3);
	a = cover_lp_new(demand, N);
	b = cover_lp_new(demand, N);
	for (uint32_t i = 0; i < 300; i++) {
		uint32_t row[4];

		for (uint32_t x = 0; x < 4; x++)
			row[x] = (uint32_t)rng_below(&rng, N);
		CU_ASSERT_EQUAL(cover_lp_add(a, row, 4), cover_lp_add(b, row, 4));
	}
	cover_lp_crash(a);
	(void)solve(b);
	cover_lp_shrink(b, 100);
	CU_ASSERT_DOUBLE_EQUAL(solve(a), solve(b), SLIP);
	check_prices(a, demand, N);
	cover_lp_free(a);
	cover_lp_free(b);
}

static void crash_starts_from_patterns_that_share_no_row(void)
{
	static const uint32_t demand[] = {1, 1, 1, 1}, pairs[3][2] = {{0, 1}, {1, 2}, {2, 3}};
	struct budget budget = {.limit = UINT64_MAX};
	struct cover_lp *lp = cover_lp_new(demand, 4);

	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_TRUE(cover_lp_add(lp, pairs[i], 2));
	cover_lp_crash(lp);
	CU_ASSERT_EQUAL(cover_lp_solve(lp, 0, &budget), COVER_LP_LIMIT);
	CU_ASSERT_DOUBLE_EQUAL(cover_lp_objective(lp), 2, SLIP);
	CU_ASSERT_DOUBLE_EQUAL(cover_lp_pattern(lp, 5).value, 0, SLIP); /* after 4 single items */
	cover_lp_free(lp);
}

static void limit_of_pivots_leaves_a_feasible_solution(void)
{
	static const uint32_t demand[] = {1, 1, 1, 1}, pairs[2][2] = {{0, 1}, {2, 3}};
	struct budget budget = {.limit = UINT64_MAX};
	struct cover_lp *lp = cover_lp_new(demand, 4);

	CU_ASSERT_TRUE(cover_lp_add(lp, pairs[0], 2));
	CU_ASSERT_TRUE(cover_lp_add(lp, pairs[1], 2));
	CU_ASSERT_EQUAL(cover_lp_solve(lp, 1, &budget), COVER_LP_LIMIT);
	CU_ASSERT_TRUE(cover_lp_objective(lp) > 2.5);
	CU_ASSERT_DOUBLE_EQUAL(solve(lp), 2, SLIP);
	cover_lp_free(lp);
}

TEST_MAIN("binpack_lp", TEST(columns_know_a_pattern_in_any_order),
          TEST(filtered_columns_are_forgotten_and_can_return),
          TEST(basis_stays_exact_while_columns_change), TEST(singular_basis_is_noticed),
          TEST(zero_that_fills_in_is_found), TEST(odd_cycle_is_covered_by_halves),
          TEST(demands_and_repeated_rows_count), TEST(patterns_added_later_improve_the_solution),
          TEST(start_and_forgetting_do_not_change_the_optimum),
          TEST(crash_starts_from_patterns_that_share_no_row),
          TEST(limit_of_pivots_leaves_a_feasible_solution))
