/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts of the real world: how much of what is asked they deliver, what they draw, and their way
 * between on and off.
 *
 * Share. A host whose VMs and incoming migrations ask for `load` MIPS of its C gives everybody
 * C / load of his wish (proportional share), or all of it. Where the memory to be backed exceeds
 * what the host has (guests may grow after they were placed), the part that does not fit is in
 * swap, and the same part of the work stands still: share x M / mem. Power is that of the MIPS
 * at work.
 *
 * States. OFF or STANDBY -> WAKING -> ACTIVE -> SUSPENDING -> OFF or STANDBY, with times and watts
 * of the class. A wake may fail and an active host may crash: FAILED, until it is repaired and
 * OFF. At time 0 a host comes on at once and for nothing: the run begins with VMs that run.
 */
#include <errno.h>
#include <math.h>

#include "core/model/constraint.h"
#include "sim/real.h"

/* Sums of demands carry rounding errors; this much over the capacity is none. */
#define OVER_RATIO 1e-9

static double delivered_mips(const struct real_hosts *h, uint32_t i)
{
	return (h->asked[i] - h->out_lost[i]) * h->share[i];
}

void real_span_close(struct real_world *w)
{
	const struct real_totals *t = &w->totals;
	double seconds;

	if (w->now_us == w->span_since_us)
		return;
	seconds = usec_to_sec(w->now_us - w->span_since_us);
	meters_add_span(w->meters, &(struct meters_span){
	                                   .from_us = w->span_since_us,
	                                   .to_us = w->now_us,
	                                   .power_w = t->power_w,
	                                   .lower_bound_w = w->lower_bound_w,
	                                   .demand_mips = t->asked + w->pending_mips,
	                                   .delivered_mips = t->delivered,
	                                   .hosts_on = t->on,
	                                   .hosts_waking = t->waking,
	                                   .hosts_overloaded = t->overloaded,
	                           });
	if (w->pending_mips > 0)
		meters_add_work(w->meters,
		                &(struct meters_work){.demanded = w->pending_mips * seconds});
	w->span_since_us = w->now_us;
}

void real_host_settle(struct real_world *w, uint32_t i)
{
	struct real_hosts *h = &w->hosts;
	double seconds = usec_to_sec(w->now_us - h->since_us[i]);
	bool overloaded = h->share[i] < 1;

	if (w->now_us == h->since_us[i])
		return;
	h->since_us[i] = w->now_us;
	meters_add_host(w->meters, &(struct meters_host){
	                                   .host = i,
	                                   .state = (enum host_state)h->state[i],
	                                   .overloaded = overloaded,
	                                   .seconds = seconds,
	                                   .energy_j = h->power_w[i] * seconds,
	                           });
	if (h->state[i] != HOST_ACTIVE)
		return;
	h->used_work[i] += h->used[i] * seconds;
	meters_add_work(w->meters, &(struct meters_work){
	                                   .demanded = h->asked[i] * seconds,
	                                   .delivered = delivered_mips(h, i) * seconds,
	                                   .lost_migrating = h->out_lost[i] * h->share[i] * seconds,
	                           });
	if (overloaded)
		meters_add_short(w->meters, h->n_vms[i], h->n_vms[i] * (1 - h->share[i]));
}

static void totals_add(struct real_world *w, uint32_t i)
{
	const struct real_hosts *h = &w->hosts;

	w->totals.power_w += h->power_w[i];
	w->totals.asked += h->asked[i];
	w->totals.delivered += delivered_mips(h, i);
	w->totals.on += h->state[i] == HOST_ACTIVE;
	w->totals.waking += h->state[i] == HOST_WAKING;
	w->totals.overloaded += h->share[i] < 1;
}

static void totals_subtract(struct real_world *w, uint32_t i)
{
	const struct real_hosts *h = &w->hosts;

	w->totals.power_w -= h->power_w[i];
	w->totals.asked -= h->asked[i];
	w->totals.delivered -= delivered_mips(h, i);
	w->totals.on -= h->state[i] == HOST_ACTIVE;
	w->totals.waking -= h->state[i] == HOST_WAKING;
	w->totals.overloaded -= h->share[i] < 1;
}

void real_hosts_sum(struct real_world *w)
{
	w->totals = (struct real_totals){0};
	for (uint32_t i = 0; i < w->fleet->n_hosts; i++)
		totals_add(w, i);
}

