/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sealing a fleet: order, ids, indexes and everything that is refused. */
#include "core/model/fleet.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "tests/support/draft.h"
#include "tests/support/test.h"

static void rename_host(struct fleet *f, uint32_t host, const char *name)
{
	free(f->hosts[host].name);
	f->hosts[host].name = xstrdup(name);
}

static void set_text(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

static void tables_are_sorted_by_name(void)
{
	struct fleet *f = draft_fleet(3, 0);

	rename_host(f, 0, "zeta");
	rename_host(f, 1, "alpha");
	rename_host(f, 2, "beta");
	draft_seal(f);
	CU_ASSERT_STRING_EQUAL(f->hosts[0].name, "alpha");
	CU_ASSERT_STRING_EQUAL(f->hosts[2].name, "zeta");
	fleet_free(f);
}

static void names_are_found_and_others_not(void)
{
	struct fleet *f = draft_seal(draft_fleet(20, 30));

	for (uint32_t i = 0; i < f->n_hosts; i++)
		CU_ASSERT_EQUAL(fleet_find_host(f, f->hosts[i].name), i);
	CU_ASSERT_EQUAL(fleet_find_vm(f, "v29"), 29);
	CU_ASSERT_EQUAL(fleet_find_vm(f, "v30"), ID_NONE);
	CU_ASSERT_EQUAL(fleet_find_host(f, ""), ID_NONE);
	fleet_free(f);
}

static void class_of_a_host_survives_the_sort(void)
{
	struct fleet *f = draft_fleet(2, 0);
	struct host_class a = draft_class("a");

	a.cores = 4;
	f->hosts[1].cls = fleet_add_class(f, &a); /* sorts before "c" */
	draft_seal(f);
	CU_ASSERT_EQUAL(fleet_class_of(f, 0)->cores, 8);
	CU_ASSERT_EQUAL(fleet_class_of(f, 1)->cores, 4);
	fleet_free(f);
}

static void rule_members_are_renumbered_sorted_and_unique(void)
{
	struct fleet *f = draft_fleet(2, 3);
	struct rule *r;

	set_text(&f->vms[0].name, "z");
	r = draft_rule(f, RULE_PIN, 4, (uint32_t[]){0, 2, 0, 1});
	draft_rule_hosts(r, 2, (uint32_t[]){1, 0});
	draft_seal(f);
	r = &f->rules[0];
	CU_ASSERT_EQUAL_FATAL(r->n_vms, 3);
	CU_ASSERT_EQUAL(r->vms[0], 0); /* v1 */
	CU_ASSERT_EQUAL(r->vms[2], 2); /* z */
	CU_ASSERT_EQUAL(r->hosts[0], 0);
	fleet_free(f);
}

static void rules_are_indexed_by_vm(void)
{
	struct fleet *f = draft_fleet(3, 4);

	draft_rule(f, RULE_APART, 2, (uint32_t[]){1, 3});
	draft_rule(f, RULE_LONELY, 1, (uint32_t[]){3});
	draft_seal(f);
	CU_ASSERT_EQUAL(f->rule_first[1] - f->rule_first[0], 0);
	CU_ASSERT_EQUAL(f->rule_first[2] - f->rule_first[1], 1);
	CU_ASSERT_EQUAL(f->rule_first[4] - f->rule_first[3], 2);
	CU_ASSERT_EQUAL(f->rule_of[f->rule_first[3] + 1], 1);
	CU_ASSERT_EQUAL(f->lonely_of[3], 1);
	CU_ASSERT_EQUAL(f->lonely_of[1], ID_NONE);
	fleet_free(f);
}

static void equal_racks_get_equal_ids(void)
{
	struct fleet *f = draft_fleet(4, 0);

	set_text(&f->hosts[0].rack, "r2");
	set_text(&f->hosts[1].rack, "r1");
	set_text(&f->hosts[2].rack, "r2");
	draft_seal(f);
	CU_ASSERT_EQUAL(f->hosts[0].rack_id, 1);
	CU_ASSERT_EQUAL(f->hosts[1].rack_id, 0);
	CU_ASSERT_EQUAL(f->hosts[2].rack_id, 1);
	CU_ASSERT_EQUAL(f->hosts[3].rack_id, ID_NONE);
	fleet_free(f);
}

static void only_needs_and_rules_make_a_fleet_constrained(void)
{
	struct fleet *f = draft_seal(draft_fleet(2, 2));

	CU_ASSERT_FALSE(f->constrained);
	fleet_free(f);
	f = draft_fleet(2, 2);
	f->vms[0].storage = STORAGE_HDD;
	CU_ASSERT_TRUE(draft_seal(f)->constrained);
	fleet_free(f);
	f = draft_fleet(2, 2);
	set_text(&f->hosts[0].cell, "west");
	CU_ASSERT_TRUE(draft_seal(f)->constrained);
	fleet_free(f);
	f = draft_fleet(2, 2);
	f->classes[0].hw_virt = false;
	CU_ASSERT_TRUE(draft_seal(f)->constrained);
	fleet_free(f);
}

static void duplicate_names_are_refused(void)
{
	struct fleet *f = draft_fleet(2, 0);
	struct err err;

	rename_host(f, 1, "h0");
	CU_ASSERT_EQUAL(fleet_seal(f, &err), -EEXIST);
	CU_ASSERT_STRING_EQUAL(err.text, "host \"h0\" is there twice; names are unique");
	fleet_free(f);
}

/* One change that makes a good fleet impossible. */
static void break_class_cores(struct fleet *f)
{
	f->classes[0].cores = 0;
}

static void break_class_memory(struct fleet *f)
{
	f->classes[0].capacity.v[RES_MEM] = NAN;
}

static void break_class_power(struct fleet *f)
{
	f->classes[0].power.max_w = 50;
}

static void break_class_boot(struct fleet *f)
{
	f->classes[0].boot.power_w = -1;
}

static void break_class_emulation(struct fleet *f)
{
	f->classes[0].emulation = true;
	f->classes[0].emulation_factor = 0.5;
}

static void break_host_class(struct fleet *f)
{
	f->hosts[0].cls = 7;
}

static void break_vm(struct fleet *f)
{
	f->vms[0].allocation.v[RES_CPU] = -1;
}

static void break_rule_member(struct fleet *f)
{
	f->rules[0].vms[0] = 100;
}

static void break_rule_pin(struct fleet *f)
{
	f->rules[0].kind = RULE_PIN;
}

static void break_rule_weight(struct fleet *f)
{
	f->rules[0].hard = false;
	f->rules[0].weight = NAN;
}

static void impossible_records_are_refused(void)
{
	static void (*const breaks[])(struct fleet *) = {
	        break_class_cores, break_class_memory,    break_class_power, break_class_boot,
	        break_host_class,  break_class_emulation, break_vm,          break_rule_member,
	        break_rule_pin,    break_rule_weight,
	};

	for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
		struct fleet *f = draft_fleet(2, 2);
		struct err err = {""};

		draft_rule(f, RULE_APART, 2, (uint32_t[]){0, 1});
		breaks[i](f);
		CU_ASSERT_EQUAL(fleet_seal(f, &err), -EINVAL);
		CU_ASSERT_NOT_EQUAL(err.text[0], '\0');
		fleet_free(f);
	}
}

TEST_MAIN("fleet", TEST(tables_are_sorted_by_name), TEST(names_are_found_and_others_not),
          TEST(class_of_a_host_survives_the_sort),
          TEST(rule_members_are_renumbered_sorted_and_unique), TEST(rules_are_indexed_by_vm),
          TEST(equal_racks_get_equal_ids), TEST(only_needs_and_rules_make_a_fleet_constrained),
          TEST(duplicate_names_are_refused), TEST(impossible_records_are_refused))
