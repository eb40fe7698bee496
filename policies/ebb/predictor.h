/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_PREDICTOR_H
#define POLICIES_EBB_PREDICTOR_H
/*
 * What each VM will ask for in the next interval: mean, variance, third central moment and the
 * loading on a shock common to the whole fleet. Learnt as samples come, O(1) a VM and sample.
 * See predictor.c for the model.
 */
#include "core/model/snapshot.h"

struct predictor;

/* Columns by VM; they belong to the predictor and change with the next observation. */
struct forecast {
	const float *mean;   /* MIPS */
	const float *var;    /* MIPS^2, without the common part */
	const float *third;  /* MIPS^3, third central moment, >= 0 */
	const float *common; /* MIPS: what one standard deviation of the common shock adds */
};

struct predictor *predictor_new(const struct fleet *f);
void predictor_free(struct predictor *p);

/* Learns from the sample in s and predicts the next one. */
void predictor_observe(struct predictor *p, const struct snapshot *s);

/* A VM that has no sample yet gets what its allocation and the other VMs suggest. */
struct forecast predictor_forecast(const struct predictor *p);

#endif
