/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real world under random orders, against a naive oracle: after each event the test works out
 * from where every VM is what the fleet draws and delivers, integrates that itself, and compares
 * with what the world says it measured. The events told to the sink must give the same.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "core/model/constraint.h"
#include "sim/real.h"
#include "sim/world_real.h"
#include "tests/support/build.h"
#include "tests/support/test.h"
#include "tests/support/world_rig.h"

#define HOSTS   7
#define VMS     24
#define COLUMNS 30
#define RUNS    40

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-7 * (1 + fabs((double)(b))))

/* Integrals, by the oracle and by the sink. */
struct sums {
	double energy_j, demanded, delivered, lost, active_s, over_s, least_j;
};

struct chaos {
	struct world_rig rig;
	struct rng rng;
	double cpu[COLUMNS * VMS], mem[COLUMNS * VMS];
	uint64_t first[VMS], last[VMS];
	struct lower_bound *bound;
	struct sums sums;
	usec_t since_us;
	/* from the sink */
	enum host_state told_state[HOSTS];
	bool resumes[HOSTS]; /* its last wake was out of standby */
	usec_t on_since_us[HOSTS], over_since_us[HOSTS];
	double told_on_s, told_over_s;
	uint64_t told_moves, told_ends, told_fails;
};

static const struct real_world *inside(const struct chaos *c)
{
	return (const struct real_world *)c->rig.world;
}

/* --- the sink */

static void hear_host(struct chaos *c, const struct sim_event *ev)
{
	if (c->on_since_us[ev->to] >= 0) {
		c->told_on_s += usec_to_sec(ev->at_us - c->on_since_us[ev->to]);
		c->on_since_us[ev->to] = -1;
	}
	if (ev->state == HOST_WAKING)
		c->resumes[ev->to] = c->told_state[ev->to] == HOST_STANDBY;
	c->told_state[ev->to] = ev->state;
	if (ev->state == HOST_ACTIVE)
		c->on_since_us[ev->to] = ev->at_us;
}

static void hear_over(struct chaos *c, const struct sim_event *ev)
{
	CU_ASSERT_EQUAL(c->over_since_us[ev->from] >= 0, ev->kind == SIM_OVERLOAD_END);
	if (ev->kind == SIM_OVERLOAD_END) {
		c->told_over_s += usec_to_sec(ev->at_us - c->over_since_us[ev->from]);
		c->over_since_us[ev->from] = -1;
		return;
	}
	c->over_since_us[ev->from] = ev->at_us;
}

static void hear(void *ctx, const struct sim_event *ev)
{
	struct chaos *c = ctx;

	switch (ev->kind) {
	case SIM_HOST_STATE: hear_host(c, ev); break;
	case SIM_OVERLOAD_BEGIN:
	case SIM_OVERLOAD_END: hear_over(c, ev); break;
	case SIM_MIGRATE_BEGIN: c->told_moves++; break;
	case SIM_MIGRATE_END: c->told_ends++; break;
	case SIM_MIGRATE_FAIL: c->told_fails++; break;
	case SIM_PLACE:
	case SIM_DEPART:
	case SIM_EVENT_KIND_COUNT: break;
	}
}

static void hear_the_end(struct chaos *c, usec_t end_us)
{
	for (uint32_t h = 0; h < HOSTS; h++) {
		if (c->on_since_us[h] >= 0)
			c->told_on_s += usec_to_sec(end_us - c->on_since_us[h]);
		if (c->over_since_us[h] >= 0)
			c->told_over_s += usec_to_sec(end_us - c->over_since_us[h]);
	}
}

/* --- the oracle */

static double watts_off(const struct chaos *c, uint32_t host)
{
	const struct real_world *w = inside(c);
	const struct host_class *k = fleet_class_of(w->fleet, host);

	switch ((enum host_state)w->hosts.state[host]) {
	case HOST_WAKING: return c->resumes[host] ? k->resume.power_w : k->boot.power_w;
	case HOST_SUSPENDING:
		return w->opts.cfg.host_sleep ? k->suspend.power_w : k->shutdown.power_w;
	case HOST_STANDBY: return k->standby_w;
	case HOST_OFF:
	case HOST_FAILED: return k->off_w;
	case HOST_ACTIVE:
	case HOST_DRAINING:
	case HOST_UNKNOWN:
	case HOST_STATE_COUNT: break;
	}
	CU_FAIL("a host is in a state the world does not know");
	return 0;
}

