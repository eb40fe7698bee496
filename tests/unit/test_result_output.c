/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as JSON and as text tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output/result_json.h"
#include "sim/output/summary.h"
#include "tests/support/made_up.h"
#include "tests/support/test.h"

static struct sim_result result(const char *policy)
{
	struct sim_result r;

	made_up_result(&(struct made_up){policy, 10, 40, 1.5, 7}, &r);
	return r;
}

static char *print_json(const struct sim_result *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	CU_ASSERT_EQUAL(result_json_write(f, r), 0);
	(void)fclose(f);
	return text;
}

/* The key set is a contract with scripts: a key that is missing here was taken from somebody. */
static void json_has_every_promised_key(void)
{
	static const char *const keys[] = {
	        "policy",
	        "rules",
	        "vms",
	        "hosts",
	        "simulated_seconds",
	        "energy_kwh",
	        "lower_bound_kwh",
	        "energy_over_lower_bound",
	        "energy_by_state_kwh",
	        "slatah",
	        "pdm",
	        "slav",
	        "esv",
	        "unserved_ratio",
	        "overall_sla",
	        "average_sla",
	        "migrations",
	        "migrations_failed",
	        "bytes_moved",
	        "host_power_cycles",
	        "mean_hosts_on",
	        "mean_time_to_shutdown_s",
	        "host_crashes",
	        "wake_failures",
	        "actions_by_reason",
	        "vm_steps",
	        "wall_seconds",
	        "vm_steps_per_second",
	        "peak_rss_bytes",
	        "seed",
	        "config_digest",
	        "decision_digest",
	};
	struct sim_result r = result("p");
	char *text = print_json(&r);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char quoted[64];

		(void)snprintf(quoted, sizeof(quoted), "\n  \"%s\": ", keys[i]);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, quoted));
	}
	free(text);
	sim_result_done(&r);
}

static void json_writes_null_for_what_has_no_value(void)
{
	struct sim_result r;
	char *text;

	sim_result_init(&r);
	r.esv = (double)NAN;
	text = print_json(&r);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"energy_over_lower_bound\": null"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"esv\": null"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"mean_time_to_shutdown_s\": null"));
	free(text);
}

static void json_of_runs_is_one_list(void)
{
	struct sim_result runs[2] = {result("a"), result("b\"\n")};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	CU_ASSERT_EQUAL(result_json_write_runs(f, runs, 2), 0);
	(void)fclose(f);
	CU_ASSERT_EQUAL(strncmp(text, "{\n  \"runs\": [", 13), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"policy\": \"a\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"policy\": \"b\\\"\\n\""));
	free(text);
	sim_result_done(&runs[0]);
	sim_result_done(&runs[1]);
}

static void full_stream_is_an_error(void)
{
	struct sim_result r = result("p");
	FILE *f = fopen("/dev/full", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)setvbuf(f, NULL, _IONBF, 0);
	CU_ASSERT_TRUE(result_json_write(f, &r) < 0);
	(void)fclose(f);
	sim_result_done(&r);
}

static void simple_numbers(struct sim_result *r, const char *policy)
{
	sim_result_init(r);
	(void)snprintf(r->policy, sizeof(r->policy), "%s", policy);
	r->n_hosts = 10;
	r->n_vms = 40;
	r->simulated_us = USEC_PER_DAY;
	r->seed = 7;
	r->energy_kwh = 12.5;
	r->lower_bound_kwh = 10;
	r->slatah = 0.0125;
	r->unserved_ratio = 0.0005;
	r->migrations = 321;
	r->host_power_cycles = 12;
	r->mean_hosts_on = 4.25;
	r->wall_seconds = 0.5;
}

static void table_aligns_its_columns(void)
{
	static const char expected[] =
	        "40 VMs on 10 hosts, 1d 00:00:00 simulated, rules real, seed 7, lower bound 10.00 "
	        "kWh\n\n"
	        "policy      energy kWh  x bound  SLATAH %  unserved %  migrations  power cycles  "
	        "hosts on  time s\n"
	        "ebb              12.50    1.250     1.250      0.0500         321            12  "
	        "     4.2    0.50\n"
	        "a-long-one     1234.50        -     1.250      0.0500         321            12  "
	        "     4.2    0.50\n";
	struct sim_result runs[2];
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	simple_numbers(&runs[0], "ebb");
	simple_numbers(&runs[1], "a-long-one");
	runs[1].energy_kwh = 1234.5;
	runs[1].lower_bound_kwh = 0;
	summary_write_runs(f, runs, 2);
	(void)fclose(f);
	CU_ASSERT_STRING_EQUAL(text, expected);
	if (strcmp(text, expected) != 0)
		(void)fputs(text, stderr);
	free(text);
}

static void summary_tells_the_figures_and_the_reasons(void)
{
	static const char *const parts[] = {
	        "ebb: 40 VMs on 10 hosts, 1d 00:00:00 simulated, rules real\n",
	        "12.50 kWh  1.250 x the lower bound of 10.00 kWh\n",
	        "4.2      of 10, on average\n",
	        "0.0500 %    of the CPU work asked for\n",
	        "1.250 %    PDM 0.000 %",
	        "321      0 failed, 2.5 TB copied\n",
	        "why              empty-host 300, idle-host 21\n",
	        "seed 7, config , decisions \n",
	};
	struct sim_result r;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	simple_numbers(&r, "ebb");
	r.bytes_moved = 2.5e12;
	r.actions_by_reason[REASON_EMPTY_HOST] = 300;
	r.actions_by_reason[REASON_IDLE_HOST] = 21;
	summary_write(f, &r);
	(void)fclose(f);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(text, parts[i]));
	free(text);
}

TEST_MAIN("result_output", TEST(json_has_every_promised_key),
          TEST(json_writes_null_for_what_has_no_value), TEST(json_of_runs_is_one_list),
          TEST(full_stream_is_an_error), TEST(table_aligns_its_columns),
          TEST(summary_tells_the_figures_and_the_reasons))
