/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times and CSV fields as text. */
#include <stdlib.h>
#include <string.h>

#include "sim/output/field.h"
#include "tests/support/test.h"

static void check_seconds(usec_t t_us, const char *expected)
{
	char text[FIELD_TIME_LEN];

	field_seconds(t_us, text);
	CU_ASSERT_STRING_EQUAL(text, expected);
}

static void seconds_lose_zeros_but_no_microsecond(void)
{
	check_seconds(0, "0");
	check_seconds(300 * USEC_PER_SEC, "300");
	check_seconds(300100000, "300.1");
	check_seconds(1, "0.000001");
	check_seconds(10, "0.00001");
	check_seconds(1000000, "1");
	check_seconds(-1500000, "-1.5");
	check_seconds(USEC_NEVER, "9223372036854.775807");
}

static void check_clock(usec_t t_us, const char *expected)
{
	char text[FIELD_TIME_LEN];

	field_clock(t_us, text);
	CU_ASSERT_STRING_EQUAL(text, expected);
}

static void clock_counts_days(void)
{
	check_clock(0, "00:00:00");
	check_clock(86399 * USEC_PER_SEC, "23:59:59");
	check_clock(USEC_PER_DAY, "1d 00:00:00");
	check_clock(USEC_PER_DAY * 12 + 3661 * USEC_PER_SEC + 999999, "12d 01:01:01");
}

static void check_csv(const char *text, const char *expected)
{
	char *written = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&written, &len);

	field_csv(f, text);
	(void)fclose(f);
	CU_ASSERT_STRING_EQUAL(written, expected);
	free(written);
}

static void csv_quotes_only_what_needs_it(void)
{
	check_csv("h001", "h001");
	check_csv("", "");
	check_csv(NULL, "");
	check_csv("a b;c'd", "a b;c'd");
	check_csv("a,b", "\"a,b\"");
	check_csv("say \"yes\"", "\"say \"\"yes\"\"\"");
	check_csv("two\nlines", "\"two\nlines\"");
	check_csv("cr\r", "\"cr\r\"");
	check_csv("\"", "\"\"\"\"");
}

TEST_MAIN("field", TEST(seconds_lose_zeros_but_no_microsecond), TEST(clock_counts_days),
          TEST(csv_quotes_only_what_needs_it))
