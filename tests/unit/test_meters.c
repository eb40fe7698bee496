/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The meters: definitions of the ratios, and a timeline that does not grow. */
#include "sim/meters.h"

#include <math.h>

#include "tests/support/test.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-9 * (1 + fabs((double)(b))))
#define BIN_US     (300 * USEC_PER_SEC)

static void add_host(struct meters *m, uint32_t host, enum host_state state, double energy_j)
{
	meters_add_host(m,
	                &(struct meters_host){
	                        .host = host, .state = state, .seconds = 10, .energy_j = energy_j});
}

static struct sim_result finish(struct meters *m, usec_t end_us)
{
	struct sim_result r;

	sim_result_init(&r);
	meters_finish(m, end_us, &r);
	meters_free(m);
	return r;
}

static void energy_is_the_sum_over_states(void)
{
	struct meters *m = meters_new(2, BIN_US);
	struct sim_result r;

	add_host(m, 0, HOST_ACTIVE, 3.6e6);
	add_host(m, 1, HOST_WAKING, 7.2e6);
	add_host(m, 1, HOST_OFF, 1.8e6);
	r = finish(m, BIN_US);
	NEAR(r.energy_kwh, 3.5);
	NEAR(r.energy_by_state_kwh[HOST_ACTIVE], 1);
	NEAR(r.energy_by_state_kwh[HOST_WAKING], 2);
	NEAR(r.energy_by_state_kwh[HOST_OFF], 0.5);
	sim_result_done(&r);
}

static void slatah_counts_active_time_alone(void)
{
	struct meters *m = meters_new(1, BIN_US);
	struct sim_result r;

	meters_add_host(
	        m, &(struct meters_host){.state = HOST_ACTIVE, .overloaded = true, .seconds = 5});
	meters_add_host(m, &(struct meters_host){.state = HOST_ACTIVE, .seconds = 10});
	meters_add_host(m, &(struct meters_host){.state = HOST_DRAINING, .seconds = 5});
	meters_add_host(m, &(struct meters_host){.state = HOST_OFF, .seconds = 1000});
	r = finish(m, BIN_US);
	NEAR(r.slatah, 0.25);
	sim_result_done(&r);
}

static void work_gives_unserved_pdm_and_their_products(void)
{
	struct meters *m = meters_new(1, BIN_US);
	struct sim_result r;

	meters_add_host(m, &(struct meters_host){.state = HOST_ACTIVE,
	                                         .overloaded = true,
	                                         .seconds = 1,
	                                         .energy_j = 3.6e6});
	meters_add_host(m, &(struct meters_host){.state = HOST_ACTIVE, .seconds = 1});
	meters_add_work(m, &(struct meters_work){60, 50, 2});
	meters_add_work(m, &(struct meters_work){40, 40, 0});
	meters_add_short(m, 2, 0.5);
	meters_add_short(m, 3, 0.5);
	r = finish(m, BIN_US);
	NEAR(r.unserved_ratio, 0.1);
	NEAR(r.overall_sla, 0.1);
	NEAR(r.pdm, 0.02);
	NEAR(r.slav, 0.5 * 0.02);
	NEAR(r.esv, 1 * 0.5 * 0.02);
	NEAR(r.average_sla, 0.2);
	sim_result_done(&r);
}

static void nothing_measured_gives_zeros_not_nan(void)
{
	struct sim_result r = finish(meters_new(3, BIN_US), 0);

	CU_ASSERT(r.slatah == 0 && r.pdm == 0 && r.unserved_ratio == 0 && r.mean_hosts_on == 0);
	CU_ASSERT_EQUAL(r.timeline.n_bins, 0);
	CU_ASSERT_EQUAL(r.timeline.n_rows, 0);
	sim_result_done(&r);
}

