/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_FORECAST_RIG_H
#define TESTS_SUPPORT_FORECAST_RIG_H
/*
 * A predictor and the samples it is shown: a test writes demands to r.s->vm_cpu_demand, lets it
 * learn, and looks at what it says. Every VM has an allocation of FORECAST_RIG_MIPS.
 */
#include "core/base/rng.h"
#include "policies/ebb/predictor.h"

#define FORECAST_RIG_MIPS 1000.0

struct forecast_rig {
	struct fleet *fleet;
	struct snapshot *s;
	struct predictor *predictor;
	struct rng rng;
	uint32_t n;                        /* VMs, all running */
	uint32_t missing_from, missing_to; /* VMs whose samples do not come */
};

void forecast_rig_init(struct forecast_rig *r, uint32_t n_vms);
void forecast_rig_done(struct forecast_rig *r);

/* One sample. */
void forecast_rig_learn(struct forecast_rig *r);

struct forecast forecast_rig_now(const struct forecast_rig *r);

/* Variance with the common part, MIPS^2. */
double forecast_rig_var(const struct forecast_rig *r, uint32_t vm);

/* A level of demand for each VM, 50 to 750 MIPS. */
double forecast_rig_level(uint32_t vm);

/* Writes independent demands, normal around the VM's level, cut at 0. */
void forecast_rig_ask(struct forecast_rig *r, double sd);

#endif
