/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration: defaults, files, overrides, refusals; and nothing changes on failure. */
#include "engine/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/temp.h"
#include "tests/support/test.h"

struct weather {
	double wind;
	bool rain;
};

static const struct param weather_rows[] = {
        {"weather.wind", PARAM_NUMBER, offsetof(struct weather, wind), "m/s", 0, 99, 3, NULL, "w"},
        {"weather.rain", PARAM_SWITCH, offsetof(struct weather, rain), "", 0, 1, 0, NULL, "r"},
};
static const struct param_table weather_table = {weather_rows, 2};

struct scene {
	struct config cfg;
	struct weather weather;
};

static void scene_init(struct scene *s)
{
	config_init(&s->cfg);
	config_add_section(&s->cfg, &weather_table, &s->weather);
}

static int load_text(struct config *c, const char *text, struct err *err)
{
	char path[TEMP_PATH_MAX];
	int r;

	temp_write(text, path);
	r = config_load(c, path, err);
	temp_remove(path);
	return r;
}

static void defaults_are_those_of_the_tables(void)
{
	struct scene s;

	scene_init(&s);
	CU_ASSERT_PTR_EQUAL(s.cfg.policy, policy_at(0));
	CU_ASSERT_EQUAL(s.cfg.engine.migrations_per_host, 2);
	CU_ASSERT_EQUAL(s.cfg.engine.host_min_on_us, 900 * USEC_PER_SEC);
	CU_ASSERT_DOUBLE_EQUAL(s.weather.wind, 3, 0);
	config_done(&s.cfg);
}

static void every_row_can_be_set_to_what_it_shows(void)
{
	struct scene s;
	struct config_row row;
	char text[64];
	uint32_t n = 0;

	scene_init(&s);
	for (; config_row_at(&s.cfg, n, &row); n++) {
		param_format(row.param, row.object, text, sizeof(text));
		CU_ASSERT_EQUAL(config_set(&s.cfg, row.param->name, text, NULL), 0);
	}
	CU_ASSERT_EQUAL(n, policy_at(0)->params.len + engine_params.len + 2);
	config_done(&s.cfg);
}

static void file_sets_policy_limits_and_sections(void)
{
	struct scene s;
	struct err err = {""};
	char text[256];
	uint32_t i = 0;

	while (policy_at(i + 1))
		i++;
	(void)snprintf(text, sizeof(text),
	               "limits:\n  moves_per_hour: 20\n  vm_cooldown: 1h\nweather: {rain: yes}\n"
	               "policy: %s\n",
	               policy_at(i)->name);
	scene_init(&s);
	CU_ASSERT_EQUAL(load_text(&s.cfg, text, &err), 0);
	CU_ASSERT_STRING_EQUAL(err.text, "");
	CU_ASSERT_PTR_EQUAL(s.cfg.policy, policy_at(i));
	CU_ASSERT_EQUAL(s.cfg.engine.moves_per_hour, 20);
	CU_ASSERT_EQUAL(s.cfg.engine.vm_cooldown_us, USEC_PER_HOUR);
	CU_ASSERT_TRUE(s.weather.rain);
	CU_ASSERT_EQUAL(s.cfg.engine.migrations_per_host, 2);
	config_done(&s.cfg);
}

static void sections_without_keys_are_fine(void)
{
	struct scene s;

	scene_init(&s);
	CU_ASSERT_EQUAL(load_text(&s.cfg, "limits:\n  # moves_per_hour: 3\nweather: {}\n", NULL),
	                0);
	CU_ASSERT_EQUAL(load_text(&s.cfg, "# all at its default\n", NULL), 0);
	config_done(&s.cfg);
}

