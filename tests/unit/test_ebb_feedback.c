/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The price of unserved work follows what was realised. The test plays the hosts: four of them,
 * one VM each, and it says in each sample how many are asked for more than they have.
 */
#include <math.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "policies/ebb/state.h"
#include "tests/support/build.h"
#include "tests/support/draft.h"
#include "tests/support/test.h"

#define HOSTS 4

struct rig {
	struct fleet *fleet;
	struct snapshot *s;
	struct predictor *predictor;
	struct ebb e;
};

static void rig_init(struct rig *r, double target)
{
	struct build_spec spec = build_defaults(HOSTS, HOSTS);

	*r = (struct rig){.fleet = build_fleet(&spec)};
	r->s = snapshot_new(r->fleet);
	r->s->sample = SAMPLE_PAST;
	r->s->interval_us = 300 * USEC_PER_SEC;
	r->predictor = predictor_new(r->fleet);
	r->e.fleet = r->fleet;
	r->e.s = r->s;
	r->e.params = (struct ebb_params){.overload_ratio = target, .move_j = 1000};
	r->e.book = book_new(r->fleet, &r->e.params);
	r->e.flights = xcalloc(HOSTS, sizeof(*r->e.flights));
	for (uint32_t i = 0; i < HOSTS; i++) {
		r->s->host_state[i] = HOST_ACTIVE;
		r->s->vm_state[i] = VM_RUNNING;
		r->s->active[r->s->n_active++] = i;
		placement_move(r->s->placement, i, i);
	}
}

static void rig_done(struct rig *r)
{
	book_free(r->e.book);
	free(r->e.flights);
	predictor_free(r->predictor);
	snapshot_free(r->s);
	fleet_free(r->fleet);
}

/* One sample in which so many hosts are overloaded; returns the price. */
static double sample(struct rig *r, uint32_t overloaded)
{
	for (uint32_t vm = 0; vm < HOSTS; vm++)
		r->s->vm_cpu_demand[vm] = vm < overloaded ? 1001 : 999;
	r->s->tick++;
	book_observe(r->e.book, r->s);
	book_open(r->e.book, r->s, predictor_forecast(r->predictor));
	feedback_update(&r->e);
	return r->e.prices.work_j;
}

/* The price that holds while the target is met to the point. */
static double fair_price(double target)
{
	struct rig r;
	double price;

	rig_init(&r, target);
	placement_move(r.s->placement, 0, ID_NONE); /* nobody is on: nothing is owed */
	for (uint32_t vm = 0; vm < HOSTS; vm++)
		placement_move(r.s->placement, vm, ID_NONE);
	price = sample(&r, 0);
	rig_done(&r);
	return price;
}

static void price_rises_while_overload_is_above_the_target(void)
{
	double last = fair_price(0.01);
	struct rig r;

	rig_init(&r, 0.01);
	for (int t = 0; t < 5; t++) {
		double price = sample(&r, 1);

		CU_ASSERT(price > last);
		last = price;
	}
	rig_done(&r);
}

static void price_falls_while_overload_is_below_the_target(void)
{
	double last = fair_price(0.01);
	struct rig r;

	rig_init(&r, 0.01);
	for (int t = 0; t < 5; t++) {
		double price = sample(&r, 0);

		CU_ASSERT(price > 0 && price < last);
		last = price;
	}
	rig_done(&r);
}

static void price_holds_where_the_target_is_met(void)
{
	double first;
	struct rig r;

	rig_init(&r, 1.0 / HOSTS);
	first = sample(&r, 1);
	for (int t = 0; t < 500; t++)
		CU_ASSERT_DOUBLE_EQUAL(sample(&r, 1), first, 1e-6 * first);
	CU_ASSERT_DOUBLE_EQUAL(first, fair_price(1.0 / HOSTS), 1e-6 * first);
	rig_done(&r);
}

