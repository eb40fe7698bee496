/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A world driven by hand; see world_rig.h. */
#include "tests/support/world_rig.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "tests/support/build.h"

/* A trace whose columns are a table in memory. */
struct table_trace {
	struct trace trace; /* first: ops cast back */
	struct trace_vm *vms;
	const double *cpu, *mem;
	double *ones;
	uint64_t column, n_columns;
};

static int table_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	struct table_trace *table = (struct table_trace *)t;
	size_t at = table->column * t->info.n_vms;

	(void)err;
	if (table->column == table->n_columns)
		return 0;
	*ret = (struct trace_column){
	        .index = table->column++,
	        .cpu = table->cpu ? table->cpu + at : table->ones,
	        .mem_bytes = table->mem ? table->mem + at : NULL,
	};
	return 1;
}

static void table_close(struct trace *t)
{
	struct table_trace *table = (struct table_trace *)t;

	free(table->vms);
	free(table->ones);
	free(table);
}

static const struct trace_ops table_ops = {.next = table_next, .close = table_close};

static struct trace *table_open(const struct rig_spec *spec)
{
	struct table_trace *t = xcalloc(1, sizeof(*t));
	uint32_t n = spec->fleet->n_vms;

	t->vms = xcalloc(n, sizeof(*t->vms));
	t->ones = xcalloc(n, sizeof(*t->ones));
	for (uint32_t i = 0; i < n; i++) {
		t->ones[i] = 1;
		t->vms[i] = (struct trace_vm){
		        .name = spec->fleet->vms[i].name,
		        .type = "",
		        .first = spec->first ? spec->first[i] : 0,
		        .last = spec->last ? spec->last[i] : spec->n_columns,
		};
	}
	t->cpu = spec->cpu;
	t->mem = spec->mem;
	t->n_columns = spec->ends_after ? spec->ends_after : spec->n_columns;
	t->trace = (struct trace){
	        .ops = &table_ops,
	        .info = {.interval_us = RIG_INTERVAL_S * USEC_PER_SEC,
	                 .n_columns = spec->n_columns,
	                 .n_vms = n,
	                 .vms = t->vms,
	                 .cpu_unit = TRACE_CPU_RATIO,
	                 .has_mem = spec->mem != NULL},
	};
	return &t->trace;
}

struct rig_spec rig_defaults(uint32_t n_hosts, uint32_t n_vms, uint32_t n_columns)
{
	struct build_spec build = build_defaults(n_hosts, n_vms);

	return (struct rig_spec){
	        .fleet = build_fleet(&build),
	        .n_columns = n_columns,
	        .until_us = USEC_NEVER,
	        .cfg = {.migration_link_ratio = 0.5, .dirty_ratio_max = 0.8},
	};
}

/* What the engine would do at this instant: listen. */
static void listen(struct world_rig *r)
{
	struct sample_set set;

	r->world->env.ops->poll(&r->world->env, &set);
	for (uint32_t i = 0; i < set.n_events; i++) {
		if (r->n_events == r->cap_events) {
			r->cap_events = r->cap_events ? 2 * r->cap_events : 64;
			r->events = xreallocarray(r->events, r->cap_events, sizeof(*r->events));
		}
		r->events[r->n_events++] = set.events[i];
	}
	if (set.sample == SAMPLE_NONE)
		return;
	r->sample = set;
	r->n_samples++;
}

void rig_step(struct world_rig *r)
{
	struct err err = {0};
	int ret = r->world->ops->advance(r->world, world_next(r->world), &err);

	assert(ret == 0);
	(void)ret;
	listen(r);
}

static int make_world(const struct rig_spec *spec, struct world **ret, struct err *err)
{
	struct world_opts o = {
	        .rules = spec->rules,
	        .cfg = spec->cfg,
	        .seed = spec->seed,
	        .until_us = spec->until_us,
	        .always_on = spec->always_on,
	        .sink = spec->sink,
	};
	struct trace *trace = table_open(spec);
	int r = world_new(&o, spec->fleet, trace, ret, err);

	if (r < 0)
		trace->ops->close(trace);
	return r;
}

int rig_try(const struct rig_spec *spec, struct err *err)
{
	struct world *world;
	int ret = make_world(spec, &world, err);

	if (ret == 0)
		world->ops->free(world);
	fleet_free(spec->fleet);
	return ret;
}

void rig_init(struct world_rig *r, const struct rig_spec *spec)
{
	struct err err = {0};
	int ret;

	*r = (struct world_rig){.fleet = spec->fleet};
	ret = make_world(spec, &r->world, &err);
	assert(ret == 0);
	(void)ret;
	sim_result_init(&r->result);
	rig_step(r);
}

void rig_done(struct world_rig *r)
{
	r->world->ops->free(r->world);
	sim_result_done(&r->result);
	fleet_free(r->fleet);
	free(r->events);
}

void rig_run(struct world_rig *r, double seconds)
{
	usec_t t = usec_from_sec(seconds);
	struct err err = {0};
	int ret;

	while (world_next(r->world) <= t)
		rig_step(r);
	if (r->world->env.ops->now(&r->world->env) >= t)
		return;
	ret = r->world->ops->advance(r->world, t, &err);
	assert(ret == 0);
	(void)ret;
	listen(r);
}

void rig_finish(struct world_rig *r)
{
	struct err err = {0};
	int ret;

	while (world_next(r->world) != USEC_NEVER)
		rig_step(r);
	ret = r->world->ops->finish(r->world, &r->result, &err);
	assert(ret == 0);
	(void)ret;
}

struct action rig_place(uint32_t vm, uint32_t to)
{
	return (struct action){.kind = ACTION_PLACE, .vm = vm, .from = ID_NONE, .to = to};
}

struct action rig_move(uint32_t vm, uint32_t from, uint32_t to)
{
	return (struct action){.kind = ACTION_MIGRATE, .vm = vm, .from = from, .to = to};
}

struct action rig_on(uint32_t host)
{
	return (struct action){.kind = ACTION_HOST_ON, .vm = ID_NONE, .from = ID_NONE, .to = host};
}

struct action rig_off(uint32_t host)
{
	return (struct action){.kind = ACTION_HOST_OFF, .vm = ID_NONE, .from = host, .to = ID_NONE};
}

int rig_do(struct world_rig *r, struct action a)
{
	int ret = r->world->env.ops->begin(&r->world->env, &a, ++r->last_id);

	listen(r);
	return ret;
}

const struct env_event *rig_event(const struct world_rig *r, enum env_event_kind kind, uint32_t n)
{
	for (uint32_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == kind && n-- == 0)
			return &r->events[i];
	return NULL;
}

double rig_outcome_s(const struct world_rig *r, enum env_event_kind kind, action_id id)
{
	for (uint32_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == kind && r->events[i].action == id)
			return usec_to_sec(r->events[i].at_us);
	return -1;
}

enum host_state rig_host_state(const struct world_rig *r, uint32_t host)
{
	enum host_state state = HOST_UNKNOWN;

	for (uint32_t i = 0; i < r->n_events; i++)
		if (r->events[i].kind == ENV_HOST_STATE && r->events[i].host == host)
			state = r->events[i].state;
	return state;
}
