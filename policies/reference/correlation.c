/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * n regressions at little more than the price of a few.
 *
 * Regression i explains column i + 1 of the matrix X = [1 | variable 0 | ... | variable n - 1] by
 * its other n columns, in their order: p = 0..i, then i + 2..n. Step k of Householder's QR takes
 * the k-th of these columns, of which the entries from row k on are v after the first of them
 * became v_k - a with a = -+|v|, and reflects every later column x, and the explained one, by
 *
 *     x <- x - (-(x . v) / (a v_k)) v        over rows k, k + 1, ...
 *
 * Then R beta = Q'y is solved from below, and R^2 = 1 - |y - X beta|^2 / sum of (y - mean)^2.
 *
 * Near-singular systems are used as they come (idle VMs have nearly constant load), so every
 * rounding counts: sums run in the order of rows from 0, nothing is reordered. What can be saved
 * without touching a bit:
 *
 *   - regressions i, i + 1, ... share the steps 0..i - 1: these are done once, on `prefix`
 *   - LANES neighbouring regressions run side by side, one in each lane of a vector; their steps
 *     differ only in which column is the pivot while k is among them
 *   - four columns are reflected at a time, because a sum in order is a chain of additions that
 *     leaves the processor waiting
 *
 * Golub, Van Loan, Matrix Computations, section 5.2 (Householder QR); Abdi, Multiple correlation
 * coefficient, Encyclopedia of Measurement and Statistics, 2007.
 */
#include "policies/reference/correlation.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/reference/correlation_estimate.h"

#define ROWS    CORRELATION_MAX
#define COLUMNS (CORRELATION_MAX + 1) /* the intercept's and one a variable */

/* A vector of two doubles is one register of every 64-bit processor. */
#define LANES 2
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

struct correlation {
	uint32_t n, m; /* variables, samples */
	double x[COLUMNS][ROWS];
	double prefix[COLUMNS][ROWS]; /* x after the steps that all later regressions share */
	double prefix_diag[COLUMNS];
	/* LANES regressions from `first` on */
	uint32_t first;
	uint32_t own[LANES];       /* the variable explained in each lane */
	lanes work[COLUMNS][ROWS]; /* columns from `first` on */
	lanes mixed[LANES][ROWS];  /* pivots of the steps in which the lanes differ */
	lanes explained[ROWS];     /* y, then Q'y, then beta */
	const lanes *pivot[ROWS];  /* by step: R above the diagonal, v below */
	lanes diag[ROWS];
};

struct correlation *correlation_new(void)
{
	return xcalloc(1, sizeof(struct correlation));
}

void correlation_free(struct correlation *c)
{
	free(c);
}

void correlation_load(struct correlation *c, const double *const *newest, uint32_t n,
                      uint32_t n_samples)
{
	assert(n >= 2);
	assert(n <= n_samples);
	assert(n_samples <= CORRELATION_MAX);
	c->n = n;
	c->m = n_samples;
	for (uint32_t r = 0; r < c->m; r++) {
		c->x[0][r] = 1;
		for (uint32_t i = 0; i < n; i++)
			c->x[i + 1][r] = *(newest[i] - r);
	}
	for (uint32_t p = 0; p <= n; p++)
		memset(c->x[p] + c->m, 0, (ROWS - c->m) * sizeof(c->x[p][0]));
	memcpy(c->prefix, c->x, (n + 1) * sizeof(c->x[0]));
}

/* Makes column v the Householder vector of step k; returns the diagonal entry a of R. */
static double make_pivot(double *v, uint32_t k, uint32_t m)
{
	double norm2 = 0, a;

	for (uint32_t r = k; r < m; r++)
		norm2 += v[r] * v[r];
	a = v[k] > 0 ? -sqrt(norm2) : sqrt(norm2);
	v[k] -= a;
	return a;
}

