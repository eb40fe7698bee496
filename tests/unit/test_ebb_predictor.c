/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forecasts of demand whose law is known: constant, independent, shocked together, a random walk.
 * VMs have an allocation of 1000 MIPS each; tolerances are stated in it.
 */
#include "policies/ebb/predictor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/build.h"
#include "tests/support/test.h"

#define MIPS 1000.0

struct rig {
	struct fleet *fleet;
	struct snapshot *s;
	struct predictor *predictor;
	struct rng rng;
	uint32_t n;
};

static void rig_init(struct rig *r, uint32_t n_vms)
{
	struct build_spec spec = build_defaults(2, n_vms);

	spec.vm_mips = MIPS;
	*r = (struct rig){.n = n_vms, .fleet = build_fleet(&spec)};
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

static void rig_done(struct rig *r)
{
	predictor_free(r->predictor);
	snapshot_free(r->s);
	fleet_free(r->fleet);
}

static void learn(struct rig *r)
{
	r->s->tick++;
	r->s->now_us += r->s->interval_us;
	predictor_observe(r->predictor, r->s);
}

static struct forecast forecast(const struct rig *r)
{
	return predictor_forecast(r->predictor);
}

/* Variance with the common part. */
static double whole_var(const struct rig *r, uint32_t vm)
{
	double common = (double)forecast(r).common[vm];

	return (double)forecast(r).var[vm] + common * common;
}

static double mean_of(const struct rig *r, const float *column)
{
	double sum = 0;

	for (uint32_t vm = 0; vm < r->n; vm++)
		sum += (double)column[vm];
	return sum / r->n;
}

static double level_of(uint32_t vm)
{
	return 50 + 100 * (vm % 8);
}

static void constant_load_is_predicted(void)
{
	struct rig r;

	rig_init(&r, 40);
	for (int t = 0; t < 100; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = level_of(vm);
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		CU_ASSERT_DOUBLE_EQUAL((double)forecast(&r).mean[vm], level_of(vm), 0.02 * MIPS);
		CU_ASSERT(sqrt(whole_var(&r, vm)) < 0.04 * MIPS);
	}
	rig_done(&r);
}

/* More VMs than any one tick learns from, and not a round number of them. */
static void every_vm_of_a_large_fleet_is_predicted(void)
{
	struct rig r;

	rig_init(&r, 9001);
	for (int t = 0; t < 60; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = level_of(vm);
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++)
		CU_ASSERT_DOUBLE_EQUAL((double)forecast(&r).mean[vm], level_of(vm), 0.03 * MIPS);
	rig_done(&r);
}

/* One sample of VM-by-VM independent demand, normal around level_of, cut at 0. */
static void ask_independently(struct rig *r, double sd)
{
	for (uint32_t vm = 0; vm < r->n; vm++)
		r->s->vm_cpu_demand[vm] = fmax(level_of(vm) + sd * rng_normal(&r->rng), 0);
}

static void moments_of_independent_demand_are_found(void)
{
	double error = 0, sd = 40, ratio = 0;
	struct rig r;

	rig_init(&r, 80);
	for (int t = 0; t < 400; t++) {
		ask_independently(&r, sd);
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		error += fabs((double)forecast(&r).mean[vm] - level_of(vm)) / r.n;
		ratio += whole_var(&r, vm) / (sd * sd) / r.n;
	}
	CU_ASSERT(error < sd / 2); /* the last value would be off by 0.8 sd */
	CU_ASSERT(ratio > 0.75 && ratio < 1.35);
	rig_done(&r);
}

static void vms_that_vary_more_are_forecast_to_vary_more(void)
{
	struct rig r;

	rig_init(&r, 40);
	for (int t = 0; t < 300; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = 300 + (vm % 2 ? 100 : 10) * rng_normal(&r.rng);
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm += 2)
		CU_ASSERT(whole_var(&r, vm + 1) > 4 * whole_var(&r, vm));
	rig_done(&r);
}

static void rare_bursts_show_in_the_third_moment(void)
{
	struct rig r;

	rig_init(&r, 40);
	for (int t = 0; t < 300; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++) {
			bool bursts = rng_below(&r.rng, 20) == 0;

			r.s->vm_cpu_demand[vm] =
			        vm % 2 ? (bursts ? 900 : 200) : 235 + 150 * rng_normal(&r.rng);
		}
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm += 2)
		CU_ASSERT(forecast(&r).third[vm + 1] > 2 * forecast(&r).third[vm]);
	rig_done(&r);
}

