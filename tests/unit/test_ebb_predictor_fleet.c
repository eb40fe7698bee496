/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a forecast takes from the whole fleet, shocks that VMs feel together, and what it makes of
 * samples that are missing, odd or the same again.
 */
#include "policies/ebb/predictor.h"

#include <math.h>
#include <string.h>

#include "tests/support/forecast_rig.h"
#include "tests/support/test.h"

static double mean_of(const struct forecast_rig *r, const float *column)
{
	double sum = 0;

	for (uint32_t vm = 0; vm < r->n; vm++)
		sum += (double)column[vm];
	return sum / r->n;
}

/* Demand of all VMs: half of its variance, or none, from one shock. */
static double learn_shocks(struct forecast_rig *r, double shared_sd, double own_sd)
{
	forecast_rig_init(r, 60);
	for (int t = 0; t < 300; t++) {
		double shock = shared_sd * rng_normal(&r->rng);

		for (uint32_t vm = 0; vm < r->n; vm++)
			r->s->vm_cpu_demand[vm] = 400 + shock + own_sd * rng_normal(&r->rng);
		forecast_rig_learn(r);
	}
	return mean_of(r, forecast_rig_now(r).common);
}

static void common_shock_raises_common_and_independent_noise_does_not(void)
{
	double together, apart;
	struct forecast_rig r;

	together = learn_shocks(&r, 50, 50);
	CU_ASSERT_DOUBLE_EQUAL(together, 50, 20);
	CU_ASSERT_DOUBLE_EQUAL(mean_of(&r, forecast_rig_now(&r).var), 50 * 50, 25 * 50);
	forecast_rig_done(&r);
	apart = learn_shocks(&r, 0, 70.7);
	CU_ASSERT(apart < 15);
	CU_ASSERT_DOUBLE_EQUAL(mean_of(&r, forecast_rig_now(&r).var), 5000, 1500);
	forecast_rig_done(&r);
}

/* Whoever is new is taken to go along with the others until its own samples say more. */
static void new_vm_is_taken_to_feel_the_common_shock(void)
{
	float common[2];
	struct forecast_rig r;

	for (int i = 0; i < 2; i++) {
		forecast_rig_init(&r, 60);
		for (int t = 0; t < 300; t++) {
			double shock = i ? 50 * rng_normal(&r.rng) : 0;

			for (uint32_t vm = 0; vm < r.n; vm++)
				r.s->vm_cpu_demand[vm] =
				        400 + shock + (i ? 50 : 70.7) * rng_normal(&r.rng);
			if (t < 297)
				r.s->vm_cpu_demand[0] = NAN;
			forecast_rig_learn(&r);
		}
		common[i] = forecast_rig_now(&r).common[0];
		forecast_rig_done(&r);
	}
	CU_ASSERT(common[1] > 20);
	CU_ASSERT(common[1] > 3 * common[0]);
}

/* Many VMs that come at once, all busy, say nothing about those that were there. */
static void arrivals_are_no_shock(void)
{
	double before, common;
	struct forecast_rig r;

	forecast_rig_init(&r, 60);
	for (uint32_t vm = 30; vm < 60; vm++)
		r.s->vm_state[vm] = VM_ABSENT;
	for (int t = 0; t < 100; t++) {
		forecast_rig_ask(&r, 40);
		forecast_rig_learn(&r);
	}
	before = (double)forecast_rig_now(&r).common[0];
	for (uint32_t vm = 30; vm < 60; vm++) {
		r.s->vm_state[vm] = VM_RUNNING;
		r.s->vm_cpu_demand[vm] = 950;
	}
	forecast_rig_learn(&r);
	CU_ASSERT((double)forecast_rig_now(&r).common[0] < before + 10);
	common = (double)forecast_rig_now(&r).common[30];
	CU_ASSERT(common * common < 0.2 * forecast_rig_var(&r, 30));
	forecast_rig_done(&r);
}

static void only_vms_that_take_part_in_the_shock_load_on_it(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 60);
	for (int t = 0; t < 400; t++) {
		double shock = rng_normal(&r.rng);

		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = 400 + 80 * (vm % 2 ? shock : rng_normal(&r.rng));
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm += 2)
		CU_ASSERT(forecast_rig_now(&r).common[vm + 1] >
		          2 * forecast_rig_now(&r).common[vm]);
	forecast_rig_done(&r);
}

/* Everything a forecast says about one VM. */
struct said {
	float mean, var, third, common;
};

static struct said said_of(const struct forecast_rig *r, uint32_t vm)
{
	struct forecast f = forecast_rig_now(r);

	return (struct said){f.mean[vm], f.var[vm], f.third[vm], f.common[vm]};
}

static double whole_var(const struct said *x)
{
	return (double)x->var + (double)x->common * (double)x->common;
}

static void learn_some(struct forecast_rig *r, int ticks)
{
	for (int t = 0; t < ticks; t++) {
		double shock = 50 * rng_normal(&r->rng);

		forecast_rig_ask(r, 30);
		for (uint32_t vm = 0; vm < r->n; vm++)
			r->s->vm_cpu_demand[vm] += shock;
		forecast_rig_learn(r);
	}
}

