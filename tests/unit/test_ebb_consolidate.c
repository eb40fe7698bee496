/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many hosts the default policy keeps on: which it empties and what forbids that, when it wakes
 * one, and what the operator's settings change. Hosts have 8000 MIPS and 64 GB, draw 100 W idle and
 * 5 W off; VMs are of 1000 MIPS and 4 GB. Each plan is checked by plan_check as well.
 */
#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/belief.h"
#include "tests/support/draft.h"
#include "tests/support/plan_check.h"
#include "tests/support/test.h"

/* Host 0 has four VMs of 500 MIPS, host 1 one of 200: the text book case for emptying host 1. */
static void init_idle(struct belief *b, struct fleet *f, enum sample_kind sample)
{
	belief_init_ebb(b, f);
	b->sample = sample;
	belief_run_range(b, 0, 4, 0);
	belief_run(b, 4, 1, 200);
}

static void empties_host_1(const struct belief *b)
{
	const struct action *off = belief_action(b, ACTION_HOST_OFF, 0);
	const struct action *move = belief_action(b, ACTION_MIGRATE, 0);

	CU_ASSERT_EQUAL(belief_count(b, ACTION_HOST_OFF), 1);
	CU_ASSERT_EQUAL(belief_count(b, ACTION_MIGRATE), 1);
	CU_ASSERT_EQUAL(off->from, 1);
	CU_ASSERT_EQUAL(move->vm, 4);
	CU_ASSERT_EQUAL(move->to, 0);
	CU_ASSERT(off < move); /* the drain is announced before the moves that fulfil it */
}

static void idle_host_is_emptied_and_powered_down(void)
{
	const enum sample_kind kinds[] = {SAMPLE_CURRENT, SAMPLE_PAST};

	for (int i = 0; i < 2; i++) {
		const struct action *off;
		struct belief b;

		init_idle(&b, draft_fleet(2, 5), kinds[i]);
		belief_watch(&b, 10);
		empties_host_1(&b);
		off = belief_action(&b, ACTION_HOST_OFF, 0);
		CU_ASSERT_EQUAL(off->reason.code, REASON_EMPTY_HOST);
		CU_ASSERT_DOUBLE_EQUAL(off->reason.num[0], 200, 20); /* its mean load */
		CU_ASSERT(off->reason.num[1] > 90 * 600);            /* saves W x time down */
		CU_ASSERT(off->reason.num[2] >= 1000);               /* a migration */
		CU_ASSERT_DOUBLE_EQUAL(off->reason.num[3], off->reason.num[2] / 95, 5);
		belief_done(&b);
	}
}

static void host_without_vms_is_powered_down(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(3, 5), SAMPLE_PAST);
	belief_watch(&b, 10);
	CU_ASSERT(belief_count(&b, ACTION_HOST_OFF) >= 1);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_OFF, 0)->from, 2);
	belief_done(&b);
}

static void every_host_but_one_is_emptied_in_time(void)
{
	uint32_t on = 0;
	struct belief b;

	belief_init_ebb(&b, draft_fleet(8, 8));
	b.sample = SAMPLE_PAST;
	for (uint32_t vm = 0; vm < 8; vm++)
		belief_run(&b, vm, vm, 200);
	for (int t = 0; t < 20; t++) {
		belief_decide_checked(&b);
		belief_obey(&b);
	}
	for (uint32_t h = 0; h < 8; h++)
		on += b.s->host_state[h] == HOST_ACTIVE;
	CU_ASSERT_EQUAL(on, 1);
	belief_done(&b);
}

/* Nothing that is asked of the policy in the tests below may power a host down. */
static void nothing_is_emptied(struct belief *b)
{
	for (int t = 0; t < 10; t++) {
		belief_decide_checked(b);
		CU_ASSERT_EQUAL(belief_count(b, ACTION_HOST_OFF), 0);
		CU_ASSERT_EQUAL(belief_goes_to(b, 4), 1);
	}
	belief_done(b);
}

static void nothing_is_emptied_that_does_not_break_even(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	belief_set(&b, "cost.saving_factor", "1000");
	nothing_is_emptied(&b);
	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	belief_set(&b, "cost.migration", "1e9");
	nothing_is_emptied(&b);
}

/* A host that takes an hour's worth of its idle power to boot is not switched for an hour. */
static void way_down_and_up_again_counts_against_emptying(void)
{
	struct fleet *f = draft_fleet(2, 5);
	struct belief b;

	f->classes[0].boot = (struct power_transition){600 * USEC_PER_SEC, 900};
	init_idle(&b, f, SAMPLE_PAST);
	nothing_is_emptied(&b);
}

