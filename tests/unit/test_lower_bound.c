/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least power, against sums done by hand and against a search over a grid of all ways to split
 * load and hosts.
 */
#include "sim/lower_bound.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"
#include "tests/support/build.h"
#include "tests/support/test.h"

#define NEAR(a, b) CU_ASSERT_DOUBLE_EQUAL(a, b, 1e-7 * (1 + fabs((double)(b))))

static double power_of(const struct fleet *f, double cpu, double mem, bool off_counts)
{
	struct lower_bound *lb = lower_bound_new(f);
	double w = lower_bound_power(lb, cpu, mem, off_counts);

	lower_bound_free(lb);
	return w;
}

/* Ten hosts of 1000 MIPS, 10000 bytes, 100 to 200 W, 5 W off. */
static struct fleet *ten_hosts(void)
{
	struct build_spec spec = build_defaults(10, 0);

	return build_fleet(&spec);
}

static void load_costs_full_hosts_and_the_rest_is_off(void)
{
	struct fleet *f = ten_hosts();

	NEAR(power_of(f, 0, 0, false), 0);
	NEAR(power_of(f, 0, 0, true), 50);
	NEAR(power_of(f, 2500, 0, false), 500);
	NEAR(power_of(f, 2500, 0, true), 500 + 7.5 * 5);
	NEAR(power_of(f, 10000, 0, true), 2000);
	fleet_free(f);
}

static void a_host_that_is_down_may_be_in_standby(void)
{
	struct fleet *f = ten_hosts();

	f->classes[0].standby_w = 2;
	NEAR(power_of(f, 2500, 0, true), 500 + 7.5 * 2);
	fleet_free(f);
}

static void demand_above_the_fleet_counts_as_the_fleet(void)
{
	struct fleet *f = ten_hosts();

	NEAR(power_of(f, 1e9, 0, true), 2000);
	NEAR(power_of(f, 0, 1e9, true), 1000);
	NEAR(power_of(f, 1e9, 1e9, true), 2000);
	fleet_free(f);
}

static void memory_keeps_hosts_on_that_load_would_not(void)
{
	struct fleet *f = ten_hosts();

	/* 4 hosts for the memory, their load 500 MIPS: 4 x 100 + 0.5 x 100 */
	NEAR(power_of(f, 500, 40000, false), 450);
	NEAR(power_of(f, 500, 40000, true), 450 + 6 * 5);
	/* 4 hosts for the load already hold that memory. */
	NEAR(power_of(f, 4000, 40000, true), 800 + 6 * 5);
	NEAR(power_of(f, 4000, 39000, true), 800 + 6 * 5);
	fleet_free(f);
}

static void concave_curves_are_bounded_by_their_chord(void)
{
	struct fleet *f = ten_hosts();

	f->classes[0].power = (struct power_model){POWER_SQRT, .idle_w = 0, .max_w = 200};
	NEAR(power_of(f, 250, 2500, false), 50);
	fleet_free(f);
}

static void convex_curves_are_never_overestimated(void)
{
	struct fleet *f = ten_hosts();

	f->classes[0].power = (struct power_model){POWER_CUBIC, .idle_w = 10, .max_w = 200};
	/* All on: ten at 0.205 each. Off hosts cost nothing, but standing idle is cheap. */
	for (int i = 0; i < 100; i++) {
		double u = 0.005 + i / 100.0;
		double y = fmin(1, u / cbrt(10.0 / 190 / 2)); /* best load: 2 x 190 u^3 = 10 */
		double least = 10 * y * (10 + 190 * pow(u / y, 3));
		double found = power_of(f, u * 10000, 0, false);

		CU_ASSERT(found <= least * (1 + 1e-12));
		CU_ASSERT(found >= least * 0.995);
	}
	fleet_free(f);
}

static void hosts_of_no_class_member_do_not_count(void)
{
	struct fleet *f = ten_hosts();
	struct host_class two[2] = {f->classes[0], f->classes[0]};
	struct fleet g = *f;

	two[1].power = (struct power_model){POWER_LINEAR, .idle_w = 1, .max_w = 2};
	g.classes = two;
	g.n_classes = 2;
	NEAR(power_of(&g, 2500, 0, false), 500);
	fleet_free(f);
}

/* --- the grid */

#define STEPS 48

struct grid_class {
	double n, mips, mem, off_w;
	double table_w[POWER_TABLE_POINTS];
};

/* Lower convex hull of the table at u, by all pairs of points. */
static double hull_at(const struct grid_class *c, double u)
{
	double best = INFINITY;

	for (int i = 0; i < POWER_TABLE_POINTS; i++)
		for (int j = i; j < POWER_TABLE_POINTS; j++) {
			double a = i / 10.0, b = j / 10.0;

			if (u < a - 1e-12 || u > b + 1e-12)
				continue;
			best = fmin(best, j == i ? c->table_w[i]
			                         : c->table_w[i] + (c->table_w[j] - c->table_w[i]) *
			                                                   (u - a) / (b - a));
		}
	return best;
}

