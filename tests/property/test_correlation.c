/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multiple correlation against a program that does what the definition says, one regression after
 * the other: the same bits, and the same winner, on random loads as VMs have them (whole percents,
 * constants, copies of each other, noise).
 */
#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "policies/reference/correlation.h"
#include "policies/reference/correlation_estimate.h"
#include "tests/support/test.h"

#define MAX    CORRELATION_MAX
#define ROUNDS 3000

struct loads {
	uint32_t n, m;
	double value[MAX][MAX]; /* [variable][sample], newest first */
};

/* Householder QR of the n columns of a over m rows, and the transformed y. False: exactly singular.
 */
static bool reflect_all(double (*a)[MAX], const struct loads *l, double *y, double *diag)
{
	uint32_t n = l->n, m = l->m;

	for (uint32_t k = 0; k < n; k++) {
		double norm2 = 0, scale;

		for (uint32_t i = k; i < m; i++)
			norm2 += a[k][i] * a[k][i];
		diag[k] = a[k][k] > 0 ? -sqrt(norm2) : sqrt(norm2);
		if (diag[k] == 0)
			return false;
		a[k][k] -= diag[k];
		scale = diag[k] * a[k][k];
		for (uint32_t c = k + 1; c <= n; c++) {
			double *x = c < n ? a[c] : y, sum = 0;

			for (uint32_t i = k; i < m; i++)
				sum += x[i] * a[k][i];
			sum /= scale;
			for (uint32_t i = k; i < m; i++)
				x[i] += sum * a[k][i];
		}
	}
	return true;
}

static void predictors(const struct loads *l, uint32_t of, double (*ret)[MAX])
{
	uint32_t k = 1;

	for (uint32_t i = 0; i < l->m; i++)
		ret[0][i] = 1;
	for (uint32_t j = 0; j < l->n; j++)
		if (j != of)
			memcpy(ret[k++], l->value[j], sizeof(ret[0]));
}

static double residual2(const struct loads *l, uint32_t of, const double *beta)
{
	double x[MAX][MAX], sum2 = 0;

	predictors(l, of, x);
	for (uint32_t i = 0; i < l->m; i++) {
		double fitted = 0, rest;

		for (uint32_t k = 0; k < l->n; k++)
			fitted += x[k][i] * beta[k];
		rest = l->value[of][i] - fitted;
		sum2 += rest * rest;
	}
	return sum2;
}

static double variation(const double *y, uint32_t m)
{
	double mean = 0, sum = 0;

	for (uint32_t i = 0; i < m; i++) {
		double d = y[i] - mean;

		mean += d / (i + 1.0);
		sum += i * d * (d / (i + 1.0));
	}
	return sum;
}

static bool oracle(const struct loads *l, double *ret_r2)
{
	for (uint32_t of = 0; of < l->n; of++) {
		double a[MAX][MAX] = {{0}}, y[MAX], diag[MAX];

		predictors(l, of, a);
		memcpy(y, l->value[of], sizeof(y));
		if (!reflect_all(a, l, y, diag))
			return false;
		for (uint32_t k = l->n; k-- > 0;) {
			y[k] /= diag[k];
			for (uint32_t i = 0; i < k; i++)
				y[i] -= y[k] * a[k][i];
		}
		ret_r2[of] = 1 - residual2(l, of, y) / variation(l->value[of], l->m);
	}
	return true;
}

static double percent(struct rng *rng, uint32_t below)
{
	return (double)rng_below(rng, below) / 100.0;
}

/* A variable like those of VMs. */
static void draw_variable(struct rng *rng, struct loads *l, uint32_t v)
{
	uint32_t kind = (uint32_t)rng_below(rng, 30), other = (uint32_t)rng_below(rng, v + 1);
	double level = percent(rng, 50);

	for (uint32_t i = 0; i < l->m; i++) {
		double x = percent(rng, 50);

		if (kind == 0) /* idle: constant, often 0 */
			x = level < 0.2 ? 0 : level;
		else if (kind == 1) /* a copy, but for a little noise */
			x = l->value[other][i] + (rng_below(rng, 9) ? 0 : 0.01);
		else if (kind == 2) /* nearly constant */
			x = level + (rng_below(rng, 12) ? 0 : 0.01);
		l->value[v][i] = x;
	}
}