struct load {
	double asked, load, lost, mem;
	uint32_t n;
};

static struct load load_of(const struct real_world *w, uint32_t host)
{
	double overhead = w->opts.cfg.migration_overhead_ratio;
	struct load l = {0};

	for (uint32_t vm = 0; vm < VMS; vm++) {
		double demand = w->vms.demand[vm], factor;

		if (w->vms.migration[vm] != ID_NONE && w->moves[w->vms.migration[vm]].to == host) {
			factor = constraint_cpu_factor(w->fleet, vm, host);
			l.load += overhead * demand * factor;
			l.mem += w->vms.mem[vm];
		}
		if (w->vms.host[vm] != host)
			continue;
		factor = constraint_cpu_factor(w->fleet, vm, host);
		l.asked += demand;
		l.load += demand * factor;
		l.mem += w->vms.mem[vm];
		l.n++;
		if (w->vms.migration[vm] != ID_NONE)
			l.lost += overhead * demand;
	}
	return l;
}

static void integrate_host(struct chaos *c, uint32_t host, double dt, double *delivered)
{
	const struct real_world *w = inside(c);
	const struct host_class *k = fleet_class_of(w->fleet, host);
	enum host_state state = (enum host_state)w->hosts.state[host];
	struct load l = load_of(w, host);
	double share;

	CU_ASSERT_EQUAL(l.n, w->hosts.n_vms[host]);
	CU_ASSERT(l.n > 0 || (w->hosts.asked[host] == 0 && w->hosts.load[host] == 0));
	CU_ASSERT(w->hosts.n_moves[host] > 0 ||
	          (w->hosts.in_load[host] == 0 && w->hosts.out_lost[host] == 0));
	if (state != HOST_ACTIVE) {
		CU_ASSERT_EQUAL(l.n, 0);
		CU_ASSERT_EQUAL(w->hosts.n_moves[host], 0);
		c->sums.energy_j += dt * watts_off(c, host);
		return;
	}
	share = l.load > k->capacity.v[RES_CPU] * (1 + 1e-9) ? k->capacity.v[RES_CPU] / l.load : 1;
	if (l.mem > k->capacity.v[RES_MEM] * (1 + 1e-9))
		share *= k->capacity.v[RES_MEM] / l.mem;
	c->sums.energy_j += dt * power_at(&k->power, l.load * share / k->capacity.v[RES_CPU]);
	c->sums.active_s += dt;
	c->sums.over_s += share < 1 ? dt : 0;
	c->sums.demanded += dt * l.asked;
	c->sums.delivered += dt * (l.asked - l.lost) * share;
	c->sums.lost += dt * l.lost * share;
	*delivered += (l.asked - l.lost) * share;
}

/* From the last call until now the world was as it is (the caller has not moved on yet). */
static void integrate_until(struct chaos *c, usec_t t)
{
	const struct real_world *w = inside(c);
	double dt = usec_to_sec(t - c->since_us), delivered = 0;

	c->since_us = t;
	for (uint32_t h = 0; h < HOSTS; h++)
		integrate_host(c, h, dt, &delivered);
	for (uint32_t vm = 0; vm < VMS; vm++)
		if (w->vms.state[vm] == VM_PENDING)
			c->sums.demanded += dt * w->vms.demand[vm];
	c->sums.least_j += dt * lower_bound_power(c->bound, delivered, 0, true);
}

/* Every VM is where its state says, and every migration is in two lists. */
static void check_order(const struct real_world *w)
{
	uint32_t moving = 0, ends = 0;

	for (uint32_t vm = 0; vm < VMS; vm++) {
		bool runs = w->vms.state[vm] == VM_RUNNING || w->vms.state[vm] == VM_MIGRATING;

		CU_ASSERT_EQUAL(runs, w->vms.host[vm] != ID_NONE);
		CU_ASSERT_EQUAL(w->vms.state[vm] == VM_MIGRATING, w->vms.migration[vm] != ID_NONE);
		moving += w->vms.migration[vm] != ID_NONE;
	}
	for (uint32_t h = 0; h < HOSTS; h++)
		ends += w->hosts.n_moves[h];
	CU_ASSERT_EQUAL(moving, w->n_moving);
	CU_ASSERT_EQUAL(ends, 2 * moving);
}

