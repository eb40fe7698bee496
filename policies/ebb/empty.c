/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Emptying whole hosts: the least loaded first, hosts of less efficient classes before others of
 * the same load. All VMs of the host find a target or none moves. It is done if, a sample,
 *
 *   price (loss after - loss before) + cost of all moves / HORIZON  <  host_j + load's power here
 *                                                                     - its power there
 *
 * and if the energy saved while the host is expected to stay down (learnt from how long hosts that
 * were emptied did stay down) is more than what the moves and the way down and up again cost:
 * the break-even. Where samples are of the past the capacity of the others is squeezed by how
 * much higher the fleet's load was within the last half hour, so that a dip does not close hosts
 * that its end opens again.
 */
#include <math.h>

#include "policies/ebb/state.h"

/* Hosts in a row that cannot be emptied before it ends. */
#define FAILURES 10

/* Hosts emptied in one decision at most: one, and one for so many that are on. */
#define ONE_IN 20

/* The first half hour corrects what was placed without knowing much: no limit then. */
#define START_SAMPLES 6

/* How much of a recent higher load is expected back. */
#define GUARD 0.5

struct emptying {
	uint32_t host, n;
	double moves_j; /* of all moves */
	double slope_w; /* watts that the load adds on its targets */
	double loss_before;
};

static bool may_be_emptied(const struct ebb *e, uint32_t host)
{
	const struct snapshot *s = e->s;

	return s->host_state[host] == HOST_ACTIVE && s->host_offs_left[host] > 0 &&
	       s->now_us - s->host_since_us[host] >= s->host_min_on_us;
}

/* Can all of its VMs go now, and is nothing on its way to it? */
static bool collect(struct ebb *e, uint32_t host, uint32_t *ret_n)
{
	const struct snapshot *s = e->s;
	uint32_t n = 0;

	if (s->placement->count[host] != e->book->plan->count[host])
		return false;
	placement_foreach_vm (e->book->plan, host, vm) {
		bool cool = s->vm_moved_us[vm] < 0 ||
		            s->now_us - s->vm_moved_us[vm] >= s->vm_cooldown_us;

		if (!book_is_movable(e->book, vm) || !cool)
			return false;
		e->vms[n++] = vm;
	}
	*ret_n = n;
	return true;
}

static double marginal_w_per_mips(const struct fleet *f, uint32_t host)
{
	const struct host_class *c = fleet_class_of(f, host);

	return (power_at(&c->power, 1) - power_at(&c->power, 0.8)) /
	       fmax(0.2 * c->capacity.v[RES_CPU], 1);
}

/* Moves all VMs in the book; undoes it and returns the VM in the way if one finds no target. */
static uint32_t try_moves(struct ebb *e, struct emptying *t)
{
	target_sort_by_size(e, e->vms, t->n);
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t vm = e->vms[i];
		struct target_query q = {.vm = vm, .except = t->host, .horizon = HORIZON};
		double cost;

		e->targets[i] = target_find(e, &q, &cost);
		if (e->targets[i] == ID_NONE) {
			while (i-- > 0)
				book_move(e->book, e->vms[i], t->host);
			return vm;
		}
		t->moves_j += move_cost_j(e, vm);
		t->slope_w += marginal_w_per_mips(e->fleet, e->targets[i]) *
		              (double)e->book->forecast.mean[vm];
		book_move(e->book, vm, e->targets[i]);
	}
	return ID_NONE;
}

static void undo(struct ebb *e, const struct emptying *t)
{
	for (uint32_t i = t->n; i-- > 0;)
		book_move(e->book, e->vms[i], t->host);
}

/* Joules of the way down and up again. */
static double cycle_j(const struct ebb *e, uint32_t host)
{
	const struct host_class *c = fleet_class_of(e->fleet, host);

	if (e->book->model.sample == SAMPLE_CURRENT)
		return 0; /* a world that tells the present switches in no time */
	return c->boot.power_w * usec_to_sec(c->boot.duration_us) +
	       c->shutdown.power_w * usec_to_sec(c->shutdown.duration_us);
}

/* Judges an emptying that the book has already; fills the reason. */
static bool is_worth_it(const struct ebb *e, const struct emptying *t, double mean,
                        struct reason *why)
{
	const struct host_class *c = fleet_class_of(e->fleet, t->host);
	double u = fmin(mean / c->capacity.v[RES_CPU], 1);
	double saved_w = power_at(&c->power, u) - c->off_w - t->slope_w;
	double saved_j = saved_w * e->book->model.interval_s;
	double loss_j = e->prices.work_j * (e->book->loss_sum - t->loss_before);
	double once_j = t->moves_j + cycle_j(e, t->host);
	double stay_j = saved_w * e->down_s;

