/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts of the real world: power, shares, states. A host has 1000 MIPS and 10000 bytes, draws 100
 * to 200 W, 5 W off, 8 W in standby; boot 180 s at 180 W, shutdown 60 s at 100 W, suspend 10 s at
 * 100 W, resume 20 s at 150 W. A VM has 100 MIPS and 1000 bytes.
 */
#include <errno.h>
#include <math.h>

#include "sim/world_real.h"
#include "tests/support/build.h"
#include "tests/support/test.h"
#include "tests/support/world_rig.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-6 * (1 + fabs((double)(b))))

static double joules(const struct world_rig *r, enum host_state state)
{
	return r->result.energy_by_state_kwh[state] * JOULES_PER_KWH;
}

static void energy_follows_load_of_active_and_watts_of_off_hosts(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	spec.cpu = (const double[]){1, 3};
	rig_init(&r, &spec);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 0)), ENV_DONE_AT_ONCE);
	rig_finish(&r);
	NEAR(joules(&r, HOST_ACTIVE), 300 * 110.0 + 300 * 130.0);
	NEAR(joules(&r, HOST_OFF), 600 * 5.0);
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 300 * 110.0 + 300 * 130.0 + 600 * 5.0);
	NEAR(r.result.mean_hosts_on, 1);
	NEAR(usec_to_sec(r.result.simulated_us), 600);
	rig_done(&r);
}

static void first_placement_brings_hosts_on_for_nothing(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_OFF);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 0)), ENV_DONE_AT_ONCE);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_ACTIVE);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(1)), ENV_DONE_AT_ONCE);
	CU_ASSERT_EQUAL(rig_host_state(&r, 1), HOST_ACTIVE);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 0);
	NEAR(joules(&r, HOST_WAKING), 0);
	rig_done(&r);
}

static void later_a_host_boots_with_its_time_and_watts(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	rig_run(&r, 10);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(1)), 0);
	CU_ASSERT_EQUAL(rig_host_state(&r, 1), HOST_WAKING);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(1)), -EBUSY);
	rig_run(&r, 189.9);
	CU_ASSERT_EQUAL(rig_host_state(&r, 1), HOST_WAKING);
	rig_run(&r, 190);
	CU_ASSERT_EQUAL(rig_host_state(&r, 1), HOST_ACTIVE);
	NEAR(rig_outcome_s(&r, ENV_ACTION_DONE, 2), 190);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(1)), ENV_DONE_AT_ONCE);
	rig_finish(&r);
	NEAR(joules(&r, HOST_WAKING), 180 * 180.0);
	NEAR(joules(&r, HOST_OFF), 10 * 5.0);
	NEAR(joules(&r, HOST_ACTIVE), 600 * 110.0 + 410 * 100.0);
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 1);
	rig_done(&r);
}

static void nothing_is_free_once_time_has_begun(void)
{
	struct rig_spec spec = rig_defaults(1, 0, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	rig_run(&r, 1e-6);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(0)), 0);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_WAKING);
	rig_done(&r);
}

static void news_that_nobody_heard_are_due_at_once(void)
{
	struct rig_spec spec = rig_defaults(1, 0, 1);
	struct action on = rig_on(0);
	struct sample_set set;
	struct world_rig r;
	struct env *env;

	rig_init(&r, &spec);
	env = &r.world->env;
	rig_run(&r, 10);
	CU_ASSERT_EQUAL(world_next(r.world), 300 * USEC_PER_SEC);
	(void)env->ops->begin(env, &on, 1);
	CU_ASSERT_EQUAL(world_next(r.world), 10 * USEC_PER_SEC);
	env->ops->poll(env, &set);
	CU_ASSERT_EQUAL(set.n_events, 2); /* started, waking */
	CU_ASSERT_EQUAL(world_next(r.world), 190 * USEC_PER_SEC);
	rig_done(&r);
}

static void a_drain_taken_back_is_no_matter_of_the_world(void)
{
	struct rig_spec spec = rig_defaults(1, 0, 1);
	struct action keep = rig_off(0);
	struct world_rig r;

	rig_init(&r, &spec);
	keep.kind = ACTION_HOST_KEEP;
	CU_ASSERT_EQUAL(rig_do(&r, keep), ENV_DONE_AT_ONCE);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_OFF);
	rig_done(&r);
}

