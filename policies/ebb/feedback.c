/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What unserved work is worth. The operator states a target: the share e of host-time in which
 * demand may exceed capacity. If an overload lasts for d seconds of an interval of T, a host may be
 * overloaded at a sample with probability p = e T / d. A host more lowers the expected loss at the
 * rate p C d a sample (C its capacity) and costs T P_idle, so the price at which the cheapest
 * number of hosts has just that probability is
 *
 *   price = T P_idle / (d p C)   [J per MIPS x s]
 *
 * Forecasts are not perfect (where VMs peak together, the tail is fatter than any sum of moments),
 * so p is corrected by what was realised: p = e T / d exp(-y), y = debt / (e HOURS of host-time),
 * debt = overloaded host-time so far - e x host-time. This is integral control of the log of the
 * price: it costs nothing on the curve of energy against unserved work, it only finds the point
 * on it that was asked for. y is bounded, and the debt with it, so that no past can bind the
 * policy for long.
 *
 * What was realised: at a current sample each host that is asked for more than it has counts for
 * d = loss_seconds, the copy that will relieve it; at a past one d = T in the formula above, but
 * the interval is over and overload.c measures how long each host's overload did last.
 */
#include <math.h>

#include "policies/ebb/state.h"

#define HOURS   2.0
#define LOG_MIN -3.0
#define LOG_MAX 12.0

/* No price is derived from a probability outside of this. */
#define P_MIN 1e-6
#define P_MAX 0.3

/* Hosts that were asked for more than they have, and how long that lasts. */
static void measure(struct ebb *e)
{
	const struct book *b = e->book;
	double lasts_s = loss_seconds(&b->model);

	e->feedback.host_s = 0;
	e->feedback.overload_s = 0;
	for (uint32_t i = 0; i < b->n_up; i++) {
		uint32_t h = b->up[i];

		if (e->s->host_state[h] != HOST_ACTIVE || !b->plan->count[h])
			continue;
		e->feedback.host_s += b->model.interval_s;
		if (b->model.sample == SAMPLE_CURRENT &&
		    b->hosts[h].now > fleet_class_of(e->fleet, h)->capacity.v[RES_CPU])
			e->feedback.overload_s += lasts_s;
	}
	if (b->model.sample == SAMPLE_PAST)
		e->feedback.overload_s = overload_measure(e);
}

void feedback_update(struct ebb *e)
{
	const struct host_class *c = book_best_class(e->book);
	double target = e->params.overload_ratio;
	double interval_s = e->book->model.interval_s;
	double lasts_s = loss_seconds(&e->book->model);
	double per_log, y, p;

	measure(e);
	e->feedback.debt_s += e->feedback.overload_s - target * e->feedback.host_s;
	per_log = target * e->feedback.host_s * HOURS * 3600 / interval_s;
	y = per_log > 0 ? fmin(fmax(e->feedback.debt_s / per_log, LOG_MIN), LOG_MAX) : 0;
	e->feedback.debt_s = y * per_log;
	p = fmin(fmax(target * interval_s / lasts_s * exp(-y), P_MIN), P_MAX);
	e->prices.host_j = interval_s * (power_at(&c->power, 0) - c->off_w);
	e->prices.work_j = e->prices.host_j / (lasts_s * p * c->capacity.v[RES_CPU]);
	e->prices.move_j = e->params.move_j;
}
