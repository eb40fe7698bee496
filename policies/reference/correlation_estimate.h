/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_CORRELATION_ESTIMATE_H
#define POLICIES_REFERENCE_CORRELATION_ESTIMATE_H
/*
 * All n multiple correlations from one factorisation, good to CORRELATION_ESTIMATE_ERROR where
 * they can be had that well.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policies/reference/correlation.h"

/* Bound of the difference from what correlation_compute finds. */
#define CORRELATION_ESTIMATE_ERROR 1e-7

/*
 * x[0] is the intercept's column of ones, x[1 + i] holds the m values of variable i, and what is
 * behind the m values is 0. False: too near to singular (or exactly), nothing is known.
 */
bool correlation_estimate(const double (*x)[CORRELATION_MAX], uint32_t n, uint32_t m,
                          double *ret_r2);

#endif
