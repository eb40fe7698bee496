/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistical functions; see stats.h. */
#include "core/base/stats.h"

#include <assert.h>
#include <math.h>

#define SQRT_2    1.41421356237309504880
#define SQRT_2_PI 2.50662827463100050242

static double norm_pdf(double z)
{
	return exp(-0.5 * z * z) / SQRT_2_PI;
}

double norm_cdf(double z)
{
	return 0.5 * erfc(-z / SQRT_2);
}

double norm_loss(double z)
{
	return norm_pdf(z) - z * norm_cdf(-z);
}

/* Acklam's approximation (2003) for the lower tail; q = sqrt(-2 ln p). */
static double quantile_tail(double q)
{
	double num = ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q -
	                2.400758277161838e+00) *
	                       q -
	               2.549732539343734e+00) *
	                      q +
	              4.374664141464968e+00) *
	                     q +
	             2.938163982698783e+00;
	double den =
	        (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) *
	                 q +
	         3.754408661907416e+00) *
	                q +
	        1;

	return num / den;
}

/* Acklam's approximation for the middle; q = p - 1/2. */
static double quantile_middle(double q)
{
	double r = q * q;
	double num = (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r -
	                 2.759285104469687e+02) *
	                        r +
	                1.383577518672690e+02) *
	                       r -
	               3.066479806614716e+01) *
	                      r +
	              2.506628277459239e+00) *
	             q;
	double den = ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r -
	                1.556989798598866e+02) *
	                       r +
	               6.680131188771972e+01) *
	                      r -
	              1.328068155288572e+01) *
	                     r +
	             1;

	return num / den;
}

double norm_quantile(double p)
{
	double z, e, u;

	assert(p > 0);
	assert(p < 1);
	if (p < 0.02425)
		z = quantile_tail(sqrt(-2 * log(p)));
	else if (p > 1 - 0.02425)
		z = -quantile_tail(sqrt(-2 * log(1 - p)));
	else
		z = quantile_middle(p - 0.5);
	e = norm_cdf(z) - p;
	u = e * SQRT_2_PI * exp(0.5 * z * z);
	return z - u / (1 + 0.5 * z * u);
}
