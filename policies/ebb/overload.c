/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long hosts were overloaded in the interval that ended. A sample of the past gives what each
 * VM asked for during it, but VMs moved meanwhile: most overloads are relieved before the interval
 * is over, and judged by where VMs are now they would never have been. So the moves of the last
 * decision are replayed: a host's demand steps when one of them ends, and the time above the
 * capacity is summed up. Where several VMs peak together this doubles what is noticed.
 *
 * Where demand is measured inside the hosts, sums cannot exceed what a host has; a host that
 * delivered all of it for the whole interval counts as overloaded as well.
 *
 * Not seen: the share of its demand that a VM on its way asks of the target.
 */
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "policies/ebb/state.h"

/* Busy for this share of the interval is all of it; reports are not exact to the last digit. */
#define SATURATED 0.999

/* A step of a host's demand, so many seconds after the interval began. */
struct step {
	uint32_t host, vm;
	double at_s, mips;
};

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->host != y->host)
		return x->host > y->host ? 1 : -1;
	if (x->at_s < y->at_s || x->at_s > y->at_s)
		return x->at_s > y->at_s ? 1 : -1;
	return (x->vm > y->vm) - (x->vm < y->vm);
}

void overload_note_moves(struct ebb *e)
{
	for (uint32_t i = 0; i < e->plan->len; i++) {
		const struct action *a = &e->plan->actions[i];

		if (a->kind == ACTION_MIGRATE && e->n_flights < e->fleet->n_vms)
			e->flights[e->n_flights++] = (struct flight){a->vm, a->from, a->to};
	}
}

/* Is it still on its way, or has to begin? */
static bool is_under_way(const struct snapshot *s, const struct flight *f)
{
	return s->vm_target[f->vm] == f->to && s->placement->host_of[f->vm] == f->from;
}

/*
 * The steps of all moves that took place, sorted; their number is returned. What is still under
 * way steps at the end: the book has it on its target already.
 */
static uint32_t collect(const struct ebb *e, struct step *ret)
{
	const struct snapshot *s = e->s;
	usec_t begin_us = s->now_us - s->interval_us;
	uint32_t n = 0;

	for (uint32_t i = 0; i < e->n_flights; i++) {
		const struct flight *f = &e->flights[i];
		bool arrived =
		        s->placement->host_of[f->vm] == f->to && s->vm_moved_us[f->vm] >= begin_us;
		double mips = book_demand(e->book, f->vm);
		double at_s = usec_to_sec(s->interval_us);

		if (s->vm_state[f->vm] == VM_ABSENT || (!arrived && !is_under_way(s, f)))
			continue;
		if (arrived)
			at_s = usec_to_sec(s->vm_moved_us[f->vm] - begin_us);
		ret[n++] = (struct step){f->from, f->vm, at_s, -mips};
		ret[n++] = (struct step){f->to, f->vm, at_s, mips};
	}
	qsort(ret, n, sizeof(*ret), compare_steps);
	return n;
}

/* Seconds above capacity of a host whose demand took these steps and is `now` after them. */
static double replay(const struct step *steps, uint32_t n, double now, double capacity)
{
	double load = now, at_s = 0, over_s = 0;

	for (uint32_t i = 0; i < n; i++)
		load -= steps[i].mips;
	for (uint32_t i = 0; i < n; i++) {
		if (load > capacity)
			over_s += steps[i].at_s - at_s;
		at_s = steps[i].at_s;
		load += steps[i].mips;
	}
	return over_s;
}

/* No, if it did not report. */
static bool is_saturated(const struct ebb *e, uint32_t host)
{
	return e->s->host_utilisation[host] >= SATURATED;
}

/* By the demand of the VMs that are on it now, or by its own report. */
static bool is_overloaded(const struct ebb *e, uint32_t host, double capacity)
{
	return e->book->hosts[host].now > capacity || is_saturated(e, host);
}

static void forget_arrived(struct ebb *e)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < e->n_flights; i++)
		if (is_under_way(e->s, &e->flights[i]))
			e->flights[kept++] = e->flights[i];
	e->n_flights = kept;
}

double overload_measure(struct ebb *e)
{
	double interval_s = e->book->model.interval_s, sum_s = 0;
	struct step *steps = xcalloc(2 * (size_t)e->n_flights, sizeof(*steps));
	uint32_t n = collect(e, steps), end;

	for (uint32_t i = 0; i < e->book->n_up; i++) {
		uint32_t h = e->book->up[i];

		if (e->s->host_state[h] != HOST_ACTIVE)
			continue; /* on its way up: not by any fault of the price */
		if (is_overloaded(e, h, fleet_class_of(e->fleet, h)->capacity.v[RES_CPU]))
			sum_s += interval_s;
	}
	for (uint32_t i = 0; i < n; i = end) {
		uint32_t h = steps[i].host;
		double capacity = fleet_class_of(e->fleet, h)->capacity.v[RES_CPU];
		double after_s = interval_s, over_s;

		for (end = i; end < n && steps[end].host == h; end++)
			after_s = interval_s - steps[end].at_s;
		over_s = replay(steps + i, end - i, e->book->hosts[h].now, capacity);
		if (!is_overloaded(e, h, capacity))
			sum_s += over_s;
		else if (!is_saturated(e, h))
			sum_s += over_s + after_s - interval_s;
	}
	free(steps);
	forget_arrived(e);
	return sum_s;
}
