/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Power of a host: the reference's table arithmetic to the bit, the formulas, the refusals. */
#include "core/model/power_model.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "tests/support/test.h"

/* HP ProLiant ML110 G4, SPECpower_ssj2008. */
static const struct power_model g4 = {
        .kind = POWER_TABLE,
        .table_w = {86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117},
};

static struct power_model formula(enum power_kind kind)
{
	return (struct power_model){.kind = kind, .idle_w = 100, .max_w = 200, .exponent = 1.4};
}

static void table_gives_its_points(void)
{
	for (int i = 0; i <= 10; i++)
		CU_ASSERT_DOUBLE_EQUAL(power_at(&g4, i / 10.0), g4.table_w[i], 1e-9);
}

/* In steps that meet most roundings: another order of the same operations is found out. */
static void table_interpolates_in_the_order_of_the_reference(void)
{
	for (int k = 0; k < 1000; k++) {
		double u = k / 1000.0;
		int i = (int)floor(u * 10), j = (int)ceil(u * 10);
		double delta = (g4.table_w[j] - g4.table_w[i]) / 10;
		double above = u - (double)i / 10;
		double rise = delta * above;
		double expected = g4.table_w[i] + rise * 100;
		double got = power_at(&g4, u);

		CU_ASSERT_EQUAL(memcmp(&got, &expected, sizeof(got)), 0);
	}
}

static void utilisation_is_clipped(void)
{
	CU_ASSERT_DOUBLE_EQUAL(power_at(&g4, 1.01), 117, 0);
	CU_ASSERT_DOUBLE_EQUAL(power_at(&g4, -0.1), 86, 0);
	CU_ASSERT_DOUBLE_EQUAL(power_at(&g4, NAN), 86, 0);
}

static void formulas_run_from_idle_to_full(void)
{
	for (enum power_kind k = POWER_LINEAR; k <= POWER_MSE; k++) {
		struct power_model m = formula(k);

		CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 0), 100, 1e-12);
		CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 1), 200, 1e-12);
	}
}

static void formulas_have_their_shapes(void)
{
	struct power_model m = formula(POWER_SQRT);

	CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 0.25), 150, 1e-12);
	m.kind = POWER_SQUARE;
	CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 0.5), 125, 1e-12);
	m.kind = POWER_CUBIC;
	CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 0.5), 112.5, 1e-12);
	m.kind = POWER_LINEAR;
	CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 0.5), 150, 1e-12);
	m.kind = POWER_MSE;
	CU_ASSERT_DOUBLE_EQUAL(power_at(&m, 0.5), 100 + 100 * (1 - pow(0.5, 1.4)), 1e-12);
}

static void good_models_pass(void)
{
	CU_ASSERT_EQUAL(power_check(&g4, NULL), 0);
	for (enum power_kind k = POWER_LINEAR; k <= POWER_MSE; k++) {
		struct power_model m = formula(k);

		CU_ASSERT_EQUAL(power_check(&m, NULL), 0);
	}
}

static void falling_table_is_refused_with_its_place(void)
{
	struct power_model m = g4;
	struct err err;

	m.table_w[5] = 99;
	CU_ASSERT_EQUAL(power_check(&m, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "99 W at 50 %"));
}

static void impossible_watts_are_refused(void)
{
	struct power_model m = g4;

	m.table_w[0] = -1;
	CU_ASSERT_EQUAL(power_check(&m, NULL), -EINVAL);
	m = formula(POWER_LINEAR);
	m.max_w = NAN;
	CU_ASSERT_EQUAL(power_check(&m, NULL), -EINVAL);
	m.max_w = 99;
	CU_ASSERT_EQUAL(power_check(&m, NULL), -EINVAL);
	m = formula(POWER_MSE);
	m.exponent = 2.5;
	CU_ASSERT_EQUAL(power_check(&m, NULL), -EINVAL);
}

TEST_MAIN("power_model", TEST(table_gives_its_points),
          TEST(table_interpolates_in_the_order_of_the_reference), TEST(utilisation_is_clipped),
          TEST(formulas_run_from_idle_to_full), TEST(formulas_have_their_shapes),
          TEST(good_models_pass), TEST(falling_table_is_refused_with_its_place),
          TEST(impossible_watts_are_refused))
