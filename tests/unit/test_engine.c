/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine against a scripted env and policy: the test plays the world and makes the plans. */
#include "engine/engine.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "tests/support/build.h"
#include "tests/support/test.h"

#define N_HOSTS 4
#define N_VMS   4
#define LOG_MAX 64

struct fake {
	struct env env; /* first: the ops cast back */
	usec_t now_us;
	struct env_event events[LOG_MAX];
	uint32_t n_events;
	bool has_sample;
	double demand[N_VMS], usage[N_HOSTS], utilisation[N_HOSTS];
	struct action begun[LOG_MAX];
	action_id begun_id[LOG_MAX];
	uint32_t n_begun, n_refused;
	int begin_result;
};

/* The policy's plan for the next turn; emptied once it was given. */
static struct plan script;

static usec_t fake_now(struct env *env)
{
	return ((struct fake *)env)->now_us;
}

static void fake_poll(struct env *env, struct sample_set *ret)
{
	struct fake *f = (struct fake *)env;

	*ret = (struct sample_set){.events = f->events, .n_events = f->n_events};
	f->n_events = 0;
	ret->sample = f->has_sample ? SAMPLE_CURRENT : SAMPLE_NONE;
	f->has_sample = false;
	ret->interval_us = 300 * USEC_PER_SEC;
	ret->vm_cpu_demand = f->demand;
	ret->host_cpu_usage = f->usage;
	ret->host_utilisation = f->utilisation;
}

static int fake_begin(struct env *env, const struct action *a, action_id id)
{
	struct fake *f = (struct fake *)env;

	if (f->begin_result < 0)
		return f->begin_result;
	f->begun[f->n_begun] = *a;
	f->begun_id[f->n_begun++] = id;
	return a->kind == ACTION_PLACE ? ENV_DONE_AT_ONCE : 0;
}

static void fake_cancel(struct env *env, action_id id)
{
	(void)env;
	(void)id;
}

static int fake_persist(struct env *env, const struct record *r)
{
	((struct fake *)env)->n_refused += r->kind == RECORD_REFUSED;
	return 0;
}

static const struct env_ops fake_ops = {fake_now, fake_poll, fake_begin, fake_cancel, fake_persist};

static void *script_new(const struct fleet *fleet, const void *params, uint64_t seed)
{
	(void)fleet;
	(void)params;
	(void)seed;
	return xcalloc(1, 1);
}

static void script_observe(void *policy, const struct snapshot *s)
{
	(void)policy;
	(void)s;
}

static void script_decide(void *policy, const struct snapshot *s, struct plan *ret)
{
	(void)policy;
	(void)s;
	for (uint32_t i = 0; i < script.len; i++)
		plan_add(ret, &script.actions[i]);
	plan_clear(&script);
}

static const struct policy_ops script_policy = {
        .name = "script",
        .new = script_new,
        .free = free,
        .observe = script_observe,
        .decide = script_decide,
};

struct rig {
	struct fake fake;
	struct fleet *fleet;
	struct engine *engine;
};

static void say(struct rig *r, enum env_event_kind kind, uint32_t vm, uint32_t host,
                enum host_state state)
{
	r->fake.events[r->fake.n_events++] =
	        (struct env_event){.kind = kind, .vm = vm, .host = host, .state = state};
}

static void tell_outcome(struct rig *r, enum env_event_kind kind, uint32_t begun)
{
	r->fake.events[r->fake.n_events++] =
	        (struct env_event){.kind = kind, .action = r->fake.begun_id[begun]};
}

static const struct engine_cfg no_limits = {.migrations_per_vm = 1, .host_off_ratio_max = 1};