/* Worth it for an hour down, not for the ten minutes after which somebody wakes it each time. */
static void hosts_that_never_stay_down_are_emptied_no_more(void)
{
	struct fleet *f = draft_fleet(2, 5);
	struct belief b;

	f->classes[0].boot = (struct power_transition){300 * USEC_PER_SEC, 300};
	init_idle(&b, f, SAMPLE_PAST);
	belief_watch(&b, 10);
	empties_host_1(&b);
	for (int t = 0; t < 60; t++) {
		placement_move(b.s->placement, 4, 0);
		b.s->host_state[1] = HOST_OFF;
		b.s->host_since_us[1] = b.s->now_us;
		belief_decide_checked(&b);
		placement_move(b.s->placement, 4, 1);
		b.s->host_state[1] = HOST_ACTIVE;
		b.s->host_since_us[1] = 0;
		belief_decide_checked(&b);
	}
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 0);
	belief_done(&b);
}

static void limits_of_the_executor_forbid_emptying(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	b.s->hosts_off_max = 0;
	nothing_is_emptied(&b);
	init_idle(&b, draft_fleet(3, 5), SAMPLE_PAST);
	b.s->host_state[2] = HOST_OFF;
	b.s->hosts_off_max = 1;
	nothing_is_emptied(&b);
	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	b.s->host_min_on_us = USEC_PER_HOUR; /* ten samples are 50 min */
	nothing_is_emptied(&b);
	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	b.s->host_offs_left[0] = b.s->host_offs_left[1] = 0;
	nothing_is_emptied(&b);
	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	b.s->vm_cooldown_us = USEC_PER_HOUR;
	for (uint32_t vm = 0; vm < 5; vm++)
		b.s->vm_moved_us[vm] = 0;
	nothing_is_emptied(&b);
}

/* Once the cool-down and the least time on are over the host is emptied after all. */
static void limits_that_have_passed_forbid_nothing(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	b.s->host_min_on_us = USEC_PER_HOUR;
	b.s->vm_cooldown_us = USEC_PER_HOUR;
	b.s->vm_moved_us[4] = 0;
	b.s->host_offs_left[1] = 1;
	b.s->hosts_off_max = 1;
	belief_watch(&b, 12);
	empties_host_1(&b);
	belief_done(&b);
}

/* --- rules and things in the way */

static void nothing_is_emptied_against_a_rule(void)
{
	struct belief b;
	struct fleet *f = draft_fleet(2, 5);

	draft_rule(f, RULE_APART, 2, (uint32_t[]){0, 4});
	init_idle(&b, f, SAMPLE_PAST);
	nothing_is_emptied(&b);
	f = draft_fleet(2, 5);
	draft_rule_hosts(draft_rule(f, RULE_PIN, 1, (uint32_t[]){4}), 1, (uint32_t[]){1});
	draft_rule_hosts(draft_rule(f, RULE_PIN, 1, (uint32_t[]){0}), 1, (uint32_t[]){0});
	init_idle(&b, f, SAMPLE_PAST);
	nothing_is_emptied(&b);
	f = draft_fleet(2, 5);
	draft_rule(f, RULE_LONELY, 1, (uint32_t[]){4});
	init_idle(&b, f, SAMPLE_PAST);
	nothing_is_emptied(&b);
	f = draft_fleet(2, 5);
	f->vms[0].not_movable = xstrdup("local disk");
	f->vms[4].not_movable = xstrdup("local disk");
	init_idle(&b, f, SAMPLE_PAST);
	nothing_is_emptied(&b);
}

/* The other host is emptied instead, where only one of the two cannot be. */
static void rule_on_one_host_leaves_the_other_to_be_emptied(void)
{
	struct fleet *f = draft_fleet(2, 5);
	struct belief b;

	f->vms[4].not_movable = xstrdup("local disk");
	init_idle(&b, f, SAMPLE_PAST);
	belief_watch(&b, 10);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_OFF, 0)->from, 0);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 4);
	belief_done(&b);
}

static void host_is_kept_for_a_vm_that_fits_nowhere_and_the_plan_says_which(void)
{
	const struct action *keep;
	struct fleet *f = draft_fleet(2, 5);
	struct belief b;

	for (uint32_t vm = 0; vm < 5; vm++)
		f->vms[vm].allocation.v[RES_MEM] = vm < 4 ? 15e9 : 5e9;
	init_idle(&b, f, SAMPLE_PAST);
	belief_watch(&b, 10);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 0);
	keep = belief_action(&b, ACTION_HOST_KEEP, 0);
	CU_ASSERT_EQUAL(keep->from, 1);
	CU_ASSERT_EQUAL(keep->reason.code, REASON_KEPT_ON);
	belief_done(&b);
}

