/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The published overload detectors on histories made by hand. */
#include "policies/reference/demand_log.h"
#include "policies/reference/detector.h"
#include "tests/support/test.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-12)

/* n values from first on, each `step` above the one before. */
static struct detector_input ramp(double *storage, uint32_t n, double first, double step)
{
	for (uint32_t i = 0; i < n; i++)
		storage[i] = first + step * i;
	return (struct detector_input){.history = storage, .n_history = n, .lookahead = 1};
}

static void thr_is_overloaded_above_its_threshold_not_at_it(void)
{
	struct detector_input in = {.demand_ratio = 0.8};
	struct verdict v = detector_thr.judge(&in, 0.8);

	CU_ASSERT_FALSE(v.overloaded);
	NEAR(v.statistic, 0.8);
	NEAR(v.threshold, 0.8);
	in.demand_ratio = 0.8000001;
	CU_ASSERT_TRUE(detector_thr.judge(&in, 0.8).overloaded);
}

static void spread_detectors_fall_back_below_twelve_values(void)
{
	const struct detector_ops *const ops[] = {&detector_iqr, &detector_mad};
	double h[12];

	for (int i = 0; i < 2; i++) {
		struct detector_input in = ramp(h, 11, 0.5, 0);

		in.demand_ratio = 0.71;
		CU_ASSERT_TRUE(ops[i]->judge(&in, 1).overloaded);
		NEAR(ops[i]->judge(&in, 1).threshold, 0.7);
		in = ramp(h, 12, 0.5, 0); /* no spread at all: the threshold is 1 */
		in.demand_ratio = 0.71;
		CU_ASSERT_FALSE(ops[i]->judge(&in, 1).overloaded);
		NEAR(ops[i]->judge(&in, 1).threshold, 1);
	}
}

static void iqr_takes_the_published_quartiles(void)
{
	double h[30];
	struct detector_input in = ramp(h, 12, 0.01, 0.01);

	/* n = 12: indices round(3.25) - 1 = 2 and round(9.75) - 1 = 9 */
	NEAR(detector_iqr.judge(&in, 1.5).threshold, 1 - 1.5 * 0.07);
	in = ramp(h, 13, 0.01, 0.01);
	/* n = 13: round(3.5) - 1 = 3 (halves go up) and round(10.5) - 1 = 10 */
	NEAR(detector_iqr.judge(&in, 1.5).threshold, 1 - 1.5 * 0.07);
	in = ramp(h, 30, 0.30, -0.01); /* any order */
	NEAR(detector_iqr.judge(&in, 1.5).threshold, 1 - 1.5 * 0.15);
}

static void mad_takes_the_median_distance_from_the_median(void)
{
	double h[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.4, 0.4, 0.4, 0.4, 0.4, 0.9};
	struct detector_input in = {.history = h, .n_history = 13, .lookahead = 1};

	/* median 0.2; distances .1 x 6, 0, .2 x 5, .7: their median is .1 */
	NEAR(detector_mad.judge(&in, 2.5).threshold, 1 - 2.5 * 0.1);
	in.n_history = 12; /* median (0.1 + 0.2) / 2 = 0.15; distances .05 x 7, .25 x 5 */
	NEAR(detector_mad.judge(&in, 2.5).threshold, 1 - 2.5 * 0.05);
}

static void spread_detectors_compare_current_demand(void)
{
	double h[30];
	struct detector_input in = ramp(h, 30, 0.1, 0.01);
	double threshold = detector_mad.judge(&in, 2.5).threshold;

	in.demand_ratio = threshold;
	CU_ASSERT_FALSE(detector_mad.judge(&in, 2.5).overloaded);
	in.demand_ratio = threshold + 1e-9;
	CU_ASSERT_TRUE(detector_mad.judge(&in, 2.5).overloaded);
}

static void lr_predicts_along_the_line(void)
{
	double h[10];
	struct detector_input in = ramp(h, 10, 0.1, 0.05); /* 0.1 at x = 1 */

	NEAR(detector_lr.judge(&in, 1.2).statistic, 1.2 * 0.6); /* x = 11 */
	in.lookahead = 3;
	NEAR(detector_lr.judge(&in, 1.2).statistic, 1.2 * 0.7); /* x = 13 */
}

static void lr_fits_least_squares(void)
{
	double h[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	struct detector_input in = {.history = h, .n_history = 10, .lookahead = 1};

	/* mean 0.1, slope 4.5 / 82.5; at 11 that is 5.5 further */
	NEAR(detector_lr.judge(&in, 1).statistic, 0.1 + 5.5 * 4.5 / 82.5);
}

static void lr_is_overloaded_from_one_on(void)
{
	double h[10];
	struct detector_input in = ramp(h, 10, 0.5, 0);

	CU_ASSERT_FALSE(detector_lr.judge(&in, 1.999).overloaded);
	CU_ASSERT_TRUE(detector_lr.judge(&in, 2).overloaded);
}

static void lr_ignores_current_demand_but_falls_back_to_it(void)
{
	double h[10];
	struct detector_input in = ramp(h, 10, 0.1, 0);

	in.demand_ratio = 2;
	CU_ASSERT_FALSE(detector_lr.judge(&in, 1.2).overloaded);
	in.n_history = 9;
	CU_ASSERT_TRUE(detector_lr.judge(&in, 1.2).overloaded);
	in.demand_ratio = 0.7;
	CU_ASSERT_FALSE(detector_lr.judge(&in, 1.2).overloaded);
}

static void lrr_is_lr_as_in_the_published_program(void)
{
	double h[10];
	struct detector_input in = ramp(h, 10, 0.2, 0.07);
	struct verdict a = detector_lr.judge(&in, 1.2), b = detector_lrr.judge(&in, 1.2);

	CU_ASSERT_EQUAL(a.statistic, b.statistic);
	CU_ASSERT_EQUAL(a.overloaded, b.overloaded);
}

TEST_MAIN("reference detectors", TEST(thr_is_overloaded_above_its_threshold_not_at_it),
          TEST(spread_detectors_fall_back_below_twelve_values),
          TEST(iqr_takes_the_published_quartiles),
          TEST(mad_takes_the_median_distance_from_the_median),
          TEST(spread_detectors_compare_current_demand), TEST(lr_predicts_along_the_line),
          TEST(lr_fits_least_squares), TEST(lr_is_overloaded_from_one_on),
          TEST(lr_ignores_current_demand_but_falls_back_to_it),
          TEST(lrr_is_lr_as_in_the_published_program))