/* --- chance */

static void make_trace(struct chaos *c)
{
	for (uint32_t vm = 0; vm < VMS; vm++) {
		c->first[vm] = rng_below(&c->rng, 3) ? 0 : rng_below(&c->rng, COLUMNS);
		c->last[vm] = c->first[vm] + 1 + rng_below(&c->rng, COLUMNS);
	}
	for (uint32_t i = 0; i < COLUMNS * VMS; i++) {
		c->cpu[i] = rng_below(&c->rng, 10) ? 6 * rng_double(&c->rng) : NAN;
		c->mem[i] = rng_below(&c->rng, 10) ? 4000 * rng_double(&c->rng) : NAN;
	}
}

static void act(struct chaos *c)
{
	uint32_t vm = (uint32_t)rng_below(&c->rng, VMS);
	uint32_t host = (uint32_t)rng_below(&c->rng, HOSTS);

	switch (rng_below(&c->rng, 8)) {
	case 0: (void)rig_do(&c->rig, rig_on(host)); break;
	case 1: (void)rig_do(&c->rig, rig_off(host)); break;
	case 2:
	case 3: (void)rig_do(&c->rig, rig_move(vm, inside(c)->vms.host[vm], host)); break;
	case 4:
		c->rig.world->env.ops->cancel(&c->rig.world->env,
		                              c->rig.last_id - rng_below(&c->rng, 20));
		break;
	default: (void)rig_do(&c->rig, rig_place(vm, host)); break;
	}
	check_order(inside(c));
}

static struct rig_spec chaos_spec(struct chaos *c, uint64_t seed)
{
	struct rig_spec spec = rig_defaults(HOSTS, VMS, COLUMNS);

	spec.fleet->constrained = true;
	spec.fleet->classes[0].emulation = seed % 2;
	spec.fleet->classes[0].emulation_factor = 2;
	for (uint32_t vm = 0; vm < VMS; vm += 5)
		spec.fleet->vms[vm].arch = ARCH_AARCH64;
	spec.cpu = c->cpu;
	spec.mem = seed % 3 ? c->mem : NULL;
	spec.first = c->first;
	spec.last = c->last;
	spec.seed = seed;
	spec.cfg.migration_overhead_ratio = 0.1;
	spec.cfg.dirty_bps_per_mips = 0.5;
	spec.cfg.migration_link_ratio = 0.05;
	spec.cfg.host_sleep = seed % 4 == 0 ? WORLD_SLEEP_STANDBY : WORLD_SLEEP_OFF;
	spec.cfg.wake_failure_probability = 0.1;
	spec.cfg.crash_mtbf_us = seed % 5 == 0 ? 3000 * USEC_PER_SEC : 0;
	spec.cfg.crash_repair_us = 500 * USEC_PER_SEC;
	spec.sink = (struct sim_sink){.event = hear, .ctx = c};
	return spec;
}

static struct chaos *chaos_run(uint64_t seed)
{
	struct chaos *c = xcalloc(1, sizeof(*c));
	struct rig_spec spec;
	usec_t t;

	rng_init(&c->rng, seed, 0);
	make_trace(c);
	for (uint32_t h = 0; h < HOSTS; h++)
		c->on_since_us[h] = c->over_since_us[h] = -1;
	spec = chaos_spec(c, seed);
	c->bound = lower_bound_new(spec.fleet);
	rig_init(&c->rig, &spec);
	while ((t = world_next(c->rig.world)) != USEC_NEVER) {
		integrate_until(c, t);
		rig_step(&c->rig);
		for (uint64_t n = rng_below(&c->rng, t == 0 ? 60 : 12); n > 0; n--)
			act(c);
		if (rng_below(&c->rng, 2)) { /* the engine wishes for a step in between */
			usec_t next = world_next(c->rig.world);

			t += next == USEC_NEVER ? 0 : (next - t) / 3;
			integrate_until(c, t);
			rig_run(&c->rig, usec_to_sec(t));
		}
	}
	rig_finish(&c->rig);
	hear_the_end(c, c->rig.result.simulated_us);
	return c;
}

