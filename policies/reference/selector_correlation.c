/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MC, maximum correlation: the VM whose load is best explained by that of its neighbours leaves,
 * since loads that rise together are what overloads a host.
 *
 * For each VM the multiple correlation coefficient R^2 of its utilisation with the others' as
 * predictors (correlation.h); the greatest wins, the first in the list among equals, and the
 * first VM if none is above 0. Where there is nothing to compute (one VM alone, more VMs than
 * samples, an exactly singular regression) it chooses as MMT does.
 *
 * Verma et al., Server workload analysis for power minimization using consolidation, USENIX ATC
 * 2009 (the idea); Beloglazov, Buyya, CCPE 24(13), 2012 (VM selection).
 */
#include "policies/reference/selector.h"

/* Samples that all of the VMs have. */
static uint32_t common_samples(const struct selector_input *in)
{
	uint32_t n = DEMAND_LOG_LEN;

	for (uint32_t i = 0; i < in->n_vms; i++)
		if (in->log->known[in->vms[i]] < n)
			n = in->log->known[in->vms[i]];
	return n;
}

static uint32_t select_mc(const struct selector_input *in)
{
	uint32_t n = in->n_vms, samples = common_samples(in);
	const double *newest[DEMAND_LOG_LEN] = {NULL};
	uint32_t greatest;

	if (n == 1 || n > samples)
		return selector_mmt.select(in);
	for (uint32_t i = 0; i < n; i++)
		newest[i] = demand_log_ratio(in->log, in->vms[i]) + DEMAND_LOG_LEN - 1;
	correlation_load(in->correlation, newest, n, samples);
	greatest = correlation_greatest(in->correlation);
	return greatest == CORRELATION_SINGULAR ? selector_mmt.select(in) : in->vms[greatest];
}

const struct selector_ops selector_mc = {
        .name = "mc",
        .needs_ratio = true,
        .select = select_mc,
};
