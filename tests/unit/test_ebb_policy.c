/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default policy asked about fleets made by hand: where it puts VMs that wait, how it repairs
 * overload, and what it never touches. Hosts have 8000 MIPS and 64 GB, VMs an allocation of
 * 1000 MIPS and 4 GB that takes 64 s to copy. Each plan is checked by plan_check as well.
 */
#include <math.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/belief.h"
#include "tests/support/draft.h"
#include "tests/support/plan_check.h"
#include "tests/support/test.h"

#define HOST_MIPS 8000.0

static void init(struct belief *b, struct fleet *f)
{
	belief_init(b, "ebb", draft_seal(f));
}

static void set_hosts(struct belief *b, enum host_state state)
{
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		b->s->host_state[h] = (uint8_t)state;
}

static void pend(struct belief *b, uint32_t from, uint32_t to)
{
	for (uint32_t vm = from; vm < to; vm++)
		belief_pend(b, vm);
}

/* VMs from..to-1 run on host and want that much each. */
static void run(struct belief *b, uint32_t from, uint32_t to, uint32_t host)
{
	for (uint32_t vm = from; vm < to; vm++)
		belief_run(b, vm, host, 500);
}

static void ask_for(struct belief *b, uint32_t from, uint32_t to, double mips)
{
	for (uint32_t vm = from; vm < to; vm++)
		b->s->vm_cpu_demand[vm] = mips;
}

static void decide(struct belief *b)
{
	belief_decide(b);
	plan_check(b->s, &b->plan);
}

/* So many samples of what is there, nothing done about it. */
static void watch(struct belief *b, int samples)
{
	for (int i = 0; i < samples; i++)
		decide(b);
}

static uint32_t count_reason(const struct belief *b, enum reason_code code)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->plan.len; i++)
		n += b->plan.actions[i].reason.code == code;
	return n;
}

static uint32_t hosts_used(const struct belief *b)
{
	uint32_t n = 0;

	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		n += b->s->placement->count[h] > 0;
	return n;
}

/* What host would be asked for now, were the plan carried out. */
static double demand_after(const struct belief *b, uint32_t host)
{
	double sum = 0;

	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++)
		if (belief_goes_to(b, vm) == host)
			sum += b->s->vm_cpu_demand[vm];
	return sum;
}

/* --- placement */

static void waiting_vms_share_one_host_if_it_has_room(void)
{
	struct belief b;

	init(&b, draft_fleet(10, 12));
	set_hosts(&b, HOST_OFF);
	pend(&b, 0, 12);
	belief_ask(&b);
	plan_check(b.s, &b.plan);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 12);
	CU_ASSERT_EQUAL(count_reason(&b, REASON_FIRST_PLACEMENT), 12);
	belief_done(&b);
}

/* 16 VMs fill the memory of a host. */
static void waiting_vms_take_the_hosts_their_memory_needs_and_hardly_more(void)
{
	const uint32_t n[] = {40, 100, 160};

	for (int i = 0; i < 3; i++) {
		struct belief b;

		init(&b, draft_fleet(20, n[i]));
		set_hosts(&b, HOST_OFF);
		pend(&b, 0, n[i]);
		belief_ask(&b);
		plan_check(b.s, &b.plan);
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

	init(&b, draft_fleet(3, 8));
	b.s->host_state[0] = b.s->host_state[2] = HOST_OFF;
	run(&b, 0, 7, 1);
	watch(&b, 3);
	belief_pend(&b, 7);
	belief_ask(&b); /* between samples */
	plan_check(b.s, &b.plan);
	CU_ASSERT_EQUAL(b.plan.len, 1);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 7), 1);
	belief_done(&b);
}

static void waiting_vm_without_room_wakes_a_host(void)
{
	struct belief b;

	init(&b, draft_fleet(3, 17));
	b.s->host_state[0] = b.s->host_state[2] = HOST_OFF;
	run(&b, 0, 16, 1); /* no memory is left */
	ask_for(&b, 0, 16, 100);
	watch(&b, 3);
	belief_pend(&b, 16);
	belief_ask(&b);
	plan_check(b.s, &b.plan);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	CU_ASSERT_EQUAL(b.plan.actions[0].reason.code, REASON_WAKE_FOR_VM);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 16), 0);
	belief_done(&b);
}

