/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Repair, where samples tell the present: a host is asked for more than it has, now. Which set of
 * VMs should leave? With e the excess and D1, D2, D3 the demand of the chosen VMs of the three
 * copy classes (copied in t1 < t2 < t3 seconds, interval T), the set costs, in MIPS x s,
 *
 *   t1 e+ + (t2-t1) (e-D1)+ + (t3-t2) (e-D1-D2)+ + (T-t3) (e-D1-D2-D3)+     work not served
 *   + MOVE_OVERHEAD C/(C+e) (t1 D1 + t2 D2 + t3 D3)                         lost by migrating
 *   + sum of what each VM costs on its target                               (target.c)
 *   + HORIZON_REPAIR x loss the host is left with, and what it loses by drift (loss.h)
 *
 * It is found by local search from the empty set: the best of all additions and all exchanges of a
 * VM in it for one that is not, until none improves. Greedy single moves (minimum migration time,
 * largest relief a second) are special cases and were measured to be worse (docs/policies-ebb.md).
 */
#include <math.h>

#include "core/base/xalloc.h"
#include "policies/ebb/state.h"

/* VMs of one host that are looked at; a host of more gives its first ones (list order). */
#define CHOICE_MAX 256

/* Exchanges and additions at most; a set is a handful of VMs. */
#define STEPS_MAX 64

/* A target that does not exist costs a new host. */
struct choice {
	uint32_t vm;
	bool chosen;
	int cls;
	double demand;
	double target; /* MIPS x s: what it costs where it would go, with the move itself */
};

/* What a set amounts to. */
struct sums {
	double demand[LOSS_CLASSES]; /* of the chosen, by class */
	double target;
	struct load left; /* what the host is left with */
};

struct set {
	struct choice vms[CHOICE_MAX];
	uint32_t n;
	double excess, capacity;
	struct sums sums;
};

struct set *repair_set_new(void)
{
	return xcalloc(1, sizeof(struct set));
}

static double positive(double x)
{
	return x > 0 ? x : 0;
}

static double cost_of(const struct book *b, const struct set *s, const struct sums *x)
{
	const struct loss_model *m = &b->model;
	const double *t = m->copy_s, *d = x->demand;
	double e = s->excess;
	double share = s->capacity / (s->capacity + e);
	double left = e - d[0] - d[1] - d[2]; /* negative: room */
	double work = t[0] * positive(e) + (t[1] - t[0]) * positive(e - d[0]) +
	              (t[2] - t[1]) * positive(e - d[0] - d[1]) +
	              positive(m->interval_s - t[2]) * positive(left);

	return work + x->target +
	       MOVE_OVERHEAD * share * (t[0] * d[0] + t[1] * d[1] + t[2] * d[2]) +
	       HORIZON_REPAIR * loss_of(m, &x->left, s->capacity) +
	       loss_drift(m, &x->left, s->capacity + fmin(left, 0), s->capacity);
}

static double cost_to_target(struct ebb *e, uint32_t vm, uint32_t host)
{
	struct target_query q = {.vm = vm, .except = host, .horizon = HORIZON_REPAIR};
	double cost_j;

	if (target_find(e, &q, &cost_j) == ID_NONE)
		cost_j = wake_cost_j(e);
	return (cost_j + e->prices.move_j) / e->prices.work_j;
}

static void collect(struct ebb *e, uint32_t host, struct set *s)
{
	const struct book *b = e->book;
	const struct book_host *h = &b->hosts[host];

	s->n = 0;
	s->excess = h->now - b->capacity[host];
	s->capacity = b->capacity[host];
	s->sums = (struct sums){.left = h->load};
	placement_foreach_vm (b->plan, host, vm) {
		struct choice *c = &s->vms[s->n];

		if (s->n == CHOICE_MAX || !book_is_movable(b, vm) || book_demand(b, vm) <= 0)
			continue;
		c->vm = vm;
		c->chosen = false;
		c->cls = b->copy_class[vm];
		c->demand = book_demand(b, vm);
		c->target = cost_to_target(e, vm, host);
		s->n++;
	}
}

