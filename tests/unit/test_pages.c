/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Manual pages say what the option tables say, word for word. A missing entry is printed as it
 * has to stand in the page.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/config.h"
#include "engine/fleet_file_private.h"
#include "sim/rules.h"
#include "tests/support/page.h"
#include "tests/support/test.h"

static void expect_entry(const char *page, const char *entry)
{
	if (!strstr(page, entry))
		printf("missing in the page:%s", entry);
	CU_ASSERT_PTR_NOT_NULL(strstr(page, entry));
}

static void expect_options(const char *page, const struct param_table *table)
{
	char entry[1024];

	for (size_t i = 0; i < table->len; i++) {
		page_entry_full(&table->rows[i], entry, sizeof(entry));
		expect_entry(page, entry);
	}
}

/* Is the name of row k of policy i also one of an earlier policy, whose row is in the page? */
static int is_known(uint32_t i, const char *name)
{
	for (uint32_t earlier = 0; earlier < i; earlier++)
		if (param_find(&policy_at(earlier)->params, name))
			return 1;
	return 0;
}

static void configuration_page_has_every_option(void)
{
	char *page = page_read("docs/man/ebb.yaml.5");
	char entry[1024];

	CU_ASSERT_PTR_NOT_NULL(page);
	if (!page)
		return;
	expect_options(page, &engine_params);
	expect_options(page, &world_params);
	for (uint32_t i = 0; policy_at(i); i++)
		for (size_t k = 0; k < policy_at(i)->params.len; k++) {
			const struct param *row = &policy_at(i)->params.rows[k];

			if (is_known(i, row->name))
				continue;
			page_entry_full(row, entry, sizeof(entry));
			expect_entry(page, entry);
		}
	free(page);
}

static void fleet_page_has_every_key(void)
{
	static const struct param_table *const tables[] = {
	        &fleet_class_params, &fleet_power_params, &fleet_transition_params,
	        &fleet_host_params,  &fleet_type_params,  &fleet_vms_params,
	        &fleet_need_params,  &fleet_rule_params,
	};
	char *page = page_read("docs/man/ebb-fleet.5");
	char entry[1024];

	CU_ASSERT_PTR_NOT_NULL(page);
	if (!page)
		return;
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (size_t i = 0; i < tables[t]->len; i++) {
			page_entry_help(&tables[t]->rows[i], entry, sizeof(entry));
			expect_entry(page, entry);
		}
	free(page);
}

/* No entry of the page is about an option that is gone. */
static void configuration_page_has_nothing_else(void)
{
	char *page = page_read("docs/man/ebb.yaml.5"), *state = NULL;

	CU_ASSERT_PTR_NOT_NULL(page);
	if (!page)
		return;
	for (char *line = strtok_r(page, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
		int known = 0;

		if (strncmp(line, ".It Cm ", 7) != 0)
			continue;
		line += 7;
		known = param_find(&engine_params, line) || param_find(&world_params, line) ||
		        strcmp(line, "policy") == 0;
		for (uint32_t i = 0; policy_at(i) && !known; i++)
			known = param_find(&policy_at(i)->params, line) != NULL;
		if (!known)
			printf("in the page, but no option: %s\n", line);
		CU_ASSERT_TRUE(known);
	}
	free(page);
}

TEST_MAIN("pages", TEST(configuration_page_has_every_option), TEST(fleet_page_has_every_key),
          TEST(configuration_page_has_nothing_else))
