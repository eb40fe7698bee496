/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The meters of the reference world. An interval runs from one event to the next. What holds for
 * a host in it is its load when the interval began, after all that happened at that instant; its
 * load when the interval ends, before anything else happens, is the other corner of trapezoids.
 *
 *   energy      (P(u1) + P(u2)) / 2 x dt
 *               cloudsim: 0 if u1 = 0; and P(0) of the table, not 0 W, if only u2 = 0
 *               ideal: a host of utilisation 0 draws 0 W
 *               a policy without power management: full power of every host, always
 *   slatah      time of intervals that began with the host active and overloaded
 *   work        as when the interval began x dt
 *   on          cloudsim: utilisation above 0; ideal: holds a VM or one on its way
 *
 * cloudsim: the first interval begins at the first sample, [0, 300.1) costs nothing; the last one
 * ends with the last event. A host shutdown is a change from active to inactive between two
 * events, every host counting as active before the first.
 */
#include "sim/reference.h"

struct interval {
	usec_t from_us;
	double dt;
	struct meters_work work;
	uint64_t n_short;
	double short_ratio_sum;
	double energy_j, on, overloaded;
};

static double trapezoid_w(const struct reference_world *w, const struct reference_load *a,
                          const struct reference_load *b)
{
	double end_w = b->power_w;

	if (w->cloudsim && a->utilisation == 0)
		return 0;
	if (a->utilisation == 0)
		return b->utilisation == 0 ? 0 : end_w / 2;
	if (!w->cloudsim && b->utilisation == 0)
		end_w = 0;
	return a->power_w + (end_w - a->power_w) / 2;
}

static double mean_power_w(const struct reference_world *w, uint32_t host,
                           const struct reference_load *before)
{
	if (w->opts.always_on)
		return power_at(&fleet_class_of(w->fleet, host)->power, 1);
	return trapezoid_w(w, before, &w->loads[host]);
}

static void add_work(const struct reference_load *before, struct interval *i)
{
	i->work.demanded += before->demanded;
	i->work.delivered += before->delivered;
	i->work.lost_migrating += before->lost;
	i->n_short += before->n_short;
	i->short_ratio_sum += before->short_ratio_sum;
}

static void add_host(struct reference_world *w, uint32_t host, const struct reference_load *before,
                     struct interval *i)
{
	double watts = mean_power_w(w, host, before);
	struct meters_host m = {
	        .host = host,
	        .state = before->on || w->opts.always_on ? HOST_ACTIVE : HOST_OFF,
	        .overloaded = before->on && before->overloaded,
	        .seconds = i->dt,
	        .energy_j = watts * i->dt,
	};

	meters_add_host(w->meters, &m);
	add_work(before, i);
	i->energy_j += m.energy_j;
	i->on += m.state == HOST_ACTIVE;
	i->overloaded += m.overloaded;
}

static double pending_mips(const struct reference_world *w)
{
	double sum = 0;

	for (uint32_t vm = 0; w->n_pending > 0 && vm < w->fleet->n_vms; vm++)
		if (w->vm_state[vm] == VM_PENDING)
			sum += w->demand[vm];
	return sum;
}

static double bound_w(const struct reference_world *w, double mips)
{
	return lower_bound_power(w->lower_bound, mips, 0, false);
}

static void close_interval(struct reference_world *w, struct interval *i, double mips_before)
{
	double dt = i->dt;

	i->work.demanded *= dt;
	i->work.delivered *= dt;
	i->work.lost_migrating *= dt;
	meters_add_work(w->meters, &i->work);
	meters_add_short(w->meters, i->n_short, i->short_ratio_sum);
	meters_add_span(w->meters,
	                &(struct meters_span){
	                        .from_us = i->from_us,
	                        .to_us = w->now_us,
	                        .power_w = i->energy_j / dt,
	                        .lower_bound_w =
	                                (bound_w(w, mips_before) + bound_w(w, w->demand_mips)) / 2,
	                        .demand_mips = i->work.demanded / dt,
	                        .delivered_mips = i->work.delivered / dt,
	                        .hosts_on = i->on,
	                        .hosts_overloaded = i->overloaded,
	                });
}

static void tell_overload(struct reference_world *w, uint32_t host, bool overloaded)
{
	w->was_overloaded[host] = overloaded;
	reference_tell(w, &(struct sim_event){
	                          .kind = overloaded ? SIM_OVERLOAD_BEGIN : SIM_OVERLOAD_END,
	                          .vm = ID_NONE,
	                          .from = host,
	                          .to = ID_NONE,
	                  });
}

static bool is_idle(const struct reference_world *w, uint32_t host)
{
	return w->lists[host].n == 0 && !w->loads[host].on && !w->opts.always_on;
}

