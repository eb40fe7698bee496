/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a VM is best put: where it raises the expected loss least. All hosts that are up are ranked
 * by their marginal prices, two multiplications each; the exact difference is worked out for the
 * best FINALISTS only. Where memory binds as well, what stays free must be of use: a host with
 * free CPU and no free memory is half wasted, so the change of (free CPU share - free memory
 * share)^2 is charged, too (alignment; cf. dot-product packing, Panigrahy et al. 2011).
 */
#include <math.h>
#include <stdlib.h>

#include "core/model/constraint.h"
#include "policies/ebb/state.h"

#define FINALISTS 3

/* Hosts on for an interval that a full misalignment is worth; measured with 24 GB hosts. */
#define ALIGNMENT 10.0

struct finalist {
	uint32_t host;
	double rank_j;
	double align_j;
};

bool target_is_possible(const struct ebb *e, uint32_t vm, uint32_t host)
{
	const struct book *b = e->book;

	if (!book_mem_fits(b, host, vm))
		return false;
	if (b->model.sample == SAMPLE_CURRENT &&
	    b->hosts[host].now + book_demand(b, vm) > b->capacity[host])
		return false;
	return constraint_allows(e->fleet, b->plan, vm, host, NULL);
}

static double misalignment(const struct book *b, uint32_t host, double mean, double mem)
{
	const struct book_host *h = &b->hosts[host];
	double cpu_free = 1 - (h->need + mean) / b->capacity[host];
	double mem_free = 1 - (h->mem + mem) / b->mem_capacity[host];
	double gap = cpu_free - mem_free;

	return gap * gap;
}

static double align_j(const struct ebb *e, uint32_t vm, uint32_t host)
{
	const struct book *b = e->book;
	double mem = b->s->vm_mem_bytes[vm];

	if (!b->mem_counts)
		return 0;
	return ALIGNMENT * e->prices.host_j *
	       (misalignment(b, host, (double)b->forecast.mean[vm], mem) -
	        misalignment(b, host, 0, 0));
}

/* Keeps the best, sorted; an equal rank goes behind, so that the order of `up` breaks ties. */
static uint32_t consider(struct finalist *best, uint32_t n, const struct finalist *f)
{
	uint32_t at = n < FINALISTS ? n++ : FINALISTS - 1;

	for (; at > 0 && best[at - 1].rank_j > f->rank_j; at--)
		best[at] = best[at - 1];
	best[at] = *f;
	return n;
}

static double exact_cost_j(const struct ebb *e, const struct target_query *q,
                           const struct finalist *f)
{
	double rise = book_loss_with(e->book, f->host, q->vm) - e->book->hosts[f->host].loss;
	double cost = e->prices.work_j * q->horizon * rise + f->align_j;

	cost += e->prices.work_j * book_drift_with(e->book, f->host, q->vm);
	if (e->fleet->constrained)
		cost += constraint_soft_cost(e->fleet, e->book->plan, q->vm, f->host) * q->horizon *
		        e->book->model.interval_s;
	return cost;
}

uint32_t target_find(const struct ebb *e, const struct target_query *q, double *ret_cost_j)
{
	const struct book *b = e->book;
	struct finalist best[FINALISTS];
	double mean = (double)b->forecast.mean[q->vm], var = (double)b->forecast.var[q->vm];
	double price = e->prices.work_j * q->horizon;
	uint32_t n = 0, found = ID_NONE;

	for (uint32_t i = 0; i < b->n_up; i++) {
		uint32_t h = b->up[i];
		struct finalist f = {.host = h};

		if (h == q->except)
			continue;
		f.rank_j = price * (mean * b->hosts[h].by_mean + var * b->hosts[h].by_var);
		if (n == FINALISTS && !b->mem_counts && f.rank_j >= best[n - 1].rank_j)
			continue;
		f.align_j = align_j(e, q->vm, h);
		f.rank_j += f.align_j;
		if (n == FINALISTS && f.rank_j >= best[n - 1].rank_j)
			continue;
		if (target_is_possible(e, q->vm, h))
			n = consider(best, n, &f);
	}
	for (uint32_t i = 0; i < n; i++) {
		double cost = exact_cost_j(e, q, &best[i]);

		if (found == ID_NONE || cost < *ret_cost_j) {
			found = best[i].host;
			*ret_cost_j = cost;
		}
	}
	return found;
}

static int compare_sized(const void *a, const void *b)
{
	const struct sized *x = a, *y = b;

	if (x->size < y->size || x->size > y->size)
		return x->size > y->size ? -1 : 1;
	return (x->vm > y->vm) - (x->vm < y->vm);
}

/* Size: mean and spread of CPU, and memory, as shares of the best host. */
void target_sort_by_size(struct ebb *e, uint32_t *vms, uint32_t n)
{
	const struct book *b = e->book;
	struct sized *order = e->sized;
	double cpu = fmax(b->capacity[0], 1), mem = fmax(b->mem_capacity[0], 1);

	for (uint32_t i = 0; i < n; i++) {
		double sd = sqrt((double)b->forecast.var[vms[i]]);

		order[i].vm = vms[i];
		order[i].size = ((double)b->forecast.mean[vms[i]] + sd) / cpu;
		if (b->mem_counts)
			order[i].size += b->s->vm_mem_bytes[vms[i]] / mem;
	}
	qsort(order, n, sizeof(*order), compare_sized);
	for (uint32_t i = 0; i < n; i++)
		vms[i] = order[i].vm;
}
