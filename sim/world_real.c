/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real world's door: its clock, the engine's env, its making and its end. The physics is in
 * real_host.c, real_migration.c and real_tick.c; its tables are made in real_columns.c.
 *
 * Time 0. All hosts are off and the VMs of the first column are pending. Until time moves, hosts
 * come on at once and for nothing, because a run stands for a part of the life of a data centre:
 * it begins with VMs that run, not with a cold start of everything.
 */
#include "sim/world_real.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "sim/real.h"

/* Streams of chance, one for each consumer. */
#define RNG_WAKE  0x77616b65u
#define RNG_CRASH 0x63727368u

void id_list_add(struct id_list *l, uint32_t id)
{
	if (l->len == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->ids = xreallocarray(l->ids, l->cap, sizeof(*l->ids));
	}
	l->ids[l->len++] = id;
}

void real_emit(struct real_world *w, const struct env_event *ev)
{
	news_emit(&w->news, ev, w->now_us);
}

void real_tell(struct real_world *w, const struct sim_event *ev)
{
	news_tell(&w->news, ev, w->now_us);
}

/* --- the engine's door */

static struct real_world *of_env(struct env *env)
{
	return (struct real_world *)env; /* the first member of the first member */
}

static usec_t env_now(struct env *env)
{
	return of_env(env)->now_us;
}

static void env_poll(struct env *env, struct sample_set *ret)
{
	struct real_world *w = of_env(env);

	*ret = news_poll(&w->news);
	if (!w->sample_ready)
		return;
	w->sample_ready = false;
	ret->sample = SAMPLE_PAST;
	ret->interval_us = w->trace->info.interval_us;
	ret->vm_cpu_demand = w->vms.past;
	ret->vm_mem_bytes = w->vms.past_mem;
	ret->host_cpu_usage = w->hosts.usage;
	ret->host_utilisation = w->hosts.utilisation;
}

static int place(struct real_world *w, const struct action *a)
{
	struct real_hosts *h = &w->hosts;

	if (w->vms.state[a->vm] != VM_PENDING)
		return -EINVAL;
	if (h->mem[a->to] + w->vms.mem[a->vm] > h->mem_bytes[a->to])
		return -ENOSPC;
	if (w->now_us == 0 && h->state[a->to] == HOST_OFF)
		(void)real_host_on(w, a, 0); /* cannot fail: it is off, and time has not begun */
	if (h->state[a->to] != HOST_ACTIVE)
		return -EHOSTDOWN;
	real_vm_not_pending(w, a->vm);
	real_host_begin_change(w, a->to);
	real_host_attach(w, a->to, a->vm);
	real_host_end_change(w, a->to);
	real_tell(w, &(struct sim_event){
	                     .kind = SIM_PLACE,
	                     .vm = a->vm,
	                     .from = ID_NONE,
	                     .to = a->to,
	                     .reason = &a->reason,
	             });
	return ENV_DONE_AT_ONCE;
}

static int env_begin(struct env *env, const struct action *a, action_id id)
{
	struct real_world *w = of_env(env);

	if (w->over)
		return -ECANCELED;
	switch (a->kind) {
	case ACTION_PLACE: return place(w, a);
	case ACTION_MIGRATE: return real_migration_begin(w, a, id);
	case ACTION_HOST_ON: return real_host_on(w, a, id);
	case ACTION_HOST_OFF: return real_host_off(w, a, id);
	case ACTION_HOST_KEEP: return ENV_DONE_AT_ONCE; /* the world knows no intents */
	case ACTION_KIND_COUNT: break;
	}
	return -EINVAL;
}