/* In CloudSim a VM that wants exactly nothing after the start has finished, and is gone. */
static void remove_finished(struct reference_world *w, uint32_t host)
{
	const struct reference_list *l = &w->lists[host];

	for (uint32_t i = 0; w->cloudsim && w->now_us > 0 && i < l->n;) {
		uint32_t vm = l->entries[i].vm;

		if (w->demand[vm] == 0 && w->vm_moves[vm] == 0)
			reference_depart(w, vm);
		else
			i++;
	}
}

/* Nothing is metered before the first sample, but a host that is always on. */
static bool is_metering(const struct reference_world *w)
{
	return w->ticks > 0 || w->opts.always_on;
}

void reference_update(struct reference_world *w, usec_t from_us, double from_s)
{
	struct interval i = {.from_us = from_us, .dt = w->now_s - from_s};
	double mips_before = w->demand_mips;
	bool metering = i.dt > 0 && is_metering(w);

	i.work.demanded = pending_mips(w);
	reference_demands(w);
	for (uint32_t h = 0; h < w->fleet->n_hosts; h++) {
		struct reference_load before = w->loads[h];

		if (is_idle(w, h))
			continue;
		reference_share(w, h);
		if (metering)
			add_host(w, h, &before, &i);
		remove_finished(w, h);
	}
	if (metering)
		close_interval(w, &i, mips_before);
}

void reference_refresh(struct reference_world *w)
{
	for (uint32_t i = 0; i < w->n_stale; i++) {
		uint32_t host = w->stale_hosts[i];

		reference_share(w, host);
		remove_finished(w, host); /* its touch is lost on a host that is stale */
		w->stale[host] = false;
	}
	w->n_stale = 0;
}

/* CloudSim's record of a host: one state an event, the last of each instant. */
static void note_activity(struct reference_world *w, uint32_t host)
{
	struct reference_shutdowns *s = &w->shutdowns;
	bool active = w->loads[host].on;

	if (s->was_active[host] && !active) {
		s->n++;
		s->seconds_sum += w->now_s - s->on_since_s[host];
	}
	if (!s->was_active[host] && active)
		s->on_since_s[host] = w->now_s;
	s->was_active[host] = active;
}

static void tell_host(struct reference_world *w, uint32_t host, bool on)
{
	w->was_on[host] = on;
	if (w->settled)
		meters_count(w->meters, on ? METERS_POWER_UPS : METERS_POWER_DOWNS, w->now_us);
	reference_tell(w, &(struct sim_event){
	                          .kind = SIM_HOST_STATE,
	                          .vm = ID_NONE,
	                          .from = ID_NONE,
	                          .to = host,
	                          .state = on ? HOST_ACTIVE : HOST_OFF,
	                  });
}

static void settle_host(struct reference_world *w, uint32_t host)
{
	bool on = w->loads[host].on || w->opts.always_on;
	bool overloaded = w->loads[host].on && w->loads[host].overloaded;

	note_activity(w, host);
	if (w->was_overloaded[host] && !overloaded)
		tell_overload(w, host, overloaded);
	if (on != w->was_on[host])
		tell_host(w, host, on);
	if (!w->was_overloaded[host] && overloaded)
		tell_overload(w, host, overloaded);
}

static void take_heat(struct reference_world *w)
{
	for (uint32_t h = 0; h < w->fleet->n_hosts; h++) {
		double capacity = fleet_class_of(w->fleet, h)->capacity.v[RES_CPU];

		w->heat[h] = w->was_on[h] ? (float)(w->loads[h].asked / capacity) : -1.0f;
	}
	meters_add_heat(w->meters, w->now_us, w->heat);
	w->heat_due = false;
}

void reference_settle(struct reference_world *w)
{
	reference_refresh(w);
	if (w->ticks == 0)
		return; /* nobody has begun to work */
	for (uint32_t h = 0; h < w->fleet->n_hosts; h++)
		if (!is_idle(w, h) || w->was_on[h] || w->shutdowns.was_active[h])
			settle_host(w, h);
	w->settled = true;
	if (w->heat_due)
		take_heat(w);
}

void reference_finish(struct reference_world *w, struct sim_result *ret)
{
	const struct reference_shutdowns *s = &w->shutdowns;

	reference_settle(w);
	meters_finish(w->meters, w->now_us, ret);
	ret->rules = w->opts.rules;
	ret->n_vms = w->fleet->n_vms;
	ret->n_hosts = w->fleet->n_hosts;
	if (!w->cloudsim)
		return;
	ret->host_power_cycles = s->n;
	ret->mean_time_to_shutdown_s = s->n > 0 ? s->seconds_sum / (double)s->n : 0;
}