static void host_is_not_emptied_while_a_vm_is_on_its_way_to_it(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	b.s->vm_state[3] = VM_MIGRATING;
	b.s->vm_target[3] = 1;
	nothing_is_emptied(&b);
}

static void load_that_needs_both_hosts_leaves_both_on(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(2, 9), SAMPLE_PAST);
	for (uint32_t vm = 0; vm < 9; vm++)
		belief_run(&b, vm, vm > 3, 950);
	belief_watch(&b, 3);
	nothing_is_emptied(&b);
}

/* --- what the operator sets */

static void headroom_leaves_more_hosts_on(void)
{
	struct belief b;
	const char *const settings[][2] = {{"headroom.cpu", "70%"},
	                                   {"headroom.growth", "3"},
	                                   {"headroom.memory", "75%"}};

	for (int i = 0; i < 3; i++) {
		init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
		belief_set(&b, settings[i][0], settings[i][1]);
		belief_run(&b, 4, 1, 400);
		belief_watch(&b, 3);
		nothing_is_emptied(&b);
	}
}

/* Samples of swinging VMs, each plan carried out; returns the mean of hosts on in the second half.
 */
static double hosts_needed(const char *target)
{
	uint32_t on = 0;
	struct rng rng;
	struct belief b;

	rng_init(&rng, 1, 0);
	belief_init_ebb(&b, draft_fleet(12, 60));
	belief_set(&b, "headroom.overload_probability", target);
	b.sample = SAMPLE_PAST;
	for (uint32_t vm = 0; vm < 60; vm++)
		belief_run(&b, vm, vm % 12, 400);
	for (int t = 0; t < 60; t++) {
		for (uint32_t vm = 0; vm < 60; vm++)
			b.s->vm_cpu_demand[vm] = 800 * rng_double(&rng);
		belief_decide_checked(&b);
		belief_obey(&b);
		for (uint32_t h = 0; t >= 30 && h < 12; h++)
			on += b.s->host_state[h] == HOST_ACTIVE;
	}
	belief_done(&b);
	return on / 30.0;
}

static void stricter_target_keeps_more_hosts_on(void)
{
	double strict = hosts_needed("1e-3"), lax = hosts_needed("0.3");

	CU_ASSERT(lax >= 3 && lax < strict); /* the mean alone fills three */
	CU_ASSERT(strict <= 8);
}

static void reserve_for_failed_hosts_keeps_a_host_on(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(2, 5), SAMPLE_PAST);
	belief_set(&b, "headroom.failed_hosts", "1");
	nothing_is_emptied(&b);
	init_idle(&b, draft_fleet(3, 5), SAMPLE_PAST); /* the third is more than is asked for */
	belief_set(&b, "headroom.failed_hosts", "1");
	belief_watch(&b, 10);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 1);
	belief_done(&b);
}

static void reserve_that_is_missing_is_woken(void)
{
	struct belief b;

	init_idle(&b, draft_fleet(3, 5), SAMPLE_PAST);
	belief_set(&b, "headroom.failed_hosts", "1");
	belief_run(&b, 4, 0, 200);
	b.s->host_state[1] = b.s->host_state[2] = HOST_OFF;
	belief_watch(&b, 10);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_ON, 0)->reason.code, REASON_RESERVE);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 0);
	belief_done(&b);
}

/* --- waking */

/* Host 0 has ten VMs of 300 MIPS, which then want 790: 7900 of 8000. */
static void raise_load(struct belief *b, enum host_state first, enum host_state second)
{
	belief_init_ebb(b, draft_fleet(3, 10));
	b->sample = SAMPLE_PAST;
	b->s->host_state[1] = b->s->host_state[2] = HOST_OFF;
	belief_run_range(b, 0, 10, 0);
	belief_want(b, 0, 10, 300);
	belief_watch(b, 10);
	CU_ASSERT_EQUAL(belief_count(b, ACTION_HOST_ON), 0);
	b->s->host_state[1] = (uint8_t)first;
	b->s->host_state[2] = (uint8_t)second;
	belief_want(b, 0, 10, 790);
	belief_watch(b, 4);
}

