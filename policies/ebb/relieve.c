/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Relief: the hosts where one more MIPS is dearest give VMs to hosts where it is cheapest, as long
 * as a move gains more than it costs:
 *
 *   gain = price horizon (loss saved at the source - loss added at the target)
 *          - price MOVE_OVERHEAD demand copy_s - move_j        (cost.c)
 *
 * A host whose VMs can gain nowhere gets a new host when that pays over the horizon. Targets are
 * few: those cheapest for VMs of three ratios of variance to mean, looked up again as they fill.
 */
#include <math.h>

#include "policies/ebb/state.h"

/* Hosts in a row that gain nothing before it ends: these, and a share of those that are on. */
#define MISSES       6
#define MISSES_SHARE 64

/* Share of a new host's cost that a VM's going must save before all hosts are looked at for it. */
#define URGENT 0.3

/*
 * Moves that gain less than this share of a new host's cost are minor: worth it one by one, but not
 * so many at a time that they hold up the others. In a decision at most these, and a share of the
 * hosts that are on. (100,000 VMs: 137,000 to 80,000 moves a day for 0.4 % of energy.)
 */
#define MINOR       0.3
#define MINORS      12
#define MINOR_SHARE 30

/* Moves in one decision at most, a host that is on. */
#define MOVES_PER_HOST 4

/*
 * Variance / mean of the VMs that targets are looked up for, in units of the fleet's, and targets
 * for each: steady VMs, common ones, and bursty ones.
 */
#define RATIOS      3
#define PER_RATIO   4
#define TARGETS_MAX (RATIOS * PER_RATIO)

static const double ratios[RATIOS] = {0.25, 1, 3};

struct targets {
	uint32_t hosts[TARGETS_MAX];
	uint32_t n;
	uint32_t used; /* moves since they were looked up */
};

struct move {
	uint32_t vm, to;
	double gain_j;
};

/* What a VM is like on average. */
struct typical {
	double ratio; /* variance / mean */
	double mem;
};

/* The PER_RATIO hosts of least price for one ratio, added to t unless they are in it. */
static void add_cheapest(const struct book *b, const struct typical *vm, struct targets *t)
{
	struct ranked best[PER_RATIO];
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n_up; i++) {
		const struct book_host *h = &b->hosts[b->up[i]];
		struct ranked r = {h->by_mean + vm->ratio * h->by_var, b->up[i]};

		if (ranked_has_place(best, n, PER_RATIO, r.key) &&
		    book_mem_free(b, r.id) >= vm->mem)
			n = ranked_keep(best, n, PER_RATIO, r);
	}
	for (uint32_t i = 0; i < n; i++) {
		bool known = false;

		for (uint32_t j = 0; j < t->n; j++)
			known |= t->hosts[j] == best[i].id;
		if (!known)
			t->hosts[t->n++] = best[i].id;
	}
}

static void look_up_targets(const struct book *b, struct targets *t)
{
	struct book_total sum = book_total(b);

	t->n = 0;
	t->used = 0;
	for (int r = 0; r < RATIOS; r++) {
		struct typical vm = {
		        .ratio = ratios[r] * sum.load.var / fmax(sum.load.mean, 1),
		        .mem = sum.mem / fmax(b->s->n_active, 1),
		};

		add_cheapest(b, &vm, t);
	}
}

/* Intervals that a gain is expected to last. */
static double horizon(const struct ebb *e)
{
	return e->book->model.sample == SAMPLE_CURRENT ? HORIZON : HORIZON_PAST;
}

static double saved_j(const struct ebb *e, uint32_t vm, uint32_t from)
{
	return e->prices.work_j * horizon(e) *
	       (e->book->hosts[from].loss - book_loss_without(e->book, from, vm));
}

static void consider_targets(const struct ebb *e, uint32_t vm, const struct targets *t,
                             struct move *best)
{
	uint32_t from = e->book->plan->host_of[vm];
	double gain = saved_j(e, vm, from) - move_cost_j(e, vm);

	if (gain <= best->gain_j)
		return;
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t to = t->hosts[i];
		double rise;

		if (to == from || !target_is_possible(e, vm, to))
			continue;
		rise = book_loss_with(e->book, to, vm) - e->book->hosts[to].loss;
		rise = e->prices.work_j * (horizon(e) * rise + book_drift_with(e->book, to, vm));
		if (gain - rise > best->gain_j)
			*best = (struct move){vm, to, gain - rise};
	}
}

