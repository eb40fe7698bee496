/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Demand by hand; see forecast_rig.h. */
#include "tests/support/forecast_rig.h"

#include <math.h>

#include "tests/support/build.h"

void forecast_rig_init(struct forecast_rig *r, uint32_t n_vms)
{
	struct build_spec spec = build_defaults(2, n_vms);

	spec.vm_mips = FORECAST_RIG_MIPS;
	*r = (struct forecast_rig){.n = n_vms, .fleet = build_fleet(&spec)};
	r->s = snapshot_new(r->fleet);
	r->s->sample = SAMPLE_PAST;
	r->s->interval_us = 300 * USEC_PER_SEC;
	r->predictor = predictor_new(r->fleet);
	rng_init(&r->rng, 1, 0);
	for (uint32_t vm = 0; vm < n_vms; vm++) {
		r->s->vm_state[vm] = VM_RUNNING;
		r->s->active[r->s->n_active++] = vm;
	}
}

void forecast_rig_done(struct forecast_rig *r)
{
	predictor_free(r->predictor);
	snapshot_free(r->s);
	fleet_free(r->fleet);
}

void forecast_rig_learn(struct forecast_rig *r)
{
	for (uint32_t vm = r->missing_from; vm < r->missing_to; vm++)
		r->s->vm_cpu_demand[vm] = NAN;
	r->s->tick++;
	r->s->now_us += r->s->interval_us;
	predictor_observe(r->predictor, r->s);
}

struct forecast forecast_rig_now(const struct forecast_rig *r)
{
	return predictor_forecast(r->predictor);
}

double forecast_rig_var(const struct forecast_rig *r, uint32_t vm)
{
	double common = (double)forecast_rig_now(r).common[vm];

	return (double)forecast_rig_now(r).var[vm] + common * common;
}

double forecast_rig_level(uint32_t vm)
{
	return 50 + 100 * (vm % 8);
}

void forecast_rig_ask(struct forecast_rig *r, double sd)
{
	for (uint32_t vm = 0; vm < r->n; vm++)
		r->s->vm_cpu_demand[vm] =
		        fmax(forecast_rig_level(vm) + sd * rng_normal(&r->rng), 0);
}