static void only_an_empty_host_is_powered_down(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	(void)rig_do(&r, rig_on(1));
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(0)), -EBUSY);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_ACTIVE);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(1)), 0);
	CU_ASSERT_EQUAL(rig_host_state(&r, 1), HOST_SUSPENDING);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 1)), -EINVAL);
	rig_run(&r, 60);
	CU_ASSERT_EQUAL(rig_host_state(&r, 1), HOST_OFF);
	rig_finish(&r);
	NEAR(joules(&r, HOST_SUSPENDING), 60 * 100.0);
	NEAR(joules(&r, HOST_OFF), 540 * 5.0);
	NEAR(r.result.timeline.bins[0].power_downs, 1);
	rig_done(&r);
}

static void standby_is_entered_and_left_where_the_world_says_so(void)
{
	struct rig_spec spec = rig_defaults(1, 0, 2);
	struct world_rig r;

	spec.cfg.host_sleep = WORLD_SLEEP_STANDBY;
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_on(0));
	(void)rig_do(&r, rig_off(0));
	rig_run(&r, 100);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_STANDBY);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(0)), 0);
	rig_run(&r, 120);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_ACTIVE);
	rig_finish(&r);
	NEAR(joules(&r, HOST_SUSPENDING), 10 * 100.0);
	NEAR(joules(&r, HOST_STANDBY), 90 * 8.0);
	NEAR(joules(&r, HOST_WAKING), 20 * 150.0);
	rig_done(&r);
}

static void failed_wake_is_told_and_repaired(void)
{
	struct rig_spec spec = rig_defaults(1, 0, 4);
	struct world_rig r;

	spec.cfg.wake_failure_probability = 1;
	spec.cfg.crash_repair_us = 100 * USEC_PER_SEC;
	rig_init(&r, &spec);
	rig_run(&r, 1);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(0)), 0);
	rig_run(&r, 181);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_FAILED);
	NEAR(rig_outcome_s(&r, ENV_ACTION_FAILED, 1), 181);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(0)), -EHOSTDOWN);
	rig_run(&r, 281);
	CU_ASSERT_EQUAL(rig_host_state(&r, 0), HOST_OFF);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(0)), 0);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.wake_failures, 2);
	CU_ASSERT_EQUAL(r.result.host_power_cycles, 0);
	rig_done(&r);
}

static void crash_makes_vms_pending_and_stops_migrations_at_that_host(void)
{
	struct rig_spec spec = rig_defaults(2, 2, 1000);
	struct world_rig r;

	spec.cfg.crash_mtbf_us = 3000 * USEC_PER_SEC;
	spec.cfg.crash_repair_us = 600 * USEC_PER_SEC;
	spec.cfg.migration_link_ratio = 1e-6; /* it will not end of itself */
	spec.seed = 3;
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	(void)rig_do(&r, rig_place(1, 1));
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(1, 1, 0)), 0);
	while (!rig_event(&r, ENV_VM_LOST, 0))
		rig_step(&r);
	CU_ASSERT_EQUAL(rig_host_state(&r, rig_event(&r, ENV_VM_LOST, 0)->host), HOST_FAILED);
	CU_ASSERT_PTR_NULL(rig_event(&r, ENV_VM_LOST, 1));
	CU_ASSERT(rig_outcome_s(&r, ENV_ACTION_FAILED, 3) > 0);
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.migrations_failed, 1);
	CU_ASSERT_EQUAL(r.result.host_crashes, 2);
	CU_ASSERT_EQUAL(r.result.vms_pending_max, 2);
	CU_ASSERT(r.result.unserved_ratio > 0.1);
	rig_done(&r);
}

static void too_much_demand_is_shared_in_proportion(void)
{
	struct rig_spec spec = rig_defaults(1, 2, 2);
	struct world_rig r;

	spec.cpu = (const double[]){15, 5, 1, 1}; /* 2000 MIPS of 1000, then 200 */
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	(void)rig_do(&r, rig_place(1, 0));
	rig_finish(&r);
	NEAR(joules(&r, HOST_ACTIVE), 300 * 200.0 + 300 * 120.0);
	NEAR(r.result.slatah, 0.5);
	NEAR(r.result.unserved_ratio, 1000.0 / 2200);
	NEAR(r.result.average_sla, 0.5);
	NEAR(r.result.pdm, 0);
	NEAR(r.result.timeline.bins[0].demand_mips, 2000);
	NEAR(r.result.timeline.bins[0].delivered_mips, 1000);
	NEAR(r.result.timeline.bins[0].hosts_overloaded, 1);
	NEAR(r.result.timeline.heat[0], 2);
	rig_done(&r);
}

