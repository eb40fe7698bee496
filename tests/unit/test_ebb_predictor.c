/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forecasts of each VM by itself, of demand whose law is known: constant, independent, bursty, a
 * random walk; and of VMs that nothing is known of yet.
 */
#include "policies/ebb/predictor.h"

#include <math.h>

#include "tests/support/forecast_rig.h"
#include "tests/support/test.h"

static void constant_load_is_predicted(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 40);
	for (int t = 0; t < 100; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = forecast_rig_level(vm);
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		CU_ASSERT_DOUBLE_EQUAL((double)forecast_rig_now(&r).mean[vm],
		                       forecast_rig_level(vm), 0.02 * FORECAST_RIG_MIPS);
		CU_ASSERT(sqrt(forecast_rig_var(&r, vm)) < 0.04 * FORECAST_RIG_MIPS);
	}
	forecast_rig_done(&r);
}

/* More VMs than any one tick learns from, and not a round number of them. */
static void every_vm_of_a_large_fleet_is_predicted(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 9001);
	for (int t = 0; t < 60; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = forecast_rig_level(vm);
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++)
		CU_ASSERT_DOUBLE_EQUAL((double)forecast_rig_now(&r).mean[vm],
		                       forecast_rig_level(vm), 0.03 * FORECAST_RIG_MIPS);
	forecast_rig_done(&r);
}

static void moments_of_independent_demand_are_found(void)
{
	double error = 0, sd = 40, ratio = 0;
	struct forecast_rig r;

	forecast_rig_init(&r, 80);
	for (int t = 0; t < 400; t++) {
		forecast_rig_ask(&r, sd);
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		error += fabs((double)forecast_rig_now(&r).mean[vm] - forecast_rig_level(vm)) / r.n;
		ratio += forecast_rig_var(&r, vm) / (sd * sd) / r.n;
	}
	CU_ASSERT(error < sd / 2); /* the last value would be off by 0.8 sd */
	CU_ASSERT(ratio > 0.75 && ratio < 1.35);
	forecast_rig_done(&r);
}

static void vms_that_vary_more_are_forecast_to_vary_more(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 40);
	for (int t = 0; t < 300; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = 300 + (vm % 2 ? 100 : 10) * rng_normal(&r.rng);
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm += 2)
		CU_ASSERT(forecast_rig_var(&r, vm + 1) > 4 * forecast_rig_var(&r, vm));
	forecast_rig_done(&r);
}

/* A load in [0, A] of mean m has at most the variance m (A - m): that of all or nothing. */
static void no_vm_is_forecast_to_vary_more_than_its_range_allows(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 40);
	for (int t = 0; t < 100; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] =
			        rng_below(&r.rng, 8) < vm % 8 ? FORECAST_RIG_MIPS : 0;
		forecast_rig_learn(&r);
		for (uint32_t vm = 0; vm < r.n; vm++) {
			double mean = (double)forecast_rig_now(&r).mean[vm];
			double most =
			        mean * fmax(FORECAST_RIG_MIPS - mean, 0.001 * FORECAST_RIG_MIPS);

			CU_ASSERT(forecast_rig_var(&r, vm) <= 1.001 * most);
		}
	}
	forecast_rig_done(&r);
}

static void rare_bursts_show_in_the_third_moment(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 40);
	for (int t = 0; t < 300; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++) {
			bool bursts = rng_below(&r.rng, 20) == 0;

			r.s->vm_cpu_demand[vm] =
			        vm % 2 ? (bursts ? 900 : 200) : 235 + 150 * rng_normal(&r.rng);
		}
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm += 2)
		CU_ASSERT(forecast_rig_now(&r).third[vm + 1] > 2 * forecast_rig_now(&r).third[vm]);
	forecast_rig_done(&r);
}

static void before_any_sample_all_vms_get_the_same_prior(void)
{
	struct forecast_rig r;
	struct forecast f;

	forecast_rig_init(&r, 5);
	f = forecast_rig_now(&r);
	for (uint32_t vm = 0; vm < r.n; vm++) {
		CU_ASSERT(f.mean[vm] > 0.01 * FORECAST_RIG_MIPS &&
		          f.mean[vm] < 0.9 * FORECAST_RIG_MIPS);
		CU_ASSERT(f.var[vm] > 0 && f.third[vm] >= 0 && f.common[vm] >= 0);
		CU_ASSERT_EQUAL(f.mean[vm], f.mean[0]);
		CU_ASSERT_EQUAL(f.var[vm], f.var[0]);
	}
	forecast_rig_done(&r);
}

