/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packed sizes against plain arithmetic, kinds, and what is refused. */
#include "policies/binpack/problem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/packs.h"
#include "tests/support/test.h"

static struct problem *make(const struct packs *p)
{
	struct problem *pr = NULL;
	struct err err = {""};

	CU_ASSERT_EQUAL_FATAL(problem_new(&p->instance, &pr, &err), 0);
	return pr;
}

static int64_t size_of(const struct problem *p, uint32_t kind, uint32_t d)
{
	return p->size[(size_t)kind * p->n_dims + d];
}

/* Of two items of these kinds in one bin. */
static bool pair_fits(const struct problem *p, uint32_t a, uint32_t b)
{
	for (uint32_t d = 0; d < p->n_dims; d++)
		if (size_of(p, a, d) + size_of(p, b, d) > p->capacity[d])
			return false;
	return true;
}

static void check_pairs(const struct problem *p)
{
	uint64_t room[BINPACK_DIMS_MAX];
	uint32_t wrong = 0;

	for (uint32_t a = 0; a < p->n_kinds; a++)
		for (uint32_t b = 0; b < p->n_kinds; b++) {
			memcpy(room, p->empty, p->n_words * sizeof(*room));
			room_take(p, room, problem_word(p, a));
			wrong += room_holds(p, room, problem_word(p, b)) != pair_fits(p, a, b);
			room_take(p, room, problem_word(p, b));
			wrong += room_is_valid(p, room) != pair_fits(p, a, b);
			room_give(p, room, problem_word(p, b));
			room_give(p, room, problem_word(p, a));
			wrong += memcmp(room, p->empty, p->n_words * sizeof(*room)) != 0;
		}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void check_draw(int64_t capacity, int64_t least, uint32_t n_dims)
{
	struct packs_draw d = {
	        .n_dims = n_dims,
	        .n_items = 60,
	        .capacity = capacity,
	        .least = least,
	        .most = capacity,
	};
	struct problem *pr;
	struct packs p;
	struct rng rng;

	rng_init(&rng, (uint64_t)capacity, n_dims);
	packs_draw(&p, &d, &rng);
	pr = make(&p);
	check_pairs(pr);
	problem_free(pr);
	packs_done(&p);
}

static void packed_sizes_add_and_compare_like_numbers(void)
{
	for (uint32_t n_dims = 1; n_dims <= BINPACK_DIMS_MAX; n_dims += 7) {
		check_draw(1, 0, n_dims);
		check_draw(100, 0, n_dims);
		check_draw(1000, 0, n_dims);
		check_draw((int64_t)1 << 40, 0, n_dims);
	}
	check_draw(((int64_t)1 << 55) + 1, 0, 3);
}

static void packed_sizes_may_be_negative(void)
{
	check_draw(100, -100, 1);
	check_draw(100, -30, 9);
	check_draw((int64_t)1 << 31, -1000, 5);
}

static void equal_items_are_one_kind(void)
{
	static const int64_t size[] = {3, 4, 1, 2, 3, 4, 3, 5, 3, 4};
	struct problem *pr;
	struct packs p;

	packs_make(&p, 2, 10, size, 5);
	pr = make(&p);
	CU_ASSERT_EQUAL(pr->n_kinds, 3);
	CU_ASSERT_EQUAL(size_of(pr, 0, 1), 5); /* largest first */
	CU_ASSERT_EQUAL(pr->demand[1], 3);
	CU_ASSERT_EQUAL(pr->item_at[pr->first[1]], 0);
	CU_ASSERT_EQUAL(pr->item_at[pr->first[1] + 2], 4);
	CU_ASSERT_EQUAL(pr->kind_at[4], 2);
	problem_free(pr);
	packs_done(&p);
}

static void numbers_are_cut_to_their_field(void)
{
	static const int64_t size[] = {3, 4};
	static const int64_t wide[] = {-5, 1000000};
	uint64_t word;
	struct problem *pr;
	struct packs p;

	packs_make(&p, 2, 10, size, 1);
	pr = make(&p);
	problem_pack(pr, wide, &word);
	CU_ASSERT_FALSE(room_holds(pr, pr->empty, &word));
	CU_ASSERT_EQUAL(word & 15, 0); /* 10 has 4 bits; nothing of the second spills over */
	problem_free(pr);
	packs_done(&p);
}

static void expect_refusal(const struct binpack_instance *inst, int status, const char *words)
{
	struct problem *pr = NULL;
	struct err err = {""};

	CU_ASSERT_EQUAL(problem_new(inst, &pr, &err), status);
	CU_ASSERT_PTR_NULL(pr);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, words));
}

static void bad_instances_are_refused(void)
{
	static const int64_t zero = 0, ten = 10, eleven = 11, huge = INT64_MAX;
	static const int64_t large[] = {(int64_t)1 << 61, (int64_t)1 << 61};
	static const int64_t deep[] = {INT64_MIN};
	static const int64_t half = ((int64_t)1 << 62) - 1;

	expect_refusal(&(struct binpack_instance){0, 0, &ten, &ten}, -EINVAL, "0 dimensions");
	expect_refusal(&(struct binpack_instance){65, 0, &ten, &ten}, -EINVAL, "give 1 to 64");
	expect_refusal(&(struct binpack_instance){1, 1, &zero, &zero}, -EINVAL, "above 0");
	expect_refusal(&(struct binpack_instance){1, 1, &ten, &eleven}, -EINVAL,
	               "item 1: size 11 is above capacity 10 of dimension 1");
	expect_refusal(&(struct binpack_instance){1, 1, &huge, &ten}, -ERANGE, "62 bits");
	expect_refusal(&(struct binpack_instance){1, 2, &half, large}, -ERANGE, "62 bits");
	expect_refusal(&(struct binpack_instance){1, 1, &ten, deep}, -ERANGE, "62 bits");
	expect_refusal(&(struct binpack_instance){1, BINPACK_ITEMS_MAX + 1, &ten, &ten}, -EINVAL,
	               "at most");
}

TEST_MAIN("binpack_problem", TEST(packed_sizes_add_and_compare_like_numbers),
          TEST(packed_sizes_may_be_negative), TEST(equal_items_are_one_kind),
          TEST(numbers_are_cut_to_their_field), TEST(bad_instances_are_refused))