static void before_any_sample_all_vms_get_the_same_prior(void)
{
	struct rig r;
	struct forecast f;

	rig_init(&r, 5);
	f = forecast(&r);
	for (uint32_t vm = 0; vm < r.n; vm++) {
		CU_ASSERT(f.mean[vm] > 0.01 * MIPS && f.mean[vm] < 0.9 * MIPS);
		CU_ASSERT(f.var[vm] > 0 && f.third[vm] >= 0 && f.common[vm] >= 0);
		CU_ASSERT_EQUAL(f.mean[vm], f.mean[0]);
		CU_ASSERT_EQUAL(f.var[vm], f.var[0]);
	}
	rig_done(&r);
}

static void vm_without_samples_gets_what_the_others_suggest(void)
{
	double busy[2], spread;
	struct rig r;

	for (int i = 0; i < 2; i++) {
		rig_init(&r, 40);
		for (int t = 0; t < 100; t++) {
			for (uint32_t vm = 1; vm < r.n; vm++)
				r.s->vm_cpu_demand[vm] = (i ? 600 : 100) + (vm % 2 ? 50 : -50);
			learn(&r);
		}
		busy[i] = (double)forecast(&r).mean[0];
		spread = sqrt(whole_var(&r, 0));
		CU_ASSERT_DOUBLE_EQUAL(busy[i], i ? 600 : 100, 0.05 * MIPS);
		CU_ASSERT_DOUBLE_EQUAL(spread, 50, 25); /* as VMs differ from each other */
		rig_done(&r);
	}
}

