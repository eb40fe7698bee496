/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The board: shares, tentative moves, and the search for a target. 1000 MIPS and 2 cores a host. */
#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "policies/reference/placement_rule.h"
#include "tests/support/build.h"
#include "tests/support/draft.h"
#include "tests/support/test.h"

struct rig {
	struct fleet *fleet;
	struct snapshot *s;
	struct demand_log *log;
	struct board *board;
};

static void rig_fleet(struct rig *r, struct fleet *f)
{
	*r = (struct rig){.fleet = f, .s = snapshot_new(f)};
	r->s->interval_us = 300 * USEC_PER_SEC;
	r->log = demand_log_new(f, false);
	r->board = board_new(f, r->log);
	r->board->detector = &detector_thr;
	r->board->parameter = 1;
	r->board->rule = &placement_pabfd;
	for (uint32_t h = 0; h < f->n_hosts; h++)
		r->s->host_state[h] = HOST_ACTIVE;
}

static void rig_init(struct rig *r, uint32_t n_hosts, uint32_t n_vms)
{
	struct build_spec spec = build_defaults(n_hosts, n_vms);

	rig_fleet(r, build_fleet(&spec));
}

static void rig_done(struct rig *r)
{
	board_free(r->board);
	demand_log_free(r->log);
	snapshot_free(r->s);
	fleet_free(r->fleet);
}

static void run(struct rig *r, uint32_t vm, uint32_t host, double mips)
{
	r->s->vm_state[vm] = VM_RUNNING;
	r->s->vm_cpu_demand[vm] = mips;
	placement_move(r->s->placement, vm, host);
}

static void start(struct rig *r)
{
	struct snapshot *s = r->s;

	s->n_active = 0;
	for (uint32_t vm = 0; vm < r->fleet->n_vms; vm++)
		if (s->vm_state[vm] != VM_ABSENT)
			s->active[s->n_active++] = vm;
	demand_log_observe(r->log, s);
	board_begin(r->board, s, BOARD_DEMAND_SAMPLED);
}

static void free_cpu_is_what_demands_leave(void)
{
	struct rig r;

	rig_init(&r, 1, 3);
	run(&r, 0, 0, 300);
	run(&r, 1, 0, 200);
	run(&r, 2, 0, 700); /* a core gives 500 */
	start(&r);
	CU_ASSERT_EQUAL(r.board->free_mips[0], 0);
	CU_ASSERT_EQUAL(r.board->load_mips[0], 1000);
	CU_ASSERT_EQUAL(r.board->asked_mips[0], 1200);
	rig_done(&r);
}

static void an_oversubscribed_host_counts_whole_mips(void)
{
	struct rig r;

	rig_init(&r, 1, 3);
	for (uint32_t vm = 0; vm < 3; vm++)
		run(&r, vm, 0, 400);
	start(&r);
	CU_ASSERT_EQUAL(r.board->free_mips[0], 0);
	CU_ASSERT_EQUAL(r.board->load_mips[0], 999); /* 3 x floor(333.3) */
	rig_done(&r);
}

static void all_vcpus_of_a_vm_count(void)
{
	struct build_spec spec = build_defaults(1, 1);
	struct fleet *f = build_fleet(&spec);
	struct rig r;

	f->vms[0].vcpus = 2;
	rig_fleet(&r, f);
	run(&r, 0, 0, 900);
	start(&r);
	CU_ASSERT_EQUAL(r.board->load_mips[0], 900);
	rig_done(&r);
}

static bool same_host(const struct board *a, const struct board_undo *b)
{
	uint32_t h = b->host;

	return a->free_mips[h] == b->free_mips && a->load_mips[h] == b->load_mips &&
	       a->asked_mips[h] == b->asked_mips && a->mem_bytes[h] == b->mem_bytes &&
	       a->copy_bytes[h] == b->copy_bytes;
}

static struct board_undo copy_of_host(const struct board *b, uint32_t h)
{
	return (struct board_undo){
	        .host = h,
	        .free_mips = b->free_mips[h],
	        .load_mips = b->load_mips[h],
	        .asked_mips = b->asked_mips[h],
	        .mem_bytes = b->mem_bytes[h],
	        .copy_bytes = b->copy_bytes[h],
	};
}

