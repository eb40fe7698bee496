/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_REGRESSION_H
#define POLICIES_EBB_REGRESSION_H
/*
 * Ridge regression learnt as data comes (recursive least squares by normal equations, with
 * exponential forgetting): weights that best predict the next sample from a few features of a
 * VM's past, shared by all VMs. A ridge pulls towards the prior weights, so that the first ticks
 * and degenerate fleets (all features equal) give sense.
 */

#define REGRESSION_FEATURES 6

struct regression {
	double prior[REGRESSION_FEATURES];
	double weights[REGRESSION_FEATURES];
	double normal[REGRESSION_FEATURES][REGRESSION_FEATURES]; /* sum of w f f' */
	double moment[REGRESSION_FEATURES];                      /* sum of w f x */
	double ticks; /* of data in the sums, after forgetting */
};

void regression_init(struct regression *r, const double prior[REGRESSION_FEATURES]);

/* A tick has passed: the past counts for a little less. */
void regression_forget(struct regression *r);

/* One case: features, what came of them, and its weight (1 / expected squared error). */
void regression_add(struct regression *r, const float features[REGRESSION_FEATURES], double outcome,
                    double weight);

/* Brings weights up to date. */
void regression_solve(struct regression *r);

#endif
