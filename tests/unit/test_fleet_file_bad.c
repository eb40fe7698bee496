/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fleet files that are bad: each is refused with file, line, path, what and remedy. */
#include <stdio.h>
#include <string.h>

#include "engine/fleet_file_private.h"
#include "tests/support/test.h"

/* Lines 1-2, 3-4 and 5-6; what a case adds begins in line 7. */
#define CLASS             \
	"host_classes:\n" \
	"  - {name: c, cores: 2, core_mips: 1000, memory: 4GB, power: {idle: 50, max: 100}}\n"
#define HOSTS "hosts:\n  - {count: 4, name: h%d, class: c}\n"
#define TYPES "vm_types:\n  - {name: t, vcpu_mips: 500, memory: 1GB}\n"
#define GOOD  CLASS HOSTS TYPES

/* A class in lines 1-2 with one key more or other. */
#define CLASS_WITH(rest) "host_classes:\n  - {name: c, cores: 2, memory: 4GB, " rest "}\n" HOSTS

static const struct vm_seed seeds[] = {
        {.name = "db-1", .type = ""},
        {.name = "db-2", .type = ""},
        {.name = "web-1", .type = ""},
};

struct bad {
	const char *text, *message;
};

static void refuse_all(const struct bad *cases, size_t n)
{
	static const struct yaml_source source = {.path = "f", .root_name = "fleet"};

	for (size_t i = 0; i < n; i++) {
		struct fleet_reader r = {.seeds = seeds, .n_seeds = 3};
		struct yaml_doc *doc = NULL;
		struct fleet *f = NULL;
		struct err err = {""};
		int e = yaml_doc_parse(&source, cases[i].text, strlen(cases[i].text), &doc, &err);

		r.err = &err;
		if (e == 0)
			e = fleet_doc_build(doc, &r, &f);
		yaml_doc_free(doc);
		CU_ASSERT_TRUE(e < 0);
		CU_ASSERT_PTR_NULL(f);
		CU_ASSERT_PTR_NULL(strchr(err.text, '\n'));
		if (strncmp(err.text, cases[i].message, strlen(cases[i].message)) != 0)
			printf("got:    %s\nwanted: %s\n", err.text, cases[i].message);
		CU_ASSERT_EQUAL(strncmp(err.text, cases[i].message, strlen(cases[i].message)), 0);
	}
}

#define REFUSE_ALL(cases) refuse_all(cases, sizeof(cases) / sizeof((cases)[0]))

static void sections(void)
{
	static const struct bad cases[] = {
	        {"", "f:1: fleet: host_classes is missing; add it"},
	        {"# only a comment\n", "f:1: fleet: host_classes is missing"},
	        {CLASS, "f:1: fleet: hosts is missing; add it"},
	        {GOOD "host_clases: []\n",
	         "f:7: fleet.host_clases: unknown key; did you mean host_classes?"},
	        {"host_classes: c\n" HOSTS, "f:1: fleet.host_classes: this is a single value; give "
	                                    "a list"},
	        {"host_classes: []\n" HOSTS, "f:1: fleet.host_classes: host_classes needs 1 to"},
	        {CLASS "hosts: []\n", "f:3: fleet.hosts: hosts is missing or empty; add at least"},
	        {GOOD "hosts: []\n", "f:7: hosts: key is there twice, first in line 3"},
	        {"host_classes:\n\t- {name: c}\n", "f:2: "},
	        {"host_classes: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n", "f:1: nested too deeply"},
	        {"hosts: {\n", "f:2: "},
	};

	REFUSE_ALL(cases);
}

