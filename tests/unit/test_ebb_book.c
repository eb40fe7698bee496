/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The book of a decision: whatever was moved, raised or taken back, its sums are those of the VMs
 * that are where it says. Forecasts are made up by the test.
 */
#include "policies/ebb/book.h"

#include <math.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/build.h"
#include "tests/support/test.h"

#define HOSTS 6
#define VMS   40
#define FIXED 6 /* a VM that may not be moved */

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-9 * (1 + fabs((double)(b))))

struct rig {
	struct fleet *fleet;
	struct snapshot *s;
	struct ebb_params params;
	struct book *book;
	struct rng rng;
	float mean[VMS], var[VMS], third[VMS], common[VMS];
};

static struct forecast forecast(const struct rig *r)
{
	return (struct forecast){r->mean, r->var, r->third, r->common};
}

/* Hosts 0 to 3 are active, 4 is off, 5 drains; VM i runs on host i % 4. */
static void rig_init(struct rig *r)
{
	struct build_spec spec = build_defaults(HOSTS, VMS);

	*r = (struct rig){.fleet = build_fleet(&spec)};
	r->s = snapshot_new(r->fleet);
	r->s->sample = SAMPLE_PAST;
	r->s->interval_us = 300 * USEC_PER_SEC;
	rng_init(&r->rng, 1, 0);
	for (uint32_t h = 0; h < HOSTS; h++)
		r->s->host_state[h] = h < 4 ? HOST_ACTIVE : h == 4 ? HOST_OFF : HOST_DRAINING;
	for (uint32_t vm = 0; vm < VMS; vm++) {
		r->s->vm_state[vm] = VM_RUNNING;
		r->s->vm_cpu_demand[vm] = 100 * rng_double(&r->rng);
		r->s->active[r->s->n_active++] = vm;
		placement_move(r->s->placement, vm, vm % 4);
		r->mean[vm] = (float)(100 * rng_double(&r->rng));
		r->var[vm] = (float)(2000 * rng_double(&r->rng));
		r->third[vm] = (float)(1e5 * rng_double(&r->rng));
		r->common[vm] = (float)(30 * rng_double(&r->rng));
	}
	r->fleet->vms[FIXED].not_movable = xstrdup("local disk");
	r->book = book_new(r->fleet, &r->params);
	book_observe(r->book, r->s);
	book_open(r->book, r->s, forecast(r));
}

static void rig_done(struct rig *r)
{
	book_free(r->book);
	snapshot_free(r->s);
	fleet_free(r->fleet);
}

static void check_host(const struct rig *r, uint32_t host)
{
	const struct book_host *h = &r->book->hosts[host];
	double mean = 0, var = 0, third = 0, common = 0, now = 0, relief = 0, mem = 0;

	placement_foreach_vm (r->book->plan, host, vm) {
		mean += (double)r->mean[vm];
		var += (double)r->var[vm];
		third += (double)r->third[vm];
		common += (double)r->common[vm];
		now += r->s->vm_cpu_demand[vm];
		mem += r->s->vm_mem_bytes[vm];
	}
	for (int k = 0; k < LOSS_CLASSES; k++)
		relief += h->load.relief[k];
	NEAR(h->load.mean, mean);
	NEAR(h->load.var, var);
	NEAR(h->load.third, third);
	NEAR(h->load.common, common);
	NEAR(relief, mean);
	NEAR(h->now, now);
	NEAR(h->mem, mem);
}

/* Every sum is that of the VMs on the host, every loss that of its sums, the total theirs. */
static void check(const struct rig *r)
{
	const struct book *b = r->book;
	double loss = 0;

	for (uint32_t h = 0; h < HOSTS; h++)
		check_host(r, h);
	for (uint32_t i = 0; i < b->n_up; i++) {
		const struct book_host *h = &b->hosts[b->up[i]];
		double c = b->capacity[b->up[i]] * b->squeeze;

		CU_ASSERT_EQUAL(b->up_at[b->up[i]], i);
		CU_ASSERT_DOUBLE_EQUAL(h->loss, loss_of(&b->model, &h->load, c),
		                       1e-6 * (1 + h->loss));
		loss += h->loss;
	}
	CU_ASSERT_DOUBLE_EQUAL(b->loss_sum, loss, 1e-6 * (1 + loss));
}

