/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reference world's door: its clock, the engine's env, its making and its end.
 *
 *   cloudsim  at 0 all VMs are there and are placed, without any demand; sample k = 1, 2, ... is
 *             taken 0.1 s after k x interval, since the reference starts its tasks at 0.1 s
 *   ideal     sample k = 0, 1, ... is taken at k x interval, and the VMs that arrive are there
 *
 * What happens at one instant: time and demands, shares and meters; migrations that are due end;
 * VMs leave and arrive; the sample is taken. Then the engine acts, without time going by.
 */
#include "sim/world_reference.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "sim/reference.h"

/* Samples are taken so long after a column begins, under rules cloudsim. */
#define TASK_START_US (USEC_PER_SEC / 10)

void reference_emit(struct reference_world *w, const struct env_event *ev)
{
	news_emit(&w->news, ev, w->now_us);
}

void reference_tell(struct reference_world *w, const struct sim_event *ev)
{
	news_tell(&w->news, ev, w->now_us);
}

/* --- the engine's door */

static struct reference_world *of_env(struct env *env)
{
	return (struct reference_world *)env; /* the first member of the first member */
}

static usec_t env_now(struct env *env)
{
	return of_env(env)->now_us;
}

static void env_poll(struct env *env, struct sample_set *ret)
{
	struct reference_world *w = of_env(env);

	*ret = news_poll(&w->news);
	if (!w->sample_ready)
		return;
	w->sample_ready = false;
	ret->sample = SAMPLE_CURRENT;
	ret->interval_us = w->trace->info.interval_us;
	ret->vm_cpu_demand = w->sample_demand;
	if (w->trace->info.cpu_unit == TRACE_CPU_RATIO)
		ret->vm_cpu_ratio = w->sample;
	ret->vm_mem_bytes = w->sample_mem;
	ret->host_cpu_usage = w->usage;
	ret->host_utilisation = w->utilisation;
}

static int env_begin(struct env *env, const struct action *a, action_id id)
{
	struct reference_world *w = of_env(env);

	if (w->over)
		return -ECANCELED;
	switch (a->kind) {
	case ACTION_PLACE: return reference_place(w, a);
	case ACTION_MIGRATE: return reference_migrate(w, a, id);
	case ACTION_HOST_OFF: return w->lists[a->from].n > 0 ? -EBUSY : ENV_DONE_AT_ONCE;
	/* Switching takes nothing: a host is on while it has something to do. */
	case ACTION_HOST_ON:
	case ACTION_HOST_KEEP: return ENV_DONE_AT_ONCE;
	case ACTION_KIND_COUNT: break;
	}
	return -EINVAL;
}

static void env_cancel(struct env *env, action_id id)
{
	struct reference_world *w = of_env(env);

	for (uint32_t i = 0; i < w->n_moves; i++) {
		if (w->moves[i].action == id) {
			reference_move_abort(w, i);
			return;
		}
	}
}

static int env_persist(struct env *env, const struct record *r)
{
	return news_record(&of_env(env)->news, r);
}

static const struct env_ops env_ops = {
        .now = env_now,
        .poll = env_poll,
        .begin = env_begin,
        .cancel = env_cancel,
        .persist = env_persist,
};

/* --- the driver's door */

static struct reference_world *of_world(struct world *world)
{
	return (struct reference_world *)world;
}

/* The column whose sample is taken next. */
static uint64_t next_column(const struct reference_world *w)
{
	return w->cloudsim ? w->ticks + 1 : w->ticks;
}

static usec_t next_tick(const struct reference_world *w)
{
	const struct reference_columns *c = &w->columns;
	uint64_t column = next_column(w);

	if (column > c->index && !c->has_to)
		return USEC_NEVER;
	return (usec_t)column * w->trace->info.interval_us + (w->cloudsim ? TASK_START_US : 0);
}

static usec_t reference_next(const struct world *world)
{
	const struct reference_world *w = (const struct reference_world *)world;
	usec_t next, moves;

	if (w->over)
		return USEC_NEVER;
	if (!w->begun || news_waits(&w->news))
		return w->now_us; /* the engine has not heard of everything yet */
	next = next_tick(w);
	moves = reference_moves_next(w);
	if (moves < next)
		next = moves;
	return w->end_us < next ? w->end_us : next;
}

/* The reference's clock in seconds; the tick's and the migrations' are sums in floating point. */
static double seconds_at(const struct reference_world *w, usec_t t)
{
	if (!w->cloudsim)
		return usec_to_sec(t);
	for (uint32_t i = 0; i < w->n_moves; i++)
		if (w->moves[i].end_us == t)
			return w->moves[i].end_s;
	return t == next_tick(w) ? w->next_tick_s : usec_to_sec(t);
}

