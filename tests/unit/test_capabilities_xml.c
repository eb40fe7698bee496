/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities of hosts: counts, vendor, and whether guests run on the hardware. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/xml_rig.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int read_text(const char *xml, struct host_report *ret, struct err *err)
{
	return capabilities_xml_read(xml, strlen(xml), ret, err);
}

static void hosts_are_read_as_they_are(void)
{
	static const struct {
		const char *fixture, *model;
		enum cpu_vendor vendor;
		uint32_t cores, threads;
		bool hw_virt;
	} rows[] = {
	        {"capabilities-intel", "Cascadelake-Server-noTSX", VENDOR_INTEL, 8, 16, true},
	        {"capabilities-tcg", "Nehalem", VENDOR_INTEL, 2, 2, false},
	        {"capabilities-amd", "EPYC-Rome", VENDOR_AMD, 6, 12, true},
	};
	struct host_report r;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *xml = xml_rig_fixture(rows[i].fixture);

		host_report_init(&r);
		CU_ASSERT_EQUAL_FATAL(read_text(xml, &r, NULL), 0);
		CU_ASSERT_EQUAL(r.arch, ARCH_X86_64);
		CU_ASSERT_STRING_EQUAL(r.cpu_model, rows[i].model);
		CU_ASSERT_EQUAL(r.vendor, rows[i].vendor);
		CU_ASSERT_EQUAL(r.cores, rows[i].cores);
		CU_ASSERT_EQUAL(r.threads, rows[i].threads);
		CU_ASSERT_EQUAL(r.hw_virt, rows[i].hw_virt);
		host_report_done(&r);
		free(xml);
	}
}

#define HOST(cpu) "<capabilities><host><cpu>" cpu "</cpu></host>"
#define GUEST(arch, type) \
	"<guest><arch name='" arch "'><domain type='" type "'/></arch></guest></capabilities>"

static void kvm_counts_for_the_hosts_own_architecture_alone(void)
{
	struct host_report r;

	host_report_init(&r);
	CU_ASSERT_EQUAL(read_text(HOST("<arch>x86_64</arch>") GUEST("i686", "kvm"), &r, NULL), 0);
	CU_ASSERT_FALSE(r.hw_virt);
	CU_ASSERT_EQUAL(r.vendor, VENDOR_ANY);
	CU_ASSERT_EQUAL(r.threads, 0);
	CU_ASSERT_EQUAL(read_text(HOST("<arch>aarch64</arch><vendor>ARM</vendor>")
	                                  GUEST("aarch64", "kvm"),
	                          &r, NULL),
	                0);
	CU_ASSERT(r.hw_virt);
	CU_ASSERT_EQUAL(r.arch, ARCH_AARCH64);
	CU_ASSERT_EQUAL(r.vendor, VENDOR_OTHER);
	host_report_done(&r);
}

static void topology_serves_where_cpus_are_not_listed(void)
{
	static const char xml[] = HOST("<arch>x86_64</arch><topology sockets='2' cores='4' "
	                               "threads='2'/>") "</capabilities>";
	struct host_report r;

	host_report_init(&r);
	CU_ASSERT_EQUAL(read_text(xml, &r, NULL), 0);
	CU_ASSERT_EQUAL(r.cores, 8);
	CU_ASSERT_EQUAL(r.threads, 16);
	host_report_done(&r);
}

static void a_refusal_leaves_the_report_as_it_was(void)
{
	static const char *const bad[] = {"<domain/>", "<capabilities/>", "<capabilities", "",
	                                  "<capabilities><host><cpu/></host></capabilities>"};
	struct host_report r;

	host_report_init(&r);
	r.cores = 7;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct err err = {""};

		CU_ASSERT_EQUAL(read_text(bad[i], &r, &err), -EINVAL);
		CU_ASSERT_EQUAL(strncmp(err.text, "line 1: ", 8), 0);
		CU_ASSERT_PTR_NOT_NULL(strchr(err.text, ';'));
		CU_ASSERT(r.cores == 7 && !r.cpu_model);
	}
	host_report_done(&r);
}

TEST_MAIN("capabilities_xml", TEST(hosts_are_read_as_they_are),
          TEST(kvm_counts_for_the_hosts_own_architecture_alone),
          TEST(topology_serves_where_cpus_are_not_listed),
          TEST(a_refusal_leaves_the_report_as_it_was))
