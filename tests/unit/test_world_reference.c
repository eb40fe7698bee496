/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world of rules ideal and cloudsim, driven by hand. A host has 2 cores of 500 MIPS, 100 W to
 * 200 W, and a network of 1000 bytes/s of which migrations get half; a VM has 100 MIPS and 1000
 * bytes, so that a migration takes 2 s.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "tests/support/build.h"
#include "tests/support/test.h"
#include "tests/support/world_rig.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-9 * (1 + fabs((double)(b))))

static struct rig_spec spec_of(enum rules rules, uint32_t n_hosts, uint32_t n_vms,
                               uint32_t n_columns)
{
	struct rig_spec spec = rig_defaults(n_hosts, n_vms, n_columns);

	spec.rules = rules;
	spec.cfg.migration_overhead_ratio = 0.1;
	return spec;
}

/* VMs of so many MIPS. */
static void resize_vms(struct rig_spec *spec, double mips)
{
	for (uint32_t vm = 0; vm < spec->fleet->n_vms; vm++)
		spec->fleet->vms[vm].allocation.v[RES_CPU] = mips;
}

static void place_all(struct world_rig *r, uint32_t n, const uint32_t *on)
{
	for (uint32_t vm = 0; vm < n; vm++)
		CU_ASSERT_EQUAL(rig_do(r, rig_place(vm, on[vm])), ENV_DONE_AT_ONCE);
}

static void ideal_offers_vms_with_their_first_sample_at_time_0(void)
{
	const double cpu[] = {0.5, 0.2};
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 2, 1);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	CU_ASSERT_EQUAL(r.n_samples, 1);
	CU_ASSERT_EQUAL(r.sample.sample, SAMPLE_CURRENT);
	NEAR(r.sample.vm_cpu_demand[0], 50);
	NEAR(r.sample.vm_cpu_ratio[1], 0.2);
	NEAR(r.sample.vm_mem_bytes[0], 0); /* memory does not count */
	CU_ASSERT_PTR_NOT_NULL(rig_event(&r, ENV_VM_ARRIVED, 1));
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_OFF);
	rig_finish(&r);
	rig_done(&r);
}

static void ideal_samples_at_the_columns_and_lets_demand_run_in_between(void)
{
	const double cpu[] = {0.2, 0.6, 0.6};
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 1, 3);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(world_next(r.world), 300 * USEC_PER_SEC);
	rig_run(&r, 300);
	CU_ASSERT_EQUAL(r.n_samples, 2);
	NEAR(r.sample.vm_cpu_demand[0], 60);
	NEAR(r.sample.host_utilisation[0], 0.06);
	NEAR(r.sample.vm_mem_bytes[0], 0);
	rig_finish(&r);
	/* power is 100 W + 0.1 W per MIPS: 20 -> 60 MIPS, then 60 for two columns */
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 300 * (104 + 106 + 106));
	NEAR(usec_to_sec(r.result.simulated_us), 900);
	NEAR(r.result.mean_hosts_on, 1);
	rig_done(&r);
}

static void ideal_gives_an_unused_or_idle_host_0_watts(void)
{
	const double cpu[] = {0, 0.5};
	struct rig_spec spec = spec_of(RULES_IDEAL, 3, 1, 2);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	/* rises from off to 105 W at 300 s, then stays */
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 300 * (105 / 2.0 + 105));
	NEAR(r.result.mean_hosts_on, 1); /* it holds a VM all the time */
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 0);
	rig_done(&r);
}

static void shares_shrink_to_whole_mips_where_demand_is_too_much(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 3, 1);
	struct world_rig r;

	resize_vms(&spec, 400);
	rig_init(&r, &spec);
	place_all(&r, 3, (const uint32_t[]){0, 0, 0});
	rig_finish(&r);
	NEAR(r.result.unserved_ratio, 1 - 999.0 / 1200);
	NEAR(r.result.slatah, 1);
	NEAR(r.result.average_sla, 1 - 333.0 / 400);
	NEAR(r.result.pdm, 0);
	rig_done(&r);
}

static void a_core_slower_than_the_demand_is_an_overload(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 1, 1);
	struct world_rig r;

	resize_vms(&spec, 600);
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	NEAR(r.result.slatah, 1);
	NEAR(r.result.unserved_ratio, 1 - 500.0 / 600);
	rig_done(&r);
}