	if (loss_j + t->moves_j / HORIZON > saved_j || stay_j <= e->params.saving_factor * once_j) {
		*why = (struct reason){REASON_NOT_WORTH, {loss_j, saved_j, once_j, stay_j}};
		return false;
	}
	*why = (struct reason){
	        .code = REASON_EMPTY_HOST,
	        .num = {mean, stay_j, once_j, once_j / saved_w},
	};
	return true;
}

/* On record why a host that was tried stays on. */
static void keep(struct ebb *e, uint32_t host, uint32_t vm, const struct reason *why)
{
	struct action a = {
	        .kind = ACTION_HOST_KEEP,
	        .vm = vm,
	        .from = host,
	        .to = ID_NONE,
	        .reason = *why,
	};

	plan_add(e->plan, &a);
}

static void keep_for_vm(struct ebb *e, uint32_t host, uint32_t vm)
{
	struct reason why = {
	        .code = REASON_KEPT_ON,
	        .num = {(double)e->book->forecast.mean[vm], e->s->vm_mem_bytes[vm] / 1e6},
	};

	keep(e, host, vm, &why);
}

/* Can the reserve do without the host? */
static bool is_spare(const struct ebb *e, uint32_t host, struct reason *why)
{
	if (reserve_holds(e, host))
		return true;
	*why = (struct reason){
	        .code = REASON_RESERVE,
	        .num = {e->book->n_up, (double)e->params.reserve_hosts},
	};
	return false;
}

static bool empty_one(struct ebb *e, uint32_t host)
{
	struct emptying t = {.host = host, .loss_before = e->book->loss_sum};
	double mean = e->book->hosts[host].load.mean;
	struct reason why;
	uint32_t in_the_way;

	if (!collect(e, host, &t.n))
		return false;
	in_the_way = try_moves(e, &t);
	if (in_the_way != ID_NONE) {
		keep_for_vm(e, host, in_the_way);
		return false;
	}
	if (!is_worth_it(e, &t, mean, &why) || !is_spare(e, host, &why)) {
		undo(e, &t);
		keep(e, host, ID_NONE, &why);
		return false;
	}
	book_host_down(e->book, host);
	e->was_emptied[host] = true;
	plan_host_off(e->plan, host, &why);
	for (uint32_t i = 0; i < t.n; i++)
		plan_migrate(e->plan, e->vms[i], host, e->targets[i], &why);
	return true;
}

static void squeeze(struct ebb *e)
{
	double now = e->recent[0], most = now;

	if (e->book->model.sample == SAMPLE_CURRENT || e->samples <= START_SAMPLES || now <= 0)
		return;
	for (uint32_t i = 1; i < RECENT && i < e->samples; i++)
		most = fmax(most, e->recent[i]);
	book_squeeze(e->book, 1 / (1 + GUARD * (most / now - 1)));
}

static uint32_t hosts_down(const struct ebb *e)
{
	return e->fleet->n_hosts - e->book->n_up;
}

void empty_hosts(struct ebb *e)
{
	uint32_t failures = 0, emptied = 0;
	uint32_t most = e->samples <= START_SAMPLES ? e->book->n_up : 1 + e->book->n_up / ONE_IN;
	double best = e->book->efficiency[e->book->by_efficiency[0]];

	squeeze(e);
	index_heap_clear(&e->heap);
	for (uint32_t i = 0; i < e->book->n_up; i++) {
		uint32_t h = e->book->up[i];

		if (may_be_emptied(e, h))
			index_heap_set(&e->heap, h,
			               e->book->hosts[h].load.mean / e->book->capacity[h] *
			                       e->book->efficiency[h] / best);
	}
	while (e->heap.len > 0 && failures < FAILURES && emptied < most && e->book->n_up > 1 &&
	       hosts_down(e) < e->s->hosts_off_max && !wake_would_follow(e)) {
		uint32_t h = index_heap_first(&e->heap);

		index_heap_remove(&e->heap, h);
		if (empty_one(e, h)) {
			emptied++;
			failures = 0;
		} else {
			failures++;
		}
	}
}
