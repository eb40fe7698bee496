/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalar notations: every accepted form, every refused one, and correct rounding of decimals. */
#include "core/base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void expect_double(const char *text, double expected)
{
	double v = -77;

	CU_ASSERT_EQUAL(text_to_double(text, &v), 0);
	if (!trace_rig_same(v, expected)) {
		printf("%.60s: got %.17g, expected %.17g\n", text, v, expected);
		CU_FAIL("wrong double");
	}
}

static void double_reads_plain_numbers(void)
{
	expect_double("0", 0.0);
	expect_double("-0", -0.0);
	expect_double("+7", 7.0);
	expect_double("100", 100.0);
	expect_double("0.1", 0.1);
	expect_double("12.50", 12.5);
	expect_double(".5", 0.5);
	expect_double("5.", 5.0);
	expect_double("1e3", 1000.0);
	expect_double("1E-3", 0.001);
	expect_double("000000000000000000000000000000000001.5", 1.5);
	expect_double("123456789012345678901234567890", 123456789012345678901234567890.0);
}

static void double_rounds_hard_cases_correctly(void)
{
	/* Known troublemakers: midpoints, subnormals, the ends of the range. */
	expect_double("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
	expect_double("2.2250738585072012e-308", 0x1p-1022);
	expect_double("2.2250738585072014e-308", 0x1p-1022);
	expect_double("4.9406564584124654e-324", 0x1p-1074);
	expect_double("2.4703282292062327e-324", 0.0);
	expect_double("2.4703282292062328e-324", 0x1p-1074);
	expect_double("1e-400", 0.0);
	expect_double("1.7976931348623157e308", 0x1.fffffffffffffp1023);
	expect_double("1.7976931348623158079e308", 0x1.fffffffffffffp1023);
	expect_double("9007199254740993", 9007199254740992.0);
	expect_double("9007199254740993.0000000000000000000000001", 9007199254740994.0);
	expect_double("9007199254740995", 9007199254740996.0);
	expect_double("6929495644600919.5", 6929495644600920.0);
	expect_double("3.518437208883201171875e13", 0x1.0000000000002p45);
	expect_double("62.5364939768271845828", 0x1.f44abd5aa7ca4p5);
	expect_double("8.10109172351e-10", 0x1.bd5cbaef0fd0cp-31);
	expect_double("1.50000000000000011102230246251565404", 1.5);
	expect_double("1.50000000000000011102230246251565405", 0x1.8000000000001p0);
	expect_double("8.442911973260991817129021e-309", 0x0.6123400000001p-1022);
	expect_double("1e23", 1e23);
	expect_double("8.5e22", 8.5e22);
}

static void double_takes_a_far_digit_into_account(void)
{
	static const char midpoint[] = "1.00000000000000011102230246251565404236316680908203125";
	char text[1101];

	/* 1 + 2^-53 lies between two doubles; a digit a thousand places later decides. */
	memset(text, '0', 1100);
	memcpy(text, midpoint, sizeof(midpoint) - 1);
	text[1100] = '\0';
	expect_double(text, 1.0);
	text[1099] = '1';
	expect_double(text, 0x1.0000000000001p0);
}

static void double_survives_printing(void)
{
	struct rng rng;
	char text[64];

	rng_init(&rng, 1, 2);
	for (int i = 0; i < 20000; i++) {
		uint64_t bits = rng_u64(&rng);
		double v;

		memcpy(&v, &bits, sizeof(v));
		if (!isfinite(v))
			continue;
		(void)snprintf(text, sizeof(text), "%.17g", v);
		expect_double(text, v);
		v = (double)(bits >> 11) * 0x1p-46; /* 0..128, as trace values are */
		(void)snprintf(text, sizeof(text), "%.17g", v);
		expect_double(text, v);
	}
}

static void double_agrees_with_the_library(void)
{
	struct rng rng;
	char text[64];

	rng_init(&rng, 3, 4);
	for (int i = 0; i < 20000; i++) {
		uint64_t digits = rng_u64(&rng) >> (i % 64);
		int exponent = (int)rng_below(&rng, 680) - 340;

		(void)snprintf(text, sizeof(text), "%llu.%06ue%d", (unsigned long long)digits,
		               (unsigned)(digits % 999983), exponent);
		if (isfinite(strtod(text, NULL)))
			expect_double(text, strtod(text, NULL));
	}
}

static void double_refuses_what_is_not_a_number(void)
{
	static const char *const bad[] = {"",     " 1",  "1 ",    "abc",   "nan",  "inf", "-inf",
	                                  "0x10", "1,5", "1.2.3", "1e",    "e5",   ".",   "-",
	                                  "+-1",  "1e+", "--1",   "1_000", "1e5x", "\n",  "5%"};
	double v = 42;

	for (size_t i = 0; i < COUNT(bad); i++)
		CU_ASSERT_EQUAL(text_to_double(bad[i], &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_double("1e309", &v), -ERANGE);
	CU_ASSERT_EQUAL(text_to_double("-1.7976931348623159e308", &v), -ERANGE);
	CU_ASSERT_EQUAL(text_to_double("1e99999999999999999999", &v), -ERANGE);
	CU_ASSERT_EQUAL(v, 42);
}

static void double_n_stops_at_len(void)
{
	double v = 0;

	CU_ASSERT_EQUAL(text_to_double_n("12,34", 2, &v), 0);
	CU_ASSERT_EQUAL(v, 12);
	CU_ASSERT_EQUAL(text_to_double_n("12,34", 0, &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_double_n("1\0002", 3, &v), -EINVAL);
}

static void int64_reads_its_whole_range(void)
{
	int64_t v = 5;

	CU_ASSERT_EQUAL(text_to_int64("-9223372036854775808", &v), 0);
	CU_ASSERT_EQUAL(v, INT64_MIN);
	CU_ASSERT_EQUAL(text_to_int64("9223372036854775807", &v), 0);
	CU_ASSERT_EQUAL(v, INT64_MAX);
	CU_ASSERT_EQUAL(text_to_int64("+012", &v), 0);
	CU_ASSERT_EQUAL(v, 12);
	CU_ASSERT_EQUAL(text_to_int64("9223372036854775808", &v), -ERANGE);
	CU_ASSERT_EQUAL(text_to_int64("-9223372036854775809", &v), -ERANGE);
	CU_ASSERT_EQUAL(text_to_int64("", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_int64("-", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_int64("1.0", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_int64("12 ", &v), -EINVAL);
	CU_ASSERT_EQUAL(v, 12);
}

static void duration_reads_units_and_sums(void)
{
	static const struct {
		const char *text;
		usec_t us;
	} good[] = {{"300", 300 * USEC_PER_SEC},
	            {"300s", 300 * USEC_PER_SEC},
	            {"5min", 300 * USEC_PER_SEC},
	            {"2h", 2 * USEC_PER_HOUR},
	            {"1d", USEC_PER_DAY},
	            {"7d12h", 7 * USEC_PER_DAY + 12 * USEC_PER_HOUR},
	            {"500ms", 500000},
	            {"1.5h", 5400 * USEC_PER_SEC},
	            {"0.25", 250000},
	            {"0", 0},
	            {"3us", 3}};
	usec_t us;

	for (size_t i = 0; i < COUNT(good); i++) {
		us = -1;
		CU_ASSERT_EQUAL(text_to_duration(good[i].text, &us), 0);
		CU_ASSERT_EQUAL(us, good[i].us);
	}
}

static void duration_refuses_nonsense(void)
{
	static const char *const bad[] = {"",    "s",   "5m", "7d12", "-5s", "-1",
	                                  "5 s", "1h!", "5S", "h5",   "nan"};
	usec_t us = 7;

	for (size_t i = 0; i < COUNT(bad); i++)
		CU_ASSERT_EQUAL(text_to_duration(bad[i], &us), -EINVAL);
	CU_ASSERT_EQUAL(text_to_duration("99999999999999d", &us), -ERANGE);
	CU_ASSERT_EQUAL(us, 7);
}

static void bytes_tell_powers_of_ten_and_two_apart(void)
{
	double v = 0;

	CU_ASSERT_EQUAL(text_to_bytes("512", &v), 0);
	CU_ASSERT_EQUAL(v, 512);
	CU_ASSERT_EQUAL(text_to_bytes("613MB", &v), 0);
	CU_ASSERT_EQUAL(v, 613e6);
	CU_ASSERT_EQUAL(text_to_bytes("4GiB", &v), 0);
	CU_ASSERT_EQUAL(v, 4294967296.0);
	CU_ASSERT_EQUAL(text_to_bytes("1.5 TB", &v), 0);
	CU_ASSERT_EQUAL(v, 1.5e12);
	CU_ASSERT_EQUAL(text_to_bytes("1e3", &v), 0);
	CU_ASSERT_EQUAL(v, 1000);
	CU_ASSERT_EQUAL(text_to_bytes("4G", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_bytes("GiB", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_bytes("-1GiB", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_bytes("1e308TB", &v), -ERANGE);
	CU_ASSERT_EQUAL(text_to_bytes("", &v), -EINVAL);
	CU_ASSERT_EQUAL(v, 1000);
}

static void ratio_reads_percent_and_plain(void)
{
	double v = 0;

	CU_ASSERT_EQUAL(text_to_ratio("5%", &v), 0);
	CU_ASSERT_EQUAL(v, 0.05);
	CU_ASSERT_EQUAL(text_to_ratio("0.05", &v), 0);
	CU_ASSERT_EQUAL(v, 0.05);
	CU_ASSERT_EQUAL(text_to_ratio("%", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_ratio("5%%", &v), -EINVAL);
	CU_ASSERT_EQUAL(text_to_ratio("", &v), -EINVAL);
}

/* The textbook table, to compare the banded one with. */
static size_t slow_distance(const char *a, const char *b)
{
	size_t d[16][16];

	for (size_t i = 0; i <= strlen(a); i++)
		for (size_t j = 0; j <= strlen(b); j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < d[i][j])
				d[i][j] = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < d[i][j])
				d[i][j] = d[i][j - 1] + 1;
		}
	return d[strlen(a)][strlen(b)];
}

static void edit_distance_equals_the_textbook_up_to_its_limit(void)
{
	struct rng rng;

	rng_init(&rng, 5, 6);
	for (int i = 0; i < 20000; i++) {
		char a[12] = "", b[12] = "";
		size_t limit = rng_below(&rng, 6), expected;

		for (size_t j = rng_below(&rng, 11); j-- > 0;)
			a[j] = (char)('a' + rng_below(&rng, 3));
		for (size_t j = rng_below(&rng, 11); j-- > 0;)
			b[j] = (char)('a' + rng_below(&rng, 3));
		expected = slow_distance(a, b);
		expected = expected > limit ? limit + 1 : expected;
		CU_ASSERT_EQUAL(text_edit_distance(a, b, limit), expected);
	}
}

static void suggest_names_the_nearest_or_nothing(void)
{
	static const char *const names[] = {"planetlab", "bitbrains", "azure", "ebb", "synth"};

	CU_ASSERT_STRING_EQUAL(text_suggest("planetlabs", names, COUNT(names)), "planetlab");
	CU_ASSERT_STRING_EQUAL(text_suggest("bitbrans", names, COUNT(names)), "bitbrains");
	CU_ASSERT_STRING_EQUAL(text_suggest("eb", names, COUNT(names)), "ebb");
	CU_ASSERT_PTR_NULL(text_suggest("google", names, COUNT(names)));
	CU_ASSERT_PTR_NULL(text_suggest("", names, COUNT(names)));
}

TEST_MAIN("text", TEST(double_reads_plain_numbers), TEST(double_rounds_hard_cases_correctly),
          TEST(double_takes_a_far_digit_into_account), TEST(double_survives_printing),
          TEST(double_agrees_with_the_library), TEST(double_refuses_what_is_not_a_number),
          TEST(double_n_stops_at_len), TEST(int64_reads_its_whole_range),
          TEST(duration_reads_units_and_sums), TEST(duration_refuses_nonsense),
          TEST(bytes_tell_powers_of_ten_and_two_apart), TEST(ratio_reads_percent_and_plain),
          TEST(edit_distance_equals_the_textbook_up_to_its_limit),
          TEST(suggest_names_the_nearest_or_nothing))