/* Step k for all regressions after k: column k is the pivot. False: exactly singular. */
static bool step_prefix(struct correlation *c, uint32_t k)
{
	double *v = c->prefix[k];
	double a = make_pivot(v, k, c->m), scale = a * v[k];

	c->prefix_diag[k] = a;
	if (a == 0)
		return false;
	for (uint32_t p = k + 1; p <= c->n; p++) {
		double *x = c->prefix[p], dot = 0;

		for (uint32_t r = k; r < c->m; r++)
			dot -= x[r] * v[r];
		dot /= scale;
		for (uint32_t r = k; r < c->m; r++)
			x[r] -= dot * v[r];
	}
	return true;
}

/* A Householder reflection: rows k to m - 1. */
struct reflection {
	const lanes *v;
	lanes scale; /* a v_k */
	uint32_t k, m;
};

/* Four neighbouring columns of work. */
static void reflect4(lanes (*x)[ROWS], const struct reflection *h)
{
	const lanes *v = h->v, scale = h->scale;
	uint32_t k = h->k, m = h->m;
	lanes d0 = {0}, d1 = {0}, d2 = {0}, d3 = {0};

	for (uint32_t r = k; r < m; r++) {
		d0 -= x[0][r] * v[r];
		d1 -= x[1][r] * v[r];
		d2 -= x[2][r] * v[r];
		d3 -= x[3][r] * v[r];
	}
	d0 /= scale;
	d1 /= scale;
	d2 /= scale;
	d3 /= scale;
	for (uint32_t r = k; r < m; r++) {
		x[0][r] -= d0 * v[r];
		x[1][r] -= d1 * v[r];
		x[2][r] -= d2 * v[r];
		x[3][r] -= d3 * v[r];
	}
}

static void reflect1(lanes *x, const struct reflection *h)
{
	const lanes *v = h->v;
	uint32_t k = h->k, m = h->m;
	lanes dot = {0};

	for (uint32_t r = k; r < m; r++)
		dot -= x[r] * v[r];
	dot /= h->scale;
	for (uint32_t r = k; r < m; r++)
		x[r] -= dot * v[r];
}

/* Columns from `first` on, and the explained one, in every lane. */
static void load_lanes(struct correlation *c, uint32_t first)
{
	c->first = first;
	for (uint32_t l = 0; l < LANES; l++)
		c->own[l] = first + l < c->n ? first + l : c->n - 1; /* spare lanes repeat */
	for (uint32_t p = first; p <= c->n; p++)
		for (uint32_t r = 0; r < c->m; r++)
			for (uint32_t l = 0; l < LANES; l++)
				c->work[p][r][l] = c->prefix[p][r];
	for (uint32_t r = 0; r < c->m; r++)
		for (uint32_t l = 0; l < LANES; l++)
			c->explained[r][l] = c->prefix[c->own[l] + 1][r];
}

/* The column that step k takes: k before the explained one, k + 1 behind it. */
static lanes *choose_pivot(struct correlation *c, uint32_t k)
{
	lanes *mixed;

	if (k >= c->first + LANES)
		return c->work[k + 1];
	mixed = c->mixed[k - c->first];
	for (uint32_t l = 0; l < LANES; l++) {
		const lanes *column = c->work[k <= c->own[l] ? k : k + 1];

		for (uint32_t r = 0; r < c->m; r++)
			mixed[r][l] = column[r][l];
	}
	return mixed;
}

/* Step k of LANES regressions. False: one of them is exactly singular. */
static bool step_lanes(struct correlation *c, uint32_t k)
{
	lanes *v = choose_pivot(c, k), norm2 = {0};
	struct reflection h = {.v = v, .k = k, .m = c->m};
	/* While the lanes differ, some still need column k + 1: nobody minds it being reflected. */
	uint32_t p = k < c->first + LANES ? k + 1 : k + 2;

	for (uint32_t r = k; r < c->m; r++)
		norm2 += v[r] * v[r];
	for (uint32_t l = 0; l < LANES; l++) {
		double a = v[k][l] > 0 ? -sqrt(norm2[l]) : sqrt(norm2[l]);

		if (a == 0)
			return false;
		c->diag[k][l] = a;
		v[k][l] -= a;
	}
	h.scale = c->diag[k] * v[k];
	c->pivot[k] = v;
	for (; p + 3 <= c->n; p += 4)
		reflect4(&c->work[p], &h);
	for (; p <= c->n; p++)
		reflect1(c->work[p], &h);
	reflect1(c->explained, &h);
	return true;
}