/* Hosts 0 and 1 active, the others off; every VM running on host 0. */
static void rig_init(struct rig *r, const struct engine_cfg *cfg)
{
	struct build_spec spec = build_defaults(N_HOSTS, N_VMS);
	struct reason why = {.code = REASON_FIRST_PLACEMENT};

	*r = (struct rig){.fake = {.env = {.ops = &fake_ops}}};
	plan_init(&script);
	r->fleet = build_fleet(&spec);
	r->engine = engine_new(&r->fake.env, r->fleet, cfg, &script_policy, NULL, 1);
	for (uint32_t h = 0; h < N_HOSTS; h++)
		say(r, ENV_HOST_STATE, ID_NONE, h, h < 2 ? HOST_ACTIVE : HOST_OFF);
	for (uint32_t vm = 0; vm < N_VMS; vm++) {
		say(r, ENV_VM_ARRIVED, vm, ID_NONE, HOST_OFF);
		plan_place(&script, vm, 0, &why);
	}
	(void)engine_step(r->engine);
	r->fake.n_begun = 0;
}

static void rig_done(struct rig *r)
{
	engine_free(r->engine);
	fleet_free(r->fleet);
	plan_done(&script);
}

/* A new sample is what makes the engine ask its policy. */
static usec_t turn(struct rig *r)
{
	r->fake.has_sample = true;
	return engine_step(r->engine);
}

static void plan_move(uint32_t vm, uint32_t to, enum reason_code code)
{
	struct reason why = {.code = code};

	plan_migrate(&script, vm, 0, to, &why);
}

static void plan_drain(uint32_t host)
{
	struct reason why = {.code = REASON_EMPTY_HOST};

	plan_host_off(&script, host, &why);
}

/* The policy decides this one move. */
static void relieve(struct rig *r, uint32_t vm, uint32_t to)
{
	plan_move(vm, to, REASON_OVERLOAD);
	(void)turn(r);
}

static void plan_emptying_of_host_0(void)
{
	plan_drain(0);
	for (uint32_t vm = 0; vm < N_VMS; vm++)
		plan_move(vm, 1, REASON_EMPTY_HOST);
}

/* The world reports how an action ended, and the engine hears it. */
static void end_action(struct rig *r, enum env_event_kind kind, uint32_t begun)
{
	tell_outcome(r, kind, begun);
	(void)engine_step(r->engine);
}

/* Host 3, which is off, is to be woken and to get VM 0; the waking has begun. */
static void wake_for_a_move(struct rig *r)
{
	struct reason why = {.code = REASON_WAKE_FOR_LOAD};

	rig_init(r, &no_limits);
	plan_host_on(&script, 3, &why);
	relieve(r, 0, 3);
}

static void engine_places_pending_vms(void)
{
	struct rig r;

	rig_init(&r, &no_limits);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->placement->count[0], N_VMS);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->vm_state[3], VM_RUNNING);
	rig_done(&r);
}

static void engine_believes_a_missing_sample_three_times_then_not(void)
{
	struct rig r;

	rig_init(&r, &no_limits);
	r.fake.demand[1] = 50;
	(void)turn(&r);
	r.fake.demand[1] = NAN;
	for (int i = 0; i < 3; i++) {
		(void)turn(&r);
		CU_ASSERT_EQUAL(engine_snapshot(r.engine)->vm_cpu_demand[1], 50);
	}
	(void)turn(&r);
	CU_ASSERT(isnan(engine_snapshot(r.engine)->vm_cpu_demand[1]));
	rig_done(&r);
}

static void migration_moves_belief_only_when_it_is_done(void)
{
	const struct snapshot *s;
	struct rig r;

	rig_init(&r, &no_limits);
	s = engine_snapshot(r.engine);
	relieve(&r, 2, 1);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(s->vm_state[2], VM_MIGRATING);
	CU_ASSERT_EQUAL(s->placement->host_of[2], 0);
	CU_ASSERT_EQUAL(s->vm_target[2], 1);
	end_action(&r, ENV_ACTION_DONE, 0);
	CU_ASSERT_EQUAL(s->placement->host_of[2], 1);
	CU_ASSERT_EQUAL(s->vm_state[2], VM_RUNNING);
	CU_ASSERT_EQUAL(s->vm_target[2], ID_NONE);
	rig_done(&r);
}

