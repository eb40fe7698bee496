/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions of the published policies on fleets made by hand. Hosts have 1000 MIPS (2 cores) and
 * 100 W to 200 W, VMs 100 MIPS and 1000 bytes, where a test does not say otherwise.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "tests/support/belief.h"
#include "tests/support/build.h"
#include "tests/support/test.h"

static struct fleet *plain_fleet(uint32_t n_hosts, uint32_t n_vms)
{
	struct build_spec spec = build_defaults(n_hosts, n_vms);

	return build_fleet(&spec);
}

/* vms[i] MIPS on host of[i]. */
static void run_all(struct belief *b, uint32_t n, const double *mips, const uint32_t *of)
{
	for (uint32_t vm = 0; vm < n; vm++)
		belief_run(b, vm, of[vm], mips[vm]);
}

static void set_hosts(struct belief *b, enum host_state state)
{
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		b->s->host_state[h] = (uint8_t)state;
}

static void all_twenty_two_policies_have_unique_names_and_valid_tables(void)
{
	const struct policy_ops *ops;
	uint32_t n = 0;

	for (; (ops = policy_at(n)); n++) {
		void *params = xcalloc(1, ops->params_size);

		CU_ASSERT_PTR_EQUAL(policy_find(ops->name), ops);
		CU_ASSERT_TRUE(strlen(ops->help) > 0 && strlen(ops->source) > 0);
		param_set_defaults(&ops->params, params);
		for (size_t i = 0; i < ops->params.len; i++)
			CU_ASSERT_TRUE(ops->params.rows[i].def <= ops->params.rows[i].max);
		free(params);
	}
	CU_ASSERT_TRUE(n >= 22);
	CU_ASSERT_PTR_NULL(policy_find("lr-mmtt"));
	CU_ASSERT_PTR_NOT_NULL(policy_find("lrr-mu"));
}

static void first_placement_spreads_vms_while_hosts_look_idle(void)
{
	struct belief b;

	belief_init(&b, "lr-mmt", plain_fleet(3, 4));
	set_hosts(&b, HOST_OFF);
	for (uint32_t vm = 0; vm < 4; vm++)
		belief_pend(&b, vm);
	belief_ask(&b);
	/* Linear power: each VM adds as much anywhere, but a host that got one looks dearer. */
	for (uint32_t vm = 0; vm < 3; vm++)
		CU_ASSERT_EQUAL(belief_goes_to(&b, vm), vm);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 3), 0);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 4); /* one in front of each move */
	CU_ASSERT_EQUAL(b.plan.actions[0].kind, ACTION_HOST_ON);
	CU_ASSERT_EQUAL(b.plan.actions[1].kind, ACTION_PLACE);
	CU_ASSERT_EQUAL(b.plan.actions[1].reason.code, REASON_FIRST_PLACEMENT);
	belief_done(&b);
}

static void first_fit_fills_one_host_by_memory_then_the_next(void)
{
	struct build_spec spec = build_defaults(3, 12);
	struct belief b;

	spec.host_mem_bytes = 5500; /* five VMs of 1000 */
	belief_init(&b, "dvfs", build_fleet(&spec));
	set_hosts(&b, HOST_OFF);
	for (uint32_t vm = 0; vm < 12; vm++)
		belief_pend(&b, vm);
	belief_ask(&b);
	for (uint32_t vm = 0; vm < 12; vm++)
		CU_ASSERT_EQUAL(belief_goes_to(&b, vm), vm / 5);
	belief_done(&b);
}

static void first_fit_counts_allocations_not_demands(void)
{
	struct build_spec spec = build_defaults(2, 3);
	struct belief b;

	spec.vm_mips = 400;
	belief_init(&b, "dvfs", build_fleet(&spec));
	belief_run(&b, 0, 0, 10);
	belief_run(&b, 1, 0, 10);
	belief_pend(&b, 2);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 2), 1);
	belief_done(&b);
}

static void a_vm_without_memory_stays_pending(void)
{
	struct build_spec spec = build_defaults(1, 1);
	struct belief b;

	spec.vm_mem_bytes = spec.host_mem_bytes + 1;
	belief_init(&b, "thr-mmt", build_fleet(&spec));
	belief_pend(&b, 0);
	belief_ask(&b);
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_done(&b);
}

static uint32_t count_reason(const struct belief *b, enum reason_code code)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->plan.len; i++)
		n += b->plan.actions[i].kind == ACTION_PLACE &&
		     b->plan.actions[i].reason.code == code;
	return n;
}