static void exactly_full_is_not_overloaded(void)
{
	struct rig_spec spec = rig_defaults(1, 1, 1);
	struct world_rig r;

	spec.cpu = (const double[]){10};
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	rig_finish(&r);
	NEAR(r.result.slatah, 0);
	NEAR(r.result.unserved_ratio, 0);
	rig_done(&r);
}

static void memory_binds_when_a_vm_is_put_on_a_host(void)
{
	struct rig_spec spec = rig_defaults(2, 11, 1);
	struct world_rig r;

	rig_init(&r, &spec);
	for (uint32_t vm = 0; vm < 10; vm++)
		CU_ASSERT_EQUAL(rig_do(&r, rig_place(vm, 0)), ENV_DONE_AT_ONCE);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(10, 0)), -ENOSPC);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(10, 1)), ENV_DONE_AT_ONCE);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(10, 1, 0)), -ENOSPC);
	/* One on its way out still needs its memory there. */
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(10, 1, 0)), -ENOSPC);
	rig_done(&r);
}

static void memory_grown_past_the_host_stops_that_share_of_work(void)
{
	struct rig_spec spec = rig_defaults(1, 2, 2);
	struct world_rig r;

	spec.mem = (const double[]){1000, 1000, 10000, 10000};
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	(void)rig_do(&r, rig_place(1, 0));
	rig_finish(&r);
	NEAR(r.result.unserved_ratio, 0.25); /* half of the second interval */
	NEAR(r.result.slatah, 0.5);
	NEAR(joules(&r, HOST_ACTIVE), 300 * 120.0 + 300 * 110.0);
	rig_done(&r);
}

static void nothing_is_placed_on_a_host_that_is_off(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	rig_init(&r, &spec);
	rig_run(&r, 1);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 0)), -EHOSTDOWN);
	rig_finish(&r);
	NEAR(r.result.unserved_ratio, 1);
	CU_ASSERT_EQUAL(r.result.vms_pending_max, 1);
	rig_done(&r);
}

static void emulated_guests_cost_more_than_they_ask(void)
{
	struct rig_spec spec = rig_defaults(1, 1, 1);
	struct world_rig r;

	spec.fleet->constrained = true;
	spec.fleet->vms[0].arch = ARCH_AARCH64;
	spec.fleet->classes[0].emulation = true;
	spec.fleet->classes[0].emulation_factor = 4;
	rig_init(&r, &spec);
	(void)rig_do(&r, rig_place(0, 0));
	rig_finish(&r);
	NEAR(joules(&r, HOST_ACTIVE), 300 * 140.0);
	NEAR(r.result.timeline.bins[0].demand_mips, 100);
	NEAR(r.result.unserved_ratio, 0);
	rig_done(&r);
}

TEST_MAIN("world_real_hosts", TEST(energy_follows_load_of_active_and_watts_of_off_hosts),
          TEST(first_placement_brings_hosts_on_for_nothing),
          TEST(later_a_host_boots_with_its_time_and_watts),
          TEST(nothing_is_free_once_time_has_begun), TEST(news_that_nobody_heard_are_due_at_once),
          TEST(a_drain_taken_back_is_no_matter_of_the_world),
          TEST(only_an_empty_host_is_powered_down),
          TEST(standby_is_entered_and_left_where_the_world_says_so),
          TEST(failed_wake_is_told_and_repaired),
          TEST(crash_makes_vms_pending_and_stops_migrations_at_that_host),
          TEST(too_much_demand_is_shared_in_proportion), TEST(exactly_full_is_not_overloaded),
          TEST(memory_binds_when_a_vm_is_put_on_a_host),
          TEST(memory_grown_past_the_host_stops_that_share_of_work),
          TEST(nothing_is_placed_on_a_host_that_is_off),
          TEST(emulated_guests_cost_more_than_they_ask))