static void waiting_vm_stays_so_where_the_fleet_is_full(void)
{
	struct belief b;

	init(&b, draft_fleet(1, 17));
	run(&b, 0, 16, 0);
	ask_for(&b, 0, 16, 100);
	watch(&b, 3);
	belief_pend(&b, 16);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 0);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 0);
	belief_done(&b);
}

static void nothing_is_decided_between_samples_if_nobody_waits(void)
{
	struct belief b;

	init(&b, draft_fleet(2, 12));
	run(&b, 0, 12, 0);
	watch(&b, 3);
	ask_for(&b, 0, 12, 1000);
	belief_ask(&b);
	CU_ASSERT_EQUAL(b.plan.len, 0);
	belief_done(&b);
}

/* --- repair and relief */

/* Twelve VMs of 500 MIPS on host 0, which then want 700; host 1 has one small VM. */
static void overload(struct belief *b, enum sample_kind sample)
{
	b->sample = sample;
	run(b, 0, 12, 0);
	belief_run(b, 12, 1, 100);
	watch(b, 10);
	ask_for(b, 0, 12, 700);
	decide(b);
}

static void overload_is_repaired_when_samples_are_current(void)
{
	const struct action *a;
	struct belief b;

	init(&b, draft_fleet(2, 13));
	overload(&b, SAMPLE_CURRENT);
	CU_ASSERT(count_reason(&b, REASON_OVERLOAD) >= 1);
	CU_ASSERT(demand_after(&b, 0) <= HOST_MIPS);
	CU_ASSERT(demand_after(&b, 1) <= HOST_MIPS);
	a = belief_action(&b, ACTION_MIGRATE, 0);
	CU_ASSERT_EQUAL(a->reason.code, REASON_OVERLOAD);
	CU_ASSERT_EQUAL(a->from, 0);
	CU_ASSERT_DOUBLE_EQUAL(a->reason.num[0], 12 * 700, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(a->reason.num[1], HOST_MIPS, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(a->reason.num[2], 700, 1e-6);
	CU_ASSERT_DOUBLE_EQUAL(a->reason.num[3], 64, 1e-6);
	belief_done(&b);
}

/* What a sample of the past shows may be over: the forecast decides, nothing is repaired. */
static void overload_of_the_past_is_no_reason_to_repair(void)
{
	struct belief b;

	init(&b, draft_fleet(2, 13));
	overload(&b, SAMPLE_PAST);
	CU_ASSERT_EQUAL(count_reason(&b, REASON_OVERLOAD), 0);
	belief_done(&b);
}

static void repair_wakes_a_host_where_no_other_has_room(void)
{
	struct belief b;

	init(&b, draft_fleet(2, 13));
	b.s->host_state[1] = HOST_OFF;
	run(&b, 0, 13, 0);
	watch(&b, 10);
	ask_for(&b, 0, 13, 800);
	decide(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 1);
	CU_ASSERT(demand_after(&b, 0) <= HOST_MIPS);
	CU_ASSERT(demand_after(&b, 1) > 0);
	belief_done(&b);
}

/* One VM that wants more than the host has cannot be helped by moving it. */
static void lone_vm_is_not_moved_for_its_own_overload(void)
{
	struct belief b;
	struct fleet *f = draft_fleet(2, 1);

	f->vms[0].allocation.v[RES_CPU] = 9000;
	init(&b, f);
	belief_run(&b, 0, 0, 4000);
	watch(&b, 3);
	b.s->vm_cpu_demand[0] = 9000;
	decide(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 0);
	belief_done(&b);
}

/* VMs that swing: the sum is within capacity now and too often will not be. */
static void risk_of_overload_moves_vms_to_a_quieter_host(void)
{
	const struct action *a;
	struct rng rng;
	struct belief b;

	rng_init(&rng, 1, 0);
	init(&b, draft_fleet(2, 14));
	b.sample = SAMPLE_PAST;
	run(&b, 0, 13, 0);
	belief_run(&b, 13, 1, 100);
	for (int t = 0; t < 30; t++) {
		for (uint32_t vm = 0; vm < 13; vm++)
			b.s->vm_cpu_demand[vm] = 580 + 250 * (2 * rng_double(&rng) - 1);
		decide(&b);
	}
	CU_ASSERT(count_reason(&b, REASON_OVERLOAD_RISK) >= 1);
	a = belief_action(&b, ACTION_MIGRATE, 0);
	CU_ASSERT_EQUAL(a->from, 0);
	CU_ASSERT_EQUAL(a->to, 1);
	CU_ASSERT(a->reason.num[0] > 7000 && a->reason.num[0] < 11000);
	CU_ASSERT_EQUAL(a->reason.num[1], HOST_MIPS);
	CU_ASSERT(a->reason.num[2] < a->reason.num[0]);
	CU_ASSERT(a->reason.num[3] > 0.0025 && a->reason.num[3] < 1);
	belief_done(&b);
}

/* Five VMs whose memory in use grew to a bit more than the host has; mem[i] GB each. */
static void grow_memory(struct belief *b, struct fleet *f, const double gb[5])
{
	init(b, f);
	b->sample = SAMPLE_PAST;
	run(b, 0, 5, 0);
	run(b, 5, 6, 1);
	watch(b, 10);
	CU_ASSERT_EQUAL(belief_count(b, ACTION_MIGRATE), 0);
	for (uint32_t vm = 0; vm < 5; vm++)
		b->s->vm_mem_bytes[vm] = gb[vm] * 1e9;
	decide(b);
}

static void host_short_of_memory_sends_the_least_vm_that_is_enough(void)
{
	struct belief b;
	const struct action *a;
	struct fleet *f = draft_fleet(2, 6);

	f->vms[5].not_movable = xstrdup("keeps host 1 on");
	f->vms[0].not_movable = xstrdup("keeps host 0 on");
	grow_memory(&b, f, (double[5]){20, 2, 19, 9, 24}); /* 74 of 64 */
	CU_ASSERT(count_reason(&b, REASON_MEMORY) >= 1);
	a = belief_action(&b, ACTION_MIGRATE, 0);
	CU_ASSERT_EQUAL(a->reason.code, REASON_MEMORY);
	CU_ASSERT_EQUAL(a->vm, 2);
	CU_ASSERT_EQUAL(a->to, 1);
	CU_ASSERT_DOUBLE_EQUAL(a->reason.num[0], 74e9, 1);
	CU_ASSERT_DOUBLE_EQUAL(a->reason.num[1], 64e9, 1);
	belief_done(&b);
}

static void host_that_has_the_memory_sends_nobody(void)
{
	struct belief b;
	struct fleet *f = draft_fleet(2, 6);

	f->vms[5].not_movable = xstrdup("keeps host 1 on");
	f->vms[0].not_movable = xstrdup("keeps host 0 on");
	grow_memory(&b, f, (double[5]){4, 4, 5, 4, 4});
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 0);
	belief_done(&b);
}

/* --- what is left alone */

static void vms_of_unknown_demand_stay_where_they_are(void)
{
	struct belief b;

	init(&b, draft_fleet(2, 13));
	run(&b, 0, 12, 0);
	belief_run(&b, 12, 1, 100);
	watch(&b, 10);
	ask_for(&b, 0, 12, 700);
	ask_for(&b, 0, 9, NAN);
	ask_for(&b, 12, 13, NAN);
	decide(&b);
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

		init(&b, draft_fleet(2, 13));
		b.s->host_state[1] = (uint8_t)states[i];
		run(&b, 0, 12, 0);
		watch(&b, 5);
		belief_pend(&b, 12);
		ask_for(&b, 0, 12, 700);
		decide(&b);
		CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 0);
		CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 0);
		belief_done(&b);
	}
}

