/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IQR and MAD: a threshold that sinks where the load has been restless.
 *
 *     overloaded  <=>  r > 1 - s x spread(h)
 *
 * r is the demand of the host's VMs over its capacity, h the history of the same, s the safety
 * parameter. The spread is a robust one, since loads have outliers:
 *
 *   IQR (s = 1.5)  h sorted, the value at index round(0.75 (n + 1)) - 1 minus the value at index
 *                  round(0.25 (n + 1)) - 1, indices from 0, halves rounded up
 *   MAD (s = 2.5)  median of |h - median(h)|; of an even number of values the median is
 *                  lower + (upper - lower) / 2 of the middle two
 *
 * With fewer than 12 values in h the static threshold of 0.7 decides. h is at most 30 values, for
 * which insertion sort is as good as any.
 *
 * Beloglazov, Buyya, CCPE 24(13), 2012 (adaptive utilisation thresholds).
 */
#include <math.h>
#include <string.h>

#include "policies/reference/demand_log.h"
#include "policies/reference/detector.h"

/* "12 has been suggested as a safe value" (the published implementation). */
#define HISTORY_MIN 12

static void sort(double *a, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		double x = a[i];
		uint32_t j = i;

		for (; j > 0 && a[j - 1] > x; j--)
			a[j] = a[j - 1];
		a[j] = x;
	}
}

/* Of sorted values, n > 0. */
static double median(const double *a, uint32_t n)
{
	double lower, upper;

	if (n % 2)
		return a[n / 2];
	lower = a[n / 2 - 1];
	upper = a[n / 2];
	return lower + 0.5 * (upper - lower);
}

/* Distances of sorted values from m, sorted: those below m and those above are so already. */
static void sorted_distances(const double *a, uint32_t n, double m, double *ret)
{
	uint32_t below = 0, above;

	while (below < n && a[below] < m)
		below++;
	above = below;
	for (uint32_t i = 0; i < n; i++) {
		bool take_above = below == 0 || (above < n && a[above] - m <= m - a[below - 1]);

		ret[i] = take_above ? a[above++] - m : m - a[--below];
	}
}

static uint32_t quartile_index(double share, uint32_t n)
{
	return (uint32_t)floor(share * (n + 1) + 0.5) - 1;
}

static double interquartile_range(double *a, uint32_t n)
{
	sort(a, n);
	return a[quartile_index(0.75, n)] - a[quartile_index(0.25, n)];
}

static double median_absolute_deviation(double *a, uint32_t n)
{
	double distances[DEMAND_LOG_LEN];

	sort(a, n);
	sorted_distances(a, n, median(a, n), distances);
	return median(distances, n);
}

static struct verdict judge(const struct detector_input *in, double safety,
                            double (*spread)(double *, uint32_t))
{
	double h[DEMAND_LOG_LEN];
	double threshold;

	if (in->n_history < HISTORY_MIN)
		return detector_fallback(in);
	memcpy(h, in->history, in->n_history * sizeof(*h));
	threshold = 1 - safety * spread(h, in->n_history);
	return (struct verdict){
	        .overloaded = in->demand_ratio > threshold,
	        .statistic = in->demand_ratio,
	        .threshold = threshold,
	};
}

static struct verdict judge_iqr(const struct detector_input *in, double safety)
{
	return judge(in, safety, interquartile_range);
}

static struct verdict judge_mad(const struct detector_input *in, double safety)
{
	return judge(in, safety, median_absolute_deviation);
}

const struct detector_ops detector_iqr = {
        .name = "iqr",
        .window = DEMAND_LOG_LEN,
        .judge = judge_iqr,
};

const struct detector_ops detector_mad = {
        .name = "mad",
        .window = DEMAND_LOG_LEN,
        .judge = judge_mad,
};
