/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole looks at libvirt's test driver, which lives in this process: no daemon, no root. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "tests/support/temp.h"
#include "tests/support/test.h"

#define GIB 1073741824.0

/* 3 is paused and 5 shut off, in libvirt's numbers. */
#define DOMAIN(name, digit, state)                                                  \
	"<domain type='test' xmlns:t='http://libvirt.org/schemas/domain/test/1.0'>" \
	"<t:runstate>" state "</t:runstate><name>" name "</name>"                   \
	"<uuid>" digit "0000000-0000-4000-8000-000000000000</uuid>"                 \
	"<memory unit='GiB'>2</memory><currentMemory unit='GiB'>1</currentMemory>"  \
	"<vcpu>2</vcpu><os><type arch='i686'>hvm</type></os></domain>"
#define NODE                                                                                     \
	"<node>" DOMAIN("off", "3", "5") DOMAIN("runs", "2", "1") DOMAIN(                        \
	        "waits", "1",                                                                    \
	        "3") "<cpu><mhz>2000</mhz><model>i986</model><active>4</active><nodes>1</nodes>" \
	             "<sockets>1</sockets><cores>4</cores><threads>1</threads></cpu></node>"

static const struct collector_ops *libvirt(void)
{
	const struct collector_ops *ops = collector_find("libvirt");

	CU_ASSERT_PTR_NOT_NULL_FATAL(ops);
	return ops;
}

static void *connect_to(const char *uri)
{
	struct collector_target target = {.name = "h1", .uri = uri};
	struct err err = {""};
	void *c = NULL;

	if (libvirt()->open(&target, &c, &err) < 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	return c;
}

/* A host of three VMs; the driver has read all of the file when it is open. */
static void *connect_to_node(void)
{
	char path[TEMP_PATH_MAX], uri[TEMP_PATH_MAX + 16];
	void *c;

	temp_write(NODE, path);
	(void)snprintf(uri, sizeof(uri), "test://%s", path);
	c = connect_to(uri);
	temp_remove(path);
	return c;
}

static void look(void *c, struct host_report *ret)
{
	struct err err = {""};

	if (libvirt()->collect(c, ret, &err) < 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_STRING_EQUAL_FATAL(err.text, "");
}

static void the_host_is_told(void)
{
	char name[256];
	struct host_report r;
	void *c = connect_to_node();

	host_report_init(&r);
	look(c, &r);
	CU_ASSERT_EQUAL(gethostname(name, sizeof(name)), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r.hostname);
	CU_ASSERT_EQUAL(strncmp(r.hostname, name, strlen(name)), 0);
	CU_ASSERT_DOUBLE_EQUAL(r.mem_bytes, 3 * GIB, 0); /* the driver's own size */
	CU_ASSERT_DOUBLE_EQUAL(r.core_mhz, 2000, 0);
	CU_ASSERT_TRUE(r.threads > 0);
	CU_ASSERT_TRUE(r.cpu_busy_ns != REPORT_NONE && r.cpu_idle_ns != REPORT_NONE);
	CU_ASSERT_TRUE(r.library_version >= 4005000);
	CU_ASSERT_TRUE(r.at_us > 0 && r.took_us >= 0);
	CU_ASSERT_STRING_EQUAL(r.boot_id, "");
	CU_ASSERT_TRUE(isnan(r.power_w) && isnan(r.mem_bytes_free));
	host_report_done(&r);
	libvirt()->close(c);
}

static void vms_in_any_state_are_told_by_uuid(void)
{
	struct host_report r;
	void *c = connect_to_node();

	host_report_init(&r);
	look(c, &r);
	CU_ASSERT_EQUAL_FATAL(r.n_vms, 3);
	CU_ASSERT_STRING_EQUAL(r.vms[0].config.name, "waits");
	CU_ASSERT_STRING_EQUAL(r.vms[0].config.uuid, "10000000-0000-4000-8000-000000000000");
	CU_ASSERT_EQUAL(r.vms[0].seen, VM_SEEN_PAUSED);
	CU_ASSERT_FALSE(r.vms[0].pause_io_error);
	CU_ASSERT_STRING_EQUAL(r.vms[1].config.name, "runs");
	CU_ASSERT_EQUAL(r.vms[1].seen, VM_SEEN_RUNNING);
	CU_ASSERT_STRING_EQUAL(r.vms[2].config.name, "off");
	CU_ASSERT_EQUAL(r.vms[2].seen, VM_SEEN_SHUT_OFF);
	CU_ASSERT_FALSE(r.vms[2].config.transient);
	CU_ASSERT_FALSE(r.vms[2].has_managed_save);
	host_report_done(&r);
	libvirt()->close(c);
}

static void memory_and_cpus_are_told(void)
{
	struct host_report r;
	void *c = connect_to_node();

	host_report_init(&r);
	look(c, &r);
	CU_ASSERT_EQUAL_FATAL(r.n_vms, 3);
	CU_ASSERT_EQUAL(r.vms[1].config.vcpus, 2);
	CU_ASSERT_DOUBLE_EQUAL(r.vms[1].config.mem_bytes_max, 2 * GIB, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.vms[1].mem_bytes, 1 * GIB, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.vms[2].mem_bytes, 0, 0);
	CU_ASSERT_EQUAL(r.vms[2].cpu_ns, REPORT_NONE);
	CU_ASSERT_EQUAL(r.vms[1].disk_bytes, REPORT_NONE); /* this driver tells none */
	host_report_done(&r);
	libvirt()->close(c);
}

/* The second look takes definitions from memory, the last reads them again. */
static void later_looks_tell_the_same(void)
{
	struct host_report r;
	void *c = connect_to_node();

	host_report_init(&r);
	for (int i = 0; i < 45; i++) {
		look(c, &r);
		CU_ASSERT_EQUAL_FATAL(r.n_vms, 3);
		CU_ASSERT_STRING_EQUAL(r.vms[0].config.name, "waits");
		CU_ASSERT_EQUAL(r.vms[0].config.vcpus, 2);
		CU_ASSERT_STRING_EQUAL(r.vms[2].config.name, "off");
	}
	host_report_done(&r);
	libvirt()->close(c);
}

static void the_drivers_own_host_is_told(void)
{
	struct host_report r;
	void *c = connect_to("test:///default");

	host_report_init(&r);
	look(c, &r);
	CU_ASSERT_EQUAL_FATAL(r.n_vms, 1);
	CU_ASSERT_STRING_EQUAL(r.vms[0].config.name, "test");
	CU_ASSERT_EQUAL(r.vms[0].seen, VM_SEEN_RUNNING);
	CU_ASSERT_DOUBLE_EQUAL(r.vms[0].mem_bytes, 2 * GIB, 0);
	host_report_done(&r);
	libvirt()->close(c);
}

/* One line: the host, what was tried, and what to do. */
static void expect_refused(const char *uri, const char *words)
{
	struct collector_target target = {.name = "h7", .uri = uri};
	struct err err = {""};
	void *c = NULL;

	CU_ASSERT_TRUE(libvirt()->open(&target, &c, &err) < 0);
	CU_ASSERT_PTR_NULL(c);
	CU_ASSERT_EQUAL(strncmp(err.text, "h7: ", 4), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, words));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "; "));
	CU_ASSERT_PTR_NULL(strchr(err.text, '\n'));
	if (!strstr(err.text, words))
		printf("got: %s\n", err.text);
}

