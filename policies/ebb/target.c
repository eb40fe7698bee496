/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a VM is best put: where it raises the expected loss least. All hosts that are up are ranked
 * by their marginal prices, two multiplications each; the exact difference is worked out for the
 * best FINALISTS only. Where memory binds as well, what stays free must be of use: a host with
 * free CPU and no free memory is half wasted, so the change of (free CPU share - free memory
 * share)^2 is charged, too (alignment; cf. dot-product packing, Panigrahy et al. 2011).
 */
#include <math.h>

#include "core/model/constraint.h"
#include "policies/ebb/state.h"

#define FINALISTS 3

/*
 * Up to FEW hosts are all looked at. Of more: the cheapest ones (of a list that is made again when
 * half of it may have changed) and pseudo-random ones, which find what is special to this VM; and
 * all only if none of these can take it.
 */
#define FEW    128
#define PROBES 64

/* Hosts on for an interval that a full misalignment is worth; measured with 24 GB hosts. */
#define ALIGNMENT 30.0

bool target_is_allowed(const struct ebb *e, uint32_t vm, uint32_t host)
{
	if (!e->fleet->constrained)
		return true;
	if (!e->translate && constraint_cpu_factor(e->fleet, vm, host) > 1)
		return false;
	return constraint_allows(e->fleet, e->book->plan, vm, host, NULL) &&
	       constraint_allows(e->fleet, e->s->placement, vm, host, NULL);
}

bool target_is_possible(const struct ebb *e, uint32_t vm, uint32_t host)
{
	const struct book *b = e->book;

	if (!book_mem_fits(b, host, vm))
		return false;
	if (b->model.sample == SAMPLE_CURRENT &&
	    b->hosts[host].now + book_demand(b, vm) > b->capacity[host])
		return false;
	return target_is_allowed(e, vm, host);
}

static double misalignment(const struct book *b, uint32_t host, double mean, double mem)
{
	const struct book_host *h = &b->hosts[host];
	double cpu_free = 1 - (h->need + mean) / b->capacity[host];
	double mem_free = 1 - (h->mem + mem) / b->mem_capacity[host];
	double gap = cpu_free - mem_free;

	return gap * gap;
}

static double align_j(const struct ebb *e, uint32_t host, double mean, double mem)
{
	const struct book *b = e->book;

	if (!b->mem_counts)
		return 0;
	return ALIGNMENT * e->prices.host_j *
	       (misalignment(b, host, mean, mem) - misalignment(b, host, 0, 0));
}

static double align_vm_j(const struct ebb *e, uint32_t vm, uint32_t host)
{
	return align_j(e, host, (double)e->book->forecast.mean[vm], e->s->vm_mem_bytes[vm]);
}

static double exact_cost_j(const struct ebb *e, const struct target_query *q, uint32_t host)
{
	const struct book *b = e->book;
	double rise = book_loss_with(b, host, q->vm) - b->hosts[host].loss;
	double cost = e->prices.work_j * q->horizon * rise + align_vm_j(e, q->vm, host);

	cost += e->prices.work_j * book_drift_with(b, host, q->vm);
	if (e->fleet->constrained)
		cost += constraint_soft_cost(e->fleet, b->plan, q->vm, host) * q->horizon *
		        b->model.interval_s;
	return cost;
}

/* The hosts where a VM of mean size would cost least, made anew when half may have changed. */
static void refresh_cheapest(struct ebb *e)
{
	const struct book *b = e->book;
	double vms = fmax(e->s->n_active, 1);
	double price = e->prices.work_j * HORIZON;
	double mean, var, mem;
	struct book_total sum;

	if (e->n_cheapest > 0 && b->n_changes - e->cheapest_at < CHEAPEST / 2)
		return;
	sum = book_total(b);
	mean = sum.load.mean / vms;
	var = sum.load.var / vms;
	mem = sum.mem / vms;
	e->n_cheapest = 0;
	for (uint32_t i = 0; i < b->n_up; i++) {
		uint32_t h = b->up[i];
		struct ranked r = {align_j(e, h, mean, mem), h};

		r.key += price * (mean * b->hosts[h].by_mean + var * b->hosts[h].by_var);
		if (ranked_has_place(e->cheapest, e->n_cheapest, CHEAPEST, r.key) &&
		    book_mem_free(b, h) >= mem)
			e->n_cheapest = ranked_keep(e->cheapest, e->n_cheapest, CHEAPEST, r);
	}
	e->cheapest_at = b->n_changes;
}

