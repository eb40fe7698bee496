/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the default policy relieves hosts: of overload that is there, of overload that is likely, of
 * memory that grew. Hosts have 8000 MIPS and 64 GB, VMs an allocation of 1000 MIPS and 4 GB that
 * takes 64 s to copy. Each plan is checked by plan_check as well.
 */
#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/belief.h"
#include "tests/support/draft.h"
#include "tests/support/test.h"

#define HOST_MIPS 8000.0

/* What host would be asked for now, were the plan carried out. */
static double demand_after(const struct belief *b, uint32_t host)
{
	double sum = 0;

	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++)
		if (belief_goes_to(b, vm) == host)
			sum += b->s->vm_cpu_demand[vm];
	return sum;
}

/* Twelve VMs of 500 MIPS on host 0, which then want 700; host 1 has one small VM. */
static void overload(struct belief *b, enum sample_kind sample)
{
	b->sample = sample;
	belief_run_range(b, 0, 12, 0);
	belief_run(b, 12, 1, 100);
	belief_watch(b, 10);
	belief_want(b, 0, 12, 700);
	belief_decide_checked(b);
}

static void overload_is_repaired_when_samples_are_current(void)
{
	const struct action *a;
	struct belief b;

	belief_init_ebb(&b, draft_fleet(2, 13));
	overload(&b, SAMPLE_CURRENT);
	CU_ASSERT(belief_count_reason(&b, REASON_OVERLOAD) >= 1);
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

	belief_init_ebb(&b, draft_fleet(2, 13));
	overload(&b, SAMPLE_PAST);
	CU_ASSERT_EQUAL(belief_count_reason(&b, REASON_OVERLOAD), 0);
	belief_done(&b);
}

static void repair_wakes_a_host_where_no_other_has_room(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(2, 13));
	b.s->host_state[1] = HOST_OFF;
	belief_run_range(&b, 0, 13, 0);
	belief_watch(&b, 10);
	belief_want(&b, 0, 13, 800);
	belief_decide_checked(&b);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_HOST_ON, 0)->reason.code, REASON_OVERLOAD);
	CU_ASSERT(demand_after(&b, 0) <= HOST_MIPS);
	CU_ASSERT(demand_after(&b, 1) > 0);
	belief_done(&b);
}

/* Host 1 has little to do on average and no room now; host 2, well filled, has a little. */
static void repair_finds_the_host_that_has_room_now(void)
{
	struct belief b;

	belief_init_ebb(&b, draft_fleet(3, 30));
	belief_run_range(&b, 0, 12, 0);
	belief_run_range(&b, 12, 22, 1);
	belief_run_range(&b, 22, 30, 2);
	belief_want(&b, 12, 22, 100);
	belief_want(&b, 22, 30, 900);
	belief_watch(&b, 40);
	belief_want(&b, 0, 12, 700);
	belief_want(&b, 12, 22, 780);
	belief_decide_checked(&b);
	CU_ASSERT_EQUAL(belief_action(&b, ACTION_MIGRATE, 0)->from, 0);
	CU_ASSERT(demand_after(&b, 0) <= HOST_MIPS);
	CU_ASSERT(demand_after(&b, 1) <= HOST_MIPS);
	CU_ASSERT(demand_after(&b, 2) <= HOST_MIPS);
	belief_done(&b);
}