static void overload_and_work_count_as_they_were_when_the_interval_began(void)
{
	/* 3 VMs of 500: 900 MIPS in all, rising to 1200 in the first column, falling in the second
	 */
	const double cpu[] = {0.6, 0.6, 0.6, 0.8, 0.8, 0.8, 0.2, 0.2, 0.2};
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 3, 3);
	struct world_rig r;

	spec.cpu = cpu;
	resize_vms(&spec, 500);
	rig_init(&r, &spec);
	place_all(&r, 3, (const uint32_t[]){0, 0, 0});
	rig_finish(&r);
	NEAR(r.result.slatah, 1 / 3.0);
	NEAR(r.result.unserved_ratio, 201.0 / (900 + 1200 + 300));
	rig_done(&r);
}

static void a_migration_costs_a_tenth_at_both_ends(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 2, 1, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(0)), -EBUSY);
	rig_run(&r, 2);
	NEAR(rig_outcome_s(&r, ENV_ACTION_DONE, 2), 2);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(0)), ENV_DONE_AT_ONCE);
	rig_finish(&r);
	/* 110 W and 101 W for 2 s (the source works in full), then 110 W */
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 2 * (110 + 101) + 298 * 110);
	NEAR(r.result.pdm, 0.1 * 2 / 300);
	NEAR(r.result.unserved_ratio, 0.1 * 2 / 300);
	NEAR(r.result.slatah, 0); /* the target did what was asked of it */
	NEAR(r.result.bytes_moved, 1000);
	CU_ASSERT_EQUAL(r.result.migrations, 1);
	rig_done(&r);
}

static void one_vm_can_migrate_twice_at_once_and_ends_on_the_second_target(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 3, 1, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 2)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 2)), -EINVAL); /* that one is under way */
	rig_run(&r, 2);
	NEAR(rig_outcome_s(&r, ENV_ACTION_DONE, 2), 2);
	NEAR(rig_outcome_s(&r, ENV_ACTION_DONE, 3), 2);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(1)), ENV_DONE_AT_ONCE);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(2)), -EBUSY);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.migrations, 2);
	rig_done(&r);
}

static void a_vm_that_leaves_calls_its_migration_off(void)
{
	const uint64_t first[] = {0, 0}, last[] = {1, 2};
	struct rig_spec spec = spec_of(RULES_IDEAL, 2, 2, 2);
	struct world_rig r;

	spec.first = first;
	spec.last = last;
	rig_init(&r, &spec);
	place_all(&r, 2, (const uint32_t[]){0, 0});
	rig_run(&r, 299);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	rig_run(&r, 300);
	NEAR(rig_outcome_s(&r, ENV_ACTION_FAILED, 3), 300);
	CU_ASSERT_EQUAL(rig_event(&r, ENV_VM_GONE, 0)->vm, 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(1)), ENV_DONE_AT_ONCE);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.migrations_failed, 1);
	CU_ASSERT_EQUAL(r.result.vm_steps, 3);
	rig_done(&r);
}

static void a_cancelled_migration_leaves_the_vm_where_it_is(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 2, 1, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	r.world->env.ops->cancel(&r.world->env, r.last_id);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.migrations_failed, 1);
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 300 * 110);
	NEAR(r.result.pdm, 0);
	rig_done(&r);
}

static void vms_come_and_go_and_gaps_hold_the_last_value(void)
{
	/* VM 0 has a gap in column 1; VM 1 is there in column 2 only */
	const double cpu[] = {0.5, NAN, NAN, NAN, 0.5, 1};
	const uint64_t first[] = {0, 2}, last[] = {3, 3};
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 2, 3);
	struct world_rig r;

	spec.cpu = cpu;
	spec.first = first;
	spec.last = last;
	rig_init(&r, &spec);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 0)), ENV_DONE_AT_ONCE);
	rig_run(&r, 300);
	CU_ASSERT_TRUE(isnan(r.sample.vm_cpu_demand[0]));
	NEAR(r.sample.host_cpu_usage[0], 50);
	rig_run(&r, 600);
	NEAR(r.sample.vm_cpu_demand[1], 100);
	rig_finish(&r);
	/* VM 1 was never placed: its 100 MIPS x 300 s are unserved */
	NEAR(r.result.unserved_ratio, 100.0 / (3 * 50 + 100));
	CU_ASSERT_EQUAL(r.result.vms_pending_max, 1);
	rig_done(&r);
}

