/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default policy asked about fleets made by hand: where it puts VMs that wait, and what it
 * never touches. Hosts have 8000 MIPS and 64 GB, VMs an allocation of 1000 MIPS and 4 GB that takes
 * 64 s to copy. Each plan is checked by plan_check as well.
 */
#include <math.h>

#include "tests/support/belief.h"
#include "tests/support/draft.h"
#include "tests/support/test.h"

static uint32_t hosts_used(const struct belief *b)
{
	uint32_t n = 0;

	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		n += b->s->placement->count[h] > 0;
	return n;
}

/* --- placement */

static void waiting_vms_share_one_host_if_it_has_room(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(10, 12));
	belief_set_hosts(&b, HOST_OFF);
	belief_pend_range(&b, 0, 12);
	belief_ask_checked(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 12);
	CU_ASSERT_EQUAL(belief_count_reason(&b, REASON_FIRST_PLACEMENT), 12);
	belief_done(&b);
}

/* 16 VMs fill the memory of a host. */
static void waiting_vms_take_the_hosts_their_memory_needs_and_hardly_more(void)
{
	const uint32_t n[] = {40, 100, 160};

	for (int i = 0; i < 3; i++) {
		struct belief b;

		belief_init_ebb(&b, draft_fleet(20, n[i]));
		belief_set_hosts(&b, HOST_OFF);
		belief_pend_range(&b, 0, n[i]);
		belief_ask_checked(&b);
		CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), n[i]);
		CU_ASSERT(belief_count(&b, ACTION_HOST_ON) <= (n[i] + 15) / 16 + 1);
		belief_obey(&b);
		CU_ASSERT_EQUAL(hosts_used(&b), belief_count(&b, ACTION_HOST_ON));
		belief_done(&b);
	}
}

static void waiting_vm_goes_to_a_host_that_is_on(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(3, 8));
	b.s->host_state[0] = b.s->host_state[2] = HOST_OFF;
	belief_run_range(&b, 0, 7, 1);
	belief_watch(&b, 3);
	belief_pend(&b, 7);
	belief_ask_checked(&b); /* between samples */
	CU_ASSERT_EQUAL(b.plan.len, 1);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 7), 1);
	belief_done(&b);
}

static void waiting_vm_without_room_wakes_a_host(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(3, 17));
	b.s->host_state[0] = b.s->host_state[2] = HOST_OFF;
	belief_run_range(&b, 0, 16, 1); /* no memory is left */
	belief_want(&b, 0, 16, 100);
	belief_watch(&b, 3);
	belief_pend(&b, 16);
	belief_ask_checked(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	CU_ASSERT_EQUAL(b.plan.actions[0].reason.code, REASON_WAKE_FOR_VM);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 16), 0);
	belief_done(&b);
}

static void waiting_vm_stays_so_where_the_fleet_is_full(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(1, 17));
	belief_run_range(&b, 0, 16, 0);
	belief_want(&b, 0, 16, 100);
	belief_watch(&b, 3);
	belief_pend(&b, 16);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 0);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 0);
	belief_done(&b);
}

static void nobody_is_moved_between_samples(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(2, 13));
	belief_run_range(&b, 0, 12, 0);
	belief_watch(&b, 3);
	belief_want(&b, 0, 12, 1000);
	belief_ask(&b);
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_pend(&b, 12);
	belief_ask(&b);
	CU_ASSERT_EQUAL(b.plan.len, 1);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 1);
	belief_done(&b);
}

/* --- what is left alone */

static void vms_of_unknown_demand_stay_where_they_are(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(2, 13));
	belief_run_range(&b, 0, 12, 0);
	belief_run(&b, 12, 1, 100);
	belief_want(&b, 0, 12, 600);
	belief_watch(&b, 10);
	belief_want(&b, 0, 9, NAN); /* 600 each, it is believed */
	belief_want(&b, 9, 12, 1000);
	belief_want(&b, 12, 13, NAN);
	belief_decide_checked(&b);
	CU_ASSERT(belief_count(&b, ACTION_MIGRATE) >= 1);
	for (uint32_t vm = 0; vm < 9; vm++)
		CU_ASSERT_EQUAL(belief_goes_to(&b, vm), 0);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 12), 1);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_OFF), 0);
	belief_done(&b);
}

