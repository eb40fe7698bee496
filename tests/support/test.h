/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H
/*
 * One test program = one file tests/unit/test_*.c (or tests/property/test_*.c) = one CUnit suite:
 *
 *     static void place_prefers_fuller_host(void) { ...CU_ASSERT_EQUAL(...); }
 *     TEST_MAIN("placement", TEST(place_prefers_fuller_host), TEST(...))
 *
 * The program prints CUnit's summary, and "suite: N passed, N failed" as its last line.
 */
#include <CUnit/CUnit.h>

struct test_case {
	const char *name;
	void (*run)(void);
};

#define TEST(fn)                       \
	{                              \
		.name = #fn, .run = fn \
	}

int test_run(const char *suite, const struct test_case *cases, unsigned n);

#define TEST_MAIN(suite, ...)                                                    \
	int main(void)                                                           \
	{                                                                        \
		static const struct test_case cases[] = {__VA_ARGS__};           \
                                                                                 \
		return test_run(suite, cases, sizeof(cases) / sizeof(cases[0])); \
	}

#endif
