/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference world under random orders (ideal rules, VMs that come and go, double migrations,
 * cancellations): its lists stay consistent after every event, and what it measured can be
 * recounted from the events it told.
 */
#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "sim/reference.h"
#include "tests/support/build.h"
#include "tests/support/test.h"
#include "tests/support/world_rig.h"

#define HOSTS   6
#define VMS     20
#define COLUMNS 24
#define RUNS    60

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-9 * (1 + fabs((double)(b))))

/* Recounted from the sink. */
struct count {
	usec_t at_us;
	bool on[HOSTS], overloaded[HOSTS];
	double on_s, overloaded_s;
	uint64_t begun, failed, ended, backwards;
};

struct chaos {
	struct world_rig rig;
	struct rng rng;
	double cpu[COLUMNS * VMS];
	uint64_t first[VMS], last[VMS];
	struct count count;
};

static void pass_time(struct count *c, usec_t t)
{
	double dt = usec_to_sec(t - c->at_us);

	c->backwards += dt < 0;
	for (uint32_t h = 0; h < HOSTS; h++) {
		c->on_s += c->on[h] ? dt : 0;
		c->overloaded_s += c->on[h] && c->overloaded[h] ? dt : 0;
	}
	c->at_us = t;
}

static void hear(void *ctx, const struct sim_event *ev)
{
	struct count *c = &((struct chaos *)ctx)->count;

	pass_time(c, ev->at_us);
	c->begun += ev->kind == SIM_MIGRATE_BEGIN;
	c->ended += ev->kind == SIM_MIGRATE_END;
	c->failed += ev->kind == SIM_MIGRATE_FAIL;
	if (ev->kind == SIM_HOST_STATE)
		c->on[ev->to] = ev->state == HOST_ACTIVE;
	if (ev->kind == SIM_OVERLOAD_BEGIN || ev->kind == SIM_OVERLOAD_END)
		c->overloaded[ev->from] = ev->kind == SIM_OVERLOAD_BEGIN;
}

static uint32_t pick(struct chaos *c, uint32_t bound)
{
	return (uint32_t)rng_below(&c->rng, bound);
}

static void begin(struct chaos *c, uint64_t seed)
{
	struct rig_spec spec = rig_defaults(HOSTS, VMS, COLUMNS);

	memset(c, 0, sizeof(*c));
	rng_init(&c->rng, seed, 0);
	for (int i = 0; i < COLUMNS * VMS; i++)
		c->cpu[i] = rng_below(&c->rng, 6) ? rng_double(&c->rng) : 0;
	for (uint32_t vm = 0; vm < VMS; vm++) {
		c->first[vm] = rng_below(&c->rng, 3) ? 0 : rng_below(&c->rng, COLUMNS);
		c->last[vm] = c->first[vm] + 1 + rng_below(&c->rng, COLUMNS - c->first[vm]);
		spec.fleet->vms[vm].allocation.v[RES_CPU] = 100 + 100 * (vm % 6);
		spec.fleet->vms[vm].allocation.v[RES_MEM] = 1000 + 90000 * (vm % 4);
	}
	spec.rules = RULES_IDEAL;
	spec.cfg.migration_overhead_ratio = 0.1;
	spec.cpu = c->cpu;
	spec.first = c->first;
	spec.last = c->last;
	spec.sink = (struct sim_sink){.event = hear, .ctx = c};
	rig_init(&c->rig, &spec);
}

static const struct reference_world *inside(const struct chaos *c)
{
	return (const struct reference_world *)c->rig.world;
}

static void order_something(struct chaos *c)
{
	const struct reference_world *w = inside(c);
	uint32_t vm = pick(c, VMS), to = pick(c, HOSTS);

	switch (pick(c, 6)) {
	case 0: (void)rig_do(&c->rig, rig_off(to)); break;
	case 1: c->rig.world->env.ops->cancel(&c->rig.world->env, 1 + pick(c, 200)); break;
	default:
		if (w->vm_state[vm] == VM_PENDING)
			(void)rig_do(&c->rig, rig_place(vm, to));
		else if (w->vm_state[vm] == VM_RUNNING)
			(void)rig_do(&c->rig, rig_move(vm, w->vm_host[vm], to));
	}
}