static void classes(void)
{
	static const struct bad cases[] = {
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9}, bootime: 3"),
	         "f:2: fleet.host_classes[0].bootime: unknown key; remove it"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9}, spindle: 3"),
	         "f:2: fleet.host_classes[0].spindle: unknown key; did you mean spindles?"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9}, boot: {tim: 3s, power: 4}"),
	         "f:2: fleet.host_classes[0].boot.tim: unknown key; did you mean time?"},
	        {CLASS_WITH("power: {idle: 5, max: 9}"),
	         "f:2: fleet.host_classes[0]: core_mips is missing; add it"},
	        {CLASS_WITH("core_mips: fast, power: {idle: 5, max: 9}"),
	         "f:2: fleet.host_classes[0].core_mips: \"fast\" is not valid; give a number"},
	        {CLASS_WITH("core_mips: -5, power: {idle: 5, max: 9}"),
	         "f:2: fleet.host_classes[0].core_mips: -5 is out of bounds; give 0.001 to"},
	        {CLASS_WITH("core_mips: 9, power: 100"),
	         "f:2: fleet.host_classes[0].power: this is a single value; give table"},
	        {CLASS_WITH("core_mips: 9, power: {table: [1, 2, 3]}"),
	         "f:2: fleet.host_classes[0].power.table: 3 values; give the watts at 0, 10"},
	        {CLASS_WITH("core_mips: 9, power: {table: [1,2,3,4,5,6,7,8,9,10,x]}"),
	         "f:2: fleet.host_classes[0].power.table[10]: watts: \"x\" is not valid"},
	        {CLASS_WITH("core_mips: 9, power: {table: [1,2,3,4,5,6,7,8,9,10,2]}"),
	         "f:2: fleet.host_classes[0].power: power falls from 10 W at 90 %"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 9, max: 5}"),
	         "f:2: fleet.host_classes[0].power: full power 5 W is below idle power 9 W"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9, formula: linaer}"),
	         "f:2: fleet.host_classes[0].power.formula: \"linaer\" is not valid; give one of"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9}, network: 0Gbit/s"),
	         "f:2: fleet.host_classes[0].network: no VM could migrate"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9}, network: 10 furlongs"),
	         "f:2: fleet.host_classes[0].network: \"10 furlongs\" is not a rate; give one "
	         "such"},
	        {CLASS_WITH("core_mips: 9, power: {idle: 5, max: 9}, emulation_factor: 0.5"),
	         "f:2: fleet.host_classes[0].emulation_factor: 0.5 is below 1"},
	        {"host_classes: [a, b]\n" HOSTS,
	         "f:1: fleet.host_classes[0]: this is a single value; give a mapping"},
	        {"host_classes:\n  - {name: \"\", cores: 2, core_mips: 1, memory: 1GB, power: "
	         "{idle: "
	         "1, max: 1}}\n" HOSTS,
	         "f:2: fleet.host_classes[0].name: it is empty"},
	        {CLASS "  - {name: c, cores: 2, core_mips: 1, memory: 1GB, power: {idle: 1, max: "
	               "1}}\n" HOSTS,
	         "f:3: fleet.host_classes[1]: class \"c\" is there twice"},
	};

	REFUSE_ALL(cases);
}

static void hosts(void)
{
	static const struct bad cases[] = {
	        {CLASS "hosts:\n  - {name: a}\n", "f:4: fleet.hosts[0]: class is missing; add it"},
	        {CLASS "hosts:\n  - {name: a, class: cc}\n",
	         "f:4: fleet.hosts[0].class: there is no host class \"cc\"; did you mean c?"},
	        {CLASS "hosts:\n  - {name: a, class: [c, zebra]}\n",
	         "f:4: fleet.hosts[0].class[1]: there is no host class \"zebra\"; add it"},
	        {CLASS "hosts:\n  - {name: a, class: []}\n",
	         "f:4: fleet.hosts[0].class: the list is empty"},
	        {CLASS "hosts:\n  - {count: 3, name: a, class: c}\n",
	         "f:4: fleet.hosts[0].name: 3 hosts cannot all be \"a\"; write a pattern such as "
	         "h%03d"},
	        {CLASS "hosts:\n  - {count: 3, name: a%s, class: c}\n",
	         "f:4: fleet.hosts[0].name: \"a%s\" is not a pattern"},
	        {CLASS "hosts:\n  - {count: 3, name: a%d%d, class: c}\n",
	         "f:4: fleet.hosts[0].name: \"a%d%d\" is not a pattern"},
	        {CLASS "hosts:\n  - {count: 3, name: a%099d, class: c}\n",
	         "f:4: fleet.hosts[0].name: \"a%099d\" is not a pattern"},
	        {CLASS "hosts:\n  - {count: 9000000000, name: a%d, class: c}\n",
	         "f:4: fleet.hosts[0].count: 9000000000 is out of bounds; give 1 to 200000"},
	        {CLASS "hosts:\n  - {count: 150000, name: a%d, class: c}\n"
	               "  - {count: 150000, name: b%d, class: c}\n",
	         "f:5: fleet.hosts[1]: more than 200000 hosts in all"},
	        {CLASS "hosts:\n  - {count: 0, name: a%d, class: c}\n",
	         "f:4: fleet.hosts[0].count: 0 is out of bounds"},
	        {CLASS "hosts:\n  - {count: 3, name: a%d, class: c, rack: r%d}\n",
	         "f:4: fleet.hosts[0].rack: a numbered rack needs hosts_per_rack"},
	        {CLASS "hosts:\n  - {count: 3, name: a%d, class: c, hosts_per_pdu: 2}\n",
	         "f:4: fleet.hosts[0]: hosts_per_pdu without pdu; give both"},
	        {CLASS HOSTS "  - {name: h2, class: c}\n",
	         "f:5: fleet.hosts[1]: host \"h2\" is there twice, first by line 4; rename one"},
	};

	REFUSE_ALL(cases);
}

