/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LR and LRR: where is the load heading?
 *
 *     overloaded  <=>  s x (a + b (10 + k)) >= 1
 *
 * a + b x is the straight line (ordinary least squares) through the 10 newest values of h at
 * x = 1..10, k the number of samples that the migration of the host's largest VM takes, rounded up
 * (so that the VM would be gone before the overload comes), s the safety parameter (1.2). Current
 * demand plays no part of its own. With fewer than 10 values in h the static threshold of 0.7
 * decides.
 *
 * The papers describe Loess: weights (1 - (distance)^3)^3 that fall with age, and for LRR bisquare
 * weights on top. The published implementation computes them, but fits the plain line in every
 * case; LR and LRR are therefore the same, here as there, because these policies exist to be
 * compared with the published figures.
 *
 * The line is found by running sums of deviations from the running means, as the statistics
 * library of that implementation does it: loads come as whole percents, the value compared with 1
 * often is exactly 1 in real numbers, and another order of operations then decides otherwise (on
 * PlanetLab's 20110303 the smallest distance is 1.1e-16).
 *
 * Beloglazov, Buyya, CCPE 24(13), 2012 (local regression, robust local regression).
 */
#include "policies/reference/detector.h"

#define POINTS 10 /* "responsive enough to latest values" (the published implementation) */

struct line {
	double intercept, slope;
};

/*
 * At the n-th point (from 0) x = n + 1 is (n + 1) / 2 above the mean of those before, and that
 * is exact; the sum of its squares, each times n / (n + 1), is the same for every host.
 */
#define SUM_X  55
#define SUM_XX 82.5

static struct line fit_line(const double *y)
{
	double mean = y[0], sum = y[0], xy = 0;
	struct line l;

#pragma GCC unroll 9
	for (int n = 1; n < POINTS; n++) {
		double dy = y[n] - mean;

		xy += (n + 1) / 2.0 * dy * (n / (n + 1.0));
		mean += dy / (n + 1.0);
		sum += y[n];
	}
	l.slope = xy / SUM_XX;
	l.intercept = (sum - l.slope * SUM_X) / POINTS;
	return l;
}

static struct verdict judge(const struct detector_input *in, double safety)
{
	struct line l;
	double predicted;

	if (in->n_history < POINTS)
		return detector_fallback(in);
	l = fit_line(in->history);
	predicted = (l.intercept + l.slope * (POINTS + in->lookahead)) * safety;
	return (struct verdict){
	        .overloaded = predicted >= 1,
	        .statistic = predicted,
	        .threshold = 1,
	};
}

const struct detector_ops detector_lr = {
        .name = "lr",
        .window = POINTS,
        .judge = judge,
};

const struct detector_ops detector_lrr = {
        .name = "lrr",
        .window = POINTS,
        .judge = judge,
};