static void a_host_that_fills_again_is_a_power_cycle(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 2, 1, 2);
	struct world_rig r;

	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_run(&r, 100);
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_run(&r, 200);
	(void)rig_do(&r, rig_move(0, 1, 0));
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 2);
	NEAR(r.result.mean_hosts_on, (600.0 + 2 + 2) / 600);
	rig_done(&r);
}

static void always_on_draws_full_power_all_the_time(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 3, 1, 2);
	struct world_rig r;

	spec.always_on = true;
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 3 * 200 * 600);
	NEAR(r.result.mean_hosts_on, 3);
	rig_done(&r);
}

static void cloudsim_samples_a_tenth_of_a_second_late_from_the_second_column(void)
{
	const double cpu[] = {1, 0.5, 0.2};
	struct rig_spec spec = spec_of(RULES_CLOUDSIM, 1, 1, 3);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	CU_ASSERT_EQUAL(r.n_samples, 0);
	place_all(&r, 1, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(world_next(r.world), 300100000);
	rig_run(&r, 300.1);
	CU_ASSERT_DOUBLE_EQUAL(r.sample.vm_cpu_demand[0], 50 - 30 * 0.1 / 300, 1e-12);
	rig_finish(&r);
	/* only [300.1, 600.1] costs: from 49.99 MIPS to 20 */
	CU_ASSERT_DOUBLE_EQUAL(r.result.energy_kwh * JOULES_PER_KWH, 300 * (100 + (4.999 + 2) / 2),
	                       1e-6);
	NEAR(usec_to_sec(r.result.simulated_us), 900);
	rig_done(&r);
}

static void cloudsim_destroys_a_vm_that_wants_nothing(void)
{
	/* VM 0 is at 0 in columns 1 and 2; VM 1 only in column 1, so never exactly at 0 */
	const double cpu[] = {1, 1, 0, 0, 0, 0.5, 1, 1};
	struct rig_spec spec = spec_of(RULES_CLOUDSIM, 2, 2, 4);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	place_all(&r, 2, (const uint32_t[]){0, 1});
	rig_run(&r, 300.1);
	CU_ASSERT_EQUAL(rig_event(&r, ENV_VM_GONE, 0)->vm, 0);
	CU_ASSERT_PTR_NULL(rig_event(&r, ENV_VM_GONE, 1));
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(0)), ENV_DONE_AT_ONCE);
	rig_finish(&r);
	/* host 0 was never active after the start: one shutdown, at 300.1 */
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 1);
	CU_ASSERT_DOUBLE_EQUAL(r.result.mean_time_to_shutdown_s, 300.1, 1e-9);
	rig_done(&r);
}

static void cloudsim_keeps_a_vm_that_wants_nothing_while_it_migrates(void)
{
	const double cpu[] = {1, 1, 0, 0, 0};
	struct rig_spec spec = spec_of(RULES_CLOUDSIM, 2, 1, 5);
	struct world_rig r;

	spec.cpu = cpu;
	spec.fleet->vms[0].allocation.v[RES_MEM] = 200000; /* 400 s */
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_run(&r, 300.1);
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_run(&r, 700);
	CU_ASSERT_PTR_NULL(rig_event(&r, ENV_VM_GONE, 0));
	rig_run(&r, 701);
	CU_ASSERT_PTR_NOT_NULL(rig_event(&r, ENV_VM_GONE, 0));
	NEAR(usec_to_sec(rig_event(&r, ENV_VM_GONE, 0)->at_us), 700.1);
	rig_finish(&r);
	rig_done(&r);
}

static void ideal_lets_power_fall_to_0_watts_with_the_demand(void)
{
	const double cpu[] = {0.5, 0, 0};
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 1, 3);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 300 * 105 / 2.0);
	rig_done(&r);
}

static void ideal_keeps_a_vm_that_wants_nothing(void)
{
	const double cpu[] = {1, 0, 0, 1};
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 1, 4);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	CU_ASSERT_PTR_NULL(rig_event(&r, ENV_VM_GONE, 0));
	CU_ASSERT_EQUAL(r.result.vm_steps, 4);
	rig_done(&r);
}

