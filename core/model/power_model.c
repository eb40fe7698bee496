/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power of a running host; see power_model.h for the formulas. The table's arithmetic keeps the
 * reference experiment's order of operations, because sums over 800 hosts and a day are compared
 * with it to the last printed digit, and because policies break ties by differences in the last
 * bits.
 */
#include "core/model/power_model.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

/* Above this a figure is a typing error: no host draws a megawatt. */
#define POWER_W_MAX 1e6

static double power_from_table(const double *table_w, double u)
{
	int i = (int)floor(u * 10);
	int j = (int)ceil(u * 10);
	double delta = (table_w[j] - table_w[i]) / 10;

	return table_w[i] + delta * (u - (double)i / 10) * 100;
}

double power_at(const struct power_model *m, double u)
{
	double span = m->max_w - m->idle_w;

	if (!(u > 0)) /* also not a number */
		u = 0;
	if (u > 1)
		u = 1;
	switch (m->kind) {
	case POWER_TABLE: return power_from_table(m->table_w, u);
	case POWER_LINEAR: return m->idle_w + span * u;
	case POWER_SQRT: return m->idle_w + span * sqrt(u);
	case POWER_SQUARE: return m->idle_w + span * u * u;
	case POWER_CUBIC: return m->idle_w + span * u * u * u;
	case POWER_MSE: return m->idle_w + span * (2 * u - pow(u, m->exponent));
	}
	return m->idle_w;
}

static bool is_watts(double w)
{
	return isfinite(w) && w >= 0 && w <= POWER_W_MAX;
}

static int check_table(const struct power_model *m, struct err *err)
{
	for (int i = 0; i < POWER_TABLE_POINTS; i++) {
		if (!is_watts(m->table_w[i]))
			return err_set(err, -EINVAL, "power at %d %% is %g W; give 0 to %g W",
			               i * 10, m->table_w[i], POWER_W_MAX);
		if (i > 0 && m->table_w[i] < m->table_w[i - 1])
			return err_set(err, -EINVAL,
			               "power falls from %g W at %d %% to %g W at %d %% load; a "
			               "busier host draws no less",
			               m->table_w[i - 1], (i - 1) * 10, m->table_w[i], i * 10);
	}
	return 0;
}

int power_check(const struct power_model *m, struct err *err)
{
	if (m->kind == POWER_TABLE)
		return check_table(m, err);
	if (!is_watts(m->idle_w) || !is_watts(m->max_w))
		return err_set(err, -EINVAL, "idle power %g W, full power %g W; give 0 to %g W",
		               m->idle_w, m->max_w, POWER_W_MAX);
	if (m->max_w < m->idle_w)
		return err_set(err, -EINVAL,
		               "full power %g W is below idle power %g W; a busier host draws no "
		               "less",
		               m->max_w, m->idle_w);
	/* 2u - u^r rises on all of [0, 1] for 1 <= r <= 2 only: its slope at 1 is 2 - r. */
	if (m->kind == POWER_MSE && !(m->exponent >= 1 && m->exponent <= 2))
		return err_set(err, -EINVAL,
		               "exponent %g of the mse power model; give 1 to 2, else power falls "
		               "with load",
		               m->exponent);
	return 0;
}
