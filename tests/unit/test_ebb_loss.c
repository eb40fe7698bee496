/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expected unserved work against what it stands for: the same expectations by numeric integration
 * over a normal and over a gamma distribution, and against published quantiles.
 */
#include "policies/ebb/loss.h"

#include <math.h>

#include "core/base/rng.h"
#include "tests/support/test.h"

#define MEAN 4000.0
#define SD   500.0

/* Copy times of seven VMs: fast, middle and slow ones. */
static const double copies_s[] = {4, 4, 8, 8, 20, 30, 40};

static struct loss_model model(enum sample_kind sample)
{
	struct loss_model m;

	loss_model_init(&m, copies_s, sizeof(copies_s) / sizeof(copies_s[0]));
	m.sample = sample;
	m.interval_s = 300;
	return m;
}

static struct load normal_load(void)
{
	return (struct load){.mean = MEAN, .var = SD * SD};
}

/* A gamma distribution of that skewness, scaled to MEAN and SD, shifted to fit. */
static struct load skewed_load(double skew)
{
	return (struct load){.mean = MEAN, .var = SD * SD, .third = skew * SD * SD * SD};
}

static double normal_density(double z)
{
	return exp(-z * z / 2) / sqrt(2 * acos(-1));
}

/* Of (G - k) / sqrt(k), G a unit gamma of shape k: mean 0, variance 1, skewness 2 / sqrt(k). */
static double gamma_density(double z, double k)
{
	double x = k + z * sqrt(k);

	return x > 0 ? sqrt(k) * exp((k - 1) * log(x) - x - lgamma(k)) : 0;
}

/* E max(Z - z, 0) by the trapezoidal rule. shape 0: normal. */
static double integrate(double z, double shape)
{
	const double step = 1e-3;
	double sum = 0;

	for (double x = z; x < 30; x += step)
		sum += (x - z) * (shape > 0 ? gamma_density(x, shape) : normal_density(x));
	return sum * step;
}

static void excess_is_the_integral_over_a_normal(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	struct load l = normal_load();

	for (double z = -6; z <= 5; z += 0.37) {
		double right = SD * integrate(z, 0);

		CU_ASSERT_DOUBLE_EQUAL(loss_excess(&m, &l, MEAN + z * SD), right,
		                       2e-3 * right + 1e-6);
	}
}

/*
 * Above the mean, where hosts are run, the correction leaves an error of 1 % of the deviation for
 * each unit of skewness, and an eighth of the loss up to two deviations; without it half or more
 * of the loss is missed there. Below the mean it does not apply.
 */
static void excess_is_near_the_integral_over_a_skewed_gamma(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	const double skews[] = {0.5, 1};

	for (int i = 0; i < 2; i++) {
		struct load l = skewed_load(skews[i]), even = normal_load();
		double shape = 4 / (skews[i] * skews[i]);

		for (double z = -2; z <= 4; z += 0.25) {
			double right = SD * integrate(z, shape);
			double got = loss_excess(&m, &l, MEAN + z * SD);
			double plain = loss_excess(&m, &even, MEAN + z * SD);
			double tolerance = z < 0 ? 0.05 : 0.01;

			CU_ASSERT_DOUBLE_EQUAL(got, right, tolerance * SD * skews[i]);
			if (z > 0 && z <= 2)
				CU_ASSERT_DOUBLE_EQUAL(got, right, right / 8);
			if (z >= 0.5)
				CU_ASSERT(fabs(got - right) < fabs(plain - right));
		}
	}
}

/* The moments of random hosts, from nearly constant to very skewed. */
static struct load random_load(struct rng *rng)
{
	struct load l = {.mean = 1000 + 7000 * rng_double(rng), .common = 300 * rng_double(rng)};
	double sd = 1 + 1500 * rng_double(rng);

	l.var = sd * sd;
	l.third = 4 * rng_double(rng) * l.var * sd;
	for (int k = 0; k < LOSS_CLASSES; k++)
		l.relief[k] = l.mean / 4 * rng_double(rng);
	return l;
}

static void loss_falls_as_capacity_rises(void)
{
	struct loss_model m[] = {model(SAMPLE_PAST), model(SAMPLE_CURRENT)};
	struct rng rng;

	rng_init(&rng, 1, 0);
	for (int i = 0; i < 200; i++) {
		struct load l = random_load(&rng);
		double last[2] = {INFINITY, INFINITY};

		for (double c = 0; c < 16000; c += 50) {
			for (int k = 0; k < 2; k++) {
				double loss = loss_of(&m[k], &l, c);

				CU_ASSERT(loss >= 0 && loss <= last[k] * (1 + 1e-9));
				last[k] = loss;
			}
		}
		CU_ASSERT(last[0] < loss_of(&m[0], &l, l.mean));
	}
}

