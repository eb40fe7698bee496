/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Migrations in the real world. A host's network is 1000 bytes/s, of which migrations get half; a
 * VM has 1000 bytes and 100 MIPS; so one migration alone takes 2 s when nothing is dirtied.
 */
#include <errno.h>
#include <math.h>

#include "sim/world_real.h"
#include "tests/support/test.h"
#include "tests/support/world_rig.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-5 * (1 + fabs((double)(b))))

/* All hosts on, VM i on host `on[i]`. */
static void settle_in(struct world_rig *r, const struct rig_spec *spec, const uint32_t *on)
{
	rig_init(r, spec);
	for (uint32_t h = 0; h < spec->fleet->n_hosts; h++)
		(void)rig_do(r, rig_on(h));
	for (uint32_t vm = 0; vm < spec->fleet->n_vms; vm++)
		(void)rig_do(r, rig_place(vm, on[vm]));
}

static double done_s(const struct world_rig *r, action_id id)
{
	return rig_outcome_s(r, ENV_ACTION_DONE, id);
}

static void migration_takes_memory_over_its_share_of_the_link(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0});
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	CU_ASSERT_PTR_NOT_NULL(rig_event(&r, ENV_ACTION_STARTED, 0));
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(0)), -EBUSY);
	rig_finish(&r);
	NEAR(done_s(&r, 4), 2);
	NEAR(r.result.bytes_moved, 1000);
	CU_ASSERT_EQUAL(r.result.migrations, 1);
	CU_ASSERT_EQUAL(r.result.migrations_failed, 0);
	NEAR(r.result.timeline.bins[0].migrations, 1);
	rig_done(&r);
}

static void dirty_pages_are_sent_again(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	spec.cfg.dirty_bps_per_mips = 2.5; /* 250 of 500 bytes/s: 1000 + 500 + 250 + ... */
	settle_in(&r, &spec, (const uint32_t[]){0});
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_finish(&r);
	NEAR(done_s(&r, 4), 4);
	NEAR(r.result.bytes_moved, 2000);
	rig_done(&r);
}

static void a_guest_that_dirties_too_fast_is_throttled(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	spec.cfg.dirty_bps_per_mips = 1e6;
	settle_in(&r, &spec, (const uint32_t[]){0});
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_finish(&r);
	NEAR(done_s(&r, 4), 10); /* 1000 / (500 x (1 - 0.8)) */
	rig_done(&r);
}

static void migrations_share_the_links_at_both_ends(void)
{
	struct rig_spec spec = rig_defaults(3, 2, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0, 1});
	(void)rig_do(&r, rig_move(0, 0, 2)); /* id 6; alone for 1 s: 500 bytes */
	rig_run(&r, 1);
	(void)rig_do(&r, rig_move(1, 1, 2)); /* id 7; then 250 bytes/s each */
	rig_finish(&r);
	NEAR(done_s(&r, 6), 3);
	NEAR(done_s(&r, 7), 4); /* 500 bytes in 2 s, then 500 alone in 1 s */
	rig_done(&r);
}

static void the_source_link_is_shared_and_handed_back_too(void)
{
	struct rig_spec spec = rig_defaults(3, 2, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0, 0});
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_run(&r, 1);
	(void)rig_do(&r, rig_move(1, 0, 2));
	rig_finish(&r);
	NEAR(done_s(&r, 6), 3);
	NEAR(done_s(&r, 7), 4);
	rig_done(&r);
}

static void in_and_out_share_one_link(void)
{
	struct rig_spec spec = rig_defaults(3, 2, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0, 1});
	(void)rig_do(&r, rig_move(0, 0, 1));
	(void)rig_do(&r, rig_move(1, 1, 2));
	rig_finish(&r);
	NEAR(done_s(&r, 6), 4);
	NEAR(done_s(&r, 7), 4);
	rig_done(&r);
}

static void a_new_demand_changes_the_pace(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	spec.cpu = (const double[]){1, 0};
	spec.cfg.dirty_bps_per_mips = 2.5;
	settle_in(&r, &spec, (const uint32_t[]){0});
	rig_run(&r, 298);
	(void)rig_do(&r, rig_move(0, 0, 1)); /* 2 s at 250 bytes/s net, then 500 */
	rig_finish(&r);
	NEAR(done_s(&r, 4), 301);
	NEAR(r.result.bytes_moved, 1500);
	rig_done(&r);
}

