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
 *   slatah      cloudsim: time of intervals that began with the host active and overloaded;
 *               ideal: time in which it is overloaded, since demand runs in straight lines
 *   work        cloudsim: as when the interval began x dt; ideal: as demand runs in straight lines
 *   on          cloudsim: utilisation above 0; ideal: holds a VM or one on its way
 *
 * cloudsim: the first interval begins at the first sample, [0, 300.1) costs nothing; the last one
 * ends with the last event. A host shutdown is a change from active to inactive between two
 * events, every host counting as active before the first.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/reference.h"

struct interval {
	usec_t from_us;
	double dt;
	struct meters_work work;
	uint64_t n_short;
	double short_ratio_sum;
	double energy_j, delivered, on, overloaded;
};

static double energy_w(const struct reference_world *w, const struct reference_load *a,
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

static double mean(const struct reference_world *w, double a, double b)
{
	return w->cloudsim ? a : (a + b) / 2;
}

/*
 * Demand runs in a straight line, and so does what a host lacks: where it crosses 0 the host
 * becomes overloaded or ceases to be. Where only a slow core is to blame, half-way.
 */
static double crossing_ratio(const struct reference_load *a, const struct reference_load *b,
                             double capacity)
{
	double lack_a = a->wanted - capacity, lack_b = b->wanted - capacity;

	if ((lack_a > 0) == (lack_b > 0))
		return 0.5;
	return lack_a / (lack_a - lack_b);
}

/* One host in one interval. */
struct stretch {
	uint32_t host;
	const struct reference_load *a, *b; /* at both ends */
	double overloaded_s;
};

/* Seconds in which the host was overloaded. */
static double overloaded_seconds(struct reference_world *w, const struct stretch *s,
                                 const struct interval *i)
{
	bool before = s->a->on && s->a->overloaded, after = s->b->on && s->b->overloaded;
	double capacity = fleet_class_of(w->fleet, s->host)->capacity.v[RES_CPU];
	usec_t at_us;

	if (w->cloudsim || before == after)
		return before ? i->dt : 0;
	at_us = i->from_us + usec_from_sec(i->dt * crossing_ratio(s->a, s->b, capacity));
	w->crossings[w->n_crossings++] = (struct reference_crossing){at_us, s->host, after};
	return usec_to_sec(before ? at_us - i->from_us : w->now_us - at_us);
}

/* What is missing for want of CPU grows from 0, or falls to it, where the overload begins or ends.
 */
static void add_work(const struct reference_world *w, const struct stretch *s, struct interval *i)
{
	double demanded = mean(w, s->a->demanded, s->b->demanded);
	double lost = mean(w, s->a->lost, s->b->lost);
	double lacking = demanded - mean(w, s->a->delivered, s->b->delivered) - lost;

	if (s->overloaded_s > 0)
		lacking *= s->overloaded_s / i->dt;
	i->work.demanded += demanded;
	i->work.delivered += demanded - lost - lacking;
	i->work.lost_migrating += lost;
	i->n_short += s->a->n_short;
	i->short_ratio_sum += s->a->short_ratio_sum;
}

static double mean_power(const struct reference_world *w, const struct stretch *s)
{
	if (w->opts.always_on)
		return power_at(&fleet_class_of(w->fleet, s->host)->power, 1);
	return energy_w(w, s->a, s->b);
}

static void add_host(struct reference_world *w, uint32_t host, const struct reference_load *before,
                     struct interval *i)
{
	struct stretch s = {.host = host, .a = before, .b = &w->loads[host]};
	double watts = mean_power(w, &s);
	struct meters_host m = {
	        .host = host,
	        .state = before->on || w->opts.always_on ? HOST_ACTIVE : HOST_OFF,
	};

	s.overloaded_s = overloaded_seconds(w, &s, i);
	m.seconds = i->dt - s.overloaded_s;
	m.energy_j = watts * m.seconds;
	meters_add_host(w->meters, &m);
	if (s.overloaded_s > 0) {
		m.overloaded = true;
		m.seconds = s.overloaded_s;
		m.energy_j = watts * m.seconds;
		meters_add_host(w->meters, &m);
	}
	add_work(w, &s, i);
	i->energy_j += watts * i->dt;
	i->on += m.state == HOST_ACTIVE;
	i->overloaded += s.overloaded_s / i->dt;
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
	double dt = i->dt, waiting = pending_mips(w);

	i->work.demanded = (i->work.demanded + waiting) * dt;
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

static void tell_overload(struct reference_world *w, const struct reference_crossing *c)
{
	w->was_overloaded[c->host] = c->overloaded;
	reference_tell_past(w,
	                    &(struct sim_event){
	                            .at_us = c->at_us,
	                            .kind = c->overloaded ? SIM_OVERLOAD_BEGIN : SIM_OVERLOAD_END,
	                            .vm = ID_NONE,
	                            .from = c->host,
	                            .to = ID_NONE,
	                    });
}

static int by_time(const void *a, const void *b)
{
	const struct reference_crossing *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->host < y->host ? -1 : 1;
}

static void tell_crossings(struct reference_world *w)
{
	qsort(w->crossings, w->n_crossings, sizeof(*w->crossings), by_time);
	for (uint32_t i = 0; i < w->n_crossings; i++)
		tell_overload(w, &w->crossings[i]);
	w->n_crossings = 0;
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
	tell_crossings(w);
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
	struct reference_crossing c = {w->now_us, host, overloaded};

	note_activity(w, host);
	if (w->was_overloaded[host] && !overloaded)
		tell_overload(w, &c);
	if (on != w->was_on[host])
		tell_host(w, host, on);
	if (!w->was_overloaded[host] && overloaded)
		tell_overload(w, &c);
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