static void tick(struct reference_world *w)
{
	uint64_t column = next_column(w);

	w->ticks++;
	w->next_tick_s += usec_to_sec(w->trace->info.interval_us);
	if (!w->cloudsim) {
		reference_come_and_go(w, column);
		reference_demands(w); /* of those who have just arrived */
	}
	reference_refresh(w);
	reference_take_sample(w);
}

static void begin(struct reference_world *w)
{
	w->begun = true;
	for (uint32_t h = 0; h < w->fleet->n_hosts; h++)
		reference_emit(w, &(struct env_event){
		                          .kind = ENV_HOST_STATE,
		                          .vm = ID_NONE,
		                          .host = h,
		                          .state = HOST_OFF,
		                  });
	if (w->cloudsim)
		reference_come_and_go(w, 0);
	else
		tick(w);
}

static int reference_advance(struct world *world, usec_t t, struct err *err)
{
	struct reference_world *w = of_world(world);
	usec_t from_us = w->now_us, interval_us = w->trace->info.interval_us;
	double from_s = w->now_s;
	bool is_tick = t == next_tick(w);
	int r;

	assert(t >= w->now_us);
	if (!w->begun) {
		begin(w);
		return 0;
	}
	if (t > w->now_us) {
		reference_settle(w);
		w->now_s = seconds_at(w, t);
		w->now_us = t;
	}
	w->over = t >= w->end_us;
	if (w->over && w->cloudsim)
		return 0; /* its meters stop at the last event */
	r = reference_columns_seek(w, (uint64_t)(t / interval_us), err);
	if (r < 0)
		return r;
	if (t > from_us)
		reference_update(w, from_us, from_s);
	if (w->over)
		return 0;
	reference_moves_end(w);
	reference_refresh(w);
	if (is_tick)
		tick(w);
	return 0;
}

static int finish(struct world *world, struct sim_result *ret, struct err *err)
{
	struct reference_world *w = of_world(world);

	(void)err; /* nothing can go wrong */
	w->over = true;
	reference_finish(w, ret);
	return 0;
}

static void free_hosts(struct reference_world *w)
{
	for (uint32_t h = 0; h < w->fleet->n_hosts; h++)
		free(w->lists[h].entries);
	free(w->lists);
	free(w->loads);
	free(w->usage);
	free(w->utilisation);
	free(w->stale);
	free(w->was_on);
	free(w->was_overloaded);
	free(w->stale_hosts);
	free(w->heat);
	free(w->shutdowns.was_active);
	free(w->shutdowns.on_since_s);
}

static void reference_free(struct world *world)
{
	struct reference_world *w = of_world(world);

	if (!w)
		return;
	reference_columns_close(w);
	free_hosts(w);
	free(w->scale);
	free(w->vm_cores);
	free(w->sample);
	free(w->demand);
	free(w->sample_demand);
	free(w->sample_mem);
	free(w->vm_state);
	free(w->vm_host);
	free(w->vm_moves);
	free(w->moves);
	news_done(&w->news);
	meters_free(w->meters);
	lower_bound_free(w->lower_bound);
	trace_close(w->trace);
	free(w);
}

static const struct world_ops world_ops = {
        .next = reference_next,
        .advance = reference_advance,
        .finish = finish,
        .free = reference_free,
};

/* --- making it */

static int check_lives(const struct trace_info *info, struct err *err)
{
	for (uint32_t vm = 0; vm < info->n_vms; vm++)
		if (info->vms[vm].first > 0 || info->vms[vm].last < info->n_columns)
			return err_set(
			        err, -EINVAL,
			        "VM \"%s\" is not there all the time; rules cloudsim know no "
			        "arrivals and departures: use rules ideal",
			        info->vms[vm].name);
	return 0;
}

static int check_fleet(const struct fleet *f, const struct trace_info *info, struct err *err)
{
	for (uint32_t c = 0; c < f->n_classes; c++)
		if (!(f->classes[c].capacity.v[RES_NET_BPS] > 0))
			return err_set(err, -EINVAL,
			               "host class \"%s\" has no network, which times migrations: "
			               "state its network",
			               f->classes[c].name);
	for (uint32_t i = 0; info->cpu_unit == TRACE_CPU_RATIO && i < f->n_vms; i++)
		if (!(f->vms[i].allocation.v[RES_CPU] > 0))
			return err_set(err, -EINVAL,
			               "VM \"%s\" has no CPU allocation and the trace gives ratios "
			               "of it; state its MIPS in the fleet file",
			               f->vms[i].name);
	return 0;
}