static void a_span_is_cut_at_the_bins(void)
{
	struct meters *m = meters_new(1, BIN_US);
	struct sim_result r;

	meters_add_span(m, &(struct meters_span){.from_us = BIN_US / 2,
	                                         .to_us = BIN_US * 2,
	                                         .power_w = 100,
	                                         .lower_bound_w = 10,
	                                         .hosts_on = 4});
	r = finish(m, BIN_US * 2 + BIN_US / 4);
	CU_ASSERT_EQUAL(r.timeline.n_bins, 3);
	NEAR(r.timeline.bins[0].power_w, 50);
	NEAR(r.timeline.bins[1].power_w, 100);
	NEAR(r.timeline.bins[1].hosts_on, 4);
	NEAR(r.timeline.bins[2].power_w, 0);
	NEAR(r.lower_bound_kwh, 10 * 450 / 3.6e6);
	NEAR(r.mean_hosts_on, 4);
	sim_result_done(&r);
}

static void the_last_bin_is_a_mean_over_its_own_width(void)
{
	struct meters *m = meters_new(1, BIN_US);
	struct sim_result r;

	meters_add_span(m, &(struct meters_span){.to_us = BIN_US + BIN_US / 3, .power_w = 90});
	r = finish(m, BIN_US + BIN_US / 3);
	CU_ASSERT_EQUAL(r.timeline.n_bins, 2);
	NEAR(r.timeline.bins[1].power_w, 90);
	sim_result_done(&r);
}

static void long_runs_merge_bins_and_keep_sums(void)
{
	struct meters *m = meters_new(1, BIN_US);
	uint64_t n = 3ULL * TIMELINE_BINS_MAX;
	double joules = 0;
	struct sim_result r;

	for (uint64_t i = 0; i < n; i++) {
		usec_t t = (usec_t)i * BIN_US;

		meters_add_span(m, &(struct meters_span){.from_us = t,
		                                         .to_us = t + BIN_US,
		                                         .power_w = (double)(i % 7)});
		meters_count(m, METERS_MIGRATIONS, t);
		meters_add_heat(m, t, &(float){(float)(i % 2)});
		joules += (double)(i % 7) * 300;
	}
	add_host(m, 0, HOST_ACTIVE, 1);
	r = finish(m, (usec_t)n * BIN_US);
	CU_ASSERT_EQUAL(r.timeline.bin_us, 4 * BIN_US);
	CU_ASSERT_EQUAL(r.timeline.n_bins, n / 4);
	CU_ASSERT_EQUAL(r.migrations, n);
	for (uint32_t b = 0; b < r.timeline.n_bins; b++) {
		joules -= r.timeline.bins[b].power_w * usec_to_sec(r.timeline.bin_us);
		NEAR(r.timeline.bins[b].migrations, 4);
		NEAR(r.timeline.heat[b], 0.5);
	}
	CU_ASSERT_DOUBLE_EQUAL(joules, 0, 1e-6);
	sim_result_done(&r);
}

static void counts_go_to_their_figures(void)
{
	struct meters *m = meters_new(1, BIN_US);
	struct sim_result r;

	for (int i = 0; i < 2; i++)
		meters_count(m, METERS_POWER_UPS, 0);
	meters_count(m, METERS_POWER_DOWNS, BIN_US);
	meters_count(m, METERS_MIGRATIONS_FAILED, BIN_US);
	meters_count(m, METERS_HOST_CRASHES, BIN_US);
	meters_count(m, METERS_WAKE_FAILURES, BIN_US);
	meters_note_pending(m, 4);
	meters_note_pending(m, 2);
	meters_add_steps(m, 7);
	meters_add_bytes(m, 1e6);
	r = finish(m, 2 * BIN_US);
	CU_ASSERT_EQUAL(r.host_power_cycles, 2);
	CU_ASSERT_EQUAL(r.migrations, 0);
	CU_ASSERT_EQUAL(r.migrations_failed, 1);
	CU_ASSERT_EQUAL(r.host_crashes, 1);
	CU_ASSERT_EQUAL(r.wake_failures, 1);
	CU_ASSERT_EQUAL(r.vms_pending_max, 4);
	CU_ASSERT_EQUAL(r.vm_steps, 7);
	NEAR(r.bytes_moved, 1e6);
	NEAR(r.timeline.bins[0].power_ups, 2);
	NEAR(r.timeline.bins[1].power_downs, 1);
	sim_result_done(&r);
}

