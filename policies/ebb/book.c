/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Moments are additive: a VM more or less on a host is a few additions, and its effect on the
 * expected loss a square root and a table look-up. Sums are made anew from the VMs at each
 * decision, so that rounding cannot pile up.
 */
#include "policies/ebb/book.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/ranked.h"
#include "core/base/xalloc.h"
#include "core/model/constraint.h"

/* Headroom for memory in use: so many deviations of an interval's change. */
#define MEM_DEVIATIONS 3.0

/* Gain of the mean squared change of memory in use, and samples its start counts for. */
#define MEM_GAIN  0.01F
#define MEM_START 10.0F

/* Deviations above the mean that count as used when CPU is weighed against memory. */
#define NEED_DEVIATIONS 2.0

/* Steps of the differences that give the marginal prices, as shares of the host's capacity. */
#define STEP_MEAN 0.02
#define STEP_VAR  5e-4 /* of its square */

/* A migration gets half of a NIC: the usual share, and the reference experiment's. */
#define COPY_LINK_RATIO 0.5

static void make_capacities(struct book *b)
{
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++) {
		const struct host_class *c = fleet_class_of(b->fleet, h);

		b->capacity[h] = c->capacity.v[RES_CPU] * (1 - b->params->cpu_reserve_ratio);
		b->mem_capacity[h] = c->capacity.v[RES_MEM] * (1 - b->params->mem_reserve_ratio);
		b->efficiency[h] = c->capacity.v[RES_CPU] / fmax(power_at(&c->power, 1), 1);
	}
}

/* VMs that host may have and runs without translation. */
static uint32_t count_own(const struct book *b, uint32_t host)
{
	uint32_t n = 0;

	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++)
		n += constraint_cpu_factor(b->fleet, vm, host) <= 1 &&
		     constraint_allows(b->fleet, b->plan, vm, host, NULL);
	return n;
}

/* Is the class good for fewer than half of the VMs? Such hosts are woken for a VM, not for load. */
static bool is_special(const struct book *b, uint32_t cls)
{
	for (uint32_t h = 0; b->fleet->constrained && h < b->fleet->n_hosts; h++)
		if (b->fleet->hosts[h].cls == cls)
			return 2 * (uint64_t)count_own(b, h) < b->fleet->n_vms;
	return false;
}

/* Classes in order of efficiency, special ones last, the hosts of each in order of id. */
static void make_order(struct book *b)
{
	struct ranked *order = xcalloc(b->fleet->n_hosts, sizeof(*order));
	bool *special = xcalloc(b->fleet->n_classes, sizeof(*special));

	for (uint32_t c = 0; c < b->fleet->n_classes; c++)
		special[c] = is_special(b, c);
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++)
		order[h] = (struct ranked){
		        special[b->fleet->hosts[h].cls] ? 1 / b->efficiency[h] : -b->efficiency[h],
		        h,
		};
	free(special);
	ranked_sort(order, b->fleet->n_hosts);
	for (uint32_t i = 0; i < b->fleet->n_hosts; i++)
		b->by_efficiency[i] = order[i].id;
	free(order);
}

static void make_copy_times(struct book *b)
{
	double bps = 125e6; /* 1 Gbit/s where no class states its network */

	for (uint32_t c = 0; c < b->fleet->n_classes; c++)
		if (b->fleet->classes[c].capacity.v[RES_NET_BPS] > 0)
			bps = b->fleet->classes[c].capacity.v[RES_NET_BPS];
	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++)
		b->copy_s[vm] = b->fleet->vms[vm].allocation.v[RES_MEM] / (bps * COPY_LINK_RATIO);
	loss_model_init(&b->model, b->copy_s, b->fleet->n_vms);
	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++)
		b->is_fixed[vm] = b->fleet->vms[vm].not_movable != NULL;
	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++)
		b->copy_class[vm] = (uint8_t)loss_class(&b->model, b->copy_s[vm]);
}