static void hosts_that_are_unknown_failed_or_on_their_way_down_get_nothing(void)
{
	const enum host_state states[] = {HOST_UNKNOWN, HOST_FAILED, HOST_SUSPENDING};

	for (int i = 0; i < 3; i++) {
		struct belief b;

		belief_init_ebb(&b, draft_fleet(2, 13));
		b.s->host_state[1] = (uint8_t)states[i];
		belief_run_range(&b, 0, 12, 0);
		belief_watch(&b, 5);
		belief_pend(&b, 12);
		belief_want(&b, 0, 12, 700);
		belief_decide_checked(&b);
		CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 0);
		CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 0);
		belief_done(&b);
	}
}

/* Half of the VMs of an overloaded host are leaving already: that is enough. */
static void moves_under_way_count_as_done(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(2, 12));
	belief_run_range(&b, 0, 12, 0);
	belief_watch(&b, 10);
	belief_want(&b, 0, 12, 700);
	for (uint32_t vm = 0; vm < 6; vm++) {
		b.s->vm_state[vm] = VM_MIGRATING;
		b.s->vm_target[vm] = 1;
	}
	belief_decide_checked(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 0);
	belief_done(&b);
}

/* --- hard rules */

static void vms_apart_are_placed_on_different_hosts(void)
{
	struct fleet *f = draft_fleet(5, 3);
	struct belief b;

	draft_rule(f, RULE_APART, 3, (uint32_t[]){0, 1, 2});
	belief_init_ebb(&b, f);
	belief_set_hosts(&b, HOST_OFF);
	belief_pend_range(&b, 0, 3);
	belief_ask_checked(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 3);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 3);
	belief_done(&b);
}

/* VM 0 is on its way to host 1: it is in the way at both ends. */
static void vm_apart_waits_until_the_other_has_left(void)
{
	struct fleet *f = draft_fleet(2, 2);
	struct belief b;

	draft_rule(f, RULE_APART, 2, (uint32_t[]){0, 1});
	belief_init_ebb(&b, f);
	belief_run(&b, 0, 0, 500);
	b.s->vm_state[0] = VM_MIGRATING;
	b.s->vm_target[0] = 1;
	belief_pend(&b, 1);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 0);
	b.s->vm_state[0] = VM_RUNNING;
	b.s->vm_target[0] = ID_NONE;
	belief_run(&b, 0, 1, 500);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 1), 0);
	belief_done(&b);
}

static void pinned_vm_waits_for_its_host(void)
{
	struct fleet *f = draft_fleet(3, 2);
	struct belief b;

	draft_rule_hosts(draft_rule(f, RULE_PIN, 1, (uint32_t[]){1}), 1, (uint32_t[]){2});
	belief_init_ebb(&b, f);
	b.s->host_state[2] = HOST_FAILED;
	belief_pend_range(&b, 0, 2);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 1);
	belief_obey(&b);
	b.s->host_state[2] = HOST_OFF;
	belief_ask_checked(&b);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 1), 2);
	belief_done(&b);
}

static void lonely_vm_gets_a_host_of_its_own(void)
{
	struct fleet *f = draft_fleet(3, 6);
	struct belief b;

	draft_rule(f, RULE_LONELY, 1, (uint32_t[]){4});
	belief_init_ebb(&b, f);
	belief_set_hosts(&b, HOST_OFF);
	belief_pend_range(&b, 0, 6);
	belief_ask_checked(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 6);
	belief_obey(&b);
	CU_ASSERT_EQUAL(b.s->placement->count[b.s->placement->host_of[4]], 1);
	belief_done(&b);
}

TEST_MAIN("ebb_policy", TEST(waiting_vms_share_one_host_if_it_has_room),
          TEST(waiting_vms_take_the_hosts_their_memory_needs_and_hardly_more),
          TEST(waiting_vm_goes_to_a_host_that_is_on), TEST(waiting_vm_without_room_wakes_a_host),
          TEST(waiting_vm_stays_so_where_the_fleet_is_full), TEST(nobody_is_moved_between_samples),
          TEST(vms_of_unknown_demand_stay_where_they_are),
          TEST(hosts_that_are_unknown_failed_or_on_their_way_down_get_nothing),
          TEST(moves_under_way_count_as_done), TEST(vms_apart_are_placed_on_different_hosts),
          TEST(vm_apart_waits_until_the_other_has_left), TEST(pinned_vm_waits_for_its_host),
          TEST(lonely_vm_gets_a_host_of_its_own))
