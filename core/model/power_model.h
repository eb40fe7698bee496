/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_POWER_MODEL_H
#define CORE_MODEL_POWER_MODEL_H
/*
 * Power of a running host as a function of its CPU utilisation u in [0, 1]: SPECpower_ssj2008
 * style table of 11 points (0, 10, ..., 100 %) with straight lines between them, or one of the
 * usual formulas between idle and full power (OpenDC's catalogue; Fan, Weber, Barroso, ISCA 2007
 * for the last):
 *   linear  idle + (max - idle) u         sqrt    idle + (max - idle) sqrt(u)
 *   square  idle + (max - idle) u^2       cubic   idle + (max - idle) u^3
 *   mse     idle + (max - idle) (2u - u^r), r = exponent
 */
#include "core/base/err.h"

#define POWER_TABLE_POINTS 11

enum power_kind { POWER_TABLE, POWER_LINEAR, POWER_SQRT, POWER_SQUARE, POWER_CUBIC, POWER_MSE };

struct power_model {
	enum power_kind kind;
	double table_w[POWER_TABLE_POINTS]; /* POWER_TABLE */
	double idle_w, max_w;               /* formulas; for POWER_TABLE the end points */
	double exponent;                    /* POWER_MSE */
};

/*
 * Watts at utilisation u; u is clipped to [0, 1]. For tables the arithmetic is that of the
 * reference experiment, i = floor(10u), j = ceil(10u): p_i + ((p_j - p_i) / 10) (u - i/10) 100,
 * to the last bit.
 */
double power_at(const struct power_model *m, double u);

/* 0, or -EINVAL with the reason: negative, not finite, or power that falls with load. */
int power_check(const struct power_model *m, struct err *err);

#endif