/* Times vm is in a list, as a VM that runs there or as one on its way. */
static uint32_t entries(const struct reference_world *w, uint32_t vm, bool incoming)
{
	uint32_t n = 0;

	for (uint32_t h = 0; h < HOSTS; h++)
		for (uint32_t i = 0; i < w->lists[h].n; i++)
			n += w->lists[h].entries[i].vm == vm &&
			     w->lists[h].entries[i].incoming == incoming;
	return n;
}

static uint32_t inconsistencies(const struct chaos *c)
{
	const struct reference_world *w = inside(c);
	uint32_t bad = 0, moves = 0;

	for (uint32_t vm = 0; vm < VMS; vm++) {
		bad += entries(w, vm, false) != (w->vm_state[vm] == VM_RUNNING);
		bad += entries(w, vm, true) != w->vm_moves[vm];
		moves += w->vm_moves[vm];
	}
	bad += moves != w->n_moves;
	for (uint32_t h = 0; h < HOSTS; h++)
		bad += w->loads[h].utilisation > 1 || w->loads[h].delivered > w->loads[h].demanded;
	return bad;
}

static void lists_stay_consistent_and_events_tell_everything(void)
{
	uint64_t moves = 0, failed = 0;
	double overloaded_s = 0;
	uint32_t bad = 0;
	struct chaos c;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		begin(&c, seed);
		while (world_next(c.rig.world) != USEC_NEVER) {
			for (uint32_t n = pick(&c, 12); n > 0; n--)
				order_something(&c);
			rig_step(&c.rig);
			bad += inconsistencies(&c);
		}
		rig_finish(&c.rig);
		pass_time(&c.count, c.rig.result.simulated_us);
		CU_ASSERT_EQUAL(c.count.begun, c.rig.result.migrations);
		CU_ASSERT_EQUAL(c.count.failed, c.rig.result.migrations_failed);
		NEAR(c.count.on_s / usec_to_sec(c.count.at_us), c.rig.result.mean_hosts_on);
		NEAR(c.count.overloaded_s, c.rig.result.slatah * c.count.on_s);
		CU_ASSERT_EQUAL(c.count.backwards, 0);
		moves += c.count.ended;
		failed += c.count.failed;
		overloaded_s += c.count.overloaded_s;
		rig_done(&c.rig);
	}
	CU_ASSERT_EQUAL(bad, 0);
	CU_ASSERT_TRUE(moves > 1000 && failed > 50 && overloaded_s > 1000);
}

static void work_is_neither_made_nor_lost(void)
{
	struct chaos c;

	for (uint64_t seed = 1; seed <= RUNS; seed++) {
		const struct sim_result *r = &c.rig.result;

		begin(&c, seed);
		while (world_next(c.rig.world) != USEC_NEVER) {
			order_something(&c);
			rig_step(&c.rig);
		}
		rig_finish(&c.rig);
		CU_ASSERT_TRUE(r->unserved_ratio >= 0 && r->unserved_ratio <= 1);
		CU_ASSERT_TRUE(r->pdm >= 0 && r->pdm <= r->unserved_ratio + 1e-12);
		CU_ASSERT_TRUE(r->slatah >= 0 && r->slatah <= 1);
		CU_ASSERT_TRUE(r->energy_kwh * JOULES_PER_KWH <=
		               HOSTS * 200 * usec_to_sec(r->simulated_us));
		rig_done(&c.rig);
	}
}

TEST_MAIN("reference world under random orders",
          TEST(lists_stay_consistent_and_events_tell_everything),
          TEST(work_is_neither_made_nor_lost))
