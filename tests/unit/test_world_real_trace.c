/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the real world follows its trace: samples, gaps, VMs that come and go, the end. */
#include <math.h>
#include <string.h>

#include "sim/world_real.h"
#include "tests/support/test.h"
#include "tests/support/world_rig.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-6 * (1 + fabs((double)(b))))

static void a_sample_tells_of_the_interval_that_ended(void)
{
	struct rig_spec spec = rig_defaults(1, 1, 3);
	struct world_rig r;

	spec.cpu = (const double[]){1, 2, 3};
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	CU_ASSERT_EQUAL(r.n_samples, 0);
	rig_run(&r, 300);
	CU_ASSERT_EQUAL(r.n_samples, 1);
	CU_ASSERT_EQUAL(r.sample.sample, SAMPLE_PAST);
	NEAR(r.sample.vm_cpu_demand[0], 100);
	NEAR(r.sample.host_cpu_usage[0], 100);
	NEAR(r.sample.host_utilisation[0], 0.1);
	CU_ASSERT_PTR_NULL(r.sample.vm_mem_bytes);
	rig_run(&r, 600);
	NEAR(r.sample.vm_cpu_demand[0], 200);
	NEAR(r.sample.host_utilisation[0], 0.2);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.n_samples, 2);
	rig_done(&r);
}

static void host_usage_is_the_mean_of_the_interval(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	spec.cpu = (const double[]){20, 0};
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_on(0));
	rig_run(&r, 75);
	(void)rig_do(&r, rig_place(0, 0)); /* 2000 of 1000 MIPS for 225 s */
	rig_run(&r, 300);
	NEAR(r.sample.host_cpu_usage[0], 750);
	NEAR(r.sample.host_cpu_usage[1], 0);
	rig_done(&r);
}

static void a_gap_is_unknown_to_the_engine_and_holds_in_truth(void)
{
	struct rig_spec spec = rig_defaults(1, 2, 4);
	struct world_rig r;

	spec.cpu = (const double[]){3, 1, NAN, 1, NAN, 1, 2, 1};
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	(void)rig_do(&r, rig_place(1, 0));
	rig_run(&r, 600);
	CU_ASSERT(isnan(r.sample.vm_cpu_demand[0]));
	NEAR(r.sample.vm_cpu_demand[1], 100);
	NEAR(r.sample.host_cpu_usage[0], 400);
	rig_run(&r, 900);
	CU_ASSERT(isnan(r.sample.vm_cpu_demand[0]));
	NEAR(r.sample.host_cpu_usage[0], 400);
	rig_finish(&r);
	NEAR(r.result.timeline.bins[2].demand_mips, 400);
	NEAR(r.result.timeline.bins[3].demand_mips, 300);
	rig_done(&r);
}

static void vms_come_and_go_when_the_trace_says(void)
{
	struct rig_spec spec = rig_defaults(1, 3, 4);
	struct world_rig r;

	spec.first = (const uint64_t[]){0, 1, 2};
	spec.last = (const uint64_t[]){3, 2, UINT64_MAX};
	rig_init(&r, &spec);
	CU_ASSERT_PTR_NULL(rig_event(&r, ENV_VM_ARRIVED, 1));
	(void)rig_do(&r, rig_place(0, 0));
	rig_run(&r, 300);
	CU_ASSERT_EQUAL(rig_event(&r, ENV_VM_ARRIVED, 1)->vm, 1);
	(void)rig_do(&r, rig_place(1, 0));
	rig_run(&r, 600);
	CU_ASSERT_EQUAL(rig_event(&r, ENV_VM_GONE, 0)->vm, 1);
	CU_ASSERT_EQUAL(rig_event(&r, ENV_VM_ARRIVED, 2)->vm, 2);
	(void)rig_do(&r, rig_place(2, 0));
	rig_finish(&r);
	CU_ASSERT_EQUAL(rig_event(&r, ENV_VM_GONE, 1)->vm, 0);
	CU_ASSERT_PTR_NULL(rig_event(&r, ENV_VM_GONE, 2));
	NEAR(r.result.timeline.bins[1].delivered_mips, 200);
	NEAR(r.result.timeline.bins[3].delivered_mips, 100);
	NEAR(r.result.unserved_ratio, 0);
	CU_ASSERT_EQUAL(r.result.vm_steps, 6);
	rig_done(&r);
}

