/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three selectors that look at one VM at a time. The first in the host's list wins ties.
 *
 *   MMT  minimum migration time: RAM / bandwidth is least where RAM is least
 *   MU   minimum utilisation: demand / allocation is least
 *   RS   random selection, uniform
 *
 * Beloglazov, Buyya, CCPE 24(13), 2012 (VM selection: MMT, RS); Beloglazov, Abawajy, Buyya, FGCS
 * 28(5), 2012 (MU).
 */
#include "policies/reference/selector.h"

static uint32_t select_mmt(const struct selector_input *in)
{
	const struct vm *vms = in->fleet->vms;
	uint32_t best = in->vms[0];

	for (uint32_t i = 1; i < in->n_vms; i++)
		if (vms[in->vms[i]].allocation.v[RES_MEM] < vms[best].allocation.v[RES_MEM])
			best = in->vms[i];
	return best;
}

/* A VM without an allocation counts its demand as it is. */
static double utilisation(const struct selector_input *in, uint32_t vm)
{
	double allocation = in->fleet->vms[vm].allocation.v[RES_CPU];

	return allocation > 0 ? in->demand[vm] / allocation : in->demand[vm];
}

/*
 * Demand over allocation, not the sampled share: the reference multiplies and divides again, and
 * VMs of equal share then differ in the last bit.
 */
static uint32_t select_mu(const struct selector_input *in)
{
	uint32_t best = in->vms[0];
	double least = utilisation(in, best);

	for (uint32_t i = 1; i < in->n_vms; i++) {
		double u = utilisation(in, in->vms[i]);

		if (u < least) {
			least = u;
			best = in->vms[i];
		}
	}
	return best;
}

static uint32_t select_rs(const struct selector_input *in)
{
	return in->vms[rng_below(in->rng, in->n_vms)];
}

const struct selector_ops selector_mmt = {.name = "mmt", .select = select_mmt};
const struct selector_ops selector_mu = {.name = "mu", .select = select_mu};
const struct selector_ops selector_rs = {.name = "rs", .select = select_rs};
