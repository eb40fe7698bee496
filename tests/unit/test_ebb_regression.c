/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The regression that weighs a VM's past, on data whose right weights are known. */
#include "policies/ebb/regression.h"

#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "tests/support/test.h"

#define N REGRESSION_FEATURES

static const double prior[N] = {0.1, 0.2, 0.3, 0.2, 0.1, 0.1};

static double outcome_of(const double w[N], const float f[N])
{
	double sum = 0;

	for (int a = 0; a < N; a++)
		sum += w[a] * (double)f[a];
	return sum;
}

struct feed {
	const double *weights; /* the truth */
	double noise;
	double weight; /* of each case */
	int ticks;
};

static void feed(struct regression *r, struct rng *rng, const struct feed *x)
{
	for (int t = 0; t < x->ticks; t++) {
		regression_forget(r);
		for (int i = 0; i < 20; i++) {
			float f[N];

			for (int a = 0; a < N; a++)
				f[a] = (float)rng_double(rng);
			regression_add(r, f, outcome_of(x->weights, f) + x->noise * rng_normal(rng),
			               x->weight);
		}
	}
	regression_solve(r);
}

static double distance(const double a[N], const double b[N])
{
	double most = 0;

	for (int i = 0; i < N; i++)
		most = fmax(most, fabs(a[i] - b[i]));
	return most;
}

static void without_data_the_prior_weights_stay(void)
{
	struct regression r;

	regression_init(&r, prior);
	CU_ASSERT(distance(r.weights, prior) < 1e-12);
	for (int t = 0; t < 50; t++) {
		regression_forget(&r);
		regression_solve(&r);
		CU_ASSERT(distance(r.weights, prior) < 1e-9);
	}
}

static void weights_of_a_linear_law_are_found(void)
{
	const double law[N] = {0.7, 0, 0.2, 0, -0.1, 0.2};
	struct regression r;
	struct rng rng;

	rng_init(&rng, 1, 0);
	regression_init(&r, prior);
	feed(&r, &rng, &(struct feed){.weights = law, .weight = 10, .ticks = 200});
	CU_ASSERT(distance(r.weights, law) < 0.05);
	CU_ASSERT(distance(r.weights, prior) > 0.3);
}

static void noise_averages_out(void)
{
	const double law[N] = {0.7, 0, 0.2, 0, -0.1, 0.2};
	struct regression r;
	struct rng rng;

	rng_init(&rng, 2, 0);
	regression_init(&r, prior);
	feed(&r, &rng, &(struct feed){.weights = law, .noise = 0.2, .weight = 10, .ticks = 300});
	CU_ASSERT(distance(r.weights, law) < 0.1);
}

/* A VM that is uncertain must not decide for the others. */
static void cases_of_little_weight_count_little(void)
{
	const double law[N] = {1, 0, 0, 0, 0, 0}, lie[N] = {0, 0, 0, 0, 0, 1};
	struct regression r;
	struct rng rng;

	rng_init(&rng, 3, 0);
	regression_init(&r, prior);
	for (int t = 0; t < 200; t++) {
		feed(&r, &rng, &(struct feed){.weights = lie, .weight = 0.1, .ticks = 1});
		feed(&r, &rng, &(struct feed){.weights = law, .weight = 10, .ticks = 1});
	}
	CU_ASSERT(distance(r.weights, law) < 0.1);
}

static void change_of_the_law_is_followed(void)
{
	const double before[N] = {1, 0, 0, 0, 0, 0}, after[N] = {0, 0, 0, 1, 0, 0};
	struct regression r;
	struct rng rng;

	rng_init(&rng, 4, 0);
	regression_init(&r, prior);
	feed(&r, &rng, &(struct feed){.weights = before, .weight = 10, .ticks = 1000});
	CU_ASSERT(distance(r.weights, before) < 0.1);
	feed(&r, &rng, &(struct feed){.weights = after, .weight = 10, .ticks = 1000});
	CU_ASSERT(distance(r.weights, after) < 0.1);
}

/* All averages of a constant load are equal: any weights predict it, most of them absurdly. */
static void equal_features_give_tame_weights(void)
{
	struct regression r;

	regression_init(&r, prior);
	for (int t = 0; t < 100; t++) {
		const float f[N] = {0.4F, 0.4F, 0.4F, 0.4F, 0.4F, 0.4F};

		regression_forget(&r);
		regression_add(&r, f, 0.4, 100);
		regression_solve(&r);
		CU_ASSERT_DOUBLE_EQUAL(outcome_of(r.weights, f), 0.4, 0.01);
		CU_ASSERT(distance(r.weights, prior) < 0.1);
	}
}

/* Years of nothing, until all that was learnt before is forgotten to the last bit. */
static void features_of_zero_leave_weights_finite(void)
{
	const float zero[N] = {0};
	struct regression r;

	regression_init(&r, prior);
	for (int t = 0; t < 200000; t++) {
		regression_forget(&r);
		regression_add(&r, zero, 0, 1e4);
	}
	regression_solve(&r);
	for (int a = 0; a < N; a++)
		CU_ASSERT(isfinite(r.weights[a]));
	CU_ASSERT(distance(r.weights, prior) < 1e-6);
}

static void same_data_same_weights_to_the_last_bit(void)
{
	const double law[N] = {0.5, 0, 0, 0.5, 0, 0};
	struct regression r[2];

	for (int i = 0; i < 2; i++) {
		struct rng rng;

		rng_init(&rng, 5, 0);
		regression_init(&r[i], prior);
		feed(&r[i], &rng,
		     &(struct feed){.weights = law, .noise = 0.1, .weight = 3, .ticks = 50});
	}
	CU_ASSERT_EQUAL(memcmp(r[0].weights, r[1].weights, sizeof(r[0].weights)), 0);
}

TEST_MAIN("ebb_regression", TEST(without_data_the_prior_weights_stay),
          TEST(weights_of_a_linear_law_are_found), TEST(noise_averages_out),
          TEST(cases_of_little_weight_count_little), TEST(change_of_the_law_is_followed),
          TEST(equal_features_give_tame_weights), TEST(features_of_zero_leave_weights_finite),
          TEST(same_data_same_weights_to_the_last_bit))
