/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver: it alternates between the world's next event and the engine's step, and gathers
 * what both have measured. The only real time it reads is how long it took itself.
 */
#include "sim/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "core/base/xalloc.h"
#include "core/model/constraint.h"
#include "engine/fleet_file.h"

/* Progress is told after so many events: often enough to move, rarely enough to cost nothing. */
#define PROGRESS_EVENTS 64

struct run {
	const struct sim_opts *o;
	struct trace *trace; /* until the world takes it over */
	struct fleet *fleet;
	struct world *world;
	struct engine *engine;
	usec_t end_us; /* USEC_NEVER: not known */
};

static double wall_now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static uint64_t peak_rss_bytes(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) < 0)
		return 0;
	return (uint64_t)usage.ru_maxrss * 1024;
}

static int load_fleet(struct run *r, struct err *err)
{
	const struct trace_info *info = &r->trace->info;
	struct vm_seed *seeds = xcalloc(info->n_vms, sizeof(*seeds));
	int ret;

	for (uint32_t i = 0; i < info->n_vms; i++)
		seeds[i] = (struct vm_seed){
		        .name = info->vms[i].name,
		        .type = info->vms[i].type,
		        .vcpus = info->vms[i].vcpus,
		        .cpu_mips = info->vms[i].cpu_mips,
		        .mem_bytes = info->vms[i].mem_bytes,
		};
	ret = fleet_file_load(r->o->fleet_path, seeds, info->n_vms, &r->fleet, err);
	free(seeds);
	if (ret < 0)
		return ret;
	ret = constraint_check_fleet(r->fleet, err);
	if (ret < 0)
		err_prefix(err, "%s", r->o->fleet_path);
	return ret;
}

/* The reference experiment knows no limits of an executor, and needs a VM to move twice at once. */
static void apply_reference_limits(struct engine_cfg *cfg)
{
	cfg->migrations_per_host = 0;
	cfg->migrations_total = 0;
	cfg->migrations_per_vm = 2;
	cfg->moves_per_hour = 0;
	cfg->host_offs_per_day = 0;
	cfg->host_min_on_us = 0;
	cfg->vm_cooldown_us = 0;
}

static usec_t end_of_run(const struct run *r)
{
	const struct trace_info *info = &r->trace->info;
	uint64_t columns_max = (uint64_t)(USEC_NEVER / info->interval_us);
	usec_t end = USEC_NEVER;

	if (info->n_columns < columns_max)
		end = (usec_t)info->n_columns * info->interval_us;
	return r->o->until_us < end ? r->o->until_us : end;
}

static int start(struct run *r, const struct world_cfg *world_cfg, struct err *err)
{
	const struct sim_opts *o = r->o;
	struct engine_cfg engine_cfg = o->config->engine;
	struct world_opts world_opts = {
	        .rules = o->rules,
	        .cfg = *world_cfg,
	        .seed = o->seed,
	        .sink = o->sink,
	        .always_on = o->config->policy->always_on,
	};
	int ret;

	ret = trace_open(o->trace_spec, o->seed, &r->trace, err);
	if (ret < 0)
		return ret;
	ret = load_fleet(r, err);
	if (ret < 0)
		return ret;
	if (o->sink.begin)
		o->sink.begin(o->sink.ctx, r->fleet);
	r->end_us = end_of_run(r);
	world_opts.until_us = o->until_us;
	ret = world_new(&world_opts, r->fleet, r->trace, &r->world, err);
	if (ret < 0)
		return ret;
	r->trace = NULL;
	if (o->rules != RULES_REAL)
		apply_reference_limits(&engine_cfg);
	r->engine = engine_new(&r->world->env, r->fleet, &engine_cfg, o->config->policy,
	                       o->config->policy_params, o->seed);
	return 0;
}

static void tell_progress(const struct run *r, usec_t now_us)
{
	if (r->o->progress && r->end_us != USEC_NEVER && r->end_us > 0)
		r->o->progress(r->o->progress_ctx, usec_to_sec(now_us) / usec_to_sec(r->end_us));
}

static int replay(struct run *r, struct err *err)
{
	usec_t wish_us = USEC_NEVER;
	uint64_t events = 0;

	for (;;) {
		usec_t next_us = world_next(r->world);
		int ret;

		if (next_us == USEC_NEVER)
			return 0;
		if (wish_us < next_us)
			next_us = wish_us;
		ret = r->world->ops->advance(r->world, next_us, err);
		if (ret < 0)
			return ret;
		wish_us = engine_step(r->engine);
		if (wish_us <= next_us)
			wish_us = next_us + 1;
		if (events++ % PROGRESS_EVENTS == 0)
			tell_progress(r, next_us);
	}
}

static void fill_result(const struct run *r, double began_s, struct sim_result *ret)
{
	const struct engine_stats *stats = engine_stats(r->engine);

	(void)snprintf(ret->policy, sizeof(ret->policy), "%s", r->o->config->policy->name);
	ret->rules = r->o->rules;
	ret->n_vms = r->fleet->n_vms;
	ret->n_hosts = r->fleet->n_hosts;
	ret->seed = r->o->seed;
	for (int i = 0; i < REASON_COUNT; i++)
		ret->actions_by_reason[i] = stats->by_reason[i];
	config_digest(r->o->config, ret->config_digest);
	engine_decision_digest(r->engine, ret->decision_digest);
	ret->wall_seconds = wall_now_s() - began_s;
	ret->vm_steps_per_second = (double)ret->vm_steps / ret->wall_seconds;
	ret->peak_rss_bytes = peak_rss_bytes();
}

int sim_run(const struct sim_opts *o, struct sim_result *ret, struct err *err)
{
	struct run r = {.o = o};
	double began_s = wall_now_s();
	int result;

	result = start(&r, o->world, err);
	if (result < 0)
		goto out;
	result = replay(&r, err);
	if (result < 0)
		goto out;
	result = r.world->ops->finish(r.world, ret, err);
	if (result < 0)
		goto out;
	fill_result(&r, began_s, ret);
	if (o->progress)
		o->progress(o->progress_ctx, 1);
out:
	engine_free(r.engine);
	if (r.world)
		r.world->ops->free(r.world);
	fleet_free(r.fleet);
	trace_close(r.trace);
	return result;
}