static void a_vm_faster_than_any_core_is_placed_and_says_so(void)
{
	struct build_spec spec = build_defaults(1, 1);
	struct belief b;

	spec.vm_mips = 600; /* above the 500 of a core */
	belief_init(&b, "thr-mmt", build_fleet(&spec));
	belief_pend(&b, 0);
	belief_ask(&b);
	CU_ASSERT_EQUAL(count_reason(&b, REASON_NO_ROOM), 1);
	belief_done(&b);
}

/* What does not fit by promise is placed all the same, and says so. */
static void at_first_placement_the_detector_sees_the_new_vm_alone(void)
{
	struct build_spec spec = build_defaults(1, 4);
	struct belief b;

	spec.vm_mips = 300; /* three fit, 0.9 of the host; each alone is 0.3 */
	belief_init(&b, "thr-mmt", build_fleet(&spec));
	belief_set(&b, "overload.threshold", "0.3");
	for (uint32_t vm = 0; vm < 4; vm++)
		belief_pend(&b, vm);
	belief_ask(&b);
	CU_ASSERT_EQUAL(count_reason(&b, REASON_FIRST_PLACEMENT), 3);
	CU_ASSERT_EQUAL(count_reason(&b, REASON_NO_ROOM), 1);
	belief_done(&b);
	spec.vm_mips = 310;
	belief_init(&b, "thr-mmt", build_fleet(&spec));
	belief_set(&b, "overload.threshold", "0.3");
	for (uint32_t vm = 0; vm < 4; vm++)
		belief_pend(&b, vm);
	belief_ask(&b);
	CU_ASSERT_EQUAL(count_reason(&b, REASON_FIRST_PLACEMENT), 1); /* the host is not asked */
	CU_ASSERT_EQUAL(count_reason(&b, REASON_NO_ROOM), 3);
	belief_done(&b);
}

static void a_vm_that_waits_for_its_host_wakes_no_other(void)
{
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(2, 1));
	set_hosts(&b, HOST_OFF);
	belief_pend(&b, 0);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	b.s->host_state[0] = HOST_WAKING;
	belief_ask(&b);
	CU_ASSERT_EQUAL(b.plan.len, 0);
	b.s->host_state[0] = HOST_FAILED;
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 0), 1);
	belief_done(&b);
}

static void an_overloaded_host_gives_vms_until_the_detector_is_content(void)
{
	const double mips[] = {300, 300, 300, 100};
	const uint32_t of[] = {0, 0, 0, 1};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(2, 4));
	run_all(&b, 4, mips, of);
	belief_decide(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 1);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 0), 1); /* equal memory: the first of the list */
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->reason.code, REASON_DETECTOR);
	CU_ASSERT_DOUBLE_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->reason.num[0], 0.9, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->reason.num[1], 0.8, 1e-12);
	belief_done(&b);
}

static void relief_may_wake_a_host_and_wakes_it_first(void)
{
	const double mips[] = {450, 450, 700};
	const uint32_t of[] = {0, 0, 1};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(3, 3));
	run_all(&b, 3, mips, of);
	b.s->host_state[2] = HOST_STANDBY;
	belief_decide(&b);
	CU_ASSERT_EQUAL(b.plan.actions[0].kind, ACTION_HOST_ON);
	CU_ASSERT_EQUAL(b.plan.actions[0].to, 2);
	CU_ASSERT_EQUAL(b.plan.actions[1].kind, ACTION_MIGRATE);
	CU_ASSERT_EQUAL(b.plan.actions[1].to, 2);
	belief_done(&b);
}

static void leavers_are_placed_in_order_of_falling_demand(void)
{
	const double mips[] = {100, 480, 470};
	const uint32_t of[] = {0, 0, 0};
	struct belief b;

	belief_init(&b, "thr-mu", plain_fleet(2, 3));
	run_all(&b, 3, mips, of);
	belief_decide(&b); /* MU takes 100, then 470 */
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->vm, 2);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 1)->vm, 0);
	belief_done(&b);
}

static void the_least_used_host_is_emptied_and_switched_off(void)
{
	const double mips[] = {300, 50, 60};
	const uint32_t of[] = {0, 1, 1};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(2, 3));
	run_all(&b, 3, mips, of);
	belief_decide(&b);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_OFF, 0)->from, 1);
	CU_ASSERT_EQUAL(b.plan.actions[0].kind, ACTION_HOST_OFF); /* intent before its moves */
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->vm, 2);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 1)->vm, 1);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 1); /* a target is not emptied */
	belief_obey(&b);
	belief_decide(&b);
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_done(&b);
}

