/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows in, columns out: exact for every kind of value, in memory and from a file. */
#include "sim/trace/spool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

#define ROWS    137
#define COLUMNS 700 /* more than one block */

/* The spool, and what was put into it. */
struct filled {
	struct spool *spool;
	double table[ROWS][COLUMNS];
};

/* Row kinds in turn: constant, bytes, MHz, floats, doubles, wild, with gaps in some. */
static double make_value(struct rng *rng, int row, int column)
{
	static const double wild[] = {-0.0, 1e300, -5, 255, 65535, 0.1, 1e-310, 4294967296.0};
	double v = 0;

	switch (row % 6) {
	case 0: return row;
	/* Every other such row reaches the value that stands for none in the narrower form. */
	case 1: v = (double)rng_below(rng, row % 12 == 1 ? 255 : 256); break;
	case 2: v = (double)rng_below(rng, row % 12 == 2 ? 65535 : 65536); break;
	case 3: v = (double)(float)rng_double(rng); break;
	case 4: v = rng_double(rng); break;
	case 5: v = wild[rng_below(rng, 8)]; break;
	}
	if (column == 1 && row % 12 == 7)
		v = 255;
	if (column == 1 && row % 12 == 8)
		v = 65535;
	return column % 11 == 3 && row % 4 == 1 ? NAN : v;
}

static struct filled *fill(size_t memory_max)
{
	struct filled *f = xcalloc(1, sizeof(*f));
	struct rng rng;

	f->spool = spool_new(memory_max);
	rng_init(&rng, 7, 7);
	for (int i = 0; i < ROWS; i++) {
		struct spool_row_values row = {.first = (uint64_t)(i * 3),
		                               .len = COLUMNS - 5 * (uint64_t)i,
		                               .values = f->table[i]};

		for (uint64_t k = 0; k < row.len; k++)
			f->table[i][k] = make_value(&rng, i, (int)k);
		CU_ASSERT_EQUAL(spool_add(f->spool, &row, NULL), 0);
	}
	return f;
}

/* Rows come out in reverse. */
static void seal(struct filled *f)
{
	uint32_t order[ROWS];

	for (uint32_t i = 0; i < ROWS; i++)
		order[i] = ROWS - 1 - i;
	CU_ASSERT_EQUAL_FATAL(spool_seal(f->spool, order, NULL), 0);
}

static int is_same(double a, double b)
{
	return (isnan(a) && isnan(b)) || trace_rig_same(a, b);
}

static int count_wrong(struct filled *f, uint64_t k)
{
	const double *column = spool_column(f->spool, k);
	int wrong = 0;

	for (uint64_t out = 0; out < ROWS; out++) {
		uint64_t i = ROWS - 1 - out, first = i * 3, len = COLUMNS - 5 * i;
		double expected = k >= first && k < first + len ? f->table[i][k - first] : NAN;

		wrong += !is_same(column[out], expected);
	}
	return wrong;
}

static void expect_all_and_free(struct filled *f)
{
	int wrong = 0;

	for (uint64_t k = 0; k < COLUMNS + 10; k++)
		wrong += count_wrong(f, k);
	wrong += count_wrong(f, 5) + count_wrong(f, 650) + count_wrong(f, 0);
	CU_ASSERT_EQUAL(wrong, 0);
	spool_free(f->spool);
	free(f);
}

static void rows_come_back_as_columns_bit_for_bit(void)
{
	struct filled *f = fill(SPOOL_MEMORY_MAX);

	seal(f);
	CU_ASSERT_EQUAL(spool_len(f->spool), ROWS);
	expect_all_and_free(f);
}

static void rows_beyond_the_bound_go_through_a_file(void)
{
	int before = trace_rig_descriptors();
	struct filled *f = fill(10000);

	CU_ASSERT_EQUAL(trace_rig_descriptors(), before + 1);
	seal(f);
	expect_all_and_free(f);
	CU_ASSERT_EQUAL(trace_rig_descriptors(), before);
}

static void a_row_larger_than_the_bound_is_kept(void)
{
	struct filled *f = fill(16);

	seal(f);
	expect_all_and_free(f);
}

static void a_missing_temporary_folder_is_told(void)
{
	struct spool *s = spool_new(1);
	double values[2] = {0.1, 0.2};
	struct spool_row_values row = {.len = 2, .values = values};
	struct err err = {{0}};
	const char *was = getenv("TMPDIR");
	char *old = was ? xstrdup(was) : NULL;

	(void)setenv("TMPDIR", "/nowhere", 1);
	CU_ASSERT_EQUAL(spool_add(s, &row, &err), 0);
	CU_ASSERT_TRUE(spool_add(s, &row, &err) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nowhere: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "set TMPDIR to a folder with room"));
	spool_free(s);
	(void)(old ? setenv("TMPDIR", old, 1) : unsetenv("TMPDIR"));
	free(old);
}

static void rows_without_values_are_missing_everywhere(void)
{
	struct spool *s = spool_new(SPOOL_MEMORY_MAX);
	uint32_t order[1] = {0};

	CU_ASSERT_EQUAL(spool_add(s, &(struct spool_row_values){.len = 0}, NULL), 0);
	CU_ASSERT_EQUAL(spool_seal(s, order, NULL), 0);
	CU_ASSERT_TRUE(isnan(spool_column(s, 0)[0]));
	CU_ASSERT_TRUE(isnan(spool_column(s, 1000000)[0]));
	spool_free(s);
	spool_free(NULL);
}

TEST_MAIN("spool", TEST(rows_come_back_as_columns_bit_for_bit),
          TEST(rows_beyond_the_bound_go_through_a_file), TEST(a_row_larger_than_the_bound_is_kept),
          TEST(a_missing_temporary_folder_is_told),
          TEST(rows_without_values_are_missing_everywhere))
