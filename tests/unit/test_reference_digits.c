/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole runs under rules cloudsim, digit by digit: 60 VMs with bursts, constants, zeros and common
 * swings, 60 columns, on the reference fleet. The expected figures come from a plain program,
 * written apart from this code and straight from the reference's description, which reproduces all
 * published figures of the PlanetLab days; see docs/validation.md.
 */
#include <stdio.h>
#include <string.h>

#include "sim/run.h"
#include "tests/support/test.h"

#define FLEET "configs/fleets/planetlab.yaml"
#define TRACE "planetlab:tests/fixtures/reference/vms60.csv"

struct row {
	const char *policy;
	/* kWh|migrations|SLAV %|SLATAH %|overall SLA %|average SLA %|shutdowns|s to shutdown */
	const char *figures;
};

static const struct row rows[] = {
        {"npa", "495.60|0|0.00000|0.00|0.00|0.00|778|317.45"},
        {"dvfs", "11.04|0|0.00000|0.00|0.00|0.00|778|317.45"},
        {"thr-mmt", "6.21|708|0.00611|4.60|0.15|10.62|970|420.12"},
        {"thr-mc", "6.11|673|0.00782|5.19|0.17|10.67|956|439.25"},
        {"thr-mu", "6.69|844|0.00936|6.26|0.17|10.35|1005|424.77"},
        {"iqr-mmt", "6.45|727|0.00597|4.34|0.15|10.37|982|438.03"},
        {"iqr-mc", "6.11|609|0.00668|4.58|0.17|10.78|959|435.91"},
        {"iqr-mu", "6.80|856|0.00914|5.97|0.17|10.81|1006|435.81"},
        {"mad-mmt", "6.04|658|0.00603|4.36|0.16|10.96|955|442.31"},
        {"mad-mc", "5.85|563|0.00641|4.66|0.16|10.73|937|422.87"},
        {"mad-mu", "6.49|797|0.00858|5.90|0.17|10.84|981|440.51"},
        {"lr-mmt", "5.46|446|0.00487|5.63|0.40|10.98|899|395.44"},
        {"lr-mc", "5.41|380|0.00400|4.45|0.22|10.41|882|401.52"},
        {"lr-mu", "5.74|565|0.00593|6.08|0.31|10.55|911|434.31"},
        {"lrr-mmt", "5.46|446|0.00487|5.63|0.40|10.98|899|395.44"},
};

static void format(const struct sim_result *r, char *ret_text, size_t size)
{
	(void)snprintf(ret_text, size, "%.2f|%llu|%.5f|%.2f|%.2f|%.2f|%llu|%.2f", r->energy_kwh,
	               (unsigned long long)r->migrations, r->slav * 100, r->slatah * 100,
	               r->overall_sla * 100, r->average_sla * 100,
	               (unsigned long long)r->host_power_cycles, r->mean_time_to_shutdown_s);
}

static void run(const char *policy, enum rules rules, struct sim_result *ret)
{
	struct config config;
	struct world_cfg world;
	struct err err = {0};
	struct sim_opts o = {
	        .fleet_path = FLEET,
	        .trace_spec = TRACE,
	        .config = &config,
	        .world = &world,
	        .rules = rules,
	        .until_us = USEC_NEVER,
	        .seed = 1,
	};

	param_set_defaults(&world_params, &world);
	config_init(&config);
	CU_ASSERT_EQUAL_FATAL(config_set_policy(&config, policy, &err), 0);
	if (sim_run(&o, ret, &err) < 0)
		CU_FAIL_FATAL(err.text);
	config_done(&config);
}

static void every_figure_is_that_of_the_plain_program(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_result r;
		char got[160];

		sim_result_init(&r);
		run(rows[i].policy, RULES_CLOUDSIM, &r);
		format(&r, got, sizeof(got));
		if (strcmp(got, rows[i].figures) != 0)
			printf("%s: %s, expected %s\n", rows[i].policy, got, rows[i].figures);
		CU_ASSERT_STRING_EQUAL(got, rows[i].figures);
		sim_result_done(&r);
	}
}

static void a_run_repeats_itself(void)
{
	static const char *const policies[] = {"lr-mmt", "iqr-rs"};
	static const enum rules rules[] = {RULES_CLOUDSIM, RULES_IDEAL};

	for (int i = 0; i < 4; i++) {
		struct sim_result a, b;

		sim_result_init(&a);
		sim_result_init(&b);
		run(policies[i / 2], rules[i % 2], &a);
		run(policies[i / 2], rules[i % 2], &b);
		CU_ASSERT_STRING_EQUAL(a.decision_digest, b.decision_digest);
		CU_ASSERT_EQUAL(a.energy_kwh, b.energy_kwh);
		CU_ASSERT_TRUE(a.migrations > 0);
		sim_result_done(&a);
		sim_result_done(&b);
	}
}

static void consolidation_saves_energy_under_ideal_rules_too(void)
{
	struct sim_result npa, dvfs, lr;

	sim_result_init(&npa);
	sim_result_init(&dvfs);
	sim_result_init(&lr);
	run("npa", RULES_IDEAL, &npa);
	run("dvfs", RULES_IDEAL, &dvfs);
	run("lr-mmt", RULES_IDEAL, &lr);
	CU_ASSERT_TRUE(lr.energy_kwh < 0.8 * dvfs.energy_kwh);
	CU_ASSERT_TRUE(dvfs.energy_kwh < npa.energy_kwh);
	CU_ASSERT_TRUE(lr.energy_kwh > lr.lower_bound_kwh);
	CU_ASSERT_DOUBLE_EQUAL(npa.energy_kwh, 100.8 * 5, 1e-6); /* 5 h */
	CU_ASSERT_EQUAL(dvfs.migrations, 0);
	sim_result_done(&npa);
	sim_result_done(&dvfs);
	sim_result_done(&lr);
}

TEST_MAIN("reference digits", TEST(every_figure_is_that_of_the_plain_program),
          TEST(a_run_repeats_itself), TEST(consolidation_saves_energy_under_ideal_rules_too))