/* R beta = Q'y from the last row up; beta replaces Q'y. */
static void solve_lanes(struct correlation *c)
{
	lanes *y = c->explained;

	for (uint32_t k = c->n; k-- > c->first;) {
		y[k] /= c->diag[k];
		for (uint32_t r = 0; r < k; r++)
			y[r] -= y[k] * c->pivot[k][r];
	}
	for (uint32_t k = c->first; k-- > 0;) {
		y[k] /= c->prefix_diag[k];
		for (uint32_t r = 0; r < k; r++)
			y[r] -= y[k] * c->prefix[k][r];
	}
}

/* |y - X beta|^2; the explained column itself counts 0 times, which adds nothing to a sum. */
static lanes residual_lanes(const struct correlation *c)
{
	lanes beta[COLUMNS], sum2 = {0};

	for (uint32_t p = 0; p <= c->n; p++)
		for (uint32_t l = 0; l < LANES; l++)
			beta[p][l] = p <= c->own[l]       ? c->explained[p][l]
			             : p == c->own[l] + 1 ? 0
			                                  : c->explained[p - 1][l];
	for (uint32_t r = 0; r < c->m; r++) {
		lanes fitted = {0}, rest;

		for (uint32_t p = 0; p <= c->n; p++)
			fitted += c->x[p][r] * beta[p];
		for (uint32_t l = 0; l < LANES; l++)
			rest[l] = c->x[c->own[l] + 1][r] - fitted[l];
		sum2 += rest * rest;
	}
	return sum2;
}

/* Sum of (y - mean)^2 by running means, in the order of rows (Welford 1962). */
static double total_variation(const double *y, uint32_t m)
{
	double mean = 0, sum2 = 0;

	for (uint32_t r = 0; r < m; r++) {
		double deviation = y[r] - mean, share = deviation / (r + 1.0);

		mean += share;
		sum2 += r * deviation * share;
	}
	return sum2;
}

bool correlation_compute(struct correlation *c, double *ret_r2)
{
	for (uint32_t first = 0; first < c->n; first += LANES) {
		lanes residual;

		load_lanes(c, first);
		for (uint32_t k = first; k < c->n; k++)
			if (!step_lanes(c, k))
				return false;
		solve_lanes(c);
		residual = residual_lanes(c);
		for (uint32_t l = 0; l < LANES && first + l < c->n; l++)
			ret_r2[first + l] =
			        1 - residual[l] / total_variation(c->x[first + l + 1], c->m);
		for (uint32_t k = first; k < first + LANES && k + 1 < c->n; k++)
			if (!step_prefix(c, k))
				return false;
	}
	return true;
}

static uint32_t index_of_greatest(const double *r2, uint32_t n)
{
	double best = 0;
	uint32_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (r2[i] > best) { /* false for NAN: a constant has no R^2 */
			best = r2[i];
			at = i;
		}
	}
	return at;
}

/* Does the greatest stay the greatest, whatever the estimates' errors are? */
static bool is_beyond_doubt(const double *r2, uint32_t n, uint32_t at)
{
	if (!(r2[at] > CORRELATION_ESTIMATE_ERROR))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (i != at && !(r2[i] < r2[at] - 2 * CORRELATION_ESTIMATE_ERROR))
			return false;
	return true;
}

uint32_t correlation_greatest(struct correlation *c)
{
	double r2[CORRELATION_MAX];

	if (correlation_estimate(c->x, c->n, c->m, r2)) {
		uint32_t at = index_of_greatest(r2, c->n);

		if (is_beyond_doubt(r2, c->n, at))
			return at;
	}
	if (!correlation_compute(c, r2))
		return CORRELATION_SINGULAR;
	return index_of_greatest(r2, c->n);
}
