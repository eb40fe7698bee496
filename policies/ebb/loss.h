/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_LOSS_H
#define POLICIES_EBB_LOSS_H
/*
 * Expected unserved work of a host in the next interval, MIPS x s, from the moments of its demand.
 *
 *   D ~ mean M, variance V = sum var + (sum common)^2, skewness g = sum third / V^1.5
 *   E(D - C)+ = sqrt(V) (psi(z) + g z phi(z) / 6),  z = (C - M) / sqrt(V)
 *
 * psi is the unit normal loss; the second term is the first-order Edgeworth correction, taken for
 * z > 0 only, g at most SKEW_MAX.
 *
 * How long an excess lasts depends on when it can be relieved:
 *  - samples tell the past (SAMPLE_PAST): it lasts for the whole interval at least;
 *  - samples tell the present (SAMPLE_CURRENT): it is repaired at once and lasts until VMs are
 *    copied. What exceeds the relief that fast-to-copy VMs can give waits for slower ones, so the
 *    loss is layered: t1 E(D-C)+ + (t2-t1) E(D-C-R1)+ + (t3-t2) E(D-C-R1-R2)+ with t1 < t2 < t3 the
 *    copy times of three classes of VMs and R1, R2 the mean demand of the fast and middle ones
 *    on this host.
 */
#include "core/model/snapshot.h"

#define LOSS_CLASSES 3
#define LOSS_TABLE   1024

struct load {
	double mean, var, third, common; /* MIPS and its powers, sums over VMs; see predictor.h */
	double relief[LOSS_CLASSES];     /* MIPS: mean demand of its VMs by copy class */
};

struct loss_model {
	double psi[LOSS_TABLE + 2];  /* unit normal loss */
	double skew[LOSS_TABLE + 2]; /* z phi(z) / 6 where z > 0 */
	double copy_s[LOSS_CLASSES]; /* mean of the three classes, ascending */
	double class_end_s[LOSS_CLASSES - 1];
	double interval_s;
	enum sample_kind sample;
};

/* copy_s: seconds to copy each VM; n may be 0. */
void loss_model_init(struct loss_model *m, const double *copy_s, uint32_t n);

/* The class of a VM that takes so long. */
int loss_class(const struct loss_model *m, double copy_s);

double loss_excess(const struct loss_model *m, const struct load *l, double capacity);

/* MIPS x s in the next interval. */
double loss_of(const struct loss_model *m, const struct load *l, double capacity);

/*
 * MIPS x s lost because demand drifts from `now`, at a current sample, towards the next one: what
 * is over capacity after the last copy is noticed only at the next sample. 0 for past samples,
 * where loss_of has it all.
 */
double loss_drift(const struct loss_model *m, const struct load *l, double now, double capacity);

/* P(demand > capacity), by the Cornish-Fisher inverse of the same moments. */
double loss_probability(const struct load *l, double capacity);

/*
 * Seconds that an overload seen at a sample is expected to last, for the price. How long those of
 * a past interval did last is measured, in overload.c.
 */
double loss_seconds(const struct loss_model *m);

#endif