static void emptying_is_all_or_nothing(void)
{
	const double mips[] = {450, 300, 200, 300};
	const uint32_t of[] = {0, 0, 1, 1};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(2, 4));
	run_all(&b, 4, mips, of);
	belief_decide(&b); /* 300 does not fit under 0.8 x 1000 on host 0, nor all of it on 1 */
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_done(&b);
}

static void a_failed_emptying_leaves_no_trace(void)
{
	/*
	 * Host 0 is tried first: VM 0 fits on host 1, VM 1 then nowhere, so both stay. Had VM 0
	 * been left on host 1, host 1 could not be emptied onto host 2, which has no memory for it.
	 */
	const double mips[] = {300, 300, 500, 150, 100};
	const uint32_t of[] = {0, 0, 1, 1, 2};
	const double mem[] = {1500, 1500, 400, 400, 9000};
	struct fleet *f = plain_fleet(3, 5);
	struct belief b;

	f->vms[4].not_movable = xstrdup("licence");
	belief_init(&b, "thr-mmt", f);
	belief_set(&b, "overload.threshold", "1");
	memcpy(b.s->vm_mem_bytes, mem, sizeof(mem));
	run_all(&b, 5, mips, of);
	belief_decide(&b);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 0), 0);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 1), 0);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 2), 2);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 3), 2);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_OFF, 0)->from, 1);
	belief_done(&b);
}

static void a_vm_can_move_on_from_a_host_that_is_emptied(void)
{
	/*
	 * Host 0 is overloaded and gives VM 0 (its first) to host 1, the only one that has no
	 * other load to look dearer by; host 1 is the least used and is emptied onto host 2.
	 */
	const double mips[] = {100, 480, 480, 20, 200, 200};
	const uint32_t of[] = {0, 0, 0, 1, 2, 2};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(3, 6));
	belief_set(&b, "overload.threshold", "0.97");
	belief_set(&b, "placement", "ff");
	run_all(&b, 6, mips, of);
	belief_decide(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 3);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->vm, 0);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->to, 1);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 1)->vm, 0);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 1)->from, 0); /* where it really is */
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 1)->to, 2);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 0); /* moves to it are about to begin */
	belief_done(&b);
}

static void idle_hosts_are_switched_off_but_not_too_many(void)
{
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(4, 1));
	belief_run(&b, 0, 3, 50);
	b.s->hosts_off_max = 2;
	belief_decide(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 2);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_OFF, 0)->reason.code, REASON_IDLE_HOST);
	belief_done(&b);
}

static void a_host_just_woken_is_neither_emptied_nor_switched_off(void)
{
	const double mips[] = {300, 50};
	const uint32_t of[] = {0, 1};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(3, 2));
	run_all(&b, 2, mips, of);
	b.s->host_min_on_us = 1000 * USEC_PER_SEC;
	belief_decide(&b);
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_done(&b);
}

static void vms_that_may_not_or_cannot_be_judged_stay(void)
{
	const double mips[] = {300, 50, 50, 50};
	const uint32_t of[] = {0, 1, 1, 1};
	struct belief b;

	for (int what = 0; what < 3; what++) {
		struct fleet *f = plain_fleet(2, 4);

		if (what == 0)
			f->vms[1].not_movable = xstrdup("licence");
		belief_init(&b, "thr-mmt", f);
		run_all(&b, 4, mips, of);
		if (what == 1)
			b.s->vm_cpu_demand[1] = NAN;
		b.s->vm_moved_us[1] = 0;
		if (what == 2)
			b.s->vm_cooldown_us = USEC_PER_DAY;
		belief_decide(&b);
		for (uint32_t vm = 1; vm < 4; vm++) /* all or nothing */
			CU_ASSERT_EQUAL(belief_goes_to(&b, vm), 1);
		belief_done(&b);
	}
}

static void a_vm_on_its_way_counts_at_both_ends_and_is_left_alone(void)
{
	const double mips[] = {400, 400, 300};
	const uint32_t of[] = {0, 0, 1};
	struct belief b;

	belief_init(&b, "thr-mmt", plain_fleet(2, 3));
	run_all(&b, 3, mips, of);
	b.s->vm_state[0] = VM_MIGRATING;
	b.s->vm_target[0] = 1;
	belief_decide(&b); /* host 1 expects a VM: it is not emptied */
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_run(&b, 1, 0, 450); /* 850 of 1000: somebody has to leave, but not VM 0 */
	belief_decide(&b);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 0), 0);
	belief_done(&b);
}

