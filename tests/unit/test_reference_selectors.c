/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which VM leaves first: the published selectors, and the log of samples they look at. */
#include <math.h>

#include "policies/reference/selector.h"
#include "tests/support/build.h"
#include "tests/support/test.h"

#define N_VMS 4

struct rig {
	struct fleet *fleet;
	struct snapshot *s;
	struct demand_log *log;
	struct correlation *correlation;
	struct rng rng;
	uint32_t vms[N_VMS];
	double demand[N_VMS];
};

static void rig_init(struct rig *r)
{
	struct build_spec spec = build_defaults(1, N_VMS);

	*r = (struct rig){.fleet = build_fleet(&spec)};
	r->s = snapshot_new(r->fleet);
	r->log = demand_log_new(r->fleet, true);
	r->correlation = correlation_new();
	rng_init(&r->rng, 7, 0);
	for (uint32_t vm = 0; vm < N_VMS; vm++) {
		r->vms[vm] = vm;
		r->demand[vm] = 10;
		r->s->vm_state[vm] = VM_RUNNING;
	}
}

static void rig_done(struct rig *r)
{
	correlation_free(r->correlation);
	demand_log_free(r->log);
	snapshot_free(r->s);
	fleet_free(r->fleet);
}

static void sample(struct rig *r, const double *mips)
{
	for (uint32_t vm = 0; vm < N_VMS; vm++)
		r->s->vm_cpu_demand[vm] = mips[vm];
	demand_log_observe(r->log, r->s);
}

static uint32_t choose(struct rig *r, const struct selector_ops *ops, uint32_t n)
{
	struct selector_input in = {
	        .fleet = r->fleet,
	        .vms = r->vms,
	        .n_vms = n,
	        .demand = r->demand,
	        .log = r->log,
	        .correlation = r->correlation,
	        .rng = &r->rng,
	};

	return ops->select(&in);
}

static void mmt_takes_the_least_memory_the_first_among_equals(void)
{
	struct rig r;

	rig_init(&r);
	CU_ASSERT_EQUAL(choose(&r, &selector_mmt, 4), 0);
	r.fleet->vms[2].allocation.v[RES_MEM] = 500;
	r.fleet->vms[3].allocation.v[RES_MEM] = 500;
	CU_ASSERT_EQUAL(choose(&r, &selector_mmt, 4), 2);
	rig_done(&r);
}

static void mu_takes_the_least_share_of_its_allocation(void)
{
	struct rig r;

	rig_init(&r);
	r.demand[1] = 9;
	r.demand[3] = 8;
	r.fleet->vms[3].allocation.v[RES_CPU] = 50; /* 16 % */
	CU_ASSERT_EQUAL(choose(&r, &selector_mu, 4), 1);
	rig_done(&r);
}

static void rs_takes_each_sooner_or_later_and_repeats_with_its_seed(void)
{
	uint32_t first[40], seen = 0, differ = 0;
	struct rig r;

	rig_init(&r);
	for (int i = 0; i < 40; i++) {
		first[i] = choose(&r, &selector_rs, 4);
		seen |= 1u << first[i];
	}
	CU_ASSERT_EQUAL(seen, 0xf);
	rng_init(&r.rng, 7, 0);
	for (int i = 0; i < 40; i++)
		differ += choose(&r, &selector_rs, 4) != first[i];
	CU_ASSERT_EQUAL(differ, 0);
	rig_done(&r);
}

/* VM 2 is a mix of VMs 0 and 1 but for little; VM 3 goes its own way. */
static void sample_correlated(struct rig *r, int n)
{
	for (int k = 0; k < n; k++) {
		double a = k * 7 % 11, b = k * 5 % 13, noise = k % 4;

		sample(r, (const double[]){a + noise, b, a + b + 0.1 * noise, k * 3 % 17});
	}
}

static void mc_takes_the_vm_best_explained_by_the_others(void)
{
	struct rig r;

	rig_init(&r);
	sample_correlated(&r, 30);
	CU_ASSERT_EQUAL(choose(&r, &selector_mc, 4), 2);
	rig_done(&r);
}

static void mc_needs_as_many_samples_as_vms_else_it_is_mmt(void)
{
	struct rig r;

	rig_init(&r);
	r.fleet->vms[3].allocation.v[RES_MEM] = 1;
	sample_correlated(&r, 3);
	CU_ASSERT_EQUAL(choose(&r, &selector_mc, 4), 3);
	CU_ASSERT_EQUAL(choose(&r, &selector_mc, 1), 0);
	rig_done(&r);
}