static void rollback_restores_every_bit(void)
{
	struct board_undo before[2];
	struct rig r;
	uint32_t mark;

	rig_init(&r, 2, 6);
	for (uint32_t vm = 0; vm < 6; vm++)
		run(&r, vm, vm < 2 ? 0 : 1, 33.3 + vm / 7.0);
	start(&r);
	for (uint32_t h = 0; h < 2; h++)
		before[h] = copy_of_host(r.board, h);
	mark = board_try(r.board);
	board_put(r.board, 0, 1);
	board_put(r.board, 3, 0);
	board_put(r.board, 1, 1);
	CU_ASSERT_FALSE(same_host(r.board, &before[0]));
	CU_ASSERT_FALSE(same_host(r.board, &before[1]));
	board_rollback(r.board, mark);
	CU_ASSERT_TRUE(same_host(r.board, &before[0]));
	CU_ASSERT_TRUE(same_host(r.board, &before[1]));
	CU_ASSERT_EQUAL(r.board->placement->first[1], 2);
	CU_ASSERT_EQUAL(r.board->placement->last[1], 5);
	rig_done(&r);
}

/* What judge says, worked out anew. */
static struct verdict fresh_verdict(struct board *b, uint32_t host)
{
	b->sums_n[host] = 0;
	return board_judge(b, host);
}

static void a_verdict_with_a_vm_is_that_after_putting_it(void)
{
	const struct detector_ops *const ops[] = {&detector_thr, &detector_iqr, &detector_mad,
	                                          &detector_lr};
	struct rng rng;
	struct rig r;

	rng_init(&rng, 5, 5);
	rig_init(&r, 2, 12);
	for (int k = 0; k < 40; k++) {
		for (uint32_t vm = 0; vm < 12; vm++)
			run(&r, vm, vm % 2, (double)rng_below(&rng, 100));
		start(&r);
	}
	for (int i = 0; i < 4; i++) {
		struct verdict with, after;

		r.board->detector = ops[i];
		board_begin(r.board, r.s, BOARD_DEMAND_SAMPLED);
		(void)board_judge(r.board, 0);
		with = board_judge_with(r.board, 0, 1);
		board_put(r.board, 1, 0);
		after = board_judge(r.board, 0);
		CU_ASSERT_EQUAL(with.statistic, after.statistic);
		CU_ASSERT_EQUAL(with.threshold, after.threshold);
		after = fresh_verdict(r.board, 0);
		CU_ASSERT_EQUAL(with.statistic, after.statistic);
		CU_ASSERT_EQUAL(with.threshold, after.threshold);
		board_take(r.board, 5); /* VM 5 is on host 1 */
		CU_ASSERT_EQUAL(board_judge(r.board, 1).statistic,
		                fresh_verdict(r.board, 1).statistic);
	}
	rig_done(&r);
}

static void large_vms_make_lr_look_further_ahead(void)
{
	struct build_spec spec = build_defaults(1, 2);
	struct rig r;

	spec.host_mem_bytes = 1e7;
	spec.vm_mem_bytes = 400e3; /* at 500 bytes/s: 800 s, three samples */
	rig_fleet(&r, build_fleet(&spec));
	r.board->detector = &detector_lr;
	r.board->parameter = 1;
	for (int k = 1; k <= 10; k++) {
		run(&r, 0, 0, 10 * k);
		start(&r);
	}
	CU_ASSERT_DOUBLE_EQUAL(board_judge(r.board, 0).statistic, 0.13, 1e-12);
	rig_done(&r);
}

static void rules_choose_as_their_names_say(void)
{
	static const struct placement_ops *const rules[] = {&placement_ff, &placement_bf,
	                                                    &placement_pabfd};
	const uint32_t expected[] = {1, 2, 3};
	struct rig r;

	for (int i = 0; i < 3; i++) {
		rig_init(&r, 4, 6);
		run(&r, 0, 0, 480); /* too full */
		run(&r, 4, 0, 480);
		run(&r, 1, 1, 200);
		run(&r, 2, 2, 300); /* the fullest that fits */
		run(&r, 3, 3, 200);
		r.s->host_utilisation[1] = r.s->host_utilisation[2] = 0.1;
		r.s->host_utilisation[3] = 0.2; /* its power is known to be up already */
		r.s->vm_state[5] = VM_PENDING;
		r.s->vm_cpu_demand[5] = 100;
		r.board->rule = rules[i];
		start(&r);
		CU_ASSERT_EQUAL(board_find_target(r.board, 5), expected[i]);
		rig_done(&r);
	}
}

