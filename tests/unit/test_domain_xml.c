/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions: what a VM is and how big, its tags, and what is refused. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/cpu_level.h"
#include "tests/support/test.h"
#include "tests/support/xml_rig.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UUID         "<uuid>00000000-0000-0000-0000-00000000000A</uuid>"
#define TAGS(tags)   "<metadata><e:vm xmlns:e='" DOMAIN_XML_NAMESPACE "'>" tags "</e:vm></metadata>"
#define SOUND        "<name>v</name>" UUID "<memory>9</memory><vcpu>1</vcpu>"

static void load(const char *name, struct vm_config *ret)
{
	char *xml = xml_rig_fixture(name);
	struct err err = {""};

	vm_config_init(ret);
	CU_ASSERT_EQUAL_FATAL(xml_rig_read(xml, ret, &err), 0);
	free(xml);
}

static void a_running_guest_on_nfs_is_read_whole(void)
{
	struct vm_config c;

	load("kvm-nfs", &c);
	CU_ASSERT_STRING_EQUAL(c.uuid, "3c1e7f6a-52a1-4f0e-9d3b-7a2c7c1b9e10");
	CU_ASSERT_STRING_EQUAL(c.name, "web-shop");
	CU_ASSERT_EQUAL(c.vcpus, 2);
	CU_ASSERT(c.mem_bytes_max == 4294967296.0);
	CU_ASSERT(c.mem_bytes == 2147483648.0);
	CU_ASSERT_EQUAL(c.arch, ARCH_X86_64);
	CU_ASSERT_FALSE(c.emulated);
	CU_ASSERT_STRING_EQUAL(c.cpu_model, "Skylake-Client-IBRS");
	CU_ASSERT_EQUAL(c.cpu_level, 3);
	CU_ASSERT_EQUAL(c.n_blockers, 0);
	CU_ASSERT_EQUAL_FATAL(c.n_tags, 2);
	CU_ASSERT_STRING_EQUAL(c.tags[0].name, "owner");
	CU_ASSERT_STRING_EQUAL(c.tags[0].value, "shop & bank");
	CU_ASSERT_STRING_EQUAL(c.tags[1].name, "tier");
	vm_config_done(&c);
}