static void failed_migration_leaves_the_vm_where_it_was(void)
{
	const struct snapshot *s;
	struct rig r;

	rig_init(&r, &no_limits);
	s = engine_snapshot(r.engine);
	relieve(&r, 2, 1);
	end_action(&r, ENV_ACTION_FAILED, 0);
	CU_ASSERT_EQUAL(s->placement->host_of[2], 0);
	CU_ASSERT_EQUAL(s->vm_state[2], VM_RUNNING);
	CU_ASSERT_EQUAL(s->vm_target[2], ID_NONE);
	CU_ASSERT_EQUAL(engine_stats(r.engine)->failed, 1);
	rig_done(&r);
}

static void move_to_a_host_that_is_off_is_refused(void)
{
	struct rig r;

	rig_init(&r, &no_limits);
	relieve(&r, 0, 3);
	CU_ASSERT_EQUAL(r.fake.n_begun, 0);
	CU_ASSERT_EQUAL(r.fake.n_refused, 1);
	rig_done(&r);
}

static void move_waits_until_its_target_is_awake(void)
{
	struct rig r;

	wake_for_a_move(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(r.fake.begun[0].kind, ACTION_HOST_ON);
	say(&r, ENV_HOST_STATE, ID_NONE, 3, HOST_WAKING);
	(void)engine_step(r.engine);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	say(&r, ENV_HOST_STATE, ID_NONE, 3, HOST_ACTIVE);
	end_action(&r, ENV_ACTION_DONE, 0);
	CU_ASSERT_EQUAL(r.fake.n_begun, 2);
	CU_ASSERT_EQUAL(r.fake.begun[1].kind, ACTION_MIGRATE);
	rig_done(&r);
}

static void move_to_a_host_that_fails_to_wake_is_dropped(void)
{
	struct rig r;

	wake_for_a_move(&r);
	say(&r, ENV_HOST_STATE, ID_NONE, 3, HOST_FAILED);
	end_action(&r, ENV_ACTION_FAILED, 0);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->vm_target[0], ID_NONE);
	rig_done(&r);
}

static void migrations_per_host_bound_holds(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;

	cfg.migrations_per_host = 2;
	rig_init(&r, &cfg);
	for (uint32_t vm = 0; vm < 3; vm++)
		plan_move(vm, 1, REASON_OVERLOAD);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 2);
	end_action(&r, ENV_ACTION_DONE, 1);
	CU_ASSERT_EQUAL(r.fake.n_begun, 3);
	CU_ASSERT_EQUAL(r.fake.begun[2].vm, 2);
	rig_done(&r);
}

static void relief_begins_before_emptying(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;

	cfg.migrations_total = 1;
	rig_init(&r, &cfg);
	plan_move(0, 1, REASON_EMPTY_HOST);
	plan_move(1, 1, REASON_OVERLOAD);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(r.fake.begun[0].vm, 1);
	rig_done(&r);
}

static void host_goes_off_only_once_it_is_empty(void)
{
	struct rig r;

	rig_init(&r, &no_limits);
	plan_emptying_of_host_0();
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, N_VMS);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->host_state[0], HOST_DRAINING);
	for (uint32_t i = 0; i < N_VMS; i++) {
		CU_ASSERT_EQUAL(r.fake.n_begun, N_VMS);
		end_action(&r, ENV_ACTION_DONE, i);
	}
	CU_ASSERT_EQUAL(r.fake.n_begun, N_VMS + 1);
	CU_ASSERT_EQUAL(r.fake.begun[N_VMS].kind, ACTION_HOST_OFF);
	rig_done(&r);
}

static void drain_with_a_failed_move_keeps_its_host(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;

	cfg.migrations_per_host = 1;
	rig_init(&r, &cfg);
	plan_emptying_of_host_0();
	(void)turn(&r);
	end_action(&r, ENV_ACTION_FAILED, 0);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->host_state[0], HOST_ACTIVE);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->vm_target[3], ID_NONE);
	rig_done(&r);
}

static void drain_beyond_the_share_of_hosts_off_is_refused_with_its_moves(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;

	cfg.host_off_ratio_max = 0.5; /* two of four are off already */
	rig_init(&r, &cfg);
	plan_drain(0);
	plan_move(0, 1, REASON_EMPTY_HOST);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 0);
	CU_ASSERT_EQUAL(r.fake.n_refused, 2);
	rig_done(&r);
}