static void pabfd_prefers_the_flatter_curve(void)
{
	struct build_spec spec = build_defaults(2, 1);
	struct fleet *f = build_fleet(&spec);
	struct host_class steep = f->classes[0];
	struct fleet *two = fleet_new();
	struct rig r;

	steep.name = xstrdup("a-steep");
	steep.power.max_w = 300;
	(void)fleet_add_class(two, &steep);
	steep.name = xstrdup("b-flat");
	steep.power.max_w = 150;
	(void)fleet_add_class(two, &steep);
	for (uint32_t h = 0; h < 2; h++)
		(void)fleet_add_host(two,
		                     &(struct host){.name = xstrdup(h ? "h1" : "h0"), .cls = h});
	(void)fleet_add_vm(two, &(struct vm){.name = xstrdup("v"), .vcpus = 1});
	CU_ASSERT_EQUAL_FATAL(fleet_seal(two, NULL), 0);
	fleet_free(f);
	rig_fleet(&r, two);
	r.s->vm_state[0] = VM_PENDING;
	r.s->vm_cpu_demand[0] = 100;
	start(&r);
	CU_ASSERT_EQUAL(board_find_target(r.board, 0), 1);
	rig_done(&r);
}

static void memory_binds(void)
{
	struct rig r;

	rig_init(&r, 3, 3);
	run(&r, 0, 0, 10);
	run(&r, 1, 1, 10);
	r.s->vm_mem_bytes[0] = 9500;
	r.s->vm_state[2] = VM_PENDING;
	r.s->vm_cpu_demand[2] = 10;
	r.board->rule = &placement_ff;
	start(&r);
	CU_ASSERT_EQUAL(board_find_target(r.board, 2), 1);
	board_exclude(r.board, 1);
	CU_ASSERT_EQUAL(board_find_target(r.board, 2), 2);
	rig_done(&r);
}

static void hard_rules_bind(void)
{
	struct fleet *f = draft_fleet(2, 2);
	struct rig r;

	(void)draft_rule(f, RULE_APART, 2, (const uint32_t[]){0, 1});
	rig_fleet(&r, draft_seal(f));
	run(&r, 0, 0, 10);
	r.s->vm_state[1] = VM_PENDING;
	r.s->vm_cpu_demand[1] = 10;
	r.board->rule = &placement_ff;
	start(&r);
	CU_ASSERT_EQUAL(board_find_target(r.board, 1), 1);
	rig_done(&r);
}

static void of_hosts_without_load_the_first_of_each_class_is_used_once(void)
{
	struct rig r;

	rig_init(&r, 4, 3);
	r.board->rule = &placement_bf; /* any load is preferred: so block it */
	for (uint32_t vm = 0; vm < 3; vm++) {
		r.s->vm_state[vm] = VM_PENDING;
		r.s->vm_cpu_demand[vm] = 450;
	}
	r.s->host_state[1] = HOST_FAILED;
	start(&r);
	for (uint32_t vm = 0; vm < 3; vm++) {
		uint32_t host = board_find_target(r.board, vm);

		CU_ASSERT_EQUAL(host, vm < 2 ? 0 : 2);
		board_put(r.board, vm, host);
	}
	rig_done(&r);
}

static void hosts_that_are_off_can_be_ruled_out(void)
{
	struct rig r;

	rig_init(&r, 3, 2);
	run(&r, 0, 2, 900);
	r.s->host_utilisation[2] = 0.5;
	start(&r);
	board_exclude_off(r.board);
	r.s->vm_cpu_demand[1] = 10;
	CU_ASSERT_EQUAL(r.board->candidates.n, 1);
	CU_ASSERT_EQUAL(r.board->candidates.hosts[0], 2);
	rig_done(&r);
}

TEST_MAIN("reference board", TEST(free_cpu_is_what_demands_leave),
          TEST(an_oversubscribed_host_counts_whole_mips), TEST(all_vcpus_of_a_vm_count),
          TEST(rollback_restores_every_bit), TEST(a_verdict_with_a_vm_is_that_after_putting_it),
          TEST(large_vms_make_lr_look_further_ahead), TEST(rules_choose_as_their_names_say),
          TEST(pabfd_prefers_the_flatter_curve), TEST(memory_binds), TEST(hard_rules_bind),
          TEST(of_hosts_without_load_the_first_of_each_class_is_used_once),
          TEST(hosts_that_are_off_can_be_ruled_out))
