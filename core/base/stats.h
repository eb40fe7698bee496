/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_STATS_H
#define CORE_BASE_STATS_H
/*
 * The few statistical functions that policies share.
 */

/* Standard normal distribution function, by erfc. */
double norm_cdf(double z);

/*
 * Standard normal quantile, p in (0, 1): P. J. Acklam's rational approximation with one Halley
 * step, relative error below 1e-13.
 */
double norm_quantile(double p);

/* Unit normal loss: E[max(X - z, 0)] for X standard normal. */
double norm_loss(double z);

#endif