/* Half of the VMs of an overloaded host are leaving already: that is enough. */
static void moves_under_way_count_as_done(void)
{
	struct belief b;

	init(&b, draft_fleet(2, 12));
	run(&b, 0, 12, 0);
	watch(&b, 10);
	ask_for(&b, 0, 12, 700);
	for (uint32_t vm = 0; vm < 6; vm++) {
		b.s->vm_state[vm] = VM_MIGRATING;
		b.s->vm_target[vm] = 1;
	}
	decide(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 0);
	belief_done(&b);
}

/* --- hard rules */

static void vms_apart_are_placed_on_different_hosts(void)
{
	struct fleet *f = draft_fleet(5, 3);
	struct belief b;

	draft_rule(f, RULE_APART, 3, (uint32_t[]){0, 1, 2});
	init(&b, f);
	set_hosts(&b, HOST_OFF);
	pend(&b, 0, 3);
	belief_ask(&b);
	plan_check(b.s, &b.plan);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 3);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_HOST_ON), 3);
	belief_done(&b);
}

static void pinned_vm_waits_for_its_host(void)
{
	struct fleet *f = draft_fleet(3, 2);
	struct belief b;

	draft_rule_hosts(draft_rule(f, RULE_PIN, 1, (uint32_t[]){1}), 1, (uint32_t[]){2});
	init(&b, f);
	b.s->host_state[2] = HOST_FAILED;
	pend(&b, 0, 2);
	belief_ask(&b);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 1);
	belief_obey(&b);
	b.s->host_state[2] = HOST_OFF;
	belief_ask(&b);
	plan_check(b.s, &b.plan);
	CU_ASSERT_EQUAL(belief_goes_to(&b, 1), 2);
	belief_done(&b);
}

