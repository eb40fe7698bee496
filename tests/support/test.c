/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner behind TEST_MAIN; see test.h. */
#include "tests/support/test.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>

int test_run(const char *suite, const struct test_case *cases, unsigned n)
{
	unsigned failed;
	CU_pSuite s;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	s = CU_add_suite(suite, NULL, NULL);
	for (unsigned i = 0; s && i < n; i++)
		if (!CU_add_test(s, cases[i].name, cases[i].run))
			return EXIT_FAILURE;
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failed = CU_get_number_of_tests_failed();
	printf("%s: %u passed, %u failed\n", suite, CU_get_number_of_tests_run() - failed, failed);
	CU_cleanup_registry();
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