/* Only a migration can be called off; a host on its way goes on. */
static void env_cancel(struct env *env, action_id id)
{
	struct real_world *w = of_env(env);

	for (uint32_t slot = 0; slot < w->n_moves; slot++) {
		if (w->moves[slot].vm != ID_NONE && w->moves[slot].action == id) {
			real_migration_abort(w, slot);
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

static usec_t tick_due(const struct real_world *w)
{
	return (usec_t)w->tick * w->trace->info.interval_us;
}

static usec_t real_next(const struct world *world)
{
	const struct real_world *w = (const struct real_world *)world;
	const struct event *ev = event_heap_first(&w->heap);
	usec_t next = tick_due(w);

	if (w->over)
		return USEC_NEVER;
	if (news_waits(&w->news) && w->tick > 0)
		return w->now_us; /* the engine has not heard of everything yet */
	if (w->end_us < next)
		next = w->end_us;
	return ev && ev->at_us < next ? ev->at_us : next;
}

static void happen(struct real_world *w, const struct event *ev)
{
	switch ((enum real_event)ev->kind) {
	case REAL_MIGRATION_END: real_migration_end(w, ev->id - w->fleet->n_hosts); break;
	case REAL_HOST_TRANSITION: real_host_transition(w, ev->id); break;
	case REAL_CRASH: real_host_crash(w, ev->id); break;
	}
}

static int real_advance(struct world *world, usec_t t, struct err *err)
{
	struct real_world *w = (struct real_world *)world;
	const struct event *ev;

	assert(t >= w->now_us);
	while ((ev = event_heap_first(&w->heap)) && ev->at_us <= t) {
		w->now_us = ev->at_us;
		happen(w, ev);
	}
	w->now_us = t;
	if (t >= w->end_us) {
		w->over = true;
		return 0;
	}
	return t == tick_due(w) ? real_tick(w, err) : 0;
}

static int real_finish(struct world *world, struct sim_result *ret, struct err *err)
{
	struct real_world *w = (struct real_world *)world;

	(void)err; /* nothing can go wrong */
	real_span_close(w);
	if (w->tick > 0)
		meters_add_heat(w->meters, (usec_t)(w->tick - 1) * w->trace->info.interval_us,
		                w->hosts.heat);
	for (uint32_t i = 0; i < w->fleet->n_hosts; i++)
		real_host_settle(w, i);
	for (uint32_t slot = 0; slot < w->n_moves; slot++) {
		if (w->moves[slot].vm == ID_NONE)
			continue;
		real_migration_settle(w, slot);
		meters_add_bytes(w->meters, w->moves[slot].moved_bytes);
	}
	meters_finish(w->meters, w->now_us, ret);
	ret->rules = RULES_REAL;
	ret->n_vms = w->fleet->n_vms;
	ret->n_hosts = w->fleet->n_hosts;
	w->over = true;
	return 0;
}

static void real_free(struct world *world)
{
	struct real_world *w = (struct real_world *)world;

	if (!w)
		return;
	trace_close(w->trace);
	meters_free(w->meters);
	lower_bound_free(w->lower_bound);
	event_heap_done(&w->heap);
	real_columns_free(w);
	free(w->moves);
	free(w->free_moves.ids);
	free(w->gaps[0].ids);
	free(w->gaps[1].ids);
	news_done(&w->news);
	free(w);
}

static const struct world_ops world_ops = {
        .next = real_next,
        .advance = real_advance,
        .finish = real_finish,
        .free = real_free,
};

/* --- making it */

static int check(const struct fleet *f, const struct trace *t, struct err *err)
{
	const struct trace_info *info = &t->info;

	if (info->n_vms != f->n_vms)
		return err_set(err, -EINVAL,
		               "the trace has %u VMs and the fleet %u; build the fleet from it",
		               info->n_vms, f->n_vms);
	if (info->interval_us <= 0)
		return err_set(err, -EINVAL, "the trace has no sampling interval");
	for (uint32_t c = 0; c < f->n_classes; c++)
		if (!(f->classes[c].capacity.v[RES_NET_BPS] > 0))
			return err_set(err, -EINVAL,
			               "host class \"%s\" has no network; rules real need it to "
			               "time migrations: state its network",
			               f->classes[c].name);
	for (uint32_t i = 0; info->cpu_unit == TRACE_CPU_RATIO && i < f->n_vms; i++)
		if (!(f->vms[i].allocation.v[RES_CPU] > 0))
			return err_set(err, -EINVAL,
			               "VM \"%s\" has no CPU allocation and the trace gives ratios "
			               "of it; state its MIPS in the fleet file",
			               f->vms[i].name);
	return 0;
}

static usec_t end_of(const struct world_opts *o, const struct trace_info *info)
{
	usec_t end_us = USEC_NEVER;

	if (info->n_columns < (uint64_t)(USEC_NEVER / info->interval_us))
		end_us = (usec_t)info->n_columns * info->interval_us;
	return o->until_us < end_us ? o->until_us : end_us;
}

int world_real_new(const struct world_opts *o, const struct fleet *f, struct trace *t,
                   struct world **ret, struct err *err)
{
	struct real_world *w;
	int r = check(f, t, err);

	if (r < 0)
		return r;
	w = xcalloc(1, sizeof(*w));
	w->world = (struct world){.env = {.ops = &env_ops}, .ops = &world_ops};
	w->fleet = f;
	w->trace = t;
	w->opts = *o;
	w->news.sink = o->sink;
	w->end_us = end_of(o, &t->info);
	rng_init(&w->wake_rng, o->seed, RNG_WAKE);
	rng_init(&w->crash_rng, o->seed, RNG_CRASH);
	w->meters = meters_new(f->n_hosts, t->info.interval_us);
	w->lower_bound = lower_bound_new(f);
	real_columns_make(w);
	*ret = &w->world;
	return 0;
}
