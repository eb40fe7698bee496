/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of the rules, and the world's settings. */
#include "sim/rules.h"

#include <errno.h>
#include <string.h>

#include "tests/support/test.h"

static void every_rule_is_found_by_its_name(void)
{
	for (int i = RULES_REAL; i <= RULES_CLOUDSIM; i++) {
		enum rules r = RULES_REAL;

		CU_ASSERT_EQUAL(rules_parse(rules_name((enum rules)i), &r, NULL), 0);
		CU_ASSERT_EQUAL((int)r, i);
	}
}

static void a_misspelt_rule_gets_a_suggestion(void)
{
	enum rules r = RULES_IDEAL;
	struct err err = {0};

	CU_ASSERT_EQUAL(rules_parse("cloudsin", &r, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "did you mean \"cloudsim\""));
	CU_ASSERT_EQUAL(rules_parse("xyzzy", &r, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "real, ideal or cloudsim"));
	CU_ASSERT_EQUAL(r, RULES_IDEAL);
}

static void world_defaults_are_those_of_the_reference_experiment(void)
{
	struct world_cfg cfg;

	param_set_defaults(&world_params, &cfg);
	CU_ASSERT_EQUAL(cfg.migration_link_ratio, 0.5);
	CU_ASSERT_EQUAL(cfg.migration_overhead_ratio, 0.1);
	CU_ASSERT_EQUAL(cfg.host_sleep, WORLD_SLEEP_OFF);
	CU_ASSERT_EQUAL(cfg.wake_failure_probability, 0);
	CU_ASSERT_EQUAL(cfg.crash_mtbf_us, 0);
	CU_ASSERT_EQUAL(cfg.crash_repair_us, 1800 * USEC_PER_SEC);
}

static int set(struct world_cfg *cfg, const char *name, const char *value)
{
	return param_parse(param_find(&world_params, name), cfg, value, NULL);
}

static void world_settings_are_bounded(void)
{
	struct world_cfg cfg;

	param_set_defaults(&world_params, &cfg);
	CU_ASSERT_EQUAL(set(&cfg, "world.host_sleep", "standby"), 0);
	CU_ASSERT_EQUAL(cfg.host_sleep, WORLD_SLEEP_STANDBY);
	CU_ASSERT_EQUAL(set(&cfg, "world.crash_mtbf", "30d"), 0);
	CU_ASSERT_EQUAL(cfg.crash_mtbf_us, 30 * USEC_PER_DAY);
	/* No link and a guest that dirties as fast as it is copied would never end. */
	CU_ASSERT_EQUAL(set(&cfg, "world.migration_link_ratio", "0"), -ERANGE);
	CU_ASSERT_EQUAL(set(&cfg, "world.dirty_ratio_max", "1"), -ERANGE);
	CU_ASSERT_EQUAL(set(&cfg, "world.wake_failure_probability", "1.5"), -ERANGE);
}

TEST_MAIN("rules", TEST(every_rule_is_found_by_its_name), TEST(a_misspelt_rule_gets_a_suggestion),
          TEST(world_defaults_are_those_of_the_reference_experiment),
          TEST(world_settings_are_bounded))