/* One VM that wants more than the host has cannot be helped by moving it. */
static void lone_vm_is_not_moved_for_its_own_overload(void)
{
	struct belief b;
	struct fleet *f = draft_fleet(2, 1);

	f->vms[0].allocation.v[RES_CPU] = 9000;
	belief_init_ebb(&b, f);
	belief_run(&b, 0, 0, 4000);
	belief_watch(&b, 3);
	b.s->vm_cpu_demand[0] = 9000;
	belief_decide_checked(&b);
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
	belief_init_ebb(&b, draft_fleet(2, 14));
	b.sample = SAMPLE_PAST;
	belief_run_range(&b, 0, 13, 0);
	belief_run(&b, 13, 1, 100);
	for (int t = 0; t < 30; t++) {
		for (uint32_t vm = 0; vm < 13; vm++)
			b.s->vm_cpu_demand[vm] = 580 + 250 * (2 * rng_double(&rng) - 1);
		belief_decide_checked(&b);
	}
	CU_ASSERT(belief_count_reason(&b, REASON_OVERLOAD_RISK) >= 1);
	a = belief_action(&b, ACTION_MIGRATE, 0);
	CU_ASSERT_EQUAL(a->from, 0);
	CU_ASSERT_EQUAL(a->to, 1);
	CU_ASSERT(a->reason.num[0] > 7000 && a->reason.num[0] < 11000);
	CU_ASSERT_EQUAL(a->reason.num[1], HOST_MIPS);
	CU_ASSERT(a->reason.num[2] > 5000 && a->reason.num[2] < a->reason.num[0]);
	CU_ASSERT(a->reason.num[3] > 0.0025 && a->reason.num[3] < 1);
	belief_done(&b);
}

/* Five VMs whose memory in use grew to a bit more than the host has; mem[i] GB each. */
static void grow_memory(struct belief *b, struct fleet *f, const double gb[5])
{
	belief_init_ebb(b, f);
	b->sample = SAMPLE_PAST;
	belief_run_range(b, 0, 5, 0);
	belief_run_range(b, 5, 6, 1);
	belief_watch(b, 10);
	CU_ASSERT_EQUAL(belief_count(b, ACTION_MIGRATE), 0);
	for (uint32_t vm = 0; vm < 5; vm++)
		b->s->vm_mem_bytes[vm] = gb[vm] * 1e9;
	belief_decide_checked(b);
}

static void host_short_of_memory_sends_the_least_vm_that_is_enough(void)
{
	struct belief b;
	const struct action *a;
	struct fleet *f = draft_fleet(2, 6);

	f->vms[5].not_movable = xstrdup("keeps host 1 on");
	f->vms[0].not_movable = xstrdup("keeps host 0 on");
	grow_memory(&b, f, (double[5]){14, 2, 25, 9, 24}); /* 74 of 64 */
	CU_ASSERT(belief_count_reason(&b, REASON_MEMORY) >= 1);
	a = belief_action(&b, ACTION_MIGRATE, 0);
	CU_ASSERT_EQUAL(a->reason.code, REASON_MEMORY);
	CU_ASSERT_EQUAL(a->vm, 4);
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

/* An overloaded host: the rule keeps VMs 0 to 8 there, so that others have to leave. */
static void repair_takes_the_vms_that_may_leave(void)
{
	struct fleet *f = draft_fleet(2, 13);
	struct belief b;

	draft_rule_hosts(draft_rule(f, RULE_PIN, 4, (uint32_t[]){0, 1, 2, 3}), 1, (uint32_t[]){0});
	for (uint32_t vm = 4; vm < 9; vm++)
		f->vms[vm].not_movable = xstrdup("local disk");
	belief_init_ebb(&b, f);
	overload(&b, SAMPLE_CURRENT);
	CU_ASSERT(belief_count(&b, ACTION_MIGRATE) >= 1);
	for (uint32_t vm = 0; vm < 9; vm++)
		CU_ASSERT_EQUAL(belief_goes_to(&b, vm), 0);
	CU_ASSERT(demand_after(&b, 0) <= HOST_MIPS);
	belief_done(&b);
}

TEST_MAIN("ebb_repair", TEST(overload_is_repaired_when_samples_are_current),
          TEST(overload_of_the_past_is_no_reason_to_repair),
          TEST(repair_wakes_a_host_where_no_other_has_room),
          TEST(repair_finds_the_host_that_has_room_now),
          TEST(lone_vm_is_not_moved_for_its_own_overload),
          TEST(risk_of_overload_moves_vms_to_a_quieter_host),
          TEST(host_short_of_memory_sends_the_least_vm_that_is_enough),
          TEST(host_that_has_the_memory_sends_nobody), TEST(repair_takes_the_vms_that_may_leave))