static void sample_without_any_value_changes_nothing(void)
{
	struct said before[300];
	struct forecast_rig r;

	forecast_rig_init(&r, 300);
	learn_some(&r, 12);
	for (uint32_t vm = 0; vm < r.n; vm++)
		before[vm] = said_of(&r, vm);
	for (int t = 0; t < 20; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++)
			r.s->vm_cpu_demand[vm] = NAN;
		forecast_rig_learn(&r);
	}
	for (uint32_t vm = 0; vm < r.n; vm++) {
		struct said after = said_of(&r, vm);

		CU_ASSERT_DOUBLE_EQUAL(after.mean, before[vm].mean, 1e-4 * before[vm].mean);
		CU_ASSERT_DOUBLE_EQUAL(after.var, before[vm].var, 1e-4 * before[vm].var);
		CU_ASSERT_DOUBLE_EQUAL(after.third, before[vm].third, 1e-4 * before[vm].third);
		CU_ASSERT_DOUBLE_EQUAL(after.common, before[vm].common, 1e-4 * before[vm].common);
	}
	forecast_rig_done(&r);
}

/*
 * What is learnt from the others may move their forecasts a little; what is known of themselves
 * must not fade. One VM alone, and a whole range of them: they are worked on in blocks.
 */
static void vms_without_samples_for_a_while_keep_their_forecasts(void)
{
	struct said before[600];
	double faded = 0;
	struct forecast_rig r;

	forecast_rig_init(&r, 600);
	learn_some(&r, 150);
	for (uint32_t vm = 0; vm < r.n; vm++)
		before[vm] = said_of(&r, vm);
	r.missing_from = 200;
	r.missing_to = 560;
	learn_some(&r, 60);
	for (uint32_t vm = 200; vm < 560; vm++) {
		struct said after = said_of(&r, vm);

		CU_ASSERT_DOUBLE_EQUAL(after.mean, before[vm].mean, 0.03 * FORECAST_RIG_MIPS);
		CU_ASSERT_DOUBLE_EQUAL(whole_var(&after), whole_var(&before[vm]),
		                       0.25 * whole_var(&before[vm]));
		faded += fabs((double)(after.common / before[vm].common) - 1) / 360;
	}
	CU_ASSERT(faded < 0.14);
	forecast_rig_done(&r);
}

/* A VM that is gone is not learnt from, whatever its column still holds. */
static void absent_vm_teaches_nothing(void)
{
	struct forecast_rig r[2];

	for (int i = 0; i < 2; i++) {
		forecast_rig_init(&r[i], 20);
		r[i].s->vm_state[7] = VM_ABSENT;
		for (int t = 0; t < 50; t++) {
			forecast_rig_ask(&r[i], 30);
			r[i].s->vm_cpu_demand[7] = i ? 999 : NAN;
			forecast_rig_learn(&r[i]);
		}
	}
	for (uint32_t vm = 0; vm < 20; vm++)
		CU_ASSERT_EQUAL(forecast_rig_now(&r[0]).mean[vm], forecast_rig_now(&r[1]).mean[vm]);
	forecast_rig_done(&r[0]);
	forecast_rig_done(&r[1]);
}

/* Idle, saturated, beyond the allocation, missing, coming and going: always a law of demand. */
static void forecasts_are_sound_whatever_comes(void)
{
	struct forecast_rig r;

	forecast_rig_init(&r, 50);
	for (int t = 0; t < 200; t++) {
		for (uint32_t vm = 0; vm < r.n; vm++) {
			double u[] = {0, 1, 3, NAN, rng_double(&r.rng), rng_exponential(&r.rng)};
			uint64_t kind = vm < 4 ? vm : rng_below(&r.rng, 6);

			r.s->vm_cpu_demand[vm] = FORECAST_RIG_MIPS * u[kind];
		}
		forecast_rig_learn(&r);
		for (uint32_t vm = 0; vm < r.n; vm++) {
			struct said x = said_of(&r, vm);

			CU_ASSERT(isfinite(x.mean) && x.mean > 0 &&
			          x.mean < 20 * FORECAST_RIG_MIPS);
			CU_ASSERT(isfinite(x.var) && x.var >= 0);
			CU_ASSERT(isfinite(x.third) && x.third >= 0);
			CU_ASSERT(isfinite(x.common) && x.common >= 0);
		}
	}
	forecast_rig_done(&r);
}

static void same_samples_same_forecast_to_the_last_bit(void)
{
	struct forecast_rig a, b;

	forecast_rig_init(&a, 300);
	forecast_rig_init(&b, 300);
	learn_some(&a, 30);
	learn_some(&b, 30);
	for (uint32_t vm = 0; vm < a.n; vm++) {
		struct said x = said_of(&a, vm), y = said_of(&b, vm);

		CU_ASSERT_EQUAL(memcmp(&x, &y, sizeof(x)), 0);
	}
	forecast_rig_done(&a);
	forecast_rig_done(&b);
}

TEST_MAIN("ebb_predictor_fleet", TEST(common_shock_raises_common_and_independent_noise_does_not),
          TEST(new_vm_is_taken_to_feel_the_common_shock), TEST(arrivals_are_no_shock),
          TEST(only_vms_that_take_part_in_the_shock_load_on_it),
          TEST(sample_without_any_value_changes_nothing),
          TEST(vms_without_samples_for_a_while_keep_their_forecasts),
          TEST(absent_vm_teaches_nothing), TEST(forecasts_are_sound_whatever_comes),
          TEST(same_samples_same_forecast_to_the_last_bit))