static void types_and_vms(void)
{
	static const struct bad cases[] = {
	        {CLASS HOSTS, "f:1: fleet: the trace does not say the CPU of vm \"db-1\"; add"},
	        {CLASS HOSTS "vm_types:\n  - {name: t, memory: 1GB}\n",
	         "f:6: fleet.vm_types[0]: vcpu_mips is missing; add it"},
	        {GOOD "  - {name: t, vcpu_mips: 1, memory: 1GB}\n",
	         "f:7: fleet.vm_types[1]: type \"t\" is there twice"},
	        {GOOD "vms: {type_by: magic}\n", "f:7: fleet.vms.type_by: \"magic\" is not valid; "
	                                         "give one of rank, name, trace"},
	        {GOOD "vms: {types: [tt]}\n",
	         "f:7: fleet.vms.types[0]: there is no vm type \"tt\"; did you mean t?"},
	        {GOOD "vms: {types: []}\n", "f:7: fleet.vms.types: the list is empty"},
	        {GOOD "vms: {type_by: name}\n", "f:7: fleet.vms: type_by: name needs patterns"},
	        {GOOD "vms: {type_by: name, patterns: [{match: \"db*\", type: t}]}\n",
	         "f:7: fleet.vms.patterns: vm \"web-1\" matches no pattern; add one"},
	        {GOOD "vms: {type_by: rank, patterns: []}\n",
	         "f:7: fleet.vms.patterns: only type_by: name has patterns; remove it"},
	        {GOOD "vms: {default_type: t}\n",
	         "f:7: fleet.vms.default_type: type_by: rank gives every vm a type"},
	        {GOOD "vms: {needs: [{vms: db-3, cores: 1}]}\n",
	         "f:7: fleet.vms.needs[0].vms: there is no vm \"db-3\"; did you mean db-1?"},
	        {GOOD "vms: {needs: [{vms: \"zz*\", cores: 1}]}\n",
	         "f:7: fleet.vms.needs[0].vms: no vm matches \"zz*\""},
	        {GOOD "vms: {needs: [{vms: db-1, cores: 100}]}\n",
	         "f:7: fleet.vms: vm \"db-1\" may run on no host (host \"h3\" has too few cores"},
	        {CLASS HOSTS "vm_types:\n  - {name: t, vcpu_mips: 5, memory: 64GB}\n",
	         "f:1: fleet: vm \"db-1\" has 64 GB of memory, the largest host 4 GB"},
	        {CLASS HOSTS "vms: {type_by: rank}\n",
	         "f:5: fleet.vms: type_by: rank needs vm_types"},
	};

	REFUSE_ALL(cases);
}

#define RULES GOOD "rules:\n" /* entries begin in line 8 */

static void rules(void)
{
	static const struct bad cases[] = {
	        {RULES "  - {name: r, kind: apart}\n",
	         "f:8: fleet.rules[0]: vms is missing; add it"},
	        {RULES "  - {name: r, kind: apar, vms: db-1}\n",
	         "f:8: fleet.rules[0].kind: \"apar\" is not valid; give one of together, apart"},
	        {RULES "  - {name: r, kind: apart, vms: [db-1, db-9]}\n",
	         "f:8: fleet.rules[0].vms[1]: there is no vm \"db-9\"; did you mean db-1?"},
	        {RULES "  - {name: r, kind: pin, vms: db-1}\n",
	         "f:8: fleet.rules[0]: hosts is missing; name them"},
	        {RULES "  - {name: r, kind: pin, vms: db-1, hosts: h7}\n",
	         "f:8: fleet.rules[0].hosts: there is no host \"h7\"; did you mean h0?"},
	        {RULES "  - {name: r, kind: apart, vms: db-1, hosts: h1}\n",
	         "f:8: fleet.rules[0].hosts: only pin and ban name hosts"},
	        {RULES "  - {name: r, kind: apart, vms: db-1, weight: 4}\n",
	         "f:8: fleet.rules[0].weight: a hard rule has no weight"},
	        {RULES "  - {name: r, kind: apart, vms: db-1}\n"
	               "  - {name: r, kind: apart, vms: db-2}\n",
	         "f:9: fleet.rules[1]: rule \"r\" is there twice, first in line 8"},
	        {RULES "  - {name: a, kind: together, vms: \"db-*\"}\n"
	               "  - {name: b, kind: apart, vms: \"db-*\"}\n",
	         "f:8: fleet.rules[0]: rule \"a\" keeps \"db-1\" and \"db-2\" on one host, rule"},
	        {RULES "  - {name: a, kind: pin, vms: db-1, hosts: h1}\n"
	               "  - {name: b, kind: ban, vms: db-1, hosts: h1}\n",
	         "f:8: fleet.rules[0]: vm \"db-1\" may run on no host (\"db-1\" on \"h3\": "
	         "pinned elsewhere"},
	        {CLASS "hosts:\n  - {name: h, class: c}\n" TYPES
	               "rules:\n  - {name: b, kind: apart, vms: \"*\"}\n",
	         "f:8: fleet.rules[0]: rule \"b\" wants 3 vms in as many hosts, but there are 1"},
	};

	REFUSE_ALL(cases);
}

TEST_MAIN("fleet_file_bad", TEST(sections), TEST(classes), TEST(hosts), TEST(types_and_vms),
          TEST(rules))