static void heat_rows_are_hosts_ever_on_most_used_first(void)
{
	struct meters *m = meters_new(3, BIN_US);
	struct sim_result r;

	meters_add_heat(m, 0, (const float[]){0.5f, -1, 0.25f});
	meters_add_heat(m, BIN_US, (const float[]){-1, -1, 1.5f});
	add_host(m, 0, HOST_ACTIVE, 10);
	add_host(m, 1, HOST_OFF, 1000);
	add_host(m, 2, HOST_ACTIVE, 20);
	r = finish(m, 2 * BIN_US);
	CU_ASSERT_EQUAL(r.timeline.n_rows, 2);
	CU_ASSERT_EQUAL(r.timeline.row_host[0], 2);
	CU_ASSERT_EQUAL(r.timeline.row_host[1], 0);
	NEAR(r.timeline.heat[0], 0.25);
	NEAR(r.timeline.heat[1], 1.5);
	NEAR(r.timeline.heat[TIMELINE_BINS_MAX], 0.5);
	CU_ASSERT(r.timeline.heat[TIMELINE_BINS_MAX + 1] < 0);
	sim_result_done(&r);
}

static void too_many_hosts_share_rows_by_rank(void)
{
	struct meters *m = meters_new(2 * HEAT_ROWS_MAX, BIN_US);
	float load[2 * HEAT_ROWS_MAX];
	struct sim_result r;

	for (uint32_t h = 0; h < 2 * HEAT_ROWS_MAX; h++) {
		load[h] = h % 2 ? 0.5f : -1; /* of each pair one is off */
		add_host(m, h, HOST_ACTIVE, 1000 - (double)h);
	}
	load[0] = 1;
	meters_add_heat(m, 0, load);
	r = finish(m, BIN_US);
	CU_ASSERT_EQUAL(r.timeline.n_rows, HEAT_ROWS_MAX);
	CU_ASSERT_EQUAL(r.timeline.row_host[5], 10);
	NEAR(r.timeline.heat[0], 0.75);
	NEAR(r.timeline.heat[(size_t)5 * TIMELINE_BINS_MAX], 0.5);
	sim_result_done(&r);
}

static void bins_without_a_tick_are_dark(void)
{
	struct meters *m = meters_new(1, BIN_US);
	struct sim_result r;

	meters_add_heat(m, 0, &(float){0.5f});
	meters_add_heat(m, 3 * BIN_US, &(float){0.25f});
	add_host(m, 0, HOST_ACTIVE, 1);
	r = finish(m, 5 * BIN_US);
	NEAR(r.timeline.heat[0], 0.5);
	CU_ASSERT(r.timeline.heat[1] < 0 && r.timeline.heat[2] < 0 && r.timeline.heat[4] < 0);
	NEAR(r.timeline.heat[3], 0.25);
	sim_result_done(&r);
}

TEST_MAIN("meters", TEST(energy_is_the_sum_over_states), TEST(slatah_counts_active_time_alone),
          TEST(work_gives_unserved_pdm_and_their_products),
          TEST(nothing_measured_gives_zeros_not_nan), TEST(a_span_is_cut_at_the_bins),
          TEST(the_last_bin_is_a_mean_over_its_own_width), TEST(long_runs_merge_bins_and_keep_sums),
          TEST(counts_go_to_their_figures), TEST(heat_rows_are_hosts_ever_on_most_used_first),
          TEST(too_many_hosts_share_rows_by_rank), TEST(bins_without_a_tick_are_dark))
