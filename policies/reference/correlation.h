/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_CORRELATION_H
#define POLICIES_REFERENCE_CORRELATION_H
/*
 * The multiple correlation of each of n variables with all the others: R^2 of n ordinary least
 * squares regressions with an intercept, by Householder QR in the order of the variables.
 */
#include <stdbool.h>
#include <stdint.h>

#define CORRELATION_MAX 30 /* variables, and samples of each */

struct correlation;

struct correlation *correlation_new(void);
void correlation_free(struct correlation *c); /* accepts NULL */

/*
 * Loads samples of n variables, newest first: newest[i][-k] is what variable i was k samples ago.
 * 2 <= n <= n_samples <= CORRELATION_MAX.
 */
void correlation_load(struct correlation *c, const double *const *newest, uint32_t n,
                      uint32_t n_samples);

/*
 * R^2 of variable i in ret_r2[i]; NAN or -INFINITY where the variable is constant. False if one
 * of the regressions is exactly singular: then nothing is known. Uses up what was loaded.
 */
bool correlation_compute(struct correlation *c, double *ret_r2);

/*
 * The variable of the greatest R^2 by correlation_compute, the first among equals, 0 if none is
 * above 0; CORRELATION_SINGULAR if that fails. Finds it without computing them all where a bound
 * of the error leaves no doubt. Uses up what was loaded.
 */
uint32_t correlation_greatest(struct correlation *c);

#define CORRELATION_SINGULAR UINT32_MAX

#endif