/* The best move of any VM of host; vm = ID_NONE if none gains anything. */
static struct move best_move(const struct ebb *e, uint32_t host, const struct targets *t)
{
	struct move best = {ID_NONE, ID_NONE, 0};

	placement_foreach_vm (e->book->plan, host, vm)
		if (book_is_movable(e->book, vm))
			consider_targets(e, vm, t, &best);
	return best;
}

/* The VM that host would best be rid of, whatever the target. */
static struct move best_to_send_away(const struct ebb *e, uint32_t host)
{
	struct move best = {ID_NONE, ID_NONE, 0};

	placement_foreach_vm (e->book->plan, host, vm) {
		double gain;

		if (!book_is_movable(e->book, vm))
			continue;
		gain = saved_j(e, vm, host) - move_cost_j(e, vm);
		if (gain > best.gain_j)
			best = (struct move){vm, ID_NONE, gain};
	}
	return best;
}

static void carry_out(struct ebb *e, uint32_t from, const struct move *m)
{
	struct reason why = {
	        .code = REASON_OVERLOAD_RISK,
	        .num = {e->book->hosts[from].need, e->book->capacity[from]},
	};

	why.num[3] = loss_probability(&e->book->hosts[from].load, e->book->capacity[from]);
	book_move(e->book, m->vm, m->to);
	why.num[2] = e->book->hosts[from].need;
	plan_migrate(e->plan, m->vm, from, m->to, &why);
}

/*
 * None of the few targets will do, often because their memory is full. Another host may still be
 * good for the VM that this one would best be rid of, or a new one be worth its cost.
 */
static bool relieve_elsewhere(struct ebb *e, uint32_t host)
{
	struct move away = best_to_send_away(e, host), best = {ID_NONE, ID_NONE, 0};
	struct target_query q = {.vm = away.vm, .except = host, .horizon = horizon(e)};
	struct reason why = {
	        .code = REASON_WAKE_FOR_LOAD,
	        .num = {e->book->hosts[host].need, e->book->capacity[host]},
	};
	struct targets one = {.n = 1};
	double cost;

	if (away.vm == ID_NONE || away.gain_j < URGENT * wake_cost_j(e))
		return false;
	one.hosts[0] = target_find(e, &q, &cost);
	if (one.hosts[0] != ID_NONE)
		consider_targets(e, away.vm, &one, &best);
	if (best.vm == ID_NONE) {
		if (away.gain_j < wake_cost_j(e))
			return false;
		best = away;
		best.to = wake_host(e, away.vm, &why);
	}
	if (best.to == ID_NONE)
		return false;
	carry_out(e, host, &best);
	return true;
}

static void rank(struct ebb *e, uint32_t host)
{
	index_heap_set(&e->heap, host, -e->book->hosts[host].by_mean);
}

static void rank_all(struct ebb *e)
{
	index_heap_clear(&e->heap);
	for (uint32_t i = 0; i < e->book->n_up; i++)
		if (e->s->host_state[e->book->up[i]] == HOST_ACTIVE)
			rank(e, e->book->up[i]);
}

void relieve_risks(struct ebb *e)
{
	uint32_t n_up = e->book->n_up;
	uint32_t left = MOVES_PER_HOST * n_up + 40;
	uint32_t misses_left = MISSES + n_up / MISSES_SHARE;
	uint32_t minors_left = MINORS + n_up / MINOR_SHARE;
	double minor_j = MINOR * wake_cost_j(e);
	struct targets t;

	look_up_targets(e->book, &t);
	rank_all(e);
	while (left > 0 && misses_left > 0 && e->heap.len > 0) {
		uint32_t host = index_heap_first(&e->heap);
		struct move m = best_move(e, host, &t);

		if (m.vm != ID_NONE && m.gain_j < minor_j && !minors_left--)
			break; /* the dearest host that is left has nothing better */
		if (m.vm != ID_NONE) {
			carry_out(e, host, &m);
			if (index_heap_has(&e->heap, m.to))
				rank(e, m.to);
		} else if (!relieve_elsewhere(e, host)) {
			index_heap_remove(&e->heap, host);
			misses_left--;
			continue;
		}
		rank(e, host);
		left--;
		misses_left = MISSES + n_up / MISSES_SHARE;
		if (++t.used > n_up / 128)
			look_up_targets(e->book, &t);
	}
}