/* The message of a bad file, without the path of the temporary file in front. */
static void refuses(const char *text, const char *message)
{
	struct scene s;
	struct err err = {""};
	char before[DIGEST_TEXT_LEN], after[DIGEST_TEXT_LEN];
	const char *colon;

	scene_init(&s);
	config_digest(&s.cfg, before);
	CU_ASSERT_TRUE(load_text(&s.cfg, text, &err) < 0);
	colon = strchr(err.text, ':');
	CU_ASSERT_PTR_NOT_NULL_FATAL(colon);
	if (strncmp(colon, message, strlen(message)) != 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_EQUAL(strncmp(colon, message, strlen(message)), 0);
	config_digest(&s.cfg, after);
	CU_ASSERT_STRING_EQUAL(before, after);
	config_done(&s.cfg);
}

static void bad_files_are_refused_and_change_nothing(void)
{
	refuses("limits:\n  moves_per_hour: 7\n  moves_per_huor: 8\n",
	        ":3: limits.moves_per_huor: unknown key; did you mean limits.moves_per_hour?");
	refuses("limits:\n  moves_per_hour: 7\nlimits.hosts_on_min: many\n",
	        ":3: limits.hosts_on_min: \"many\" is not valid; give a whole number");
	refuses("weather: {wind: 7, rain: perhaps}\n",
	        ":1: weather.rain: \"perhaps\" is not valid; give true or false");
	refuses("weather:\n  wind: 100\n", ":2: weather.wind: 100 is out of bounds; give 0 to 99");
	refuses("limits:\n  vm_cooldown: 3 lightyears\n", ":2: limits.vm_cooldown:");
	refuses("limits:\n  vm_cooldown: -5s\n", ":2: limits.vm_cooldown:");
	refuses("limits:\n  host_off_ratio_max: 140%\n", ":2: limits.host_off_ratio_max: 140%");
	refuses("policy: magic-wand-9000\n", ":1: policy: there is no \"magic-wand-9000\";");
	refuses("policy: [a, b]\n", ":1: policy: this is a list; give the name of one policy");
	refuses("limits: [1, 2]\n", ":1: limits: no option is a list");
	refuses("limits: 5\n", ":1: limits: unknown key");
	refuses("limits:\n  moves_per_hour:\n", ":2: limits.moves_per_hour: \"\" is not valid");
	refuses("limits:\n  hosts_on_min: 2\nlimits.hosts_on_min: 3\n",
	        ":3: limits.hosts_on_min: key is there twice, first in line 2");
	refuses("limits.hosts_on_min: 3\nlimits:\n  hosts_on_min: 2\n",
	        ":3: limits.hosts_on_min: key is there twice, first in line 1");
	refuses("just words\n", ":1: this is a single value; give a mapping");
	refuses("limits:\n\thosts_on_min: 2\n", ":2: ");
	refuses("limits: {moves_per_hour: 1\n", ":2: ");
}

static void option_of_another_policy_says_so(void)
{
	struct scene s;
	struct err err = {""};
	const char *key = NULL;

	scene_init(&s);
	for (uint32_t i = 1; policy_at(i) && !key; i++)
		for (size_t k = 0; k < policy_at(i)->params.len && !key; k++)
			if (!param_find(&policy_at(0)->params, policy_at(i)->params.rows[k].name))
				key = policy_at(i)->params.rows[k].name;
	if (key) {
		CU_ASSERT_EQUAL(config_set(&s.cfg, key, "1", &err), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "an option of policy"));
	}
	config_done(&s.cfg);
}

static void misspelt_policy_gets_a_suggestion(void)
{
	struct scene s;
	struct err err = {""};
	char name[64], expected[80];

	scene_init(&s);
	(void)snprintf(name, sizeof(name), "%sx", policy_at(0)->name);
	(void)snprintf(expected, sizeof(expected), "did you mean %s?", policy_at(0)->name);
	CU_ASSERT_EQUAL(config_set_policy(&s.cfg, name, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, expected));
	config_done(&s.cfg);
}

static void digest_tells_configurations_apart(void)
{
	struct scene s;
	char a[DIGEST_TEXT_LEN], b[DIGEST_TEXT_LEN];

	scene_init(&s);
	config_digest(&s.cfg, a);
	CU_ASSERT_EQUAL(config_set(&s.cfg, "weather.wind", "3.0", NULL), 0);
	config_digest(&s.cfg, b);
	CU_ASSERT_STRING_EQUAL(a, b);
	CU_ASSERT_EQUAL(config_set(&s.cfg, "weather.wind", "3.5", NULL), 0);
	config_digest(&s.cfg, b);
	CU_ASSERT_STRING_NOT_EQUAL(a, b);
	config_done(&s.cfg);
}

TEST_MAIN("config", TEST(defaults_are_those_of_the_tables),
          TEST(every_row_can_be_set_to_what_it_shows), TEST(file_sets_policy_limits_and_sections),
          TEST(sections_without_keys_are_fine), TEST(bad_files_are_refused_and_change_nothing),
          TEST(option_of_another_policy_says_so), TEST(misspelt_policy_gets_a_suggestion),
          TEST(digest_tells_configurations_apart))