/* The kinds of blockers of a fixture, in order. */
static void expect_kinds(const char *name, uint32_t n, const enum blocker_kind *kinds)
{
	struct vm_config c;

	load(name, &c);
	CU_ASSERT_EQUAL_FATAL(c.n_blockers, n);
	for (uint32_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(c.blockers[i].kind, kinds[i]);
	vm_config_done(&c);
}

static void the_other_guests_have_the_blockers_of_their_names(void)
{
	expect_kinds("kvm-rbd", 0, NULL);
	expect_kinds("kvm-hostdev", 2, (enum blocker_kind[]){BLOCKER_CPU_HOST, BLOCKER_HOSTDEV});
	expect_kinds("kvm-local-iso", 3,
	             (enum blocker_kind[]){BLOCKER_NVRAM_LOCAL, BLOCKER_LOCAL_DISK,
	                                   BLOCKER_LOCAL_ISO});
	expect_kinds("kvm-hugepages-numa", 4,
	             (enum blocker_kind[]){BLOCKER_HUGE_PAGES, BLOCKER_NUMA_PIN, BLOCKER_NUMA_PIN,
	                                   BLOCKER_NUMA_PIN});
}

static void memory_has_the_units_of_libvirt(void)
{
	static const struct {
		const char *memory;
		double bytes;
	} rows[] = {
	        {"<memory>3</memory>", 3072},
	        {"<memory unit='b'>7</memory>", 7},
	        {"<memory unit='bytes'>7</memory>", 7},
	        {"<memory unit='KB'>2</memory>", 2000},
	        {"<memory unit='k'>2</memory>", 2048},
	        {"<memory unit='MB'>2</memory>", 2e6},
	        {"<memory unit='MiB'> 2 </memory>", 2097152},
	        {"<memory unit='G'>1</memory>", 1073741824},
	        {"<memory unit='TB'>1</memory>", 1e12},
	        {"<memory unit='PiB'>4</memory>", 4503599627370496},
	};
	char xml[512];
	struct vm_config c;

	for (size_t i = 0; i < COUNT(rows); i++) {
		(void)snprintf(xml, sizeof(xml),
		               "<domain><name>v</name>" UUID "<vcpu>1</vcpu>%s</domain>",
		               rows[i].memory); /* fits */
		vm_config_init(&c);
		CU_ASSERT_EQUAL(xml_rig_read(xml, &c, NULL), 0);
		CU_ASSERT(c.mem_bytes_max == rows[i].bytes);
		CU_ASSERT(c.mem_bytes == rows[i].bytes);
		vm_config_done(&c);
	}
}

static void models_have_the_level_of_their_longest_name(void)
{
	static const struct {
		const char *model;
		uint32_t level;
	} rows[] = {
	        {"qemu64", 1},
	        {"kvm64", 1},
	        {"Penryn", 1},
	        {"Nehalem-IBRS", 2},
	        {"SandyBridge", 2},
	        {"Haswell-noTSX-IBRS", 3},
	        {"Skylake-Client", 3},
	        {"EPYC", 3},
	        {"EPYC-IBPB", 3},
	        {"EPYC-Genoa-v2", 4},
	        {"EPYC-Milan", 3},
	        {"Skylake-Server-noTSX-IBRS", 4},
	        {"x86-64-v2-AES", 2},
	        {"x86-64-v4", 4},
	        {"x86-64-v", 0},
	        {"Haswellx", 0},
	        {"", 0},
	        {"host-passthrough", 0},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_EQUAL(cpu_level_of(rows[i].model), rows[i].level);
		if (cpu_level_of(rows[i].model) != rows[i].level)
			printf("%s\n", rows[i].model);
	}
}

static void translation_and_architecture_are_told(void)
{
	static const char xml[] =
	        "<domain type='qemu'>" SOUND "<os><type arch='aarch64'>hvm</type></os>"
	        "<cpu mode='custom'><model>Haswell</model></cpu></domain>";
	struct vm_config c;

	vm_config_init(&c);
	CU_ASSERT_EQUAL(xml_rig_read(xml, &c, NULL), 0);
	CU_ASSERT(c.emulated);
	CU_ASSERT_EQUAL(c.arch, ARCH_AARCH64);
	CU_ASSERT_EQUAL(c.cpu_level, 0);
	CU_ASSERT_STRING_EQUAL(c.uuid, "00000000-0000-0000-0000-00000000000a");
	vm_config_done(&c);
}

static void tags_of_other_namespaces_are_not_ours(void)
{
	struct vm_config c;

	xml_rig_with("<metadata><e:vm xmlns:e='https://example.net/'><e:tag name='a'/></e:vm>"
	             "</metadata>",
	             "", &c);
	CU_ASSERT_EQUAL(c.n_tags, 0);
	vm_config_done(&c);
}

/* clang-format off: a row a line */
static void what_is_not_a_vm_is_refused_with_a_line_and_a_remedy(void)
{
	static const struct {
		const char *xml, *message;
	} rows[] = {
	        {"", "line 1: empty; ask libvirt again"},
	        {"<domain>", "line 1: not XML: "},
	        {"\n<network/>", "line 2: not a <domain>; "},
	        {"<!DOCTYPE d [<!ENTITY a 'b'>]><domain>&a;</domain>",
	         "line 1: a document type is not"},
	        {"<?xml version='1.0' encoding='UTF-32'?><network/>", "line 1: not a <domain>; "},
	        {"<domain>\n<name>v</name></domain>", "line 1: no valid <uuid>; "},
	        {"<domain>\n<uuid>12</uuid></domain>", "line 2: no valid <uuid>; "},
	        {"<domain>" UUID "</domain>", "line 1: no <name> of 1 to 256 plain"},
	        {"<domain>" UUID "<name>a&#10;b</name></domain>",
	         "line 1: no <name> of 1 to 256 plain"},
	        {"<domain><name>v</name>" UUID "</domain>", "line 1: no <vcpu> from 1 to 4096; "},
	        {"<domain><name>v</name>" UUID "<vcpu>0</vcpu></domain>", "line 1: no <vcpu>"},
	        {"<domain><name>v</name>" UUID "<vcpu>4097</vcpu></domain>", "line 1: no <vcpu>"},
	        {"<domain><name>v</name>" UUID "<vcpu>-1</vcpu></domain>", "line 1: no <vcpu>"},
	        {"<domain><name>v</name>" UUID "<vcpu current='3'>2</vcpu></domain>",
	         "line 1: current vCPUs are not from 1 to 2; "},
	        {"<domain><name>v</name>" UUID "<vcpu>1</vcpu>\n<memory>0</memory></domain>",
	         "line 2: no <memory> from 1 byte to 4 PiB; "},
	        {"<domain><name>v</name>" UUID
	         "<vcpu>1</vcpu><memory unit='EiB'>1</memory></domain>",
	         "line 1: no <memory>"},
	        {"<domain><name>v</name>" UUID
	         "<vcpu>1</vcpu><memory unit='pages'>1</memory></domain>",
	         "line 1: no <memory>"},
	        {"<domain>" SOUND "<currentMemory>x</currentMemory></domain>",
	         "line 1: <currentMemory> is not from"},
	        {"<domain>" SOUND TAGS("<e:tag/>") "</domain>", "line 1: a tag needs a name"},
	        {"<domain>" SOUND TAGS("<e:tag name='a'/>\n<e:tag name='a'/>") "</domain>",
	         "line 2: tag a is given twice; "},
	};
	/* clang-format on */
	struct vm_config c;

	vm_config_init(&c);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = {""};

		CU_ASSERT_EQUAL(xml_rig_read(rows[i].xml, &c, &err), -EINVAL);
		if (strncmp(err.text, rows[i].message, strlen(rows[i].message)) != 0) {
			printf("%s: %s\n", rows[i].xml, err.text);
			CU_FAIL("wrong message");
		}
		CU_ASSERT(!c.name && c.n_tags == 0 && isnan(c.mem_bytes));
	}
}

static void depth_and_size_are_bounded(void)
{
	char *xml = calloc(1, DOMAIN_XML_MAX + 2);
	struct vm_config c;
	struct err err = {""};

	CU_ASSERT_PTR_NOT_NULL_FATAL(xml);
	vm_config_init(&c);
	for (size_t i = 0; i < 200; i++)
		memcpy(xml + 3 * i, "<a>", 3);
	CU_ASSERT_EQUAL(xml_rig_read(xml, &c, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "too deep"));
	memset(xml, ' ', DOMAIN_XML_MAX + 1);
	CU_ASSERT_EQUAL(xml_rig_read(xml, &c, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "more than 4194304 bytes"));
	free(xml);
}

TEST_MAIN("domain_xml", TEST(a_running_guest_on_nfs_is_read_whole),
          TEST(the_other_guests_have_the_blockers_of_their_names),
          TEST(memory_has_the_units_of_libvirt), TEST(models_have_the_level_of_their_longest_name),
          TEST(translation_and_architecture_are_told), TEST(tags_of_other_namespaces_are_not_ours),
          TEST(what_is_not_a_vm_is_refused_with_a_line_and_a_remedy),
          TEST(depth_and_size_are_bounded))