static double power_of_class(const struct grid_class *c, double x, double y)
{
	double u = y > 0 ? x / (c->mips * y) : 0;

	if (x > c->mips * y * (1 + 1e-9))
		return INFINITY;
	return (y > 0 ? y * hull_at(c, fmin(u, 1)) : 0) + (c->n - y) * c->off_w;
}

/* Least over a grid: an upper bound of the true least power, near it. */
static double grid_least(const struct grid_class c[2], double cpu, double mem)
{
	double best = INFINITY;

	for (int i = 0; i <= STEPS; i++)
		for (int j = 0; j <= STEPS; j++) {
			double y[2] = {c[0].n * i / STEPS, c[1].n * j / STEPS};

			if (y[0] * c[0].mem + y[1] * c[1].mem < mem * (1 - 1e-9))
				continue;
			for (int k = 0; k <= STEPS; k++) {
				double x = fmin(cpu, c[0].n * c[0].mips) * k / STEPS;

				best = fmin(best, power_of_class(&c[0], x, y[0]) +
				                          power_of_class(&c[1], cpu - x, y[1]));
			}
		}
	return best;
}

static void make_class(struct grid_class *c, struct rng *rng)
{
	double w = 20 + 80 * rng_double(rng);

	*c = (struct grid_class){
	        .n = 1 + (double)rng_below(rng, 4),
	        .mips = 500 + 500 * (double)rng_below(rng, 4),
	        .mem = 1000 + 1000 * (double)rng_below(rng, 4),
	        .off_w = (double)rng_below(rng, 3) * 5,
	};
	for (int i = 0; i < POWER_TABLE_POINTS; i++) {
		c->table_w[i] = w;
		w += 20 * rng_double(rng);
	}
}

static struct fleet grid_fleet(const struct grid_class c[2], struct host_class *classes,
                               struct host *hosts)
{
	struct fleet f = {.classes = classes, .n_classes = 2, .hosts = hosts};

	for (uint32_t k = 0; k < 2; k++) {
		classes[k] = (struct host_class){.off_w = c[k].off_w, .standby_w = c[k].off_w + 3};
		classes[k].capacity.v[RES_CPU] = c[k].mips;
		classes[k].capacity.v[RES_MEM] = c[k].mem;
		for (int i = 0; i < POWER_TABLE_POINTS; i++)
			classes[k].power.table_w[i] = c[k].table_w[i];
		for (uint32_t i = 0; i < (uint32_t)c[k].n; i++)
			hosts[f.n_hosts++].cls = k;
	}
	return f;
}

static void agrees_with_a_search_over_a_grid(void)
{
	struct rng rng;

	rng_init(&rng, 1, 1);
	for (int i = 0; i < 24; i++) {
		struct host_class classes[2];
		struct host hosts[8] = {{0}};
		struct grid_class c[2];
		struct fleet f;
		double cpu, mem, found, least;

		make_class(&c[0], &rng);
		make_class(&c[1], &rng);
		f = grid_fleet(c, classes, hosts);
		cpu = rng_double(&rng) * (c[0].n * c[0].mips + c[1].n * c[1].mips) * 0.98;
		mem = i % 4 ? rng_double(&rng) * (c[0].n * c[0].mem + c[1].n * c[1].mem) * 0.98 : 0;
		found = power_of(&f, cpu, mem, true);
		least = grid_least(c, cpu, mem);
		CU_ASSERT(found <= least * (1 + 1e-9));
		CU_ASSERT(found >= least * 0.96);
	}
}

/* The reference fleet: its cheap class at full load costs 135 W per 5320 MIPS. */
static void reference_hosts_are_best_when_full(void)
{
	static const double g5[] = {93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135};
	struct build_spec spec = build_defaults(400, 0);
	struct fleet *f;

	spec.host_mips = 5320;
	f = build_fleet(&spec);
	f->classes[0].power.kind = POWER_TABLE;
	for (int i = 0; i < POWER_TABLE_POINTS; i++)
		f->classes[0].power.table_w[i] = g5[i];
	NEAR(power_of(f, 188685, 0, false), 188685 * 135.0 / 5320);
	fleet_free(f);
}

TEST_MAIN("lower_bound", TEST(load_costs_full_hosts_and_the_rest_is_off),
          TEST(a_host_that_is_down_may_be_in_standby),
          TEST(demand_above_the_fleet_counts_as_the_fleet),
          TEST(memory_keeps_hosts_on_that_load_would_not),
          TEST(concave_curves_are_bounded_by_their_chord),
          TEST(convex_curves_are_never_overestimated), TEST(hosts_of_no_class_member_do_not_count),
          TEST(agrees_with_a_search_over_a_grid), TEST(reference_hosts_are_best_when_full))
