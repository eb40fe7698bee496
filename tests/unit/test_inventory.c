/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inventory files: what they say, and what is refused with file, line, what and remedy. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "engine/inventory.h"
#include "tests/support/test.h"

static int load(const char *text, struct inventory **ret, struct err *err)
{
	return inventory_parse(text, strlen(text), ret, err);
}

static void hosts_are_sorted_by_name_and_reached_as_stated(void)
{
	struct inventory *inv = NULL;

	CU_ASSERT_EQUAL_FATAL(load("hosts:\n"
	                           "  - {name: b, libvirt: 'qemu+tls://b/system', rack: r1}\n"
	                           "  - {name: a, libvirt: 'test:///default', cell: c}\n",
	                           &inv, NULL),
	                      0);
	CU_ASSERT_EQUAL_FATAL(inv->n_hosts, 2);
	CU_ASSERT_STRING_EQUAL(inv->hosts[0].name, "a");
	CU_ASSERT_STRING_EQUAL(inv->hosts[0].cell, "c");
	CU_ASSERT_STRING_EQUAL(inv->hosts[0].rack, "");
	CU_ASSERT_STRING_EQUAL(inv->hosts[1].libvirt, "qemu+tls://b/system");
	CU_ASSERT_STRING_EQUAL(inv->hosts[1].rack, "r1");
	inventory_free(inv);
}

static void one_entry_numbers_many_hosts(void)
{
	struct inventory *inv = NULL;

	CU_ASSERT_EQUAL_FATAL(load("hosts:\n"
	                           "  - {count: 3, first: 8, name: h%02d,\n"
	                           "     libvirt: 'qemu+tcp://10.0.0.%d/system'}\n",
	                           &inv, NULL),
	                      0);
	CU_ASSERT_EQUAL_FATAL(inv->n_hosts, 3);
	CU_ASSERT_STRING_EQUAL(inv->hosts[0].name, "h08");
	CU_ASSERT_STRING_EQUAL(inv->hosts[2].name, "h10");
	CU_ASSERT_STRING_EQUAL(inv->hosts[2].libvirt, "qemu+tcp://10.0.0.10/system");
	inventory_free(inv);
}

static void shared_storage_is_a_list_of_folders(void)
{
	struct inventory *inv = NULL;

	CU_ASSERT_EQUAL_FATAL(load("shared_storage: [/srv/vm, /images]\n"
	                           "hosts: [{name: a, libvirt: u}]\n",
	                           &inv, NULL),
	                      0);
	CU_ASSERT_EQUAL_FATAL(inv->n_shared_storage, 2);
	CU_ASSERT_STRING_EQUAL(inv->shared_storage[1], "/images");
	inventory_free(inv);
}

struct bad {
	const char *text, *place, *what;
};

static void what_is_wrong_is_refused_with_line_and_remedy(void)
{
	static const struct bad cases[] = {
	        {"hosts: []\n", ":1: ", "add at least one host"},
	        {"shared_storage: [/a]\n", ":1: ", "hosts"},
	        {"hosts:\n  - {name: a}\n", ":2: ", "libvirt"},
	        {"hosts:\n  - {libvirt: u}\n", ":2: ", "name"},
	        {"hosts:\n  - {name: a, libvirt: u, rak: r}\n", ":2: ", "did you mean rack"},
	        {"hosts:\n  - {name: a, libvirt: u}\n  - {name: a, libvirt: v}\n", ":",
	         "host \"a\" is there twice"},
	        {"hosts:\n  - {name: a, libvirt: u}\n  - {name: b, libvirt: u}\n", ":",
	         "have one address, u"},
	        {"hosts:\n  - {count: 2, name: a, libvirt: u%d}\n", ":2: ", "write a pattern"},
	        {"hosts:\n  - {count: 2, name: a%d, libvirt: u}\n", ":2: ", "write %d"},
	        {"hosts:\n  - {count: 2, name: a%s, libvirt: u%d}\n", ":2: ", "not a pattern"},
	        {"hosts:\n  - {count: 20000, name: a%d, libvirt: u%d}\n", ":2: ", "count"},
	        {"hosts:\n  - {count: 9999, name: a%d, libvirt: u%d}\n"
	         "  - {count: 9999, name: b%d, libvirt: v%d}\n",
	         ":3: ", "more than 10000 hosts"},
	        {"shared_storage: [images]\nhosts: [{name: a, libvirt: u}]\n",
	         ":1: ", "begin it with /"},
	        {"shared_storage: /a\nhosts: [{name: a, libvirt: u}]\n", ":1: ", "list of paths"},
	        {"hosts: [{name: \"a\\n\", libvirt: u}]\n", ":1: ", "control character"},
	        {"hosts: [{count: \"1\\n2\", name: a, libvirt: u}]\n", ":1: ", "1?2"},
	        {"hosts: {name: a, libvirt: u}\n", ":1: ", "a list of hosts"},
	        {"host: [{name: a, libvirt: u}]\n", ":1: ", "did you mean hosts"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct inventory *inv = NULL;
		struct err err = {""};
		bool told;

		CU_ASSERT(load(cases[i].text, &inv, &err) < 0);
		told = strstr(err.text, cases[i].place) && strstr(err.text, cases[i].what) &&
		       !strchr(err.text, '\n');
		CU_ASSERT(told);
		if (!told)
			printf("case %zu: %s\n", i, err.text);
		CU_ASSERT_PTR_NULL(inv);
	}
}

TEST_MAIN("inventory", TEST(hosts_are_sorted_by_name_and_reached_as_stated),
          TEST(one_entry_numbers_many_hosts), TEST(shared_storage_is_a_list_of_folders),
          TEST(what_is_wrong_is_refused_with_line_and_remedy))