static void opened_book_holds_what_is_on_the_hosts(void)
{
	struct rig r;

	rig_init(&r);
	check(&r);
	CU_ASSERT_EQUAL(r.book->n_up, 4);
	CU_ASSERT(!book_is_up(r.book, 4) && !book_is_up(r.book, 5));
	CU_ASSERT(r.book->loss_sum > 0);
	rig_done(&r);
}

static void moves_and_their_undo_restore_all_sums(void)
{
	uint32_t vms[200], from[200];
	struct book_host before[HOSTS];
	double loss;
	struct rig r;

	rig_init(&r);
	loss = r.book->loss_sum;
	for (uint32_t h = 0; h < HOSTS; h++)
		before[h] = r.book->hosts[h];
	for (int i = 0; i < 200; i++) {
		vms[i] = (uint32_t)rng_below(&r.rng, VMS);
		from[i] = r.book->plan->host_of[vms[i]];
		book_move(r.book, vms[i], (uint32_t)rng_below(&r.rng, 4));
		check(&r);
	}
	CU_ASSERT(fabs(r.book->loss_sum - loss) > 1e-3 * loss);
	for (int i = 200; i-- > 0;)
		book_move(r.book, vms[i], from[i]);
	check(&r);
	CU_ASSERT_DOUBLE_EQUAL(r.book->loss_sum, loss, 1e-6 * loss);
	for (uint32_t h = 0; h < HOSTS; h++) {
		NEAR(r.book->hosts[h].load.mean, before[h].load.mean);
		NEAR(r.book->hosts[h].load.var, before[h].load.var);
		NEAR(r.book->hosts[h].mem, before[h].mem);
	}
	rig_done(&r);
}

/* Rounding must not leave a trace of VMs on a host that has none. */
static void host_without_vms_needs_and_loses_nothing(void)
{
	struct rig r;

	rig_init(&r);
	r.params.growth_ratio = 0.3; /* sums that round */
	book_open(r.book, r.s, forecast(&r));
	for (uint32_t vm = 0; vm < VMS; vm += 4)
		book_move(r.book, vm, 1);
	CU_ASSERT_EQUAL(r.book->hosts[0].now, 0);
	CU_ASSERT_EQUAL(r.book->hosts[0].load.mean, 0);
	CU_ASSERT_EQUAL(r.book->hosts[0].load.var, 0);
	CU_ASSERT_EQUAL(r.book->hosts[0].mem, 0);
	CU_ASSERT_EQUAL(r.book->hosts[0].loss, 0);
	CU_ASSERT_EQUAL(r.book->hosts[0].need, 0);
	rig_done(&r);
}

static void hosts_that_come_and_go_keep_the_total(void)
{
	struct rig r;

	rig_init(&r);
	book_host_up(r.book, 4);
	book_host_up(r.book, 4);
	CU_ASSERT_EQUAL(r.book->n_up, 5);
	for (uint32_t vm = 0; vm < VMS; vm += 4)
		book_move(r.book, vm, 4);
	check(&r);
	book_host_down(r.book, 0);
	book_host_down(r.book, 0);
	check(&r);
	CU_ASSERT_EQUAL(r.book->n_up, 4);
	CU_ASSERT(!book_is_up(r.book, 0) && book_is_up(r.book, 4));
	for (uint32_t vm = 1; vm < VMS; vm += 4)
		book_move(r.book, vm, 4);
	book_host_down(r.book, 1);
	check(&r);
	CU_ASSERT(r.book->hosts[2].loss > 0);
	book_host_down(r.book, 2); /* with its VMs on it */
	check(&r);
	rig_done(&r);
}

static void loss_with_and_without_a_vm_is_what_the_move_makes_of_it(void)
{
	struct rig r;

	rig_init(&r);
	for (uint32_t vm = 0; vm < VMS; vm++) {
		uint32_t from = vm % 4, to = (vm + 1) % 4;
		double without = book_loss_without(r.book, from, vm);
		double with = book_loss_with(r.book, to, vm);

		book_move(r.book, vm, to);
		CU_ASSERT_DOUBLE_EQUAL(r.book->hosts[from].loss, without, 1e-6);
		CU_ASSERT_DOUBLE_EQUAL(r.book->hosts[to].loss, with, 1e-6);
		book_move(r.book, vm, from);
	}
	rig_done(&r);
}

