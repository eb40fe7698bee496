/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many hosts should be on? If all were alike, x of them under the fleet's load L would cost
 *
 *   F(x) = price u x loss(L / x) + x host_j      a sample,
 *
 * where L / x divides the moments (mean, variance, third, common part) and u is the measured
 * unevenness: loss now / loss if all hosts were alike. F is convex, so its least x is found by
 * steps from where we are. A host is woken when one more saves HYSTERESIS_J a sample; hosts are
 * emptied by empty.c, which knows what it costs on the very hosts, but not below the least of F:
 * what is emptied there would soon be woken again.
 *
 * On top of that the reserve: were the k most loaded hosts to fail, the others could take their
 * VMs.
 */
#include <math.h>

#include "policies/ebb/state.h"

#define HYSTERESIS_J 3000.0 /* a tenth of what a host costs in 5 min */

/* Bounds on what is believed of the unevenness, and its gain. */
#define UNEVEN_MIN  0.4
#define UNEVEN_MAX  1.5
#define UNEVEN_GAIN 0.05

/* Hosts woken in one decision at most: a share of those that are on, and these. */
#define WAKE_RATIO 0.25
#define WAKE_LEAST 3

static bool is_down(enum host_state state)
{
	return state == HOST_OFF || state == HOST_STANDBY;
}

static bool is_draining(enum host_state state)
{
	return state == HOST_DRAINING;
}

static double fluid_loss(const struct book *b, const struct load *l, double hosts, double capacity)
{
	struct load each = {
	        .mean = l->mean / hosts,
	        .var = l->var / hosts,
	        .third = l->third / hosts,
	        .common = l->common / hosts,
	};

	for (int k = 0; k < LOSS_CLASSES; k++)
		each.relief[k] = l->relief[k] / hosts;
	return hosts * loss_of(&b->model, &each, capacity);
}

static double fluid_cost_j(const struct ebb *e, const struct load *l, double hosts, double capacity)
{
	return e->prices.work_j * e->unevenness * fluid_loss(e->book, l, hosts, capacity) +
	       hosts * e->prices.host_j;
}

static bool can_take(const struct ebb *e, uint32_t host, uint32_t vm)
{
	if (vm == ID_NONE)
		return true;
	return book_mem_fits(e->book, host, vm) && target_is_allowed(e, vm, host);
}

/* The first host in a wanted state that can have vm, in order of efficiency. */
static uint32_t find_down(const struct ebb *e, uint32_t vm, bool (*wanted)(enum host_state))
{
	for (uint32_t i = 0; i < e->fleet->n_hosts; i++) {
		uint32_t h = e->book->by_efficiency[i];

		if (!book_is_up(e->book, h) && wanted(e->s->host_state[h]) && can_take(e, h, vm))
			return h;
	}
	return ID_NONE;
}

/* A host that is on its way down, but still on, costs nothing to keep. */
uint32_t wake_host(struct ebb *e, uint32_t vm, const struct reason *why)
{
	uint32_t host = e->book->n_draining ? find_down(e, vm, is_draining) : ID_NONE;

	if (host != ID_NONE) {
		plan_host_keep(e->plan, host, why);
		book_host_up(e->book, host);
		return host;
	}
	host = find_down(e, vm, is_down);
	if (host == ID_NONE)
		return ID_NONE;
	plan_host_on(e->plan, host, why);
	book_host_up(e->book, host);
	e->woken++;
	return host;
}

static void learn_unevenness(struct ebb *e, const struct book_total *all)
{
	double even = fluid_loss(e->book, &all->load, e->book->n_up, all->mean_capacity);
	double ratio = e->book->loss_sum / fmax(even, 1e-9);

	ratio = fmin(fmax(ratio, UNEVEN_MIN), UNEVEN_MAX);
	e->unevenness += UNEVEN_GAIN * (ratio - e->unevenness);
}

/* Hosts that would be best, searched upwards from those that are on. */
static uint32_t best_count(const struct ebb *e, const struct book_total *all)
{
	uint32_t n = e->book->n_up;
	uint32_t most = n + WAKE_LEAST + (uint32_t)(WAKE_RATIO * n);
	double cost = fluid_cost_j(e, &all->load, n, all->mean_capacity);

	while (n < most) {
		double next = fluid_cost_j(e, &all->load, n + 1, all->mean_capacity);

		if (next + HYSTERESIS_J > cost)
			break;
		cost = next;
		n++;
	}
	return n;
}

bool wake_would_follow(const struct ebb *e)
{
	struct book_total all = book_total(e->book);
	uint32_t n = e->book->n_up;

	return n < 2 || fluid_cost_j(e, &all.load, n - 1, all.mean_capacity) >=
	                        fluid_cost_j(e, &all.load, n, all.mean_capacity);
}

void wake_for_load(struct ebb *e)
{
	struct book_total all = book_total(e->book);
	uint32_t wanted;

	if (!e->book->n_up)
		return;
	learn_unevenness(e, &all);
	wanted = best_count(e, &all);
	while (e->book->n_up < wanted) {
		struct reason why = {
		        .code = REASON_WAKE_FOR_LOAD,
		        .num = {all.load.mean, e->book->n_up * all.mean_capacity},
		};

		if (wake_host(e, ID_NONE, &why) == ID_NONE)
			break;
	}
	while (!reserve_holds(e, ID_NONE)) {
		struct reason why = {
		        .code = REASON_RESERVE,
		        .num = {e->book->n_up, (double)e->params.reserve_hosts},
		};

		if (wake_host(e, ID_NONE, &why) == ID_NONE)
			break;
	}
}

uint32_t wake_first_count(const struct ebb *e, const struct load *l)
{
	double capacity = book_best_class(e->book)->capacity.v[RES_CPU];
	double cost = fluid_cost_j(e, l, 1, capacity);
	uint32_t n = 1;

	while (n < e->fleet->n_hosts) {
		double next = fluid_cost_j(e, l, n + 1, capacity);

		if (next >= cost)
			break;
		cost = next;
		n++;
	}
	return n;
}