static void drain_of_a_host_just_woken_is_refused(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;

	cfg.host_min_on_us = 600 * USEC_PER_SEC;
	rig_init(&r, &cfg);
	r.fake.now_us = 599 * USEC_PER_SEC;
	plan_drain(1);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 0);
	r.fake.now_us = 600 * USEC_PER_SEC;
	plan_drain(1);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	rig_done(&r);
}

static void host_goes_off_only_so_often_a_day(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;

	cfg.host_offs_per_day = 1;
	rig_init(&r, &cfg);
	plan_drain(1);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	say(&r, ENV_HOST_STATE, ID_NONE, 1, HOST_OFF);
	tell_outcome(&r, ENV_ACTION_DONE, 0);
	say(&r, ENV_HOST_STATE, ID_NONE, 1, HOST_ACTIVE);
	(void)engine_step(r.engine);
	plan_drain(1);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(r.fake.n_refused, 1);
	r.fake.now_us = USEC_PER_DAY;
	plan_drain(1);
	(void)turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 2);
	rig_done(&r);
}

static void move_budget_is_for_an_hour(void)
{
	struct engine_cfg cfg = no_limits;
	struct rig r;
	usec_t wish;

	cfg.moves_per_hour = 1;
	rig_init(&r, &cfg);
	plan_move(0, 1, REASON_OVERLOAD);
	plan_move(1, 1, REASON_OVERLOAD);
	wish = turn(&r);
	CU_ASSERT_EQUAL(r.fake.n_begun, 1);
	CU_ASSERT_EQUAL(wish, USEC_PER_HOUR);
	r.fake.now_us = wish;
	(void)engine_step(r.engine);
	CU_ASSERT_EQUAL(r.fake.n_begun, 2);
	rig_done(&r);
}

static void refused_begin_counts_as_failure_and_frees_the_vm(void)
{
	struct rig r;

	rig_init(&r, &no_limits);
	r.fake.begin_result = -ENOSPC;
	relieve(&r, 0, 1);
	CU_ASSERT_EQUAL(engine_stats(r.engine)->failed, 1);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->vm_state[0], VM_RUNNING);
	CU_ASSERT_EQUAL(engine_snapshot(r.engine)->vm_target[0], ID_NONE);
	rig_done(&r);
}

static void digest_tells_different_decisions_apart(void)
{
	char digest[3][DIGEST_TEXT_LEN];
	struct rig r;

	for (uint32_t i = 0; i < 3; i++) {
		rig_init(&r, &no_limits);
		relieve(&r, i / 2, 1);
		engine_decision_digest(r.engine, digest[i]);
		rig_done(&r);
	}
	CU_ASSERT_STRING_EQUAL(digest[0], digest[1]);
	CU_ASSERT_STRING_NOT_EQUAL(digest[0], digest[2]);
}

TEST_MAIN("engine", TEST(engine_places_pending_vms),
          TEST(engine_believes_a_missing_sample_three_times_then_not),
          TEST(migration_moves_belief_only_when_it_is_done),
          TEST(failed_migration_leaves_the_vm_where_it_was),
          TEST(move_to_a_host_that_is_off_is_refused), TEST(move_waits_until_its_target_is_awake),
          TEST(move_to_a_host_that_fails_to_wake_is_dropped), TEST(migrations_per_host_bound_holds),
          TEST(relief_begins_before_emptying), TEST(host_goes_off_only_once_it_is_empty),
          TEST(drain_with_a_failed_move_keeps_its_host),
          TEST(drain_beyond_the_share_of_hosts_off_is_refused_with_its_moves),
          TEST(drain_of_a_host_just_woken_is_refused), TEST(host_goes_off_only_so_often_a_day),
          TEST(move_budget_is_for_an_hour), TEST(refused_begin_counts_as_failure_and_frees_the_vm),
          TEST(digest_tells_different_decisions_apart))
