/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a step takes besides the expected loss: a move, and one more host. All steps weigh with
 * these, so that none undoes for less what another did for more.
 */
#include "policies/ebb/state.h"

double move_cost_j(const struct ebb *e, uint32_t vm)
{
	return e->prices.work_j * MOVE_OVERHEAD * book_demand(e->book, vm) * e->book->copy_s[vm] +
	       e->prices.move_j;
}

double wake_cost_j(const struct ebb *e)
{
	const struct power_transition *boot = &book_best_class(e->book)->boot;
	double stay_j = HORIZON * e->prices.host_j;

	if (e->book->model.sample == SAMPLE_CURRENT)
		return stay_j; /* a world that tells the present switches in no time */
	return stay_j + boot->power_w * usec_to_sec(boot->duration_us);
}
