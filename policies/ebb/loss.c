/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expected unserved work; see loss.h. */
#include "policies/ebb/loss.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/stats.h"
#include "core/base/xalloc.h"

/* Where the tables end; psi(8) is 6e-17. */
#define Z_MAX 8.0

/* Beyond this the first-order correction is not to be trusted. */
#define SKEW_MAX 1.5

/* MIPS^2: less than one MIPS of deviation counts as one. */
#define VAR_MIN 1.0

/* Copy classes end at these quantiles; just below a quarter and a half, so as not to split types.
 */
#define FAST_QUANTILE   0.2
#define MIDDLE_QUANTILE 0.45

/* Without any VM to learn from: what 1 GB takes on half of 1 Gbit/s. */
#define COPY_DEFAULT_S 16.0

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *sorted, uint32_t n, double q)
{
	uint32_t i = (uint32_t)ceil(q * n);

	return sorted[i > 0 ? i - 1 : 0];
}

int loss_class(const struct loss_model *m, double copy_s)
{
	if (copy_s <= m->class_end_s[0])
		return 0;
	return copy_s <= m->class_end_s[1] ? 1 : 2;
}

/* What a class takes on average; an empty one takes what the one before does. */
static void set_class_times(struct loss_model *m, const double *copy_s, uint32_t n)
{
	double sum[LOSS_CLASSES] = {0};
	uint32_t count[LOSS_CLASSES] = {0};

	for (uint32_t i = 0; i < n; i++) {
		int k = loss_class(m, copy_s[i]);

		sum[k] += copy_s[i];
		count[k]++;
	}
	for (int k = 0; k < LOSS_CLASSES; k++) {
		if (count[k])
			m->copy_s[k] = sum[k] / count[k];
		else
			m->copy_s[k] = k ? m->copy_s[k - 1] : COPY_DEFAULT_S;
	}
}

void loss_model_init(struct loss_model *m, const double *copy_s, uint32_t n)
{
	double *sorted = xmemdup(copy_s, n, sizeof(*copy_s));

	*m = (struct loss_model){.sample = SAMPLE_PAST, .interval_s = 300};
	for (int i = 0; i <= LOSS_TABLE + 1; i++) {
		double z = -Z_MAX + 2 * Z_MAX * i / LOSS_TABLE;

		m->psi[i] = norm_loss(z);
		m->skew[i] = z > 0 ? z * (norm_loss(z) + z * norm_cdf(-z)) / 6 : 0;
	}
	qsort(sorted, n, sizeof(*sorted), compare_doubles);
	m->class_end_s[0] = n ? quantile(sorted, n, FAST_QUANTILE) : COPY_DEFAULT_S;
	m->class_end_s[1] = n ? quantile(sorted, n, MIDDLE_QUANTILE) : COPY_DEFAULT_S;
	set_class_times(m, sorted, n);
	free(sorted);
}

/* What the layers of one load share. */
struct shape {
	double mean, sd, per_sd, skew;
};

static inline double greater(double a, double b)
{
	return a > b ? a : b;
}

static inline double lesser(double a, double b)
{
	return a < b ? a : b;
}

static struct shape shape_of(const struct load *l)
{
	double v = greater(l->var + l->common * l->common, VAR_MIN);
	double sd = sqrt(v), per_sd = 1 / sd;
	double skew = l->third * per_sd * per_sd * per_sd;

	return (struct shape){l->mean, sd, per_sd, lesser(greater(skew, 0), SKEW_MAX)};
}

static double excess(const struct loss_model *m, const struct shape *x, double capacity)
{
	double z = (capacity - x->mean) * x->per_sd;
	double at, part, psi, skew;
	int i;

	if (z >= Z_MAX)
		return 0;
	if (z <= -Z_MAX)
		return x->mean - capacity;
	at = (z + Z_MAX) * (LOSS_TABLE / (2 * Z_MAX));
	i = (int)at;
	part = at - i;
	psi = m->psi[i] + (m->psi[i + 1] - m->psi[i]) * part;
	skew = m->skew[i] + (m->skew[i + 1] - m->skew[i]) * part;
	return x->sd * (psi + x->skew * skew);
}

double loss_excess(const struct loss_model *m, const struct load *l, double capacity)
{
	struct shape x = shape_of(l);

	return excess(m, &x, capacity);
}

double loss_of(const struct loss_model *m, const struct load *l, double capacity)
{
	const double *t = m->copy_s;
	struct shape x = shape_of(l);
	double first = excess(m, &x, capacity);

	if (m->sample != SAMPLE_CURRENT)
		return m->interval_s * first;
	return t[0] * first + (t[1] - t[0]) * excess(m, &x, capacity + l->relief[0]) +
	       (t[2] - t[1]) * excess(m, &x, capacity + l->relief[0] + l->relief[1]);
}

/*
 * Demand at time t3 of an interval T is now + (D - now) t3 / T, D the next sample. It exceeds C
 * when D > C + (C - now) (T / t3 - 1), by t3 / T of the difference, for T - t3 seconds.
 */
double loss_drift(const struct loss_model *m, const struct load *l, double now, double capacity)
{
	double share = fmin(m->copy_s[LOSS_CLASSES - 1] / m->interval_s, 1);
	double beyond = capacity + (capacity - now) * (1 / share - 1);

	if (m->sample != SAMPLE_CURRENT)
		return 0;
	return share * (1 - share) * m->interval_s * loss_excess(m, l, beyond);
}

double loss_probability(const struct load *l, double capacity)
{
	struct shape s = shape_of(l);
	double x = (capacity - s.mean) * s.per_sd;
	double a = s.skew / 6;
	double d = 1 + 4 * a * (x + a);

	if (a < 1e-6)
		return norm_cdf(-x);
	/* Below the parabola's apex there is no solution: far below the mean, overload is sure. */
	return d < 0 ? 1 : norm_cdf(-(sqrt(d) - 1) / (2 * a));
}

double loss_seconds(const struct loss_model *m)
{
	return m->sample == SAMPLE_CURRENT ? fmin(m->copy_s[1], m->interval_s) : m->interval_s;
}