static void last_vm_leaves_no_loss_behind(void)
{
	struct rig r;

	rig_init(&r);
	book_host_up(r.book, 4);
	r.mean[0] = 5000;
	book_move(r.book, 0, 4);
	CU_ASSERT(r.book->hosts[4].loss > 0);
	CU_ASSERT_EQUAL(book_loss_without(r.book, 4, 0), 0);
	rig_done(&r);
}

static void marginal_prices_are_the_slopes_of_the_loss(void)
{
	struct rig r;

	rig_init(&r);
	for (uint32_t h = 0; h < 4; h++) {
		const struct book_host *x = &r.book->hosts[h];
		struct load more = x->load, wider = x->load;
		double c = r.book->capacity[h];

		more.mean += 0.01 * c;
		wider.var += 1e-3 * c * c;
		CU_ASSERT_DOUBLE_EQUAL((loss_of(&r.book->model, &more, c) - x->loss) / (0.01 * c),
		                       x->by_mean, 0.3 * x->by_mean);
		CU_ASSERT_DOUBLE_EQUAL((loss_of(&r.book->model, &wider, c) - x->loss) /
		                               (1e-3 * c * c),
		                       x->by_var, 0.3 * x->by_var);
		CU_ASSERT(x->by_mean > 0 && x->by_var > 0);
	}
	rig_done(&r);
}

static void memory_fits_up_to_the_last_byte(void)
{
	struct rig r;

	rig_init(&r); /* 10000 bytes a host, 10 VMs of 1000 each */
	CU_ASSERT(!book_mem_fits(r.book, 0, 1));
	book_move(r.book, 0, 1);
	CU_ASSERT(book_mem_fits(r.book, 0, 1));
	r.s->vm_mem_bytes[1] = 1001;
	CU_ASSERT(!book_mem_fits(r.book, 0, 1));
	rig_done(&r);
}

static void memory_kept_free_is_not_for_vms(void)
{
	struct rig r;
	struct book *b;

	rig_init(&r);
	r.params.mem_reserve_ratio = 0.1;
	r.params.cpu_reserve_ratio = 0.2;
	b = book_new(r.fleet, &r.params);
	book_observe(b, r.s);
	book_open(b, r.s, forecast(&r));
	book_move(b, 0, 1);
	CU_ASSERT(!book_mem_fits(b, 0, 1));
	book_move(b, 4, 1);
	CU_ASSERT(book_mem_fits(b, 0, 1));
	CU_ASSERT_DOUBLE_EQUAL(b->capacity[0], 800, 1e-9);
	CU_ASSERT(b->loss_sum > r.book->loss_sum);
	book_free(b);
	rig_done(&r);
}

/* A VM whose memory in use swings needs room for the next swing as well. */
static void memory_that_changes_needs_more_room(void)
{
	struct rig r;

	rig_init(&r);
	for (int t = 1; t < 100; t++) {
		r.s->tick++;
		r.s->vm_mem_bytes[1] = t % 2 ? 1000 : 600;
		r.s->vm_mem_bytes[2] = 1000;
		book_observe(r.book, r.s);
	}
	book_open(r.book, r.s, forecast(&r));
	book_move(r.book, 0, 3); /* leaves 1000 bytes on host 0 */
	CU_ASSERT(book_mem_fits(r.book, 0, 2));
	CU_ASSERT(!book_mem_fits(r.book, 0, 1));
	rig_done(&r);
}

static void vm_on_its_way_counts_where_it_goes(void)
{
	struct rig r;

	rig_init(&r);
	r.s->vm_state[0] = VM_MIGRATING;
	r.s->vm_target[0] = 3;
	book_open(r.book, r.s, forecast(&r));
	CU_ASSERT_EQUAL(r.book->plan->host_of[0], 3);
	CU_ASSERT_EQUAL(r.book->plan->count[3], 11);
	check(&r);
	rig_done(&r);
}

static void growth_scales_the_forecast(void)
{
	struct rig r;
	double mean, var;

	rig_init(&r);
	mean = r.book->hosts[0].load.mean;
	var = r.book->hosts[0].load.var;
	r.params.growth_ratio = 0.5;
	book_open(r.book, r.s, forecast(&r));
	NEAR(r.book->hosts[0].load.mean, 1.5 * mean);
	NEAR(r.book->hosts[0].load.var, 2.25 * var);
	rig_done(&r);
}

