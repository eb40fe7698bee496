/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fleet files that are good: what each key does, and the fleets that come with the project. */
#include "engine/fleet_file.h"

#include <stdio.h>
#include <string.h>

#include "engine/fleet_file_private.h"
#include "tests/support/temp.h"
#include "tests/support/test.h"

#define CLASS             \
	"host_classes:\n" \
	"  - {name: c, cores: 2, core_mips: 1000, memory: 4GB, power: {idle: 50, max: 100}}\n"
#define HOSTS "hosts:\n  - {count: 4, name: h%d, class: c}\n"
#define TYPES                                                                          \
	"vm_types:\n"                                                                  \
	"  - {name: big, vcpus: 2, vcpu_mips: 800, memory: 2GB, network: 100Mbit/s}\n" \
	"  - {name: small, vcpu_mips: 500, memory: 1GB}\n"

static const struct vm_seed named[] = {
        {.name = "db-1", .type = ""},  {.name = "db-2", .type = ""}, {.name = "web-1", .type = ""},
        {.name = "web-2", .type = ""}, {.name = "x", .type = ""},
};
#define N_NAMED ((uint32_t)(sizeof(named) / sizeof(named[0])))

static struct fleet *load_seeds(const char *text, const struct vm_seed *seeds, uint32_t n)
{
	char path[TEMP_PATH_MAX];
	struct fleet *f = NULL;
	struct err err = {""};
	int r;

	temp_write(text, path);
	r = fleet_file_load(path, seeds, n, &f, &err);
	temp_remove(path);
	if (r < 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_EQUAL_FATAL(r, 0);
	return f;
}

static struct fleet *load(const char *text)
{
	return load_seeds(text, named, N_NAMED);
}

static void class_keys_are_taken(void)
{
	struct fleet *f =
	        load("host_classes:\n"
	             "  - name: k\n    cores: 4\n    core_mips: 2500\n    memory: 16GiB\n"
	             "    network: 10Gbit/s\n    disk_throughput: 500MB/s\n    disk_iops: 9000\n"
	             "    power: {idle: 80, max: 200, formula: sqrt}\n    off_power: 5\n"
	             "    standby_power: 9\n    boot: {time: 3min, power: 150}\n"
	             "    resume: {time: 20s, power: 140}\n    arch: aarch64\n    vendor: other\n"
	             "    cpu_level: 2\n    virtualization: yes\n    emulation_factor: 6\n"
	             "    storage: nvme\n    spindles: 3\n"
	             "hosts:\n  - {name: only, class: k}\n" TYPES);
	const struct host_class *c = &f->classes[0];

	CU_ASSERT_EQUAL(c->cores, 4);
	CU_ASSERT_DOUBLE_EQUAL(c->capacity.v[RES_CPU], 10000, 0);
	CU_ASSERT_DOUBLE_EQUAL(c->capacity.v[RES_MEM], 0x1p34, 0);
	CU_ASSERT_DOUBLE_EQUAL(c->capacity.v[RES_NET_BPS], 1.25e9, 0);
	CU_ASSERT_DOUBLE_EQUAL(c->capacity.v[RES_DISK_BPS], 5e8, 0);
	CU_ASSERT_DOUBLE_EQUAL(c->capacity.v[RES_DISK_IOPS], 9000, 0);
	CU_ASSERT_EQUAL(c->power.kind, POWER_SQRT);
	CU_ASSERT_DOUBLE_EQUAL(c->standby_w, 9, 0);
	CU_ASSERT_EQUAL(c->boot.duration_us, 180 * USEC_PER_SEC);
	CU_ASSERT_DOUBLE_EQUAL(c->resume.power_w, 140, 0);
	CU_ASSERT_EQUAL(c->arch, ARCH_AARCH64);
	CU_ASSERT_EQUAL(c->vendor, VENDOR_OTHER);
	CU_ASSERT_TRUE(c->hw_virt && c->emulation);
	CU_ASSERT_EQUAL(c->storage, STORAGE_NVME);
	CU_ASSERT_EQUAL(c->spindles, 3);
	fleet_free(f);
}

static void hosts_are_numbered_with_classes_in_turn_and_places(void)
{
	struct fleet *f =
	        load("host_classes:\n"
	             "  - {name: a, cores: 1, core_mips: 1, memory: 9GB, power: {idle: 1, "
	             "max: 2}}\n"
	             "  - {name: b, cores: 2, core_mips: 1, memory: 9GB, power: {idle: 1, "
	             "max: 2}}\n"
	             "hosts:\n"
	             "  - {count: 5, first: 8, name: h%02d-x, class: [b, a], rack: r%d, "
	             "hosts_per_rack: 2, pdu: p, cell: east}\n" TYPES);

	CU_ASSERT_EQUAL_FATAL(f->n_hosts, 5);
	CU_ASSERT_STRING_EQUAL(f->hosts[0].name, "h08-x");
	CU_ASSERT_STRING_EQUAL(f->hosts[4].name, "h12-x");
	CU_ASSERT_STRING_EQUAL(fleet_class_of(f, 0)->name, "b");
	CU_ASSERT_STRING_EQUAL(fleet_class_of(f, 3)->name, "a");
	CU_ASSERT_STRING_EQUAL(f->hosts[1].rack, "r0");
	CU_ASSERT_STRING_EQUAL(f->hosts[4].rack, "r2");
	CU_ASSERT_STRING_EQUAL(f->hosts[4].pdu, "p");
	CU_ASSERT_STRING_EQUAL(f->hosts[4].cell, "east");
	fleet_free(f);
}

static void vms_get_types_by_rank(void)
{
	static const char *const expected[] = {"big", "big", "big", "small", "small"};
	struct fleet *f = load(CLASS HOSTS TYPES);

	for (uint32_t i = 0; i < f->n_vms; i++)
		CU_ASSERT_STRING_EQUAL(f->vms[i].type, expected[i]);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].allocation.v[RES_CPU], 1600, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].allocation.v[RES_NET_BPS], 12.5e6, 0);
	CU_ASSERT_EQUAL(f->vms[4].vcpus, 1);
	fleet_free(f);
}

