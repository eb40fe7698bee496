/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moving averages, the first samples weighing more. Own noise of VMs averages out in these sums, so
 * a few samples are enough, and what changes through the day can be followed.
 */
#include "policies/ebb/pool.h"

#include <math.h>

/* Before any sample: utilisation, its variance between VMs, variance / mean, skew; PlanetLab. */
#define RHO0   0.15
#define V00    0.02
#define KAPPA0 0.055
#define CHI0   2.0

void pool_init(struct pool *p)
{
	*p = (struct pool){
	        .rho = RHO0,
	        .v0 = V00,
	        .kappa = KAPPA0,
	        .chi = CHI0,
	};
}

void pool_learn_spread(struct pool *p, const struct spread_sums *sums, uint64_t samples)
{
	double gain = fmax(0.02, 1 / (double)(samples + 2));

	if (sums->n > 3) {
		double g = samples == 0 ? 1 : 0.05;
		double u = sums->u / sums->n;

		p->rho += g * (sums->demand / sums->nominal - p->rho);
		p->v0 += g * (sums->u2 / sums->n - u * u - p->v0);
	}
	if (sums->mean > 0)
		p->kappa += gain * (sums->r2 / sums->mean - p->kappa);
	if (sums->prior3 > 0)
		p->chi += gain * (fmin(fmax(sums->r3 / sums->prior3, 0), 6) - p->chi);
}

/* phi: how much more the total varies than independent VMs would, as a mean correlation. */
void pool_learn_shock(struct pool *p, const struct shock_sums *sums, uint64_t samples)
{
	double cross = sums->sd * sums->sd - sums->var;
	double gain = fmax(0.02, 1 / (double)(samples + 12));
	double gain2 = fmax((double)POOL_GAIN_COMMON, 1 / (double)(samples + 2));

	if (sums->sd > 0) {
		if (cross <= 0)
			cross = sums->sd * sums->sd;
		p->phi += gain * ((sums->r * sums->r - sums->var) / cross - p->phi);
		p->phi = fmax(0, p->phi);
		p->shock2 += gain2 * (sums->r * sums->r - sums->r2 - p->shock2);
	}
}