/* The finalists and what they are judged by. */
struct search {
	const struct ebb *e;
	const struct target_query *q;
	double mean_j, var_j; /* a MIPS and a MIPS^2 of this VM, for the marginal prices */
	struct ranked best[FINALISTS];
	uint32_t n;
};

static void look_at(struct search *x, uint32_t h)
{
	const struct book_host *host = &x->e->book->hosts[h];
	double rank_j = x->mean_j * host->by_mean + x->var_j * host->by_var;

	if (h == x->q->except ||
	    (!x->e->book->mem_counts && !ranked_has_place(x->best, x->n, FINALISTS, rank_j)))
		return;
	rank_j += align_vm_j(x->e, x->q->vm, h);
	if (ranked_has_place(x->best, x->n, FINALISTS, rank_j) &&
	    target_is_possible(x->e, x->q->vm, h))
		x->n = ranked_keep(x->best, x->n, FINALISTS, (struct ranked){rank_j, h});
}

static void look_at_all(struct search *x)
{
	for (uint32_t i = 0; i < x->e->book->n_up; i++)
		look_at(x, x->e->book->up[i]);
}

static void look_at_some(struct search *x)
{
	const struct book *b = x->e->book;
	uint64_t seed = (uint64_t)b->s->tick * 0x9e3779b97f4a7c15u + x->q->vm;

	for (uint32_t i = 0; i < x->e->n_cheapest; i++)
		look_at(x, x->e->cheapest[i].id);
	for (uint32_t i = 0; i < PROBES; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u; /* Knuth's LCG */
		look_at(x, b->up[(seed >> 32) * b->n_up >> 32]);
	}
}

uint32_t target_find(struct ebb *e, const struct target_query *q, double *ret_cost_j)
{
	const struct book *b = e->book;
	double price = e->prices.work_j * q->horizon;
	struct search x = {
	        .e = e,
	        .q = q,
	        .mean_j = price * (double)b->forecast.mean[q->vm],
	        .var_j = price * (double)b->forecast.var[q->vm],
	};
	uint32_t found = ID_NONE;

	if (b->n_up > FEW) {
		refresh_cheapest(e);
		look_at_some(&x);
	}
	if (x.n == 0)
		look_at_all(&x);
	for (uint32_t i = 0; i < x.n; i++) {
		double cost = exact_cost_j(e, q, x.best[i].id);

		if (found == ID_NONE || cost < *ret_cost_j) {
			found = x.best[i].id;
			*ret_cost_j = cost;
		}
	}
	return found;
}

/* Size: mean and spread of CPU, and memory, as shares of the best host. */
void target_sort_by_size(struct ebb *e, uint32_t *vms, uint32_t n)
{
	const struct book *b = e->book;
	struct ranked *order = e->sized;
	double cpu = fmax(b->capacity[0], 1), mem = fmax(b->mem_capacity[0], 1);

	for (uint32_t i = 0; i < n; i++) {
		double sd = sqrt((double)b->forecast.var[vms[i]]);

		order[i].id = vms[i];
		order[i].key = -((double)b->forecast.mean[vms[i]] + sd) / cpu;
		if (b->mem_counts)
			order[i].key -= b->s->vm_mem_bytes[vms[i]] / mem;
	}
	ranked_sort(order, n);
	for (uint32_t i = 0; i < n; i++)
		vms[i] = order[i].id;
}