static void rank_can_name_its_types(void)
{
	struct fleet *f = load(CLASS HOSTS TYPES "vms: {type_by: rank, types: [small]}\n");

	for (uint32_t i = 0; i < f->n_vms; i++)
		CU_ASSERT_STRING_EQUAL(f->vms[i].type, "small");
	fleet_free(f);
}

static void vms_get_types_by_name(void)
{
	struct fleet *f =
	        load(CLASS HOSTS TYPES "vms:\n  type_by: name\n  default_type: small\n  patterns:\n"
	                               "    - {match: \"db-2\", type: small}\n"
	                               "    - {match: \"db-?\", type: big}\n");

	CU_ASSERT_STRING_EQUAL(f->vms[0].type, "big");
	CU_ASSERT_STRING_EQUAL(f->vms[1].type, "small");
	CU_ASSERT_STRING_EQUAL(f->vms[4].type, "small");
	fleet_free(f);
}

static void vms_get_sizes_from_the_trace(void)
{
	static const struct vm_seed seeds[] = {
	        {.name = "a", .type = "", .vcpus = 2, .cpu_mips = 600, .mem_bytes = 3e9},
	        {.name = "b", .type = "big", .mem_bytes = 1e9},
	        {.name = "c", .type = "odd", .vcpus = 2},
	};
	struct fleet *f =
	        load_seeds(CLASS HOSTS TYPES "vms: {type_by: trace, default_type: small}\n", seeds,
	                   3);

	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].allocation.v[RES_CPU], 600, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].vcpu_mips, 300, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].allocation.v[RES_MEM], 3e9, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[1].allocation.v[RES_CPU], 1600, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[1].allocation.v[RES_MEM], 1e9, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[2].allocation.v[RES_CPU], 1000, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[2].allocation.v[RES_MEM], 1e9, 0);
	fleet_free(f);
}