static int check(const struct world_opts *o, const struct fleet *f, const struct trace *t,
                 struct err *err)
{
	const struct trace_info *info = &t->info;
	int r;

	if (info->n_vms != f->n_vms)
		return err_set(err, -EINVAL,
		               "the trace has %u VMs and the fleet %u; build the fleet from it",
		               info->n_vms, f->n_vms);
	if (info->interval_us <= 0)
		return err_set(err, -EINVAL, "the trace has no sampling interval");
	r = check_fleet(f, info, err);
	if (r < 0)
		return r;
	return o->rules == RULES_CLOUDSIM ? check_lives(info, err) : 0;
}

static void make_vms(struct reference_world *w)
{
	const struct trace_info *info = &w->trace->info;
	uint32_t n = w->fleet->n_vms;

	w->scale = xcalloc(n, sizeof(*w->scale));
	w->vm_cores = xcalloc(n, sizeof(*w->vm_cores));
	w->sample = xcalloc(n, sizeof(*w->sample));
	w->demand = xcalloc(n, sizeof(*w->demand));
	w->sample_demand = xcalloc(n, sizeof(*w->sample_demand));
	w->sample_mem = xcalloc(n, sizeof(*w->sample_mem));
	w->vm_state = xcalloc(n, sizeof(*w->vm_state)); /* 0 = VM_ABSENT */
	w->vm_host = xcalloc(n, sizeof(*w->vm_host));
	w->vm_moves = xcalloc(n, sizeof(*w->vm_moves));
	for (uint32_t i = 0; i < n; i++) {
		const struct vm *vm = &w->fleet->vms[i];

		w->scale[i] = info->cpu_unit == TRACE_CPU_RATIO ? vm->allocation.v[RES_CPU] : 1;
		w->vm_cores[i] = vm->vcpus > 1 ? vm->vcpus : 1;
		w->vm_host[i] = ID_NONE;
	}
}

static void make_hosts(struct reference_world *w)
{
	uint32_t n = w->fleet->n_hosts;

	w->lists = xcalloc(n, sizeof(*w->lists));
	w->loads = xcalloc(n, sizeof(*w->loads));
	w->usage = xcalloc(n, sizeof(*w->usage));
	w->utilisation = xcalloc(n, sizeof(*w->utilisation));
	w->stale = xcalloc(n, sizeof(*w->stale));
	w->was_on = xcalloc(n, sizeof(*w->was_on));
	w->was_overloaded = xcalloc(n, sizeof(*w->was_overloaded));
	w->stale_hosts = xcalloc(n, sizeof(*w->stale_hosts));
	w->heat = xcalloc(n, sizeof(*w->heat));
	w->shutdowns.was_active = xcalloc(n, sizeof(*w->shutdowns.was_active));
	w->shutdowns.on_since_s = xcalloc(n, sizeof(*w->shutdowns.on_since_s));
	for (uint32_t h = 0; h < n; h++) {
		reference_share(w, h);
		w->shutdowns.was_active[h] = true;
	}
}

static usec_t end_of(const struct world_opts *o, const struct trace_info *info)
{
	usec_t end_us = USEC_NEVER;

	if (info->n_columns < (uint64_t)(USEC_NEVER / info->interval_us))
		end_us = (usec_t)info->n_columns * info->interval_us;
	return o->until_us < end_us ? o->until_us : end_us;
}

int world_reference_new(const struct world_opts *o, const struct fleet *f, struct trace *t,
                        struct world **ret, struct err *err)
{
	struct reference_world *w;
	int r = check(o, f, t, err);

	if (r < 0)
		return r;
	w = xcalloc(1, sizeof(*w));
	w->world = (struct world){.env = {.ops = &env_ops}, .ops = &world_ops};
	w->fleet = f;
	w->trace = t;
	w->opts = *o;
	w->news.sink = o->sink;
	w->cloudsim = o->rules == RULES_CLOUDSIM;
	w->end_us = end_of(o, &t->info);
	w->next_tick_s = usec_to_sec(TASK_START_US) + usec_to_sec(t->info.interval_us);
	w->meters = meters_new(f->n_hosts, t->info.interval_us);
	w->lower_bound = lower_bound_new(f);
	make_vms(w);
	make_hosts(w);
	r = reference_columns_open(w, err);
	if (r < 0) {
		w->trace = NULL; /* the caller keeps it */
		reference_free(&w->world);
		return r;
	}
	*ret = &w->world;
	return 0;
}