static void lonely_vm_gets_a_host_of_its_own(void)
{
	struct fleet *f = draft_fleet(3, 6);
	struct belief b;

	draft_rule(f, RULE_LONELY, 1, (uint32_t[]){4});
	init(&b, f);
	set_hosts(&b, HOST_OFF);
	pend(&b, 0, 6);
	belief_ask(&b);
	plan_check(b.s, &b.plan);
	CU_ASSERT_EQUAL(belief_count(&b, ACTION_PLACE), 6);
	belief_obey(&b);
	CU_ASSERT_EQUAL(b.s->placement->count[b.s->placement->host_of[4]], 1);
	belief_done(&b);
}

/* An overloaded host: the rule keeps VMs 0 to 8 there, so that others have to leave. */
static void repair_takes_the_vms_that_may_leave(void)
{
	struct fleet *f = draft_fleet(2, 13);
	struct belief b;

	draft_rule_hosts(draft_rule(f, RULE_PIN, 4, (uint32_t[]){0, 1, 2, 3}), 1, (uint32_t[]){0});
	for (uint32_t vm = 4; vm < 9; vm++)
		f->vms[vm].not_movable = xstrdup("local disk");
	init(&b, f);
	overload(&b, SAMPLE_CURRENT);
	CU_ASSERT(belief_count(&b, ACTION_MIGRATE) >= 1);
	for (uint32_t vm = 0; vm < 9; vm++)
		CU_ASSERT_EQUAL(belief_goes_to(&b, vm), 0);
	CU_ASSERT(demand_after(&b, 0) <= HOST_MIPS);
	belief_done(&b);
}

TEST_MAIN("ebb_policy", TEST(waiting_vms_share_one_host_if_it_has_room),
          TEST(waiting_vms_take_the_hosts_their_memory_needs_and_hardly_more),
          TEST(waiting_vm_goes_to_a_host_that_is_on), TEST(waiting_vm_without_room_wakes_a_host),
          TEST(waiting_vm_stays_so_where_the_fleet_is_full),
          TEST(nothing_is_decided_between_samples_if_nobody_waits),
          TEST(overload_is_repaired_when_samples_are_current),
          TEST(overload_of_the_past_is_no_reason_to_repair),
          TEST(repair_wakes_a_host_where_no_other_has_room),
          TEST(lone_vm_is_not_moved_for_its_own_overload),
          TEST(risk_of_overload_moves_vms_to_a_quieter_host),
          TEST(host_short_of_memory_sends_the_least_vm_that_is_enough),
          TEST(host_that_has_the_memory_sends_nobody),
          TEST(vms_of_unknown_demand_stay_where_they_are),
          TEST(hosts_that_are_unknown_failed_or_on_their_way_down_get_nothing),
          TEST(moves_under_way_count_as_done), TEST(vms_apart_are_placed_on_different_hosts),
          TEST(pinned_vm_waits_for_its_host), TEST(lonely_vm_gets_a_host_of_its_own),
          TEST(repair_takes_the_vms_that_may_leave))