static void a_host_that_cannot_be_reached_has_its_remedy(void)
{
	expect_refused(NULL, "no URI; give one");
	expect_refused("", "no URI; give one");
	expect_refused("nonsense:///nowhere", "check the scheme of the URI");
	expect_refused("test:///no/such/file.xml", "no/such/file.xml");
	expect_refused("qemu+tcp://127.0.0.1:1/system", "start libvirtd");
	expect_refused("qemu+tls://127.0.0.1:1/system?pkipath=/nowhere", "certificate");
}

static void a_refused_open_says_which_error(void)
{
	struct collector_target target = {.name = "h7", .uri = "qemu+tcp://127.0.0.1:1/system"};
	void *c = NULL;

	CU_ASSERT_EQUAL(libvirt()->open(&target, &c, NULL), -ECONNREFUSED);
}

static void close_accepts_nothing(void)
{
	libvirt()->close(NULL);
}

static void the_registry_ends(void)
{
	CU_ASSERT_PTR_NULL(collector_find("tea leaves"));
	CU_ASSERT_PTR_EQUAL(collector_at(0), libvirt());
	CU_ASSERT_PTR_NULL(collector_at(1));
}

TEST_MAIN("collect_libvirt", TEST(the_host_is_told), TEST(vms_in_any_state_are_told_by_uuid),
          TEST(memory_and_cpus_are_told), TEST(later_looks_tell_the_same),
          TEST(the_drivers_own_host_is_told), TEST(a_host_that_cannot_be_reached_has_its_remedy),
          TEST(a_refused_open_says_which_error), TEST(close_accepts_nothing),
          TEST(the_registry_ends))
