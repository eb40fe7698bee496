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
	double boot_j = 0;

	if (e->fleet->n_hosts > 0 && e->book->model.sample != SAMPLE_CURRENT) {
		const struct power_transition *boot = &fleet_class_of(e->fleet, 0)->boot;

		boot_j = boot->power_w * usec_to_sec(boot->duration_us);
	}
	return HORIZON * e->prices.host_j + boot_j;
}