static void cloudsim_counts_a_target_as_violated_while_a_vm_comes(void)
{
	const double cpu[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
	struct rig_spec spec = spec_of(RULES_CLOUDSIM, 2, 2, 3);
	struct world_rig r;

	spec.cpu = cpu;
	rig_init(&r, &spec);
	place_all(&r, 2, (const uint32_t[]){0, 1});
	rig_run(&r, 300.1);
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_finish(&r);
	/* Events 300.1, 302.1, 600.1: host 0 is active for 2 s, host 1 for 300 s. */
	CU_ASSERT_DOUBLE_EQUAL(r.result.slatah, 2 / 302.0, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(r.result.pdm, 5 * 2 / (100.0 * 300), 1e-9);
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 1);
	CU_ASSERT_DOUBLE_EQUAL(r.result.mean_time_to_shutdown_s, 302.1, 1e-9);
	rig_done(&r);
}

static void cloudsim_stops_its_meters_at_the_last_event(void)
{
	struct rig_spec spec = spec_of(RULES_CLOUDSIM, 1, 1, 2);
	struct world_rig r;

	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	NEAR(r.result.energy_kwh, 0); /* one sample: no interval */
	rig_done(&r);
}

static void cloudsim_refuses_what_the_reference_does_not_define(void)
{
	const uint64_t first[] = {0, 1};
	const double gap[] = {1, NAN};
	struct rig_spec spec = spec_of(RULES_CLOUDSIM, 1, 2, 2);
	struct err err = {0};

	spec.first = first;
	CU_ASSERT_EQUAL(rig_try(&spec, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "v001"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "ideal"));
	spec = spec_of(RULES_CLOUDSIM, 1, 2, 1);
	spec.cpu = gap;
	CU_ASSERT_EQUAL(rig_try(&spec, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "column 0"));
}

static void a_fleet_without_network_or_allocation_is_refused(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 1, 1);
	struct err err = {0};

	spec.fleet->classes[0].capacity.v[RES_NET_BPS] = 0;
	CU_ASSERT_EQUAL(rig_try(&spec, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "network"));
	spec = spec_of(RULES_IDEAL, 1, 1, 1);
	resize_vms(&spec, 0);
	CU_ASSERT_EQUAL(rig_try(&spec, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "allocation"));
}

static void a_trace_shorter_than_it_said_ends_the_run(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 1, 1, 5);
	struct world_rig r;

	spec.ends_after = 2;
	rig_init(&r, &spec);
	place_all(&r, 1, (const uint32_t[]){0});
	rig_finish(&r);
	NEAR(usec_to_sec(r.result.simulated_us), 600);
	rig_done(&r);
}

static void orders_that_make_no_sense_are_refused(void)
{
	struct rig_spec spec = spec_of(RULES_IDEAL, 2, 1, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), -EINVAL); /* nowhere yet */
	place_all(&r, 1, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 1)), -EINVAL);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 1, 0)), -EINVAL);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 0)), -EINVAL);
	rig_finish(&r);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), -ECANCELED);
	rig_done(&r);
}

TEST_MAIN("reference world", TEST(ideal_offers_vms_with_their_first_sample_at_time_0),
          TEST(ideal_samples_at_the_columns_and_lets_demand_run_in_between),
          TEST(ideal_gives_an_unused_or_idle_host_0_watts),
          TEST(shares_shrink_to_whole_mips_where_demand_is_too_much),
          TEST(a_core_slower_than_the_demand_is_an_overload),
          TEST(overload_and_work_count_as_they_were_when_the_interval_began),
          TEST(a_migration_costs_a_tenth_at_both_ends),
          TEST(one_vm_can_migrate_twice_at_once_and_ends_on_the_second_target),
          TEST(a_vm_that_leaves_calls_its_migration_off),
          TEST(a_cancelled_migration_leaves_the_vm_where_it_is),
          TEST(vms_come_and_go_and_gaps_hold_the_last_value),
          TEST(a_host_that_fills_again_is_a_power_cycle),
          TEST(always_on_draws_full_power_all_the_time),
          TEST(cloudsim_samples_a_tenth_of_a_second_late_from_the_second_column),
          TEST(cloudsim_destroys_a_vm_that_wants_nothing),
          TEST(cloudsim_keeps_a_vm_that_wants_nothing_while_it_migrates),
          TEST(ideal_lets_power_fall_to_0_watts_with_the_demand),
          TEST(ideal_keeps_a_vm_that_wants_nothing),
          TEST(cloudsim_counts_a_target_as_violated_while_a_vm_comes),
          TEST(cloudsim_stops_its_meters_at_the_last_event),
          TEST(cloudsim_refuses_what_the_reference_does_not_define),
          TEST(a_fleet_without_network_or_allocation_is_refused),
          TEST(a_trace_shorter_than_it_said_ends_the_run),
          TEST(orders_that_make_no_sense_are_refused))