static void hosts_that_cannot_be_used_get_nothing(void)
{
	static const enum host_state bad[] = {HOST_FAILED, HOST_UNKNOWN, HOST_DRAINING,
	                                      HOST_SUSPENDING};
	const double mips[] = {450, 450};
	const uint32_t of[] = {0, 0};
	struct belief b;

	for (int i = 0; i < 4; i++) {
		belief_init(&b, "thr-mmt", plain_fleet(2, 2));
		run_all(&b, 2, mips, of);
		b.s->host_state[1] = (uint8_t)bad[i];
		belief_decide(&b);
		CU_ASSERT_EQUAL(b.plan.len, 0);
		belief_done(&b);
	}
}

static uint32_t hosts_active(const struct belief *b)
{
	uint32_t n = 0;

	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		n += b->s->host_state[h] == HOST_ACTIVE;
	return n;
}

static void npa_switches_every_host_on_and_dvfs_only_the_needed(void)
{
	const char *const names[] = {"npa", "dvfs"};
	const uint32_t expected[] = {4, 1};
	struct belief b;

	for (int i = 0; i < 2; i++) {
		belief_init(&b, names[i], plain_fleet(4, 2));
		set_hosts(&b, HOST_OFF);
		belief_pend(&b, 0);
		belief_pend(&b, 1);
		belief_ask(&b);
		belief_obey(&b);
		CU_ASSERT_EQUAL(b.s->placement->count[0], 2);
		CU_ASSERT_EQUAL(hosts_active(&b), expected[i]);
		belief_done(&b);
	}
}

/* Restless load on many hosts; returns a digest of all decisions. */
static uint64_t decisions_of(const char *policy)
{
	struct belief b;
	struct digest d;

	belief_init(&b, policy, plain_fleet(12, 60));
	digest_init(&d);
	for (uint32_t round = 0; round < 20; round++) {
		for (uint32_t vm = 0; vm < 60; vm++) {
			uint32_t host = b.s->placement->host_of[vm];

			belief_run(&b, vm, host == ID_NONE ? vm % 12 : host,
			           (vm * 37 + round * round * 11) % 300);
		}
		belief_decide(&b);
		for (uint32_t i = 0; i < b.plan.len; i++)
			action_digest(&b.plan.actions[i], b.fleet, b.s->now_us, &d);
		belief_obey(&b);
	}
	belief_done(&b);
	return d.h;
}

static void every_policy_decides_the_same_twice(void)
{
	const struct policy_ops *ops;

	for (uint32_t i = 0; (ops = policy_at(i)); i++)
		if (strcmp(ops->name, "ebb") != 0)
			CU_ASSERT_EQUAL(decisions_of(ops->name), decisions_of(ops->name));
}

TEST_MAIN("reference policies", TEST(all_twenty_two_policies_have_unique_names_and_valid_tables),
          TEST(first_placement_spreads_vms_while_hosts_look_idle),
          TEST(first_fit_fills_one_host_by_memory_then_the_next),
          TEST(first_fit_counts_allocations_not_demands), TEST(a_vm_without_memory_stays_pending),
          TEST(a_vm_faster_than_any_core_is_placed_and_says_so),
          TEST(at_first_placement_the_detector_sees_the_new_vm_alone),
          TEST(a_vm_that_waits_for_its_host_wakes_no_other),
          TEST(an_overloaded_host_gives_vms_until_the_detector_is_content),
          TEST(relief_may_wake_a_host_and_wakes_it_first),
          TEST(leavers_are_placed_in_order_of_falling_demand),
          TEST(the_least_used_host_is_emptied_and_switched_off), TEST(emptying_is_all_or_nothing),
          TEST(a_failed_emptying_leaves_no_trace),
          TEST(a_vm_can_move_on_from_a_host_that_is_emptied),
          TEST(idle_hosts_are_switched_off_but_not_too_many),
          TEST(a_host_just_woken_is_neither_emptied_nor_switched_off),
          TEST(vms_that_may_not_or_cannot_be_judged_stay),
          TEST(a_vm_on_its_way_counts_at_both_ends_and_is_left_alone),
          TEST(hosts_that_cannot_be_used_get_nothing),
          TEST(npa_switches_every_host_on_and_dvfs_only_the_needed),
          TEST(every_policy_decides_the_same_twice))