static void price_is_bounded_on_both_sides(void)
{
	double fair = fair_price(0.01), dearest = 0, cheapest;
	struct rig r;

	rig_init(&r, 0.01);
	for (int t = 0; t < 5000; t++)
		dearest = sample(&r, HOSTS);
	CU_ASSERT(isfinite(dearest));
	CU_ASSERT_EQUAL(sample(&r, HOSTS), dearest);
	for (int t = 0; t < 5000; t++)
		cheapest = sample(&r, 0);
	CU_ASSERT_EQUAL(sample(&r, 0), cheapest);
	CU_ASSERT(cheapest > fair / 1000);
	rig_done(&r);
}

/* Whatever happened, two days of calm are enough to be as cheap as before. */
static void no_past_binds_the_price_for_long(void)
{
	double fair = fair_price(0.01);
	struct rig r;

	rig_init(&r, 0.01);
	for (int t = 0; t < 5000; t++)
		(void)sample(&r, HOSTS);
	for (int t = 0; t < 576; t++)
		(void)sample(&r, 0);
	CU_ASSERT(r.e.prices.work_j < fair);
	rig_done(&r);
}

/* And no time without overload makes a policy blind to the next days full of it. */
static void no_credit_is_saved_up_for_long(void)
{
	double fair = fair_price(0.01);
	struct rig r;

	rig_init(&r, 0.01);
	for (int t = 0; t < 5000; t++)
		(void)sample(&r, 0);
	for (int t = 0; t < 12; t++)
		(void)sample(&r, HOSTS / 2);
	CU_ASSERT(r.e.prices.work_j > fair);
	rig_done(&r);
}

static void stricter_target_has_a_higher_price(void)
{
	CU_ASSERT(fair_price(0.001) > 2 * fair_price(0.01));
	CU_ASSERT(fair_price(0.01) > 2 * fair_price(0.1));
}

static void host_price_is_what_an_idle_host_draws_more_than_one_that_is_off(void)
{
	struct rig r;

	rig_init(&r, 0.01);
	(void)sample(&r, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.e.prices.host_j, 300 * (100 - 5), 1e-6);
	CU_ASSERT_EQUAL(r.e.prices.move_j, 1000);
	rig_done(&r);
}

/* What is on its way up or out cannot be overloaded by any fault of the price. */
static void hosts_that_are_not_active_do_not_count(void)
{
	struct rig r;

	rig_init(&r, 0.01);
	r.s->host_state[0] = HOST_WAKING;
	r.s->host_state[1] = HOST_DRAINING;
	CU_ASSERT(sample(&r, 2) < fair_price(0.01));
	CU_ASSERT_EQUAL(r.e.feedback.overload_s, 0);
	CU_ASSERT_EQUAL(r.e.feedback.host_s, 2 * 300);
	rig_done(&r);
}

/* Where samples tell the present an overload is repaired and counts for the seconds it lasts. */
static void overload_that_is_repaired_counts_for_less(void)
{
	struct rig past, current;

	rig_init(&past, 0.01);
	rig_init(&current, 0.01);
	current.s->sample = SAMPLE_CURRENT;
	(void)sample(&past, 1);
	(void)sample(&current, 1);
	CU_ASSERT_EQUAL(past.e.feedback.overload_s, 300);
	CU_ASSERT(current.e.feedback.overload_s < 300);
	CU_ASSERT(current.e.feedback.overload_s > 0);
	CU_ASSERT(current.e.prices.work_j > 0);
	rig_done(&past);
	rig_done(&current);
}

/* VM 0 joins VM 1 on a host of 1000 MIPS, which both fill: overloaded since it came. */
static void start_move(struct rig *r, struct plan *plan)
{
	struct reason why = {.code = REASON_EMPTY_HOST};

	plan_init(plan);
	plan_migrate(plan, 0, 0, 1, &why);
	(void)sample(r, 0);
	r->e.plan = plan;
	overload_note_moves(&r->e);
	r->s->now_us += 300 * USEC_PER_SEC;
}