/* A VM's first sample says something about it, and leaves it more uncertain than many do. */
static void first_sample_moves_the_forecast_part_of_the_way(void)
{
	struct rig r;

	rig_init(&r, 40);
	for (int t = 0; t < 100; t++) {
		for (uint32_t vm = 1; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = 200 + 10 * rng_normal(&r.rng);
		r.s->vm_cpu_demand[0] = t == 99 ? 700 : NAN;
		learn(&r);
	}
	CU_ASSERT(forecast(&r).mean[0] > 230);
	CU_ASSERT(forecast(&r).mean[0] <= 720);
	CU_ASSERT_DOUBLE_EQUAL((double)forecast(&r).mean[1], 200, 20);
	rig_done(&r);
}

/* Demand of all VMs: half of its variance, or none, from one shock. */
static double learn_shocks(struct rig *r, double shared_sd, double own_sd)
{
	rig_init(r, 60);
	for (int t = 0; t < 300; t++) {
		double shock = shared_sd * rng_normal(&r->rng);

		for (uint32_t vm = 0; vm < r->n; vm++)
			r->s->vm_cpu_demand[vm] = 400 + shock + own_sd * rng_normal(&r->rng);
		learn(r);
	}
	return mean_of(r, forecast(r).common);
}

static void common_shock_raises_common_and_independent_noise_does_not(void)
{
	double together, apart;
	struct rig r;

	together = learn_shocks(&r, 50, 50);
	CU_ASSERT_DOUBLE_EQUAL(together, 50, 20);
	CU_ASSERT_DOUBLE_EQUAL(mean_of(&r, forecast(&r).var), 50 * 50, 25 * 50);
	rig_done(&r);
	apart = learn_shocks(&r, 0, 70.7);
	CU_ASSERT(apart < 15);
	CU_ASSERT_DOUBLE_EQUAL(mean_of(&r, forecast(&r).var), 5000, 1500);
	rig_done(&r);
}

static void only_vms_that_take_part_in_the_shock_load_on_it(void)
{
	struct rig r;

	rig_init(&r, 60);
	for (int t = 0; t < 400; t++) {
		double shock = rng_normal(&r.rng);

		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = 400 + 80 * (vm % 2 ? shock : rng_normal(&r.rng));
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm += 2)
		CU_ASSERT(forecast(&r).common[vm + 1] > 2 * forecast(&r).common[vm]);
	rig_done(&r);
}

/* Everything a forecast says about one VM. */
struct said {
	float mean, var, third, common;
};

static struct said said_of(const struct rig *r, uint32_t vm)
{
	struct forecast f = forecast(r);

	return (struct said){f.mean[vm], f.var[vm], f.third[vm], f.common[vm]};
}

static void learn_some(struct rig *r, int ticks)
{
	for (int t = 0; t < ticks; t++) {
		double shock = 50 * rng_normal(&r->rng);

		ask_independently(r, 30);
		for (uint32_t vm = 0; vm < r->n; vm++)
			r->s->vm_cpu_demand[vm] += shock;
		learn(r);
	}
}

static void sample_without_any_value_changes_nothing(void)
{
	struct said before[300];
	struct rig r;

	rig_init(&r, 300);
	learn_some(&r, 12);
	for (uint32_t vm = 0; vm < r.n; vm++)
		before[vm] = said_of(&r, vm);
	for (int t = 0; t < 20; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = NAN;
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		struct said after = said_of(&r, vm);

		CU_ASSERT_DOUBLE_EQUAL(after.mean, before[vm].mean, 1e-4 * before[vm].mean);
		CU_ASSERT_DOUBLE_EQUAL(after.var, before[vm].var, 1e-4 * before[vm].var);
		CU_ASSERT_DOUBLE_EQUAL(after.third, before[vm].third, 1e-4 * before[vm].third);
		CU_ASSERT_DOUBLE_EQUAL(after.common, before[vm].common, 1e-4 * before[vm].common);
	}
	rig_done(&r);
}

/* What is learnt from the others may move it a little; its own past must not fade. */
static void vm_without_samples_for_a_while_keeps_its_forecast(void)
{
	struct said before;
	struct rig r;

	rig_init(&r, 300);
	learn_some(&r, 40);
	before = said_of(&r, 3);
	for (int t = 0; t < 20; t++) {
		double shock = 50 * rng_normal(&r.rng);

		ask_independently(&r, 30);
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] += shock;
		r.s->vm_cpu_demand[3] = NAN;
		learn(&r);
	}
	CU_ASSERT_DOUBLE_EQUAL(said_of(&r, 3).mean, before.mean, 0.03 * MIPS);
	CU_ASSERT_DOUBLE_EQUAL(said_of(&r, 3).common, before.common, 0.15 * before.common);
	CU_ASSERT_DOUBLE_EQUAL(said_of(&r, 3).var, before.var, 0.25 * before.var);
	rig_done(&r);
}

/* A VM that is gone is not learnt from, whatever its column still holds. */
static void absent_vm_teaches_nothing(void)
{
	struct rig r[2];

	for (int i = 0; i < 2; i++) {
		rig_init(&r[i], 20);
		r[i].s->vm_state[7] = VM_ABSENT;
		for (int t = 0; t < 50; t++) {
			ask_independently(&r[i], 30);
			r[i].s->vm_cpu_demand[7] = i ? 999 : NAN;
			learn(&r[i]);
		}
	}
	for (uint32_t vm = 0; vm < 20; vm++)
		CU_ASSERT_EQUAL(forecast(&r[0]).mean[vm], forecast(&r[1]).mean[vm]);
	rig_done(&r[0]);
	rig_done(&r[1]);
}