static void squeezed_capacity_loses_more(void)
{
	struct rig r;
	double loss;

	rig_init(&r);
	loss = r.book->loss_sum;
	book_squeeze(r.book, 0.8);
	CU_ASSERT(r.book->loss_sum > loss);
	check(&r);
	book_squeeze(r.book, 1);
	CU_ASSERT_DOUBLE_EQUAL(r.book->loss_sum, loss, 1e-6 * loss);
	book_squeeze(r.book, 0.8);
	book_open(r.book, r.s, forecast(&r));
	CU_ASSERT_DOUBLE_EQUAL(r.book->loss_sum, loss, 1e-6 * loss);
	rig_done(&r);
}

static void demand_that_is_not_known_is_forecast(void)
{
	struct rig r;

	rig_init(&r);
	r.s->vm_cpu_demand[0] = NAN;
	book_open(r.book, r.s, forecast(&r));
	CU_ASSERT_EQUAL(book_demand(r.book, 0), (double)r.mean[0]);
	CU_ASSERT_EQUAL(book_demand(r.book, 1), r.s->vm_cpu_demand[1]);
	CU_ASSERT(isfinite(r.book->hosts[0].now));
	rig_done(&r);
}

static void vm_may_be_moved_once_and_only_if_all_is_known(void)
{
	struct rig r;

	rig_init(&r);
	CU_ASSERT(book_is_movable(r.book, 0));
	book_move(r.book, 0, 1);
	CU_ASSERT(book_is_moved(r.book, 0));
	CU_ASSERT(!book_is_movable(r.book, 0));
	r.s->vm_cpu_demand[1] = NAN;
	r.s->vm_state[2] = VM_UNKNOWN;
	r.s->vm_target[3] = 0;
	r.s->vm_state[4] = VM_MIGRATING;
	r.s->vm_target[4] = 1;
	for (uint32_t vm = 1; vm <= 4; vm++)
		CU_ASSERT(!book_is_movable(r.book, vm));
	CU_ASSERT(book_is_movable(r.book, 5));
	CU_ASSERT(!book_is_movable(r.book, FIXED));
	rig_done(&r);
}

static void hosts_are_woken_in_order_of_efficiency(void)
{
	struct rig r;

	rig_init(&r);
	for (uint32_t i = 0; i < HOSTS; i++)
		CU_ASSERT_EQUAL(r.book->by_efficiency[i], i); /* all alike: by id */
	rig_done(&r);
}

/* All VMs are on hosts that are up, but those of host 3, which no longer counts. */
static void total_is_that_of_the_hosts_that_are_up(void)
{
	struct book_total sum;
	double mean = 0, common = 0, relief = 0;
	struct rig r;

	rig_init(&r);
	book_host_down(r.book, 3);
	sum = book_total(r.book);
	for (uint32_t vm = 0; vm < VMS; vm++) {
		mean += vm % 4 == 3 ? 0 : (double)r.mean[vm];
		common += vm % 4 == 3 ? 0 : (double)r.common[vm];
	}
	for (int k = 0; k < LOSS_CLASSES; k++)
		relief += sum.load.relief[k];
	NEAR(sum.load.mean, mean);
	NEAR(sum.load.common, common);
	NEAR(relief, mean);
	NEAR(sum.mean_capacity, r.book->capacity[0]);
	for (uint32_t h = 0; h < 3; h++)
		book_host_down(r.book, h);
	CU_ASSERT_EQUAL(book_total(r.book).mean_capacity, 0);
	rig_done(&r);
}

TEST_MAIN("ebb_book", TEST(opened_book_holds_what_is_on_the_hosts),
          TEST(moves_and_their_undo_restore_all_sums),
          TEST(host_without_vms_needs_and_loses_nothing),
          TEST(hosts_that_come_and_go_keep_the_total),
          TEST(loss_with_and_without_a_vm_is_what_the_move_makes_of_it),
          TEST(last_vm_leaves_no_loss_behind), TEST(marginal_prices_are_the_slopes_of_the_loss),
          TEST(memory_fits_up_to_the_last_byte), TEST(memory_kept_free_is_not_for_vms),
          TEST(memory_that_changes_needs_more_room), TEST(vm_on_its_way_counts_where_it_goes),
          TEST(growth_scales_the_forecast), TEST(squeezed_capacity_loses_more),
          TEST(demand_that_is_not_known_is_forecast),
          TEST(vm_may_be_moved_once_and_only_if_all_is_known),
          TEST(hosts_are_woken_in_order_of_efficiency),
          TEST(total_is_that_of_the_hosts_that_are_up))
