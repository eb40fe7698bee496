/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default policy, the engine and a simulated world together, on small made-up fleets, traces
 * and sets of rules. The policy is asked through a door that checks each of its plans; after each
 * step what the engine believes must hold together, and be the truth.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "core/model/constraint.h"
#include "engine/engine.h"
#include "sim/lower_bound.h"
#include "sim/real.h"
#include "sim/world.h"
#include "tests/support/plan_check.h"
#include "tests/support/test.h"

#define SEEDS   30
#define COLUMNS 144

enum shape {
	SHAPE_PLAIN, /* no rules */
	SHAPE_RULES,
	SHAPE_FAULTS /* rules, hosts that crash, hosts that do not wake, a reserve for them */
};

struct life {
	struct rng rng;
	struct trace *trace;
	struct fleet *fleet;
	struct world *world;
	struct engine *engine;
	struct policy_ops checked;
	void *params;
	enum rules rules;
	struct sim_result result;
	char digest[DIGEST_TEXT_LEN];
};

/* --- the door */

static void checked_decide(void *policy, const struct snapshot *s, struct plan *ret)
{
	policy_at(0)->decide(policy, s, ret);
	plan_check(s, ret);
}

/* --- fleets, traces and rules by chance */

static void open_trace(struct life *l, uint64_t seed)
{
	struct err err = {0};
	char spec[160];
	int r;

	(void)snprintf(spec, sizeof(spec),
	               "synth:vms=%u,columns=%d,churn=%u%%,noise=%u%%,bursty=40%%,burst_rate=20,"
	               "demand=25%%,interval=10min,"
	               "diurnal=80%%,life=2h",
	               30 + (unsigned)rng_below(&l->rng, 60), COLUMNS,
	               (unsigned)rng_below(&l->rng, 50), 10 + (unsigned)rng_below(&l->rng, 60));
	r = trace_open(spec, seed, &l->trace, &err);
	CU_ASSERT_EQUAL_FATAL(r, 0);
}

static uint32_t add_class(struct life *l, const char *name, double mem_bytes)
{
	double idle_w = 80 + 60 * rng_double(&l->rng);
	struct host_class c = {
	        .name = xstrdup(name),
	        .capacity = {{16 * 2400, mem_bytes, 500e6, 50e3, 1.25e9}},
	        .cores = 16,
	        .core_mips = 2400,
	        .power = {.kind = POWER_LINEAR, .idle_w = idle_w, .max_w = 2 * idle_w},
	        .off_w = 5,
	        .standby_w = 15,
	        .boot = {.duration_us = 180 * USEC_PER_SEC, .power_w = idle_w},
	        .shutdown = {.duration_us = 60 * USEC_PER_SEC, .power_w = idle_w},
	        .arch = ARCH_X86_64,
	        .hw_virt = true,
	};

	return fleet_add_class(l->fleet, &c);
}

static void add_vms(struct life *l)
{
	const struct trace_info *info = &l->trace->info;

	for (uint32_t i = 0; i < info->n_vms; i++) {
		const struct trace_vm *t = &info->vms[i];
		struct vm vm = {
		        .name = xstrdup(t->name),
		        .allocation = {{t->cpu_mips, t->mem_bytes, 0, 0, 0}},
		        .vcpus = t->vcpus,
		        .vcpu_mips = t->cpu_mips / t->vcpus,
		};

		if (rng_below(&l->rng, 10) == 0)
			vm.not_movable = xstrdup("by chance");
		(void)fleet_add_vm(l->fleet, &vm);
	}
}

/* A hard rule over two or three VMs, and a few hosts if it names hosts. */
static void add_rule(struct life *l, uint32_t i)
{
	const enum rule_kind kinds[] = {RULE_TOGETHER, RULE_APART, RULE_SPREAD,
	                                RULE_PIN,      RULE_BAN,   RULE_LONELY};
	struct rule r = {.kind = kinds[rng_below(&l->rng, 6)], .hard = rng_below(&l->rng, 5) > 0};
	bool names_hosts = r.kind == RULE_PIN || r.kind == RULE_BAN;
	char name[16];

	(void)snprintf(name, sizeof(name), "rule%u", i);
	r.name = xstrdup(name);
	r.weight = r.hard ? 0 : 10;
	r.n_vms = 2 + (uint32_t)rng_below(&l->rng, 2);
	r.vms = xcalloc(r.n_vms, sizeof(*r.vms));
	for (uint32_t v = 0; v < r.n_vms; v++)
		r.vms[v] = (uint32_t)rng_below(&l->rng, l->fleet->n_vms);
	if (names_hosts) {
		r.n_hosts = 1 + (uint32_t)rng_below(&l->rng, 3);
		r.hosts = xcalloc(r.n_hosts, sizeof(*r.hosts));
		for (uint32_t h = 0; h < r.n_hosts; h++)
			r.hosts[h] = (uint32_t)rng_below(&l->rng, l->fleet->n_hosts);
	}
	(void)fleet_add_rule(l->fleet, &r);
}