static void vm_without_samples_gets_what_the_others_suggest(void)
{
	double busy[2], spread;
	struct forecast_rig r;

	for (int i = 0; i < 2; i++) {
		forecast_rig_init(&r, 40);
		for (int t = 0; t < 100; t++) {
			for (uint32_t vm = 1; vm < r.n; vm++)
				r.s->vm_cpu_demand[vm] = (i ? 600 : 100) + (vm % 2 ? 50 : -50);
			forecast_rig_learn(&r);
		}
		busy[i] = (double)forecast_rig_now(&r).mean[0];
		spread = sqrt(forecast_rig_var(&r, 0));
		CU_ASSERT_DOUBLE_EQUAL(busy[i], i ? 600 : 100, 0.05 * FORECAST_RIG_MIPS);
		CU_ASSERT_DOUBLE_EQUAL(spread, 50, 25); /* as VMs differ from each other */
		forecast_rig_done(&r);
	}
}

/* A VM's first sample says something about it, and leaves it more uncertain than many do. */
static void first_sample_moves_the_forecast_part_of_the_way(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 40);
	for (int t = 0; t < 100; t++) {
		for (uint32_t vm = 1; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = 200 + 10 * rng_normal(&r.rng);
		r.s->vm_cpu_demand[0] = t == 99 ? 700 : NAN;
		forecast_rig_learn(&r);
	}
	CU_ASSERT(forecast_rig_now(&r).mean[0] > 230);
	CU_ASSERT(forecast_rig_now(&r).mean[0] <= 720);
	CU_ASSERT_DOUBLE_EQUAL((double)forecast_rig_now(&r).mean[1], 200, 20);
	forecast_rig_done(&r);
}

/* Distances of the forecasts from where the VMs are, and from where they were on average. */
static void last_value_wins_where_the_series_is_a_random_walk(void)
{
	double at[60], sum[60] = {0}, to_last = 0, mean_to_last = 0;
	const int ticks = 400;
	struct forecast_rig r;

	forecast_rig_init(&r, 60);
	for (uint32_t vm = 0; vm < r.n; vm++)
		at[vm] = 500;
	for (int t = 0; t < ticks; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++) {
			at[vm] = fmin(fmax(at[vm] + 30 * rng_normal(&r.rng), 0), 1000);
			sum[vm] += at[vm];
			r.s->vm_cpu_demand[vm] = at[vm];
		}
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		to_last += fabs((double)forecast_rig_now(&r).mean[vm] - at[vm]) / r.n;
		mean_to_last += fabs(sum[vm] / ticks - at[vm]) / r.n;
	}
	CU_ASSERT(to_last < 15);
	CU_ASSERT(to_last < mean_to_last / 5);
	forecast_rig_done(&r);
}

/* Independent samples: the long mean predicts best, the last value worst. */
static void long_mean_wins_where_samples_are_independent(void)
{
	double to_last = 0, to_mean = 0;
	struct forecast_rig r;

	forecast_rig_init(&r, 60);
	for (int t = 0; t < 400; t++) {
		forecast_rig_ask(&r, 30);
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		double mean = (double)forecast_rig_now(&r).mean[vm];

		to_last += fabs(mean - r.s->vm_cpu_demand[vm]);
		to_mean += fabs(mean - forecast_rig_level(vm));
	}
	CU_ASSERT(to_mean < to_last / 2);
	forecast_rig_done(&r);
}

TEST_MAIN("ebb_predictor", TEST(constant_load_is_predicted),
          TEST(every_vm_of_a_large_fleet_is_predicted),
          TEST(moments_of_independent_demand_are_found),
          TEST(vms_that_vary_more_are_forecast_to_vary_more),
          TEST(no_vm_is_forecast_to_vary_more_than_its_range_allows),
          TEST(rare_bursts_show_in_the_third_moment),
          TEST(before_any_sample_all_vms_get_the_same_prior),
          TEST(vm_without_samples_gets_what_the_others_suggest),
          TEST(first_sample_moves_the_forecast_part_of_the_way),
          TEST(last_value_wins_where_the_series_is_a_random_walk),
          TEST(long_mean_wins_where_samples_are_independent))
