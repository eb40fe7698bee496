/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * n regressions for the price of one. With X = Q R, all columns in it,
 *
 *     1 / ((X'X)^-1)_ii = 1 / |row i of R^-1|^2 = |column i - its fit by all other columns|^2
 *
 * so one factorisation gives the residuals of all regressions: O(m n^2) instead of O(m n^3).
 *
 * Its roundings are not those of n separate regressions, of course. Their distance is bounded by
 * the condition of X: both ways are backward stable, and a column less never makes X worse
 * conditioned (interlacing of singular values), so that with
 *
 *     |R|_F |R^-1|_F <= CONDITION_MAX = 1e6
 *
 * relative errors of residuals are below some 100 x 2^-53 x 1e6 = 1e-8, and no regression can meet
 * a diagonal entry that is exactly 0. Worse systems are left to the separate regressions.
 *
 * X = Q R by modified Gram-Schmidt, whose R is as good as Householder's (Bjorck, Numerics of
 * Gram-Schmidt orthogonalization, Linear Algebra Appl. 197, 1994); sums may run in any order
 * here, so they run in vectors over rows.
 */
#include "policies/reference/correlation_estimate.h"

#include <math.h>
#include <string.h>

#define CONDITION_MAX 1e6
#define COLUMNS       (CORRELATION_MAX + 1)

/* Two registers' worth, so that the additions of one sum need not wait for each other. */
#define LANES  2
#define BLOCKS (CORRELATION_MAX / LANES)
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

_Static_assert(BLOCKS % 3 == 0, "dot takes three blocks at a time");

static double dot(const lanes *a, const lanes *b)
{
	lanes s0 = {0}, s1 = {0}, s2 = {0};

	for (int i = 0; i < BLOCKS; i += 3) {
		s0 += a[i] * b[i];
		s1 += a[i + 1] * b[i + 1];
		s2 += a[i + 2] * b[i + 2];
	}
	s0 += s1 + s2;
	return s0[0] + s0[1];
}

static void subtract(lanes *x, double factor, const lanes *q)
{
	for (int i = 0; i < BLOCKS; i++)
		x[i] -= factor * q[i];
}

/* q becomes orthonormal; r[k][j] for k <= j. False: a column is as good as dependent. */
static bool factorise(lanes (*q)[BLOCKS], uint32_t columns, double (*r)[COLUMNS])
{
	for (uint32_t k = 0; k < columns; k++) {
		double norm = sqrt(dot(q[k], q[k]));

		if (!(norm > 1 / CONDITION_MAX))
			return false;
		r[k][k] = norm;
		for (int i = 0; i < BLOCKS; i++)
			q[k][i] /= norm;
		for (uint32_t j = k + 1; j < columns; j++) {
			r[k][j] = dot(q[k], q[j]);
			subtract(q[j], r[k][j], q[k]);
		}
	}
	return true;
}

/*
 * Squared norms of the rows of R^-1. Column j of the inverse from R z = e_j, from row j up; it
 * has nothing below.
 */
static void inverse_row_norms(double (*r)[COLUMNS], uint32_t columns, double *ret_norms)
{
	double z[COLUMNS];

	memset(ret_norms, 0, columns * sizeof(*ret_norms));
	for (uint32_t j = 0; j < columns; j++) {
		memset(z, 0, sizeof(z));
		z[j] = 1;
		for (uint32_t k = j + 1; k-- > 0;) {
			z[k] /= r[k][k];
			ret_norms[k] += z[k] * z[k];
			for (uint32_t i = 0; i < k; i++)
				z[i] -= r[i][k] * z[k];
		}
	}
}

static double squared_norm(double (*r)[COLUMNS], uint32_t columns)
{
	double sum = 0;

	for (uint32_t k = 0; k < columns; k++)
		for (uint32_t j = k; j < columns; j++)
			sum += r[k][j] * r[k][j];
	return sum;
}

/* Sum of (y - mean)^2. */
static double variation(const double *y, uint32_t m)
{
	double mean = 0, sum = 0;

	for (uint32_t i = 0; i < m; i++)
		mean += y[i];
	mean /= m;
	for (uint32_t i = 0; i < m; i++)
		sum += (y[i] - mean) * (y[i] - mean);
	return sum;
}

bool correlation_estimate(const double (*x)[CORRELATION_MAX], uint32_t n, uint32_t m,
                          double *ret_r2)
{
	lanes q[COLUMNS][BLOCKS];
	double r[COLUMNS][COLUMNS], norms[COLUMNS], inverse_norm = 0;
	uint32_t columns = n + 1;

	if (columns > m)
		return false;
	memcpy(q, x, columns * sizeof(q[0]));
	if (!factorise(q, columns, r))
		return false;
	inverse_row_norms(r, columns, norms);
	for (uint32_t k = 0; k < columns; k++)
		inverse_norm += norms[k];
	if (!(squared_norm(r, columns) * inverse_norm <= CONDITION_MAX * CONDITION_MAX))
		return false;
	for (uint32_t i = 0; i < n; i++)
		ret_r2[i] = 1 - 1 / (norms[i + 1] * variation(x[i + 1], m));
	return true;
}