/* Distances of the forecasts from where the VMs are, and from where they were on average. */
static void last_value_wins_where_the_series_is_a_random_walk(void)
{
	double at[60], sum[60] = {0}, to_last = 0, mean_to_last = 0;
	const int ticks = 400;
	struct rig r;

	rig_init(&r, 60);
	for (uint32_t vm = 0; vm < r.n; vm++)
		at[vm] = 500;
	for (int t = 0; t < ticks; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++) {
			at[vm] = fmin(fmax(at[vm] + 30 * rng_normal(&r.rng), 0), 1000);
			sum[vm] += at[vm];
			r.s->vm_cpu_demand[vm] = at[vm];
		}
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		to_last += fabs((double)forecast(&r).mean[vm] - at[vm]) / r.n;
		mean_to_last += fabs(sum[vm] / ticks - at[vm]) / r.n;
	}
	CU_ASSERT(to_last < 15);
	CU_ASSERT(to_last < mean_to_last / 5);
	rig_done(&r);
}

/* Independent samples: the long mean predicts best, the last value worst. */
static void long_mean_wins_where_samples_are_independent(void)
{
	double to_last = 0, to_mean = 0;
	struct rig r;

	rig_init(&r, 60);
	for (int t = 0; t < 400; t++) {
		ask_independently(&r, 30);
		learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		double mean = (double)forecast(&r).mean[vm];

		to_last += fabs(mean - r.s->vm_cpu_demand[vm]);
		to_mean += fabs(mean - level_of(vm));
	}
	CU_ASSERT(to_mean < to_last / 2);
	rig_done(&r);
}

/* Idle, saturated, beyond the allocation, missing, coming and going: always a law of demand. */
static void forecasts_are_sound_whatever_comes(void)
{
	struct rig r;

	rig_init(&r, 50);
	for (int t = 0; t < 200; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++) {
			double u[] = {0, 1, 3, NAN, rng_double(&r.rng), rng_exponential(&r.rng)};
			uint64_t kind = vm < 4 ? vm : rng_below(&r.rng, 6);

			r.s->vm_cpu_demand[vm] = MIPS * u[kind];
		}
		learn(&r);
		for (uint32_t vm = 0; vm < r.n; vm++) {
			struct said x = said_of(&r, vm);

			CU_ASSERT(isfinite(x.mean) && x.mean > 0 && x.mean < 20 * MIPS);
			CU_ASSERT(isfinite(x.var) && x.var >= 0);
			CU_ASSERT(isfinite(x.third) && x.third >= 0);
			CU_ASSERT(isfinite(x.common) && x.common >= 0);
		}
	}
	rig_done(&r);
}

static void same_samples_same_forecast_to_the_last_bit(void)
{
	struct rig a, b;

	rig_init(&a, 300);
	rig_init(&b, 300);
	learn_some(&a, 30);
	learn_some(&b, 30);
	for (uint32_t vm = 0; vm < a.n; vm++) {
		struct said x = said_of(&a, vm), y = said_of(&b, vm);

		CU_ASSERT_EQUAL(memcmp(&x, &y, sizeof(x)), 0);
	}
	rig_done(&a);
	rig_done(&b);
}

TEST_MAIN("ebb_predictor", TEST(constant_load_is_predicted),
          TEST(every_vm_of_a_large_fleet_is_predicted),
          TEST(moments_of_independent_demand_are_found),
          TEST(vms_that_vary_more_are_forecast_to_vary_more),
          TEST(rare_bursts_show_in_the_third_moment),
          TEST(before_any_sample_all_vms_get_the_same_prior),
          TEST(vm_without_samples_gets_what_the_others_suggest),
          TEST(first_sample_moves_the_forecast_part_of_the_way),
          TEST(common_shock_raises_common_and_independent_noise_does_not),
          TEST(only_vms_that_take_part_in_the_shock_load_on_it),
          TEST(sample_without_any_value_changes_nothing),
          TEST(vm_without_samples_for_a_while_keeps_its_forecast), TEST(absent_vm_teaches_nothing),
          TEST(last_value_wins_where_the_series_is_a_random_walk),
          TEST(long_mean_wins_where_samples_are_independent),
          TEST(forecasts_are_sound_whatever_comes),
          TEST(same_samples_same_forecast_to_the_last_bit))