static void a_trace_may_promise_more_memory_than_hosts_have(void)
{
	static const struct vm_seed seed = {
	        .name = "a", .type = "", .vcpus = 2, .cpu_mips = 600, .mem_bytes = 64e9};
	struct fleet *f = load_seeds(CLASS HOSTS, &seed, 1);

	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].allocation.v[RES_MEM], 64e9, 0);
	fleet_free(f);
}

static void needs_come_on_top_of_types(void)
{
	struct fleet *f =
	        load("host_classes:\n"
	             "  - {name: c, cores: 8, core_mips: 1000, memory: 9GB, storage: ssd, "
	             "power: {idle: 50, max: 100}}\n" HOSTS "vm_types:\n"
	             "  - {name: t, vcpu_mips: 5, memory: 1GB, cores: 4, storage: hdd}\n"
	             "vms:\n  needs:\n"
	             "    - {vms: \"db-*\", storage: ssd}\n"
	             "    - {vms: db-1, not_movable: GPU passed through}\n"
	             "    - {vms: nobody, optional: true, spindles: 99}\n");

	CU_ASSERT_EQUAL(f->vms[0].storage, STORAGE_SSD);
	CU_ASSERT_EQUAL(f->vms[0].cores, 4);
	CU_ASSERT_STRING_EQUAL(f->vms[0].not_movable, "GPU passed through");
	CU_ASSERT_PTR_NULL(f->vms[1].not_movable);
	CU_ASSERT_EQUAL(f->vms[2].storage, STORAGE_HDD);
	CU_ASSERT_EQUAL(f->vms[2].spindles, 0);
	CU_ASSERT_TRUE(f->constrained);
	fleet_free(f);
}

static void rules_find_their_members(void)
{
	struct fleet *f =
	        load(CLASS HOSTS TYPES
	             "rules:\n"
	             "  - {name: b, kind: pin, vms: [x, \"db-*\", db-1], hosts: \"h?\"}\n"
	             "  - {name: a, kind: apart, vms: \"*-1\", strength: soft, weight: 7}\n"
	             "  - {name: c, kind: ban, vms: x, hosts: zz, optional: true}\n");

	CU_ASSERT_EQUAL_FATAL(f->n_rules, 2);
	CU_ASSERT_EQUAL(f->rules[0].kind, RULE_APART);
	CU_ASSERT_FALSE(f->rules[0].hard);
	CU_ASSERT_DOUBLE_EQUAL(f->rules[0].weight, 7, 0);
	CU_ASSERT_EQUAL(f->rules[0].n_vms, 2);
	CU_ASSERT_EQUAL(f->rules[1].kind, RULE_PIN);
	CU_ASSERT_TRUE(f->rules[1].hard);
	CU_ASSERT_EQUAL(f->rules[1].n_vms, 3);
	CU_ASSERT_EQUAL(f->rules[1].n_hosts, 4);
	CU_ASSERT_EQUAL(f->rules[1].vms[2], 4);
	fleet_free(f);
}

static void glob_matches_runs_and_single_bytes(void)
{
	CU_ASSERT_TRUE(glob_match("*", ""));
	CU_ASSERT_TRUE(glob_match("web-*", "web-"));
	CU_ASSERT_TRUE(glob_match("a*b*c", "aXbYbZc"));
	CU_ASSERT_TRUE(glob_match("h??", "h12"));
	CU_ASSERT_FALSE(glob_match("h??", "h1"));
	CU_ASSERT_FALSE(glob_match("a*b", "aXbY"));
	CU_ASSERT_FALSE(glob_match("", "a"));
	CU_ASSERT_TRUE(glob_match("", ""));
}

/* A fleet of the project with the VMs v0 to v9. */
static struct fleet *load_shipped(const char *path)
{
	static const char *const names[] = {"v0", "v1", "v2", "v3", "v4",
	                                    "v5", "v6", "v7", "v8", "v9"};
	struct vm_seed seeds[10];
	struct fleet *f = NULL;
	struct err err = {""};