static void chaos_free(struct chaos *c)
{
	lower_bound_free(c->bound);
	rig_done(&c->rig);
	free(c);
}

/* --- properties */

static void meters_agree_with_a_naive_integral(void)
{
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct chaos *c = chaos_run(seed);
		const struct sim_result *r = &c->rig.result;

		NEAR(r->energy_kwh * JOULES_PER_KWH, c->sums.energy_j);
		NEAR(r->unserved_ratio, 1 - c->sums.delivered / c->sums.demanded);
		NEAR(r->pdm, c->sums.lost / c->sums.demanded);
		NEAR(r->slatah, c->sums.over_s / c->sums.active_s);
		NEAR(r->mean_hosts_on * usec_to_sec(r->simulated_us), c->sums.active_s);
		CU_ASSERT(c->sums.delivered <= c->sums.demanded * (1 + 1e-9));
		chaos_free(c);
	}
}

static void the_timeline_holds_the_same_energy_and_work(void)
{
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct chaos *c = chaos_run(seed);
		const struct timeline *t = &c->rig.result.timeline;
		double dt = usec_to_sec(t->bin_us), energy = 0, demand = 0, delivered = 0,
		       moves = 0;

		for (uint32_t b = 0; b < t->n_bins; b++) {
			energy += t->bins[b].power_w * dt;
			demand += t->bins[b].demand_mips * dt;
			delivered += t->bins[b].delivered_mips * dt;
			moves += t->bins[b].migrations;
		}
		NEAR(energy, c->sums.energy_j);
		NEAR(demand, c->sums.demanded);
		NEAR(delivered, c->sums.delivered);
		NEAR(moves, (double)c->rig.result.migrations);
		chaos_free(c);
	}
}

static void the_events_told_give_the_same_figures(void)
{
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct chaos *c = chaos_run(seed);

		NEAR(c->told_on_s, c->sums.active_s);
		NEAR(c->told_over_s, c->sums.over_s);
		CU_ASSERT_EQUAL(c->told_moves, c->rig.result.migrations);
		CU_ASSERT_EQUAL(c->told_fails, c->rig.result.migrations_failed);
		CU_ASSERT_EQUAL(c->told_ends + c->told_fails + inside(c)->n_moving, c->told_moves);
		chaos_free(c);
	}
}

static void nobody_serves_work_for_less_than_the_bound(void)
{
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct chaos *c = chaos_run(seed);

		CU_ASSERT(c->rig.result.energy_kwh * JOULES_PER_KWH >= c->sums.least_j);
		CU_ASSERT(c->sums.least_j > 0);
		chaos_free(c);
	}
}

static void states_sum_to_the_whole(void)
{
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct chaos *c = chaos_run(seed);
		double sum = 0;

		for (int s = 0; s < HOST_STATE_COUNT; s++)
			sum += c->rig.result.energy_by_state_kwh[s];
		NEAR(sum, c->rig.result.energy_kwh);
		chaos_free(c);
	}
}

static void same_seed_same_run_to_the_last_bit(void)
{
	struct chaos *a = chaos_run(5), *b = chaos_run(5), *other = chaos_run(10);

	CU_ASSERT_EQUAL(a->rig.n_events, b->rig.n_events);
	CU_ASSERT(a->rig.result.energy_kwh == b->rig.result.energy_kwh);
	CU_ASSERT(a->rig.result.unserved_ratio == b->rig.result.unserved_ratio);
	CU_ASSERT(memcmp(a->rig.result.timeline.bins, b->rig.result.timeline.bins,
	                 sizeof(a->rig.result.timeline.bins)) == 0);
	CU_ASSERT(a->rig.result.energy_kwh != other->rig.result.energy_kwh);
	chaos_free(a);
	chaos_free(b);
	chaos_free(other);
}

TEST_MAIN("world_real", TEST(meters_agree_with_a_naive_integral),
          TEST(the_timeline_holds_the_same_energy_and_work),
          TEST(the_events_told_give_the_same_figures),
          TEST(nobody_serves_work_for_less_than_the_bound), TEST(states_sum_to_the_whole),
          TEST(same_seed_same_run_to_the_last_bit))