static void overload_counts_from_when_a_vm_came(void)
{
	struct plan plan;
	struct rig r;

	rig_init(&r, 0.01);
	start_move(&r, &plan);
	placement_move(r.s->placement, 0, 1);
	r.s->vm_moved_us[0] = r.s->now_us - 100 * USEC_PER_SEC;
	(void)sample(&r, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.e.feedback.overload_s, 100, 1e-6);
	r.s->now_us += 300 * USEC_PER_SEC; /* and then for the whole interval */
	(void)sample(&r, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.e.feedback.overload_s, 300, 1e-6);
	plan_done(&plan);
	rig_done(&r);
}

static void overload_counts_until_a_vm_went(void)
{
	struct plan plan;
	struct rig r;

	rig_init(&r, 0.01);
	placement_move(r.s->placement, 1, 0); /* both on host 0 */
	start_move(&r, &plan);
	placement_move(r.s->placement, 0, 1);
	r.s->vm_moved_us[0] = r.s->now_us - 100 * USEC_PER_SEC;
	(void)sample(&r, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.e.feedback.overload_s, 200, 1e-6);
	plan_done(&plan);
	rig_done(&r);
}

/* The book has it on its target already; until it is there its source is asked for both. */
static void move_that_is_still_under_way_has_relieved_nothing(void)
{
	struct plan plan;
	struct rig r;

	rig_init(&r, 0.01);
	placement_move(r.s->placement, 1, 0);
	start_move(&r, &plan);
	r.s->vm_state[0] = VM_MIGRATING;
	r.s->vm_target[0] = 1;
	(void)sample(&r, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.e.feedback.overload_s, 300, 1e-6);
	plan_done(&plan);
	rig_done(&r);
}

/* A host cannot report more than it has: one that was busy all the time is overloaded. */
static void saturated_host_counts_as_overloaded(void)
{
	struct rig r;

	rig_init(&r, 0.01);
	r.s->host_utilisation[2] = 1;
	r.s->host_utilisation[3] = 0.9;
	(void)sample(&r, 0);
	CU_ASSERT_EQUAL(r.e.feedback.overload_s, 300);
	rig_done(&r);
}

/* Host 0 takes long and much to boot; the other one does the same work for less. */
static void one_more_host_costs_what_the_best_class_takes_to_boot(void)
{
	struct fleet *f = draft_fleet(2, 1);
	struct host_class thrifty = draft_class("b");
	struct ebb e = {.fleet = f, .prices = {.host_j = 100}};

	f->classes[0].boot = (struct power_transition){600 * USEC_PER_SEC, 900};
	thrifty.power = (struct power_model){.kind = POWER_LINEAR, .idle_w = 40, .max_w = 90};
	thrifty.boot = (struct power_transition){60 * USEC_PER_SEC, 50};
	f->hosts[1].cls = fleet_add_class(f, &thrifty);
	e.book = book_new(draft_seal(f), &e.params);
	CU_ASSERT_DOUBLE_EQUAL(wake_cost_j(&e), HORIZON * 100 + 60 * 50, 1e-6);
	book_free(e.book);
	fleet_free(f);
}

TEST_MAIN("ebb_feedback", TEST(price_rises_while_overload_is_above_the_target),
          TEST(price_falls_while_overload_is_below_the_target),
          TEST(price_holds_where_the_target_is_met), TEST(price_is_bounded_on_both_sides),
          TEST(no_past_binds_the_price_for_long), TEST(no_credit_is_saved_up_for_long),
          TEST(stricter_target_has_a_higher_price),
          TEST(host_price_is_what_an_idle_host_draws_more_than_one_that_is_off),
          TEST(hosts_that_are_not_active_do_not_count),
          TEST(overload_that_is_repaired_counts_for_less),
          TEST(overload_counts_from_when_a_vm_came), TEST(overload_counts_until_a_vm_went),
          TEST(move_that_is_still_under_way_has_relieved_nothing),
          TEST(saturated_host_counts_as_overloaded),
          TEST(one_more_host_costs_what_the_best_class_takes_to_boot))