struct book *book_new(const struct fleet *f, const struct ebb_params *params)
{
	struct book *b = xcalloc(1, sizeof(*b));

	b->fleet = f;
	b->params = params;
	b->plan = placement_new(f->n_vms, f->n_hosts);
	b->hosts = xcalloc(f->n_hosts, sizeof(*b->hosts));
	b->capacity = xcalloc(f->n_hosts, sizeof(*b->capacity));
	b->mem_capacity = xcalloc(f->n_hosts, sizeof(*b->mem_capacity));
	b->efficiency = xcalloc(f->n_hosts, sizeof(*b->efficiency));
	b->up = xcalloc(f->n_hosts, sizeof(*b->up));
	b->up_at = xcalloc(f->n_hosts, sizeof(*b->up_at));
	b->copy_s = xcalloc(f->n_vms, sizeof(*b->copy_s));
	b->copy_class = xcalloc(f->n_vms, sizeof(*b->copy_class));
	b->is_fixed = xcalloc(f->n_vms, sizeof(*b->is_fixed));
	b->by_efficiency = xcalloc(f->n_hosts, sizeof(*b->by_efficiency));
	b->mem_last = xcalloc(f->n_vms, sizeof(*b->mem_last));
	b->mem_var = xcalloc(f->n_vms, sizeof(*b->mem_var));
	make_capacities(b);
	make_order(b);
	make_copy_times(b);
	return b;
}

void book_free(struct book *b)
{
	if (!b)
		return;
	placement_free(b->plan);
	free(b->hosts);
	free(b->capacity);
	free(b->mem_capacity);
	free(b->efficiency);
	free(b->up);
	free(b->up_at);
	free(b->copy_s);
	free(b->copy_class);
	free(b->is_fixed);
	free(b->by_efficiency);
	free(b->mem_last);
	free(b->mem_var);
	free(b);
}

const struct host_class *book_best_class(const struct book *b)
{
	return fleet_class_of(b->fleet, b->by_efficiency[0]);
}

void book_observe(struct book *b, const struct snapshot *s)
{
	float gain = fmaxf(MEM_GAIN, 1 / ((float)s->tick + MEM_START));

	b->model.sample = s->sample;
	b->model.interval_s = usec_to_sec(s->interval_us);
	for (uint32_t i = 0; i < s->n_active; i++) {
		uint32_t vm = s->active[i];
		float mem = (float)s->vm_mem_bytes[vm];
		float change = b->mem_last[vm] > 0 ? mem - b->mem_last[vm] : 0;

		b->mem_var[vm] += gain * (change * change - b->mem_var[vm]);
		b->mem_last[vm] = mem;
	}
}

double book_demand(const struct book *b, uint32_t vm)
{
	double demand = b->s->vm_cpu_demand[vm];

	return isnan(demand) ? (double)b->forecast.mean[vm] : demand;
}

/* How the moments of vm scale on host: growth, and the cost of binary translation. */
static double scale_of(const struct book *b, uint32_t vm, uint32_t host)
{
	double scale = 1 + b->params->growth_ratio;

	return b->fleet->constrained ? scale * constraint_cpu_factor(b->fleet, vm, host) : scale;
}

/* sign +1: vm comes; -1: vm goes. */
static void change_scaled(const struct book *b, struct load *l, uint32_t vm, double sign,
                          double scale)
{
	double mean = sign * scale * (double)b->forecast.mean[vm];

	l->mean += mean;
	l->var = fmax(l->var + sign * scale * scale * (double)b->forecast.var[vm], 0);
	l->third += sign * scale * scale * scale * (double)b->forecast.third[vm];
	l->common += sign * scale * (double)b->forecast.common[vm];
	l->relief[b->copy_class[vm]] += mean;
}

static void change(const struct book *b, struct load *l, uint32_t vm, uint32_t host, double sign)
{
	change_scaled(b, l, vm, sign, scale_of(b, vm, host));
}