static void a_pending_vm_wants_but_has_no_sample(void)
{
	struct rig_spec spec = rig_defaults(2, 2, 2);
	struct world_rig r;

	spec.mem = (const double[]){100, 200, 300, 400};
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(1, 0));
	rig_run(&r, 300);
	CU_ASSERT(isnan(r.sample.vm_cpu_demand[0]));
	CU_ASSERT(isnan(r.sample.vm_mem_bytes[0]));
	NEAR(r.sample.vm_cpu_demand[1], 100);
	NEAR(r.sample.vm_mem_bytes[1], 200);
	rig_finish(&r);
	NEAR(r.result.unserved_ratio, 0.5);
	rig_done(&r);
}

static void until_cuts_the_run(void)
{
	struct rig_spec spec = rig_defaults(1, 1, 4);
	struct world_rig r;

	spec.until_us = 450 * USEC_PER_SEC;
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	rig_finish(&r);
	NEAR(usec_to_sec(r.result.simulated_us), 450);
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 450 * 110.0);
	CU_ASSERT_EQUAL(r.result.timeline.n_bins, 2);
	NEAR(r.result.timeline.bins[1].power_w, 110);
	rig_done(&r);
}

static void a_trace_that_ends_early_ends_the_run(void)
{
	struct rig_spec spec = rig_defaults(1, 1, 4);
	struct world_rig r;

	spec.ends_after = 2;
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	rig_finish(&r);
	NEAR(usec_to_sec(r.result.simulated_us), 600);
	rig_done(&r);
}

static void the_lower_bound_is_that_of_all_demand(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	rig_init(&r, &spec); /* nobody places it */
	rig_finish(&r);
	/* 100 MIPS as a tenth of a full host of 200 W, the other hosts 5 W each. */
	NEAR(r.result.lower_bound_kwh * JOULES_PER_KWH, 300 * (0.1 * 200 + 1.9 * 5));
	rig_done(&r);
}

static void the_lower_bound_counts_memory_while_a_vm_exists(void)
{
	struct rig_spec spec = rig_defaults(1, 1, 2);
	struct world_rig r;

	spec.cpu = (const double[]){0, 0};
	spec.last = (const uint64_t[]){1};
	rig_init(&r, &spec);
	rig_finish(&r);
	/* A tenth of an idle host of 100 W for 300 s, then nothing on. */
	NEAR(r.result.lower_bound_kwh * JOULES_PER_KWH, 300 * (0.1 * 100 + 0.9 * 5) + 300 * 5);
	rig_done(&r);
}

static struct trace *no_trace(struct trace *t, const struct fleet *f)
{
	*t = (struct trace){
	        .info = {.interval_us = 1, .n_columns = 1, .n_vms = f->n_vms},
	};
	return t;
}

static void what_cannot_run_is_refused_by_name(void)
{
	struct rig_spec spec = rig_defaults(1, 2, 1);
	struct world_opts o = {.rules = RULES_REAL, .until_us = USEC_NEVER};
	struct trace t;
	struct world *w = NULL;
	struct err err = {0};

	spec.fleet->vms[1].allocation.v[RES_CPU] = 0;
	CU_ASSERT(world_real_new(&o, spec.fleet, no_trace(&t, spec.fleet), &w, &err) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "v001"));
	spec.fleet->classes[0].capacity.v[RES_NET_BPS] = 0;
	CU_ASSERT(world_real_new(&o, spec.fleet, no_trace(&t, spec.fleet), &w, &err) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "network"));
	(void)no_trace(&t, spec.fleet);
	t.info.n_vms = 1;
	CU_ASSERT(world_real_new(&o, spec.fleet, &t, &w, &err) < 0);
	CU_ASSERT_PTR_NULL(w);
	fleet_free(spec.fleet);
}

TEST_MAIN("world_real_trace", TEST(a_sample_tells_of_the_interval_that_ended),
          TEST(host_usage_is_the_mean_of_the_interval),
          TEST(a_gap_is_unknown_to_the_engine_and_holds_in_truth),
          TEST(vms_come_and_go_when_the_trace_says), TEST(a_pending_vm_wants_but_has_no_sample),
          TEST(until_cuts_the_run), TEST(a_trace_that_ends_early_ends_the_run),
          TEST(the_lower_bound_is_that_of_all_demand),
          TEST(the_lower_bound_counts_memory_while_a_vm_exists),
          TEST(what_cannot_run_is_refused_by_name))