/*
 * H. Scarf, "A min-max solution of an inventory problem" (1958): whatever the law, the expected
 * excess over C is at most (sqrt(V + d^2) - d) / 2, d = C - M.
 */
static void no_law_of_that_mean_and_variance_loses_more(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	struct rng rng;

	rng_init(&rng, 3, 0);
	for (int i = 0; i < 200; i++) {
		struct load l = random_load(&rng);

		l.third *= 100; /* nothing that a first-order correction could handle */
		for (double c = 0; c < 16000; c += 50) {
			double d = c - l.mean, v = l.var + l.common * l.common;
			double most = (sqrt(v + d * d) - d) / 2;

			CU_ASSERT(loss_excess(&m, &l, c) <= most * (1 + 1e-3) + 1e-6);
		}
	}
}

static void loss_rises_with_mean_and_spread(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	struct load l = normal_load(), more = l, wider = l, together = l;

	more.mean += 100;
	wider.var *= 2;
	together.common = 400;
	CU_ASSERT(loss_of(&m, &more, 5000) > loss_of(&m, &l, 5000));
	CU_ASSERT(loss_of(&m, &wider, 5000) > loss_of(&m, &l, 5000));
	CU_ASSERT(loss_of(&m, &together, 5000) > loss_of(&m, &l, 5000));
}

/* Ten VMs that peak together are ten times as wide as one, ten that do not are 3.2 times. */
static void common_part_adds_up_without_diversification(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	struct load common = {.mean = MEAN, .common = 10 * 50};
	struct load as_wide = {.mean = MEAN, .var = 500 * 500};
	struct load apart = {.mean = MEAN, .var = 10 * 50 * 50};

	CU_ASSERT_DOUBLE_EQUAL(loss_of(&m, &common, 5000), loss_of(&m, &as_wide, 5000), 1e-9);
	CU_ASSERT(loss_of(&m, &common, 5000) > 100 * loss_of(&m, &apart, 5000));
}

static void constant_load_loses_what_is_over_and_nothing_below(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	struct load l = {.mean = 3000}, none = {0};

	CU_ASSERT_DOUBLE_EQUAL(loss_of(&m, &l, 2900), 300 * 100, 1e-6);
	CU_ASSERT_EQUAL(loss_of(&m, &l, 3100), 0);
	CU_ASSERT_EQUAL(loss_of(&m, &none, 1000), 0);
}

static void past_samples_lose_for_the_whole_interval(void)
{
	struct loss_model m = model(SAMPLE_PAST);
	struct load l = normal_load();

	l.relief[0] = 1000; /* does not help: nobody knows yet */
	CU_ASSERT_DOUBLE_EQUAL(loss_of(&m, &l, 4200), 300 * loss_excess(&m, &l, 4200), 1e-6);
	CU_ASSERT_EQUAL(loss_seconds(&m), 300);
}

static void current_samples_lose_until_the_layers_are_copied(void)
{
	struct loss_model m = model(SAMPLE_CURRENT);
	struct load l = normal_load();
	double e = loss_excess(&m, &l, 4200), *t = m.copy_s;
	double e1 = loss_excess(&m, &l, 4200 + 300), e2 = loss_excess(&m, &l, 4200 + 300 + 500);

	CU_ASSERT_DOUBLE_EQUAL(loss_of(&m, &l, 4200), t[2] * e, 1e-6); /* nothing to copy */
	l.relief[0] = 300;
	l.relief[1] = 500;
	l.relief[2] = 900; /* the slowest relieve nothing before the others have */
	CU_ASSERT_DOUBLE_EQUAL(loss_of(&m, &l, 4200),
	                       t[0] * e + (t[1] - t[0]) * e1 + (t[2] - t[1]) * e2, 1e-6);
	l.relief[0] = 1e6;
	CU_ASSERT_DOUBLE_EQUAL(loss_of(&m, &l, 4200), t[0] * e, 1e-6);
	CU_ASSERT(loss_seconds(&m) < 300);
}

static void copy_classes_part_fast_from_slow(void)
{
	struct loss_model m = model(SAMPLE_CURRENT);

	CU_ASSERT(m.copy_s[0] < m.copy_s[1] && m.copy_s[1] < m.copy_s[2]);
	CU_ASSERT_EQUAL(loss_class(&m, 4), 0);
	CU_ASSERT_EQUAL(loss_class(&m, 8), 1);
	CU_ASSERT_EQUAL(loss_class(&m, 40), 2);
	CU_ASSERT(m.copy_s[2] > 8 && m.copy_s[2] <= 40); /* the mean of the class */
}