static void moving_costs_the_vm_and_loads_the_target(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	spec.cfg.migration_overhead_ratio = 0.1;
	settle_in(&r, &spec, (const uint32_t[]){0});
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_finish(&r);
	NEAR(r.result.pdm, 0.1 * 2 / 300);
	NEAR(r.result.unserved_ratio, 0.1 * 2 / 300);
	NEAR(r.result.slatah, 0);
	/* 110 + 100 W; for 2 s the target has 10 MIPS more */
	NEAR(r.result.energy_kwh * JOULES_PER_KWH, 300 * 210.0 + 2 * 1.0);
	rig_done(&r);
}

static void a_target_has_room_reserved_until_the_end(void)
{
	struct rig_spec spec = rig_defaults(2, 11, 1);
	uint32_t on[11] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
	struct world_rig r;

	settle_in(&r, &spec, on);
	(void)rig_do(&r, rig_move(10, 1, 0));
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	rig_run(&r, 10);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(10, 1, 0)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 1, 0)), -ENOSPC);
	rig_done(&r);
}

static void impossible_moves_are_refused_without_effect(void)
{
	struct rig_spec spec = rig_defaults(3, 2, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0, 0});
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 1, 2)), -EINVAL); /* it is not there */
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 0)), -EINVAL);
	CU_ASSERT_EQUAL(rig_do(&r, rig_place(0, 1)), -EINVAL); /* it runs */
	(void)rig_do(&r, rig_off(2));
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 2)), -EHOSTDOWN);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), -EBUSY); /* it is on its way */
	rig_finish(&r);
	CU_ASSERT_EQUAL(r.result.migrations, 1);
	rig_done(&r);
}

static void cancelled_migration_leaves_the_vm_at_its_source(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0});
	(void)rig_do(&r, rig_move(0, 0, 1)); /* id 4 */
	rig_run(&r, 1);
	r.world->env.ops->cancel(&r.world->env, 4);
	rig_run(&r, 1.5);
	NEAR(rig_outcome_s(&r, ENV_ACTION_FAILED, 4), 1);
	CU_ASSERT_EQUAL(rig_do(&r, rig_move(0, 0, 1)), 0); /* id 5: from the beginning */
	rig_finish(&r);
	NEAR(done_s(&r, 5), 3.5);
	CU_ASSERT_EQUAL(r.result.migrations_failed, 1);
	NEAR(r.result.bytes_moved, 1500);
	rig_done(&r);
}

static void a_vm_that_leaves_ends_its_migration(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 2);
	struct world_rig r;

	spec.last = (const uint64_t[]){1};
	spec.cfg.migration_link_ratio = 1e-6;
	settle_in(&r, &spec, (const uint32_t[]){0});
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_run(&r, 300);
	CU_ASSERT_PTR_NOT_NULL(rig_event(&r, ENV_VM_GONE, 0));
	NEAR(rig_outcome_s(&r, ENV_ACTION_FAILED, 4), 300);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(0)), 0);
	CU_ASSERT_EQUAL(rig_do(&r, rig_off(1)), 0);
	rig_finish(&r);
	rig_done(&r);
}

static void migration_under_way_at_the_end_counts_what_it_sent(void)
{
	struct rig_spec spec = rig_defaults(2, 1, 1);
	struct world_rig r;

	settle_in(&r, &spec, (const uint32_t[]){0});
	rig_run(&r, 299);
	(void)rig_do(&r, rig_move(0, 0, 1));
	rig_finish(&r);
	NEAR(r.result.bytes_moved, 500);
	CU_ASSERT_EQUAL(rig_do(&r, rig_on(0)), -ECANCELED);
	rig_done(&r);
}

TEST_MAIN("world_real_moves", TEST(migration_takes_memory_over_its_share_of_the_link),
          TEST(dirty_pages_are_sent_again), TEST(a_guest_that_dirties_too_fast_is_throttled),
          TEST(migrations_share_the_links_at_both_ends),
          TEST(the_source_link_is_shared_and_handed_back_too), TEST(in_and_out_share_one_link),
          TEST(a_new_demand_changes_the_pace), TEST(moving_costs_the_vm_and_loads_the_target),
          TEST(a_target_has_room_reserved_until_the_end),
          TEST(impossible_moves_are_refused_without_effect),
          TEST(cancelled_migration_leaves_the_vm_at_its_source),
          TEST(a_vm_that_leaves_ends_its_migration),
          TEST(migration_under_way_at_the_end_counts_what_it_sent))
