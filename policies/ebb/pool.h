/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_POOL_H
#define POLICIES_EBB_POOL_H
/*
 * What the predictor learns from all VMs together: how unlike VMs are, how their variance and skew
 * go with their mean, and how much they peak together. A VM of which little is known yet is
 * believed to be like the others.
 */
#include <stdint.h>

/* A sample; of the loading on the common shock, too. */
#define POOL_GAIN_COMMON 0.005F

struct pool {
	double rho, v0;    /* fleet's mean utilisation; variance between VMs */
	double kappa, chi; /* variance / mean of a VM; its skew */
	double phi;        /* mean correlation */
	double shock2;     /* mean square of the common shock, MIPS^2 */
};

/* Sums over all VMs that the common shock is learnt from, MIPS. */
struct shock_sums {
	double r, r2, var, sd;
};

/* Sums over the VMs in this tick's sample of VMs. */
struct spread_sums {
	double n, demand, nominal, u, u2; /* VMs that have a sample */
	double r2, mean, r3, prior3;      /* VMs that had a forecast */
};

void pool_init(struct pool *p);

/* samples: taken before this one. */
void pool_learn_spread(struct pool *p, const struct spread_sums *sums, uint64_t samples);
void pool_learn_shock(struct pool *p, const struct shock_sums *sums, uint64_t samples);

#endif