static void mc_with_a_vm_that_never_did_anything_is_mmt(void)
{
	struct rig r;

	rig_init(&r);
	r.fleet->vms[1].allocation.v[RES_MEM] = 1;
	for (int k = 0; k < 20; k++)
		sample(&r, (const double[]){k * 7 % 11, k * 5 % 13, k % 7, 0});
	CU_ASSERT_EQUAL(choose(&r, &selector_mc, 4), 1); /* a column of zeros is singular */
	rig_done(&r);
}

static void log_keeps_thirty_samples_oldest_first(void)
{
	struct rig r;

	rig_init(&r);
	for (int k = 1; k <= 37; k++)
		sample(&r, (const double[]){k, 1, 1, 1});
	CU_ASSERT_EQUAL(r.log->known[0], 30);
	CU_ASSERT_EQUAL(r.log->len[0], 30);
	for (int i = 0; i < DEMAND_LOG_LEN; i++) {
		CU_ASSERT_EQUAL(demand_log_mips(r.log, 0)[i], 8 + i);
		CU_ASSERT_DOUBLE_EQUAL(demand_log_ratio(r.log, 0)[i], (8 + i) / 100.0, 1e-15);
	}
	rig_done(&r);
}

static void log_leaves_zeros_at_the_old_end_out_of_its_length(void)
{
	struct rig r;

	rig_init(&r);
	sample(&r, (const double[]){0, 5, 0, 5});
	sample(&r, (const double[]){0, 5, 5, 0});
	sample(&r, (const double[]){0, 5, 0, 0});
	CU_ASSERT_EQUAL(r.log->len[0], 0);
	CU_ASSERT_EQUAL(r.log->len[1], 3);
	CU_ASSERT_EQUAL(r.log->len[2], 2);
	CU_ASSERT_EQUAL(r.log->len[3], 3);
	rig_done(&r);
}

static void log_repeats_what_is_missing_and_forgets_who_has_left(void)
{
	struct rig r;

	rig_init(&r);
	sample(&r, (const double[]){4, 4, NAN, 4});
	sample(&r, (const double[]){NAN, 4, NAN, 4});
	CU_ASSERT_EQUAL(demand_log_mips(r.log, 0)[DEMAND_LOG_LEN - 1], 4);
	CU_ASSERT_EQUAL(r.log->known[2], 0);
	r.s->vm_state[1] = VM_ABSENT;
	sample(&r, (const double[]){4, NAN, 4, 4});
	CU_ASSERT_EQUAL(r.log->known[1], 0);
	CU_ASSERT_EQUAL(demand_log_mips(r.log, 1)[DEMAND_LOG_LEN - 2], 0);
	rig_done(&r);
}

static void log_takes_the_sampled_share_where_there_is_one(void)
{
	const double ratio[N_VMS] = {0.123, NAN, 0.3, 0.4};
	struct rig r;

	rig_init(&r);
	r.s->vm_cpu_ratio = ratio;
	sample(&r, (const double[]){50, 50, 50, 50});
	CU_ASSERT_EQUAL(demand_log_ratio(r.log, 0)[DEMAND_LOG_LEN - 1], 0.123);
	CU_ASSERT_EQUAL(demand_log_ratio(r.log, 1)[DEMAND_LOG_LEN - 1], 0.5);
	rig_done(&r);
}

TEST_MAIN("reference selectors", TEST(mmt_takes_the_least_memory_the_first_among_equals),
          TEST(mu_takes_the_least_share_of_its_allocation),
          TEST(rs_takes_each_sooner_or_later_and_repeats_with_its_seed),
          TEST(mc_takes_the_vm_best_explained_by_the_others),
          TEST(mc_needs_as_many_samples_as_vms_else_it_is_mmt),
          TEST(mc_with_a_vm_that_never_did_anything_is_mmt),
          TEST(log_keeps_thirty_samples_oldest_first),
          TEST(log_leaves_zeros_at_the_old_end_out_of_its_length),
          TEST(log_repeats_what_is_missing_and_forgets_who_has_left),
          TEST(log_takes_the_sampled_share_where_there_is_one))
