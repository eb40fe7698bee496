/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of .vbp: what it takes, and how it refuses. */
#include "sim/vbp.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/temp.h"
#include "tests/support/test.h"

static int read_text(const char *text, struct vbp *ret, struct err *err)
{
	char path[TEMP_PATH_MAX];
	int r;

	temp_write(text, path);
	r = vbp_read(path, ret, err);
	temp_remove(path);
	return r;
}

static void check_small(const char *path)
{
	struct err err = {""};
	struct vbp v = {0};

	CU_ASSERT_EQUAL_FATAL(vbp_read(path, &v, &err), 0);
	CU_ASSERT_EQUAL(v.n_dims, 3);
	CU_ASSERT_EQUAL(v.capacity[2], 1000);
	CU_ASSERT_EQUAL(v.n_kinds, 4);
	CU_ASSERT_EQUAL(v.size[0], 397);
	CU_ASSERT_EQUAL(v.size[5], 174);
	CU_ASSERT_EQUAL(v.size[6], -2);
	CU_ASSERT_EQUAL(v.demand[1], 5);
	CU_ASSERT_EQUAL(v.demand[3], 0);
	CU_ASSERT_EQUAL(v.n_items, 8);
	vbp_done(&v);
}

static void plain_and_compressed_files_are_read(void)
{
	check_small("tests/fixtures/vbp/small.vbp");
	check_small("tests/fixtures/vbp/small.vbp.gz");
	check_small("tests/fixtures/vbp/small.vbp.zst");
}

static void blanks_and_line_ends_do_not_matter(void)
{
	struct err err = {""};
	struct vbp v = {0};

	CU_ASSERT_EQUAL(read_text(" 2 \r\n\t10   20\r\n\r\n1\r\n 3\t 4  1 ", &v, &err), 0);
	CU_ASSERT_EQUAL(v.n_items, 1);
	CU_ASSERT_EQUAL(v.size[1], 4);
	vbp_done(&v);
}

static void instance_without_items_is_read(void)
{
	struct err err = {""};
	struct vbp v = {0};

	CU_ASSERT_EQUAL(read_text("1\n10\n0\n", &v, &err), 0);
	CU_ASSERT_EQUAL(v.n_items, 0);
	vbp_done(&v);
}

static void expect_refusal(const char *text, const char *words)
{
	struct vbp v = {.n_dims = 77};
	struct err err = {""};

	CU_ASSERT_EQUAL(read_text(text, &v, &err), -EINVAL);
	CU_ASSERT_EQUAL(v.n_dims, 77);
	if (!strstr(err.text, words)) {
		printf("%s: instead of %s\n", err.text, words);
		CU_FAIL("wrong message");
	}
}

static void mistakes_are_told_with_their_line(void)
{
	expect_refusal("", ":0: the file ends before the number of dimensions");
	expect_refusal("x\n", ":1: 'x' is not a whole number");
	expect_refusal("0\n", ":1: 0 dimensions; give 1 to 64");
	expect_refusal("65\n", ":1: 65 dimensions; give 1 to 64");
	expect_refusal("2 3\n", ":1: 2 numbers; expected 1: the number of dimensions");
	expect_refusal("2\n10\n", ":2: 1 numbers; expected 2: the capacity in each dimension");
	expect_refusal("2\n10 0\n", ":2: capacity 0 of dimension 2; give a number above 0");
	expect_refusal("1\n10\n", ":2: the file ends before the number of kinds");
	expect_refusal("1\n10\n-1\n", ":3: -1 kinds of items; give 0 to 1000000");
	expect_refusal("1\n10\n2\n3 1\n", ":4: the file ends before a size in each dimension");
	expect_refusal("1\n10\n1\n3\n", ":4: 1 numbers; expected 2: a size in each dimension");
	expect_refusal("1\n10\n1\n3.5 1\n", ":4: '3.5' is not a whole number of 64 bits");
	expect_refusal("1\n10\n1\n99999999999999999999 1\n", ":4: '99999999999999999999' is not");
	expect_refusal("1\n10\n1\n11 1\n", ":4: size 11 is above capacity 10 of dimension 1");
	expect_refusal("1\n10\n1\n3 -1\n", ":4: -1 items of this kind; give 0 or more");
	expect_refusal("1\n10\n2\n3 999999\n3 2\n", ":5: 2 items of this kind");
	expect_refusal("1\n10\n1\n3 1\n4 1\n", ":5: more lines than the 1 announced kinds");
}

static void many_numbers_in_a_line_are_refused(void)
{
	char text[4096] = "64\n";
	size_t len = strlen(text);

	for (int i = 0; i < 500; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d ", i + 1);
	expect_refusal(text, ":2: 500 numbers; expected 64");
}

static void missing_file_is_told(void)
{
	struct vbp v = {0};
	struct err err = {""};

	CU_ASSERT_EQUAL(vbp_read("/nonexistent/x.vbp", &v, &err), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nonexistent/x.vbp: "));
}

TEST_MAIN("vbp", TEST(plain_and_compressed_files_are_read),
          TEST(blanks_and_line_ends_do_not_matter), TEST(instance_without_items_is_read),
          TEST(mistakes_are_told_with_their_line), TEST(many_numbers_in_a_line_are_refused),
          TEST(missing_file_is_told))