/* Rules that contradict each other are left out as a whole. */
static void make_fleet(struct life *l, uint32_t n_rules)
{
	uint32_t n_hosts = 12 + (uint32_t)rng_below(&l->rng, 10), cls[2];
	int r;

	l->fleet = fleet_new();
	cls[0] = add_class(l, "big", 128e9);
	cls[1] = add_class(l, "small", 64e9);
	for (uint32_t i = 0; i < n_hosts; i++) {
		char name[16], rack[16];

		(void)snprintf(name, sizeof(name), "h%02u", i);
		(void)snprintf(rack, sizeof(rack), "r%u", i % 3);
		(void)fleet_add_host(l->fleet, &(struct host){.name = xstrdup(name),
		                                              .rack = xstrdup(rack),
		                                              .cls = cls[rng_below(&l->rng, 2)]});
	}
	add_vms(l);
	for (uint32_t i = 0; i < n_rules; i++)
		add_rule(l, i);
	r = fleet_seal(l->fleet, NULL);
	CU_ASSERT_EQUAL_FATAL(r, 0);
	if (constraint_check_fleet(l->fleet, NULL) == 0)
		return;
	fleet_free(l->fleet);
	make_fleet(l, n_rules / 2);
}

/* --- one life */

static struct engine_cfg limits(struct life *l)
{
	struct engine_cfg cfg;

	param_set_defaults(&engine_params, &cfg);
	if (l->rules != RULES_REAL) {
		cfg.migrations_per_host = cfg.migrations_total = 0;
		cfg.migrations_per_vm = 2;
		cfg.host_min_on_us = cfg.vm_cooldown_us = 0;
		return cfg;
	}
	cfg.hosts_on_min = 1 + (int64_t)rng_below(&l->rng, 3);
	cfg.host_off_ratio_max = 0.5 + 0.5 * rng_double(&l->rng);
	cfg.migrations_per_host = (int64_t)rng_below(&l->rng, 4);
	return cfg;
}