static void compute_active(struct real_world *w, uint32_t i)
{
	struct real_hosts *h = &w->hosts;
	double load = h->load[i] + h->in_load[i], capacity = h->cpu_mips[i];
	double share = 1;

	if (load > capacity * (1 + OVER_RATIO))
		share = capacity / load;
	if (h->mem[i] > h->mem_bytes[i] * (1 + OVER_RATIO))
		share *= h->mem_bytes[i] / h->mem[i];
	h->share[i] = share;
	h->used[i] = load * share;
	h->heat[i] = (float)(load / capacity);
	h->power_w[i] = power_at(&fleet_class_of(w->fleet, i)->power, h->used[i] / capacity);
}

void real_host_compute(struct real_world *w, uint32_t i)
{
	struct real_hosts *h = &w->hosts;
	bool was_overloaded = h->share[i] < 1;

	if (h->state[i] == HOST_ACTIVE) {
		compute_active(w, i);
	} else {
		h->share[i] = 1;
		h->used[i] = 0;
		h->heat[i] = -1;
	}
	if (was_overloaded != (h->share[i] < 1))
		real_tell(w, &(struct sim_event){
		                     .kind = was_overloaded ? SIM_OVERLOAD_END : SIM_OVERLOAD_BEGIN,
		                     .vm = ID_NONE,
		                     .from = i,
		                     .to = ID_NONE,
		             });
}

void real_host_begin_change(struct real_world *w, uint32_t i)
{
	real_span_close(w);
	real_host_settle(w, i);
	totals_subtract(w, i);
}

void real_host_end_change(struct real_world *w, uint32_t i)
{
	real_host_compute(w, i);
	totals_add(w, i);
}

void real_host_attach(struct real_world *w, uint32_t i, uint32_t vm)
{
	struct real_hosts *h = &w->hosts;
	struct real_vms *v = &w->vms;

	v->host[vm] = i;
	v->state[vm] = VM_RUNNING;
	h->asked[i] += v->demand[vm];
	if (v->factor) {
		v->factor[vm] = constraint_cpu_factor(w->fleet, vm, i);
		h->load[i] += v->demand[vm] * v->factor[vm];
	}
	h->mem[i] += v->mem[vm];
	h->n_vms[i]++;
}

void real_host_detach(struct real_world *w, uint32_t vm)
{
	struct real_hosts *h = &w->hosts;
	struct real_vms *v = &w->vms;
	uint32_t i = v->host[vm];

	v->host[vm] = ID_NONE;
	h->asked[i] -= v->demand[vm];
	if (v->factor)
		h->load[i] -= v->demand[vm] * v->factor[vm];
	h->mem[i] -= v->mem[vm];
	if (--h->n_vms[i] > 0)
		return;
	/* Nobody is left: neither is what rounding left of the sums. */
	h->asked[i] = 0;
	h->load[i] = 0;
}

static void enter_state(struct real_world *w, uint32_t i, enum host_state state, double power_w)
{
	real_host_begin_change(w, i);
	w->hosts.state[i] = (uint8_t)state;
	w->hosts.power_w[i] = power_w; /* an active host's is computed below */
	real_host_end_change(w, i);
	real_emit(w, &(struct env_event){
	                     .kind = ENV_HOST_STATE, .vm = ID_NONE, .host = i, .state = state});
	real_tell(w, &(struct sim_event){
	                     .kind = SIM_HOST_STATE,
	                     .vm = ID_NONE,
	                     .from = ID_NONE,
	                     .to = i,
	                     .state = state,
	                     .reason = &w->hosts.reason[i],
	             });
}

static void become_active(struct real_world *w, uint32_t i)
{
	double mtbf_s = usec_to_sec(w->opts.cfg.crash_mtbf_us);

	enter_state(w, i, HOST_ACTIVE, 0);
	if (mtbf_s > 0)
		event_heap_set(&w->heap, i, REAL_CRASH,
		               w->now_us + usec_from_sec(mtbf_s * rng_exponential(&w->crash_rng)));
}

static void begin_transition(struct real_world *w, uint32_t i, enum host_state state,
                             const struct power_transition *t)
{
	real_emit(w, &(struct env_event){.kind = ENV_ACTION_STARTED,
	                                 .action = w->hosts.action[i],
	                                 .vm = ID_NONE,
	                                 .host = i});
	enter_state(w, i, state, t->power_w);
	event_heap_set(&w->heap, i, REAL_HOST_TRANSITION, w->now_us + t->duration_us);
}