void book_add_share(const struct book *b, struct load *sum, uint32_t vm)
{
	change_scaled(b, sum, vm, +1, 1 + b->params->growth_ratio);
}

void book_sub_share(const struct book *b, struct load *sum, uint32_t vm)
{
	change_scaled(b, sum, vm, -1, 1 + b->params->growth_ratio);
}

static void add_vm(struct book *b, uint32_t vm, uint32_t host)
{
	struct book_host *h = &b->hosts[host];

	change(b, &h->load, vm, host, +1);
	h->now += book_demand(b, vm);
	h->mem += b->s->vm_mem_bytes[vm];
	h->mem_var += (double)b->mem_var[vm];
}

static void sub_vm(struct book *b, uint32_t vm, uint32_t host)
{
	struct book_host *h = &b->hosts[host];

	if (!b->plan->count[host]) {
		*h = (struct book_host){.loss = h->loss};
		return;
	}
	change(b, &h->load, vm, host, -1);
	h->now -= book_demand(b, vm);
	h->mem -= b->s->vm_mem_bytes[vm];
	h->mem_var = fmax(h->mem_var - (double)b->mem_var[vm], 0);
}

bool book_is_up(const struct book *b, uint32_t host)
{
	return b->up_at[host] != UINT32_MAX;
}

static void judge(struct book *b, uint32_t host)
{
	struct book_host *h = &b->hosts[host];
	double c = b->capacity[host] * b->squeeze;
	struct load more = h->load;

	if (!book_is_up(b, host))
		return;
	b->n_changes++;
	b->loss_sum -= h->loss;
	h->loss = b->plan->count[host] ? loss_of(&b->model, &h->load, c) : 0;
	b->loss_sum += h->loss;
	more.mean += STEP_MEAN * c;
	h->by_mean = (loss_of(&b->model, &more, c) - h->loss) / (STEP_MEAN * c);
	more.mean = h->load.mean;
	more.var += STEP_VAR * c * c;
	h->by_var = (loss_of(&b->model, &more, c) - h->loss) / (STEP_VAR * c * c);
	h->need = h->load.mean +
	          NEED_DEVIATIONS * sqrt(h->load.var + h->load.common * h->load.common);
}

static void count_up_hosts(struct book *b)
{
	b->n_up = 0;
	b->n_draining = 0;
	for (uint32_t h = 0; h < b->fleet->n_hosts; h++) {
		uint8_t state = b->s->host_state[h];

		b->hosts[h] = (struct book_host){0};
		b->n_draining += state == HOST_DRAINING;
		b->up_at[h] = UINT32_MAX;
		if (state == HOST_ACTIVE || state == HOST_WAKING) {
			b->up_at[h] = b->n_up;
			b->up[b->n_up++] = h;
		}
	}
}

void book_open(struct book *b, const struct snapshot *s, struct forecast forecast)
{
	b->s = s;
	b->forecast = forecast;
	b->loss_sum = 0;
	b->squeeze = 1;
	b->mem_counts = false;
	placement_copy(b->plan, s->placement);
	count_up_hosts(b);
	for (uint32_t i = 0; i < s->n_active; i++) {
		uint32_t vm = s->active[i];

		if (s->vm_target[vm] != ID_NONE)
			placement_move(b->plan, vm, s->vm_target[vm]);
		if (b->plan->host_of[vm] != ID_NONE)
			add_vm(b, vm, b->plan->host_of[vm]);
		b->mem_counts |= s->vm_mem_bytes[vm] > 0;
	}
	for (uint32_t i = 0; i < b->n_up; i++)
		judge(b, b->up[i]);
}

void book_squeeze(struct book *b, double squeeze)
{
	b->squeeze = squeeze;
	for (uint32_t i = 0; i < b->n_up; i++)
		judge(b, b->up[i]);
}