	for (int i = 0; i < 10; i++)
		seeds[i] = (struct vm_seed){.name = names[i],
		                            .type = "",
		                            .vcpus = 2,
		                            .cpu_mips = 5852,
		                            .mem_bytes = 8e9};
	if (fleet_file_load(path, seeds, 10, &f, &err) < 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	return f;
}

static void reference_fleet_is_that_of_the_experiment(void)
{
	struct fleet *f = load_shipped("configs/fleets/planetlab.yaml");

	CU_ASSERT_EQUAL(f->n_hosts, 800);
	CU_ASSERT_STRING_EQUAL(f->hosts[799].name, "h799");
	CU_ASSERT_DOUBLE_EQUAL(fleet_class_of(f, 0)->capacity.v[RES_CPU], 3720, 0);
	CU_ASSERT_DOUBLE_EQUAL(fleet_class_of(f, 799)->capacity.v[RES_CPU], 5320, 0);
	CU_ASSERT_DOUBLE_EQUAL(power_at(&fleet_class_of(f, 1)->power, 0.5), 116, 0);
	/* ceil(10 / 4) = 3: types 0 0 0 1 1 1 2 2 2 3 */
	CU_ASSERT_DOUBLE_EQUAL(f->vms[2].allocation.v[RES_CPU], 2500, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[3].allocation.v[RES_MEM], 1740e6, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[8].allocation.v[RES_CPU], 1000, 0);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[9].allocation.v[RES_MEM], 613e6, 0);
	/* Ten VMs fill a host's network. */
	CU_ASSERT_DOUBLE_EQUAL(10 * f->vms[0].allocation.v[RES_NET_BPS],
	                       f->classes[0].capacity.v[RES_NET_BPS], 0);
	CU_ASSERT_FALSE(f->constrained);
	fleet_free(f);
}

static void other_shipped_fleets_load(void)
{
	struct fleet *f = load_shipped("configs/fleets/planetlab-real.yaml");

	CU_ASSERT_EQUAL(f->classes[0].boot.duration_us, 180 * USEC_PER_SEC);
	CU_ASSERT_DOUBLE_EQUAL(f->classes[1].boot.power_w, 0.9 * 135, 1e-9);
	fleet_free(f);
	f = load_shipped("configs/fleets/bitbrains.yaml");
	CU_ASSERT_EQUAL(f->n_hosts, 48);
	CU_ASSERT_DOUBLE_EQUAL(f->vms[0].allocation.v[RES_CPU], 5852, 0);
	CU_ASSERT_FALSE(f->constrained);
	fleet_free(f);
}

static void the_lab_fleet_holds_the_vms_of_its_trace(void)
{
	static const char *const names[] = {"backup",    "build-1",    "build-2",   "db-1",
	                                    "db-2",      "db-licence", "web-1",     "web-2",
	                                    "web-bank1", "web-bank2",  "web-cache", "web-shop"};
	struct vm_seed seeds[12] = {{NULL, NULL, 0, 0, 0}};
	struct fleet *f = NULL;
	struct err err = {""};

	for (int i = 0; i < 12; i++)
		seeds[i] = (struct vm_seed){.name = names[i], .type = ""};
	if (fleet_file_load("configs/fleets/lab.yaml", seeds, 12, &f, &err) < 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(f->n_hosts, 6);
	CU_ASSERT_EQUAL(f->n_rules, 6);
	fleet_free(f);
}

TEST_MAIN("fleet_file", TEST(class_keys_are_taken),
          TEST(hosts_are_numbered_with_classes_in_turn_and_places), TEST(vms_get_types_by_rank),
          TEST(rank_can_name_its_types), TEST(vms_get_types_by_name),
          TEST(vms_get_sizes_from_the_trace), TEST(a_trace_may_promise_more_memory_than_hosts_have),
          TEST(needs_come_on_top_of_types), TEST(rules_find_their_members),
          TEST(glob_matches_runs_and_single_bytes), TEST(reference_fleet_is_that_of_the_experiment),
          TEST(other_shipped_fleets_load), TEST(the_lab_fleet_holds_the_vms_of_its_trace))
