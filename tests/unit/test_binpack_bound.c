/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each quick bound on an instance where it is the one that counts. */
#include "policies/binpack/bound.h"

#include "tests/support/packs.h"
#include "tests/support/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct bound bound_of(uint32_t n_dims, int64_t capacity, const int64_t *size, uint32_t n)
{
	struct budget budget = {.limit = UINT64_MAX};
	struct problem *pr = NULL;
	struct packs p;
	struct bound b;

	packs_make(&p, n_dims, capacity, size, n);
	CU_ASSERT_EQUAL_FATAL(problem_new(&p.instance, &pr, NULL), 0);
	b = bound_quick(pr, &budget);
	problem_free(pr);
	packs_done(&p);
	return b;
}

static void expect(struct bound b, uint32_t bins, enum binpack_proof by)
{
	CU_ASSERT_EQUAL(b.bins, bins);
	CU_ASSERT_EQUAL(b.by, by);
}

static void volume_counts_the_fullest_dimension(void)
{
	static const int64_t size[] = {1, 5, 1, 5, 1, 5, 2, 5, 2, 1};

	expect(bound_of(2, 10, size, 5), 3, BINPACK_PROOF_VOLUME); /* 21 in dimension 2 */
}

static void volume_is_exact_when_bins_are_full(void)
{
	static const int64_t size[] = {5, 5, 4, 6, 3, 3, 4};

	expect(bound_of(1, 10, size, COUNT(size)), 3, BINPACK_PROOF_VOLUME);
}

static void no_items_need_no_bin(void)
{
	static const int64_t none = 0;

	expect(bound_of(1, 10, &none, 0), 0, BINPACK_PROOF_VOLUME);
	expect(bound_of(1, 10, &none, 1), 1, BINPACK_PROOF_VOLUME);
}

static void dual_feasible_function_sees_that_thirds_do_not_fit_three_times(void)
{
	/* V_2 counts each for a half: two a bin; volume says ceil(4.08). */
	static const int64_t size[] = {34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34, 34};

	expect(bound_of(1, 100, size, COUNT(size)), 6, BINPACK_PROOF_DUAL_FEASIBLE);
}

static void dual_feasible_function_sees_that_large_items_share_with_none(void)
{
	/* U_40: three items above 60 count whole, two of 40 as they are: 3.8; volume 2.9. */
	static const int64_t size[] = {70, 70, 70, 40, 40};

	expect(bound_of(1, 100, size, COUNT(size)), 4, BINPACK_PROOF_DUAL_FEASIBLE);
}

static void clique_sees_conflicts_of_different_dimensions(void)
{
	static const int64_t size[] = {6, 5, 1, 5, 1, 6, 1, 6, 5};

	expect(bound_of(3, 10, size, 3), 3, BINPACK_PROOF_CLIQUE);
}

static void negative_sizes_do_not_make_a_bound_too_high(void)
{
	static const int64_t size[] = {10, 8, -8, 10, 8, -8};

	CU_ASSERT_EQUAL(bound_of(1, 10, size, COUNT(size)).bins, 2); /* 10 8 -8 | 10 8 -8 */
}

static void huge_numbers_do_not_overflow(void)
{
	static const int64_t s = (int64_t)1 << 58;
	const int64_t size[] = {s, s, s, s, s, s, s, s};

	CU_ASSERT_EQUAL(bound_of(1, s + 1, size, COUNT(size)).bins, 8);
}

TEST_MAIN("binpack_bound", TEST(volume_counts_the_fullest_dimension),
          TEST(volume_is_exact_when_bins_are_full), TEST(no_items_need_no_bin),
          TEST(dual_feasible_function_sees_that_thirds_do_not_fit_three_times),
          TEST(dual_feasible_function_sees_that_large_items_share_with_none),
          TEST(clique_sees_conflicts_of_different_dimensions),
          TEST(negative_sizes_do_not_make_a_bound_too_high), TEST(huge_numbers_do_not_overflow))