void book_move(struct book *b, uint32_t vm, uint32_t host)
{
	uint32_t from = b->plan->host_of[vm];

	placement_move(b->plan, vm, host);
	if (from != ID_NONE) {
		sub_vm(b, vm, from);
		judge(b, from);
	}
	if (host != ID_NONE) {
		add_vm(b, vm, host);
		judge(b, host);
	}
}

void book_host_up(struct book *b, uint32_t host)
{
	if (book_is_up(b, host))
		return;
	b->up_at[host] = b->n_up;
	b->up[b->n_up++] = host;
	b->hosts[host].loss = 0; /* it was not in the sum */
	judge(b, host);
}

void book_host_down(struct book *b, uint32_t host)
{
	uint32_t at = b->up_at[host];

	if (at == UINT32_MAX)
		return;
	b->up[at] = b->up[--b->n_up];
	b->up_at[b->up[at]] = at;
	b->up_at[host] = UINT32_MAX;
	b->loss_sum -= b->hosts[host].loss;
	b->hosts[host].loss = 0;
}

static void add_load(struct load *sum, const struct load *l)
{
	sum->mean += l->mean;
	sum->var += l->var;
	sum->third += l->third;
	sum->common += l->common;
	for (int k = 0; k < LOSS_CLASSES; k++)
		sum->relief[k] += l->relief[k];
}

struct book_total book_total(const struct book *b)
{
	struct book_total sum = {0};
	double capacity = 0;

	for (uint32_t i = 0; i < b->n_up; i++) {
		add_load(&sum.load, &b->hosts[b->up[i]].load);
		sum.mem += b->hosts[b->up[i]].mem;
		capacity += b->capacity[b->up[i]];
	}
	sum.mean_capacity = b->n_up ? capacity / b->n_up : 0;
	return sum;
}

double book_loss_with(const struct book *b, uint32_t host, uint32_t vm)
{
	struct load sum = b->hosts[host].load;

	change(b, &sum, vm, host, +1);
	return loss_of(&b->model, &sum, b->capacity[host] * b->squeeze);
}

double book_loss_without(const struct book *b, uint32_t host, uint32_t vm)
{
	struct load sum = b->hosts[host].load;

	if (b->plan->count[host] == 1)
		return 0;
	change(b, &sum, vm, host, -1);
	return loss_of(&b->model, &sum, b->capacity[host] * b->squeeze);
}

double book_drift_with(const struct book *b, uint32_t host, uint32_t vm)
{
	const struct book_host *h = &b->hosts[host];
	struct load sum = h->load;
	double c = b->capacity[host];

	if (b->model.sample != SAMPLE_CURRENT)
		return 0;
	change(b, &sum, vm, host, +1);
	return loss_drift(&b->model, &sum, h->now + book_demand(b, vm), c) -
	       loss_drift(&b->model, &h->load, fmin(h->now, c), c);
}

double book_mem_free(const struct book *b, uint32_t host)
{
	const struct book_host *h = &b->hosts[host];

	return b->mem_capacity[host] - h->mem -
	       (h->mem_var > 0 ? MEM_DEVIATIONS * sqrt(h->mem_var) : 0);
}

bool book_mem_fits(const struct book *b, uint32_t host, uint32_t vm)
{
	const struct book_host *h = &b->hosts[host];
	double mem = h->mem + b->s->vm_mem_bytes[vm];
	double var = h->mem_var + (double)b->mem_var[vm];

	if (var > 0)
		mem += MEM_DEVIATIONS * sqrt(var);
	return mem <= b->mem_capacity[host];
}

bool book_is_moved(const struct book *b, uint32_t vm)
{
	return b->plan->host_of[vm] != b->s->placement->host_of[vm];
}

bool book_is_movable(const struct book *b, uint32_t vm)
{
	return b->s->vm_state[vm] == VM_RUNNING && b->s->vm_target[vm] == ID_NONE &&
	       !book_is_moved(b, vm) && !isnan(b->s->vm_cpu_demand[vm]) && !b->is_fixed[vm];
}