static void draw(struct rng *rng, struct loads *l)
{
	memset(l, 0, sizeof(*l));
	l->m = rng_below(rng, 3) ? MAX : 2 + (uint32_t)rng_below(rng, MAX - 1);
	l->n = 2 + (uint32_t)rng_below(rng, l->m < 20 ? l->m - 1 : 19);
	for (uint32_t v = 0; v < l->n; v++)
		draw_variable(rng, l, v);
}

static void load(struct correlation *c, const struct loads *l)
{
	double reversed[MAX][MAX];
	const double *newest[MAX];

	for (uint32_t v = 0; v < l->n; v++) {
		for (uint32_t i = 0; i < l->m; i++)
			reversed[v][l->m - 1 - i] = l->value[v][i];
		newest[v] = &reversed[v][l->m - 1];
	}
	correlation_load(c, newest, l->n, l->m);
}

static uint32_t greatest(const double *r2, uint32_t n)
{
	uint32_t at = 0;
	double best = 0;

	for (uint32_t i = 0; i < n; i++)
		if (r2[i] > best) {
			best = r2[i];
			at = i;
		}
	return at;
}

static bool same_bits(const double *a, const double *b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
			return false;
	return true;
}

static void every_bit_is_that_of_separate_regressions(void)
{
	struct correlation *c = correlation_new();
	uint32_t differ = 0, singular = 0;
	struct rng rng;
	struct loads l;

	rng_init(&rng, 1, 1);
	for (int round = 0; round < ROUNDS; round++) {
		double expected[MAX], got[MAX];
		bool expected_ok, ok;

		draw(&rng, &l);
		load(c, &l);
		expected_ok = oracle(&l, expected);
		ok = correlation_compute(c, got);
		singular += !ok;
		differ += ok != expected_ok || (ok && !same_bits(expected, got, l.n));
	}
	CU_ASSERT_EQUAL(differ, 0);
	CU_ASSERT_TRUE(singular > 10 && singular < ROUNDS / 2);
	correlation_free(c);
}

static void the_winner_is_that_of_separate_regressions(void)
{
	struct correlation *c = correlation_new();
	uint32_t differ = 0;
	struct rng rng;
	struct loads l;

	rng_init(&rng, 2, 1);
	for (int round = 0; round < ROUNDS; round++) {
		double r2[MAX];
		uint32_t expected, got;

		draw(&rng, &l);
		load(c, &l);
		expected = oracle(&l, r2) ? greatest(r2, l.n) : CORRELATION_SINGULAR;
		got = correlation_greatest(c);
		differ += got != expected;
	}
	CU_ASSERT_EQUAL(differ, 0);
	correlation_free(c);
}

static void estimates_keep_their_bound(void)
{
	uint32_t beyond = 0, estimated = 0;
	struct rng rng;
	struct loads l;

	rng_init(&rng, 3, 1);
	for (int round = 0; round < ROUNDS; round++) {
		double x[MAX + 1][MAX] = {{0}}, estimate[MAX], exact[MAX] = {0};

		draw(&rng, &l);
		for (uint32_t i = 0; i < l.m; i++)
			x[0][i] = 1;
		memcpy(x[1], l.value, sizeof(l.value));
		if (!correlation_estimate((const double(*)[MAX])x, l.n, l.m, estimate))
			continue;
		estimated++;
		CU_ASSERT_TRUE_FATAL(oracle(&l, exact));
		for (uint32_t i = 0; i < l.n; i++)
			beyond += fabs(estimate[i] - exact[i]) > CORRELATION_ESTIMATE_ERROR / 10;
	}
	CU_ASSERT_EQUAL(beyond, 0);
	CU_ASSERT_TRUE(estimated > ROUNDS / 10);
}

TEST_MAIN("multiple correlation", TEST(every_bit_is_that_of_separate_regressions),
          TEST(the_winner_is_that_of_separate_regressions), TEST(estimates_keep_their_bound))