/* Choice c joins the set, or leaves it. */
static void join(const struct book *b, const struct choice *c, struct sums *x)
{
	x->demand[c->cls] += c->demand;
	x->target += c->target;
	book_sub_share(b, &x->left, c->vm);
}

static void leave(const struct book *b, const struct choice *c, struct sums *x)
{
	x->demand[c->cls] -= c->demand;
	x->target -= c->target;
	book_add_share(b, &x->left, c->vm);
}

/* Sums with `in` in (or not: n) and `out` out (or not: n). */
static struct sums sums_after(const struct book *b, const struct set *s, uint32_t in, uint32_t out)
{
	struct sums x = s->sums;

	if (in < s->n)
		join(b, &s->vms[in], &x);
	if (out < s->n)
		leave(b, &s->vms[out], &x);
	return x;
}

/* One step of the search. Returns false when nothing improves. */
static bool improve(const struct book *b, struct set *s, double *cost)
{
	double best = *cost - 1e-6;
	uint32_t best_in = s->n, best_out = s->n;

	for (uint32_t in = 0; in <= s->n; in++) {
		if (in < s->n && s->vms[in].chosen)
			continue;
		for (uint32_t out = 0; out <= s->n; out++) {
			struct sums x;
			double c;

			if (out < s->n && !s->vms[out].chosen)
				continue;
			x = sums_after(b, s, in, out);
			c = cost_of(b, s, &x);
			if (c < best) {
				best = c;
				best_in = in;
				best_out = out;
			}
		}
	}
	if (best_in == s->n && best_out == s->n)
		return false;
	s->sums = sums_after(b, s, best_in, best_out);
	if (best_in < s->n)
		s->vms[best_in].chosen = true;
	if (best_out < s->n)
		s->vms[best_out].chosen = false;
	*cost = best;
	return true;
}

static void move_out(struct ebb *e, uint32_t host, const struct choice *c)
{
	struct target_query q = {.vm = c->vm, .except = host, .horizon = HORIZON_REPAIR};
	struct reason why = {
	        .code = REASON_OVERLOAD,
	        .num = {e->book->hosts[host].now, e->book->capacity[host], c->demand,
	                e->book->copy_s[c->vm]},
	};
	double cost;
	uint32_t to = target_find(e, &q, &cost);

	if (to == ID_NONE)
		to = wake_host(e, c->vm, &why);
	if (to == ID_NONE)
		return; /* the fleet is full: it stays */
	book_move(e->book, c->vm, to);
	plan_migrate(e->plan, c->vm, host, to, &why);
}

static void repair_host(struct ebb *e, uint32_t host)
{
	struct set *s = e->set;
	double cost;

	collect(e, host, s);
	cost = cost_of(e->book, s, &s->sums);
	for (int step = 0; step < STEPS_MAX && improve(e->book, s, &cost); step++)
		;
	/* The most demanding first: it is the hardest to find room for. */
	for (;;) {
		struct choice *next = NULL;

		for (uint32_t i = 0; i < s->n; i++)
			if (s->vms[i].chosen && (!next || s->vms[i].demand > next->demand))
				next = &s->vms[i];
		if (!next)
			return;
		next->chosen = false;
		move_out(e, host, next);
	}
}

void repair_overloads(struct ebb *e)
{
	const struct book *b = e->book;

	index_heap_clear(&e->heap);
	for (uint32_t i = 0; i < b->n_up; i++) {
		uint32_t h = b->up[i];

		if (b->hosts[h].now > b->capacity[h] && b->plan->count[h] > 1)
			index_heap_set(&e->heap, h, b->capacity[h] - b->hosts[h].now);
	}
	while (e->heap.len > 0) {
		uint32_t h = index_heap_first(&e->heap);

		index_heap_remove(&e->heap, h);
		repair_host(e, h);
	}
}