int real_host_on(struct real_world *w, const struct action *a, action_id id)
{
	uint32_t i = a->to;
	enum host_state state = (enum host_state)w->hosts.state[i];
	const struct host_class *c = fleet_class_of(w->fleet, i);

	if (state == HOST_ACTIVE)
		return ENV_DONE_AT_ONCE;
	if (state == HOST_FAILED)
		return -EHOSTDOWN;
	if (state != HOST_OFF && state != HOST_STANDBY)
		return -EBUSY;
	w->hosts.reason[i] = a->reason;
	if (w->now_us == 0) {
		become_active(w, i);
		return ENV_DONE_AT_ONCE;
	}
	w->hosts.action[i] = id;
	begin_transition(w, i, HOST_WAKING, state == HOST_STANDBY ? &c->resume : &c->boot);
	return 0;
}

int real_host_off(struct real_world *w, const struct action *a, action_id id)
{
	uint32_t i = a->from;
	enum host_state state = (enum host_state)w->hosts.state[i];
	const struct host_class *c = fleet_class_of(w->fleet, i);

	if (state == HOST_OFF || state == HOST_STANDBY)
		return ENV_DONE_AT_ONCE;
	if (state != HOST_ACTIVE || w->hosts.n_vms[i] > 0 || w->hosts.n_moves[i] > 0)
		return -EBUSY;
	w->hosts.reason[i] = a->reason;
	w->hosts.action[i] = id;
	meters_count(w->meters, METERS_POWER_DOWNS, w->now_us);
	begin_transition(w, i, HOST_SUSPENDING,
	                 w->opts.cfg.host_sleep == WORLD_SLEEP_STANDBY ? &c->suspend
	                                                               : &c->shutdown);
	return 0;
}

static void end_action(struct real_world *w, uint32_t i, enum env_event_kind how)
{
	action_id id = w->hosts.action[i];

	w->hosts.action[i] = 0;
	if (id)
		real_emit(w,
		          &(struct env_event){.kind = how, .action = id, .vm = ID_NONE, .host = i});
}

static void fail(struct real_world *w, uint32_t i)
{
	enter_state(w, i, HOST_FAILED, fleet_class_of(w->fleet, i)->off_w);
	event_heap_set(&w->heap, i, REAL_HOST_TRANSITION, w->now_us + w->opts.cfg.crash_repair_us);
}

static void end_wake(struct real_world *w, uint32_t i)
{
	double p = w->opts.cfg.wake_failure_probability;

	if (p > 0 && rng_double(&w->wake_rng) < p) {
		meters_count(w->meters, METERS_WAKE_FAILURES, w->now_us);
		end_action(w, i, ENV_ACTION_FAILED);
		fail(w, i);
		return;
	}
	meters_count(w->meters, METERS_POWER_UPS, w->now_us);
	end_action(w, i, ENV_ACTION_DONE);
	become_active(w, i);
}

void real_host_transition(struct real_world *w, uint32_t i)
{
	const struct host_class *c = fleet_class_of(w->fleet, i);

	event_heap_drop(&w->heap, i);
	switch ((enum host_state)w->hosts.state[i]) {
	case HOST_WAKING: end_wake(w, i); break;
	case HOST_SUSPENDING:
		end_action(w, i, ENV_ACTION_DONE);
		if (w->opts.cfg.host_sleep == WORLD_SLEEP_STANDBY)
			enter_state(w, i, HOST_STANDBY, c->standby_w);
		else
			enter_state(w, i, HOST_OFF, c->off_w);
		break;
	case HOST_FAILED:
		w->hosts.reason[i] = (struct reason){0};
		enter_state(w, i, HOST_OFF, c->off_w);
		break;
	case HOST_ACTIVE: /* no transition ends in these */
	case HOST_DRAINING:
	case HOST_STANDBY:
	case HOST_OFF:
	case HOST_UNKNOWN:
	case HOST_STATE_COUNT: break;
	}
}

static void lose_vm(struct real_world *w, uint32_t i, uint32_t vm)
{
	real_host_begin_change(w, i);
	real_host_detach(w, vm);
	real_host_end_change(w, i);
	real_vm_pending(w, vm);
	real_emit(w, &(struct env_event){.kind = ENV_VM_LOST, .vm = vm, .host = i});
}

/* Its VMs want a host again; what was on its way here stays where it runs. */
void real_host_crash(struct real_world *w, uint32_t i)
{
	event_heap_drop(&w->heap, i);
	meters_count(w->meters, METERS_HOST_CRASHES, w->now_us);
	w->hosts.reason[i] = (struct reason){0};
	fail(w, i);
	/* Crashes are rare: a pass over all VMs costs less than lists by host would all day. */
	for (uint32_t vm = 0; vm < w->fleet->n_vms && w->hosts.n_vms[i] > 0; vm++)
		if (w->vms.host[vm] == i)
			lose_vm(w, i, vm);
	while (w->hosts.moves[i] != ID_NONE)
		real_migration_abort(w, w->hosts.moves[i]);
}