static void set_param(struct life *l, const char *name, const char *value)
{
	const struct param *row = param_find(&l->checked.params, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_EQUAL(param_parse(row, l->params, value, NULL), 0);
}

static void begin(struct life *l, uint64_t seed, enum shape shape)
{
	struct world_opts o = {.rules = l->rules, .seed = seed, .until_us = USEC_NEVER};
	struct engine_cfg cfg;
	struct err err = {0};
	int r;

	rng_init(&l->rng, seed, 0);
	sim_result_init(&l->result);
	open_trace(l, seed);
	make_fleet(l, shape == SHAPE_PLAIN ? 0 : 8);
	param_set_defaults(&world_params, &o.cfg);
	if (shape == SHAPE_FAULTS) {
		o.cfg.wake_failure_probability = 0.2;
		o.cfg.crash_mtbf_us = 12 * USEC_PER_HOUR;
		o.cfg.crash_repair_us = USEC_PER_HOUR;
		o.cfg.host_sleep = WORLD_SLEEP_STANDBY;
	}
	r = world_new(&o, l->fleet, l->trace, &l->world, &err);
	CU_ASSERT_EQUAL_FATAL(r, 0);
	l->checked = *policy_at(0);
	l->checked.decide = checked_decide;
	l->params = xcalloc(1, l->checked.params_size);
	param_set_defaults(&l->checked.params, l->params);
	if (shape == SHAPE_FAULTS)
		set_param(l, "headroom.failed_hosts", "1");
	cfg = limits(l);
	l->engine = engine_new(&l->world->env, l->fleet, &cfg, &l->checked, l->params, seed);
}

static void end(struct life *l)
{
	engine_free(l->engine);
	l->world->ops->free(l->world);
	sim_result_done(&l->result);
	fleet_free(l->fleet);
	free(l->params);
}

/* Every VM that runs is on one host, which is on, by the rules; every other one is on none. */
static void check_belief(const struct life *l)
{
	const struct snapshot *s = engine_snapshot(l->engine);
	uint32_t running = 0, listed = 0;

	for (uint32_t vm = 0; vm < l->fleet->n_vms; vm++) {
		bool runs = s->vm_state[vm] == VM_RUNNING || s->vm_state[vm] == VM_MIGRATING;
		uint32_t host = s->placement->host_of[vm];

		CU_ASSERT_EQUAL(runs, host != ID_NONE);
		running += runs;
		if (!runs || host == ID_NONE)
			continue;
		CU_ASSERT(s->host_state[host] == HOST_ACTIVE ||
		          s->host_state[host] == HOST_DRAINING);
		CU_ASSERT(constraint_allows(l->fleet, s->placement, vm, host, NULL));
	}
	for (uint32_t h = 0; h < l->fleet->n_hosts; h++)
		listed += s->placement->count[h];
	CU_ASSERT_EQUAL(listed, running);
}

static void check_truth(const struct life *l)
{
	const struct real_world *w = (const struct real_world *)l->world;
	const struct snapshot *s = engine_snapshot(l->engine);

	for (uint32_t vm = 0; vm < l->fleet->n_vms; vm++)
		CU_ASSERT_EQUAL(w->vms.host[vm], s->placement->host_of[vm]);
}

static void live(struct life *l)
{
	usec_t wish = USEC_NEVER, next;
	struct err err = {0};

	while ((next = world_next(l->world)) != USEC_NEVER) {
		next = wish < next ? wish : next;
		CU_ASSERT_EQUAL_FATAL(l->world->ops->advance(l->world, next, &err), 0);
		wish = engine_step(l->engine);
		wish = wish <= next ? next + 1 : wish;
		check_belief(l);
		if (l->rules == RULES_REAL)
			check_truth(l);
	}
	CU_ASSERT_EQUAL(l->world->ops->finish(l->world, &l->result, &err), 0);
	engine_decision_digest(l->engine, l->digest);
}

/* The least energy for what was delivered in each bin; of the bin's mean, as the bound is convex.
 */
static double least_j(const struct life *l)
{
	struct lower_bound *bound = lower_bound_new(l->fleet);
	const struct timeline *t = &l->result.timeline;
	double sum = 0;

	for (uint32_t i = 0; i < t->n_bins; i++)
		sum += usec_to_sec(t->bin_us) * lower_bound_power(bound, t->bins[i].delivered_mips,
		                                                  0, l->rules == RULES_REAL);
	lower_bound_free(bound);
	return sum;
}

/* --- properties */

/* All that can be seen of one life: its plans and beliefs as it goes, its figures at the end. */
static void check_life(enum rules rules, uint64_t seed, enum shape shape)
{
	struct life l = {.rules = rules};

	begin(&l, seed, shape);
	live(&l);
	CU_ASSERT_EQUAL(engine_stats(l.engine)->refused, 0); /* it wants nothing forbidden */
	CU_ASSERT(l.result.energy_kwh * JOULES_PER_KWH >= least_j(&l));
	CU_ASSERT(least_j(&l) > 0);
	if (shape == SHAPE_FAULTS)
		CU_ASSERT(l.result.host_crashes > 0);
	if (shape == SHAPE_PLAIN) {
		CU_ASSERT_EQUAL(engine_snapshot(l.engine)->n_pending, 0);
		CU_ASSERT(l.result.unserved_ratio < 0.02);
		CU_ASSERT(l.result.energy_kwh < 2 * l.result.lower_bound_kwh);
	}
	end(&l);
}

static void plain_fleets_are_run_soundly_and_well(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		check_life(RULES_REAL, seed, SHAPE_PLAIN);
}

static void random_rules_are_never_broken(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		check_life(RULES_REAL, seed, SHAPE_RULES);
}

static void faults_leave_plans_sound(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		check_life(RULES_REAL, seed, SHAPE_FAULTS);
}

/* Samples of the present: overload is repaired at once. */
static void random_rules_are_never_broken_on_current_samples(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		check_life(RULES_IDEAL, seed, SHAPE_RULES);
}

static void same_seed_same_decisions_and_joules(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed += 5) {
		struct life a = {.rules = RULES_REAL}, b = a;

		begin(&a, seed, SHAPE_RULES);
		begin(&b, seed, SHAPE_RULES);
		live(&a);
		live(&b);
		CU_ASSERT_STRING_EQUAL(a.digest, b.digest);
		CU_ASSERT_EQUAL(a.result.energy_kwh, b.result.energy_kwh);
		CU_ASSERT_EQUAL(a.result.unserved_ratio, b.result.unserved_ratio);
		end(&a);
		end(&b);
	}
}

static void other_seeds_make_other_decisions(void)
{
	struct life a = {.rules = RULES_REAL}, b = a;

	begin(&a, 1, SHAPE_PLAIN);
	begin(&b, 2, SHAPE_PLAIN);
	live(&a);
	live(&b);
	CU_ASSERT_STRING_NOT_EQUAL(a.digest, b.digest);
	end(&a);
	end(&b);
}

TEST_MAIN("ebb", TEST(plain_fleets_are_run_soundly_and_well), TEST(random_rules_are_never_broken),
          TEST(faults_leave_plans_sound), TEST(random_rules_are_never_broken_on_current_samples),
          TEST(same_seed_same_decisions_and_joules), TEST(other_seeds_make_other_decisions))