static void fleet_without_vms_has_copy_times(void)
{
	struct loss_model m;

	loss_model_init(&m, NULL, 0);
	for (int k = 0; k < LOSS_CLASSES; k++)
		CU_ASSERT(m.copy_s[k] > 0 && m.copy_s[k] < 300);
}

static void probability_of_a_normal_is_its_quantile(void)
{
	struct load l = normal_load();

	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, MEAN), 0.5, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, MEAN + 1.281552 * SD), 0.1, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, MEAN + 2.326348 * SD), 0.01, 1e-7);
	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, MEAN - 3.090232 * SD), 0.999, 1e-7);
}

/* Chi-square of 8 degrees of freedom: mean 8, variance 16, skewness 1; quantiles from tables. */
static void probability_of_a_skewed_load_is_near_its_quantile(void)
{
	struct load l = {.mean = 800, .var = 100 * 100 * 16, .third = 1e6 * 64};

	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, 1336.2), 0.1, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, 1550.7), 0.05, 0.005);
	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, 2009.0), 0.01, 0.002);
	CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, 2612.4), 0.001, 0.0005);
}

static void probability_falls_from_one_to_zero(void)
{
	struct rng rng;

	rng_init(&rng, 2, 0);
	for (int i = 0; i < 100; i++) {
		struct load l = random_load(&rng);
		double last = 1;

		CU_ASSERT_DOUBLE_EQUAL(loss_probability(&l, -1e5), 1, 1e-6);
		for (double c = 0; c < 20000; c += 100) {
			double p = loss_probability(&l, c);

			CU_ASSERT(p >= 0 && p <= last);
			last = p;
		}
		CU_ASSERT(last < 1e-3);
	}
}

/*
 * Demand moves from `now` to its next value D in a straight line. What it is over capacity once the
 * last VM is copied stays unserved until the next sample: the expectation over D, integrated.
 */
static void drift_is_the_integral_over_the_way_to_the_next_sample(void)
{
	struct loss_model m = model(SAMPLE_CURRENT);
	struct load l = normal_load();
	double last_s = m.copy_s[LOSS_CLASSES - 1];

	for (double now = 3000; now <= 4500; now += 500) {
		double sum = 0, step = 1e-3;

		for (double z = -8; z < 12; z += step) {
			double d = MEAN + z * SD;
			double then = now + (d - now) * last_s / 300;

			sum += fmax(then - 4500, 0) * normal_density(z) * step;
		}
		sum *= 300 - last_s;
		CU_ASSERT_DOUBLE_EQUAL(loss_drift(&m, &l, now, 4500), sum, 5e-3 * sum + 1e-6);
	}
}

static void drift_counts_for_current_samples_only(void)
{
	struct loss_model past = model(SAMPLE_PAST), current = model(SAMPLE_CURRENT);
	struct load l = normal_load();

	CU_ASSERT_EQUAL(loss_drift(&past, &l, 4400, 4500), 0);
	CU_ASSERT(loss_drift(&current, &l, 4400, 4500) > loss_drift(&current, &l, 4200, 4500));
	CU_ASSERT(loss_drift(&current, &l, 4200, 4500) > loss_drift(&current, &l, 4200, 4600));
	CU_ASSERT(loss_drift(&current, &l, 4200, 4600) >= 0);
}

TEST_MAIN("ebb_loss", TEST(excess_is_the_integral_over_a_normal),
          TEST(excess_is_near_the_integral_over_a_skewed_gamma), TEST(loss_falls_as_capacity_rises),
          TEST(no_law_of_that_mean_and_variance_loses_more), TEST(loss_rises_with_mean_and_spread),
          TEST(common_part_adds_up_without_diversification),
          TEST(constant_load_loses_what_is_over_and_nothing_below),
          TEST(past_samples_lose_for_the_whole_interval),
          TEST(current_samples_lose_until_the_layers_are_copied),
          TEST(copy_classes_part_fast_from_slow), TEST(fleet_without_vms_has_copy_times),
          TEST(probability_of_a_normal_is_its_quantile),
          TEST(probability_of_a_skewed_load_is_near_its_quantile),
          TEST(probability_falls_from_one_to_zero),
          TEST(drift_is_the_integral_over_the_way_to_the_next_sample),
          TEST(drift_counts_for_current_samples_only))