static void host_is_woken_when_load_rises(void)
{
	const struct action *on;
	struct belief b;

	raise_load(&b, HOST_FAILED, HOST_STANDBY);
	CU_ASSERT(belief_count(&b, ACTION_HOST_ON) >= 1);
	on = belief_action(&b, ACTION_HOST_ON, 0);
	CU_ASSERT_EQUAL(on->reason.code, REASON_WAKE_FOR_LOAD);
	CU_ASSERT(on->reason.num[0] > 4000);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 0);
	belief_done(&b);
}

/* A host on its way up counts: there is no need for another, and VMs may go there already. */
static void host_on_its_way_up_is_counted_on(void)
{
	struct belief b;

	raise_load(&b, HOST_WAKING, HOST_OFF);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 0);
	CU_ASSERT(belief_count(&b, ACTION_MIGRATE) >= 1);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->to, 1);
	belief_done(&b);
}

static void draining_host_is_kept_rather_than_another_woken(void)
{
	struct belief b;

	raise_load(&b, HOST_OFF, HOST_DRAINING);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 0);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_KEEP, 0)->from, 2);
	belief_done(&b);
}

/* A class that does the same work for less is woken first, and emptied last. */
static void efficient_class_is_woken_first_and_emptied_last(void)
{
	struct fleet *f = draft_fleet(2, 5);
	struct host_class thrifty = draft_class("b");
	struct belief b;

	thrifty.power = (struct power_model){.kind = POWER_LINEAR, .idle_w = 40, .max_w = 90};
	f->hosts[1].cls = fleet_add_class(f, &thrifty);
	belief_init_ebb(&b, f);
	b.s->host_state[0] = b.s->host_state[1] = HOST_OFF;
	belief_pend_range(&b, 0, 5);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_ON, 0)->to, 1);
	belief_obey(&b);
	b.s->host_state[0] = HOST_ACTIVE;
	for (uint32_t vm = 0; vm < 5; vm++)
		belief_run(&b, vm, vm < 2, 300); /* the other one has more to do */
	belief_watch(&b, 10);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_OFF, 0)->from, 0);
	belief_done(&b);
}

/* --- determinism */

static void populate(struct belief *b)
{
	belief_init_ebb(b, draft_fleet(10, 50));
	for (uint32_t vm = 0; vm < 50; vm++)
		belief_run(b, vm, vm % 10, 400);
}

static void same_snapshots_same_plan(void)
{
	uint32_t actions = 0;
	struct rng rng;
	struct belief a, b;

	rng_init(&rng, 7, 0);
	populate(&a);
	populate(&b);
	for (int t = 0; t < 20; t++) {
		for (uint32_t vm = 0; vm < 50; vm++)
			a.s->vm_cpu_demand[vm] = b.s->vm_cpu_demand[vm] = 900 * rng_double(&rng);
		belief_decide_checked(&a);
		belief_decide_checked(&b);
		plan_check_same(&a.plan, &b.plan);
		actions += a.plan.len;
		belief_obey(&a);
		belief_obey(&b);
	}
	CU_ASSERT(actions > 20);
	belief_done(&a);
	belief_done(&b);
}

TEST_MAIN("ebb_consolidate", TEST(idle_host_is_emptied_and_powered_down),
          TEST(host_without_vms_is_powered_down), TEST(every_host_but_one_is_emptied_in_time),
          TEST(nothing_is_emptied_that_does_not_break_even),
          TEST(way_down_and_up_again_counts_against_emptying),
          TEST(hosts_that_never_stay_down_are_emptied_no_more),
          TEST(limits_of_the_executor_forbid_emptying),
          TEST(limits_that_have_passed_forbid_nothing), TEST(nothing_is_emptied_against_a_rule),
          TEST(rule_on_one_host_leaves_the_other_to_be_emptied),
          TEST(host_is_kept_for_a_vm_that_fits_nowhere_and_the_plan_says_which),
          TEST(host_is_not_emptied_while_a_vm_is_on_its_way_to_it),
          TEST(load_that_needs_both_hosts_leaves_both_on), TEST(headroom_leaves_more_hosts_on),
          TEST(stricter_target_keeps_more_hosts_on), TEST(reserve_for_failed_hosts_keeps_a_host_on),
          TEST(reserve_that_is_missing_is_woken), TEST(host_is_woken_when_load_rises),
          TEST(host_on_its_way_up_is_counted_on),
          TEST(draining_host_is_kept_rather_than_another_woken),
          TEST(efficient_class_is_woken_first_and_emptied_last), TEST(same_snapshots_same_plan))
