/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of the numbers libvirt tells: each counter, its unit, and what is not told. */
#include "collectors/libvirt_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/libvirt_storage.h"
#include "core/base/xalloc.h"
#include "tests/support/test.h"

/* Parameters as libvirt's own calls build them. */
struct rig {
	virTypedParameterPtr params;
	int n, capacity;
	struct vm_report v;
};

static void number(struct rig *r, const char *field, unsigned long long v)
{
	CU_ASSERT_EQUAL_FATAL(virTypedParamsAddULLong(&r->params, &r->n, &r->capacity, field, v),
	                      0);
}

static void whole(struct rig *r, const char *field, int v)
{
	CU_ASSERT_EQUAL_FATAL(virTypedParamsAddInt(&r->params, &r->n, &r->capacity, field, v), 0);
}

static struct rig in_state(int state, int reason)
{
	struct rig r = {.params = NULL};

	/* Without it libvirt's functions for parameters have no place for errors. */
	CU_ASSERT_EQUAL_FATAL(virInitialize(), 0);
	vm_report_init(&r.v);
	whole(&r, "state.state", state);
	whole(&r, "state.reason", reason);
	return r;
}

static void look(struct rig *r)
{
	libvirt_stats_read(r->params, (uint32_t)r->n, &r->v);
}

static void done(struct rig *r)
{
	virTypedParamsFree(r->params, r->n);
	vm_report_done(&r->v);
}

static void expect_seen(int state, int reason, enum vm_seen seen)
{
	struct rig r = in_state(state, reason);

	look(&r);
	CU_ASSERT_EQUAL(r.v.seen, seen);
	CU_ASSERT_EQUAL(libvirt_stats_seen(r.params, (uint32_t)r.n), seen);
	done(&r);
}

static void every_state_has_its_word(void)
{
	expect_seen(VIR_DOMAIN_NOSTATE, 0, VM_SEEN_UNKNOWN);
	expect_seen(VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, VM_SEEN_RUNNING);
	expect_seen(VIR_DOMAIN_BLOCKED, 0, VM_SEEN_RUNNING);
	expect_seen(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER, VM_SEEN_PAUSED);
	expect_seen(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, VM_SEEN_INCOMING);
	expect_seen(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, VM_SEEN_INCOMING);
	expect_seen(VIR_DOMAIN_SHUTDOWN, 0, VM_SEEN_SHUTDOWN);
	expect_seen(VIR_DOMAIN_SHUTOFF, 0, VM_SEEN_SHUT_OFF);
	expect_seen(VIR_DOMAIN_CRASHED, 0, VM_SEEN_CRASHED);
	expect_seen(VIR_DOMAIN_PMSUSPENDED, 0, VM_SEEN_SUSPENDED);
	expect_seen(99, 0, VM_SEEN_UNKNOWN);
}

static void an_io_error_is_told_apart_from_a_pause(void)
{
	struct rig r = in_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR);
	struct rig user = in_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);

	look(&r);
	look(&user);
	CU_ASSERT_EQUAL(r.v.seen, VM_SEEN_PAUSED);
	CU_ASSERT_TRUE(r.v.pause_io_error);
	CU_ASSERT_FALSE(user.v.pause_io_error);
	done(&r);
	done(&user);
}

static void what_is_not_told_stays_untold(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0);

	number(&r, "vcpu.0.time", 77);
	number(&r, "block.count", 1);
	whole(&r, "block.0.rd.bytes.note", 5);
	whole(&r, "net.0.rx.bytes", -1);
	look(&r);
	CU_ASSERT_EQUAL(r.v.cpu_ns, REPORT_NONE);
	CU_ASSERT_EQUAL(r.v.disk_bytes, REPORT_NONE);
	CU_ASSERT_EQUAL(r.v.disk_ops, REPORT_NONE);
	CU_ASSERT_EQUAL(r.v.net_bytes, REPORT_NONE);
	CU_ASSERT_TRUE(isnan(r.v.mem_bytes));
	CU_ASSERT_TRUE(isnan(r.v.mem_bytes_used));
	CU_ASSERT_TRUE(isnan(r.v.dirty_bytes_per_s));
	CU_ASSERT_FALSE(libvirt_stats_answered(r.params, (uint32_t)r.n));
	done(&r);
}

static void counters_are_summed_over_devices_and_directions(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0);

	number(&r, "cpu.time", 123456789);
	number(&r, "block.count", 3);
	number(&r, "block.0.rd.bytes", 1);
	number(&r, "block.0.wr.bytes", 10);
	number(&r, "block.0.rd.reqs", 2);
	number(&r, "block.11.wr.reqs", 3);
	number(&r, "block.11.rd.bytes", 100);
	number(&r, "net.0.rx.bytes", 1000);
	number(&r, "net.1.tx.bytes", 500);
	number(&r, "net.1.tx.pkts", 9);
	look(&r);
	CU_ASSERT_EQUAL(r.v.cpu_ns, 123456789);
	CU_ASSERT_EQUAL(r.v.disk_bytes, 111);
	CU_ASSERT_EQUAL(r.v.disk_ops, 5);
	CU_ASSERT_EQUAL(r.v.net_bytes, 1500);
	done(&r);
}

static void a_vm_without_devices_has_counted_zero(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0);

	number(&r, "block.count", 0);
	number(&r, "net.count", 0);
	look(&r);
	CU_ASSERT_EQUAL(r.v.disk_bytes, 0);
	CU_ASSERT_EQUAL(r.v.disk_ops, 0);
	CU_ASSERT_EQUAL(r.v.net_bytes, 0);
	done(&r);
}

static void memory_is_what_the_host_gives_and_the_guest_uses(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0);

	number(&r, "balloon.current", 4096);
	number(&r, "balloon.rss", 1024);
	number(&r, "balloon.available", 4000);
	number(&r, "balloon.unused", 100);
	number(&r, "balloon.usable", 3000);
	look(&r);
	CU_ASSERT_DOUBLE_EQUAL(r.v.mem_bytes, 1024 * 1024.0, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.v.mem_bytes_used, 1000 * 1024.0, 0);
	CU_ASSERT_TRUE(libvirt_stats_answered(r.params, (uint32_t)r.n));
	done(&r);
}

static void with_huge_pages_the_resident_set_says_too_little(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0);

	number(&r, "balloon.current", 4096);
	number(&r, "balloon.rss", 1024);
	vm_config_add_blocker(&r.v.config, BLOCKER_HUGE_PAGES, false, xstrdup("2 MiB"));
	look(&r);
	CU_ASSERT_DOUBLE_EQUAL(r.v.mem_bytes, 4096 * 1024.0, 0);
	done(&r);
}

static void a_shut_off_vm_holds_no_memory_and_counts_nothing(void)
{
	struct rig r = in_state(VIR_DOMAIN_SHUTOFF, 0);

	number(&r, "balloon.current", 4096);
	number(&r, "cpu.time", 190000000);
	look(&r);
	CU_ASSERT_EQUAL(r.v.cpu_ns, REPORT_NONE);
	CU_ASSERT_DOUBLE_EQUAL(r.v.mem_bytes, 0, 0);
	done(&r);
}

static void a_dirty_rate_counts_once_it_is_measured(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0), early = in_state(VIR_DOMAIN_RUNNING, 0);

	whole(&r, "dirtyrate.calc_status", VIR_DOMAIN_DIRTYRATE_MEASURED);
	whole(&r, "dirtyrate.megabytes_per_second", 3);
	whole(&early, "dirtyrate.calc_status", VIR_DOMAIN_DIRTYRATE_MEASURING);
	whole(&early, "dirtyrate.megabytes_per_second", 3);
	look(&r);
	look(&early);
	CU_ASSERT_DOUBLE_EQUAL(r.v.dirty_bytes_per_s, 3 * 1048576.0, 0);
	CU_ASSERT_TRUE(isnan(early.v.dirty_bytes_per_s));
	done(&r);
	done(&early);
}

static void a_source_that_is_paused_for_its_end_is_not_incoming(void)
{
	struct rig target = in_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION);
	struct rig source = in_state(VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION);

	number(&source, "balloon.rss", 1024);
	look(&target);
	look(&source);
	CU_ASSERT_EQUAL(target.v.seen, VM_SEEN_INCOMING);
	CU_ASSERT_EQUAL(source.v.seen, VM_SEEN_PAUSED);
	CU_ASSERT_TRUE(target.v.job_active);
	CU_ASSERT_TRUE(source.v.job_active);
	done(&target);
	done(&source);
}

static void a_job_is_told_with_its_progress(void)
{
	struct rig r = in_state(VIR_DOMAIN_RUNNING, 0);
	virDomainJobInfo job = {.type = VIR_DOMAIN_JOB_UNBOUNDED,
	                        .dataTotal = 400,
	                        .dataRemaining = 300};

	look(&r);
	CU_ASSERT_FALSE(r.v.job_active);
	libvirt_stats_job(&job, &r.v);
	CU_ASSERT_TRUE(r.v.job_active);
	CU_ASSERT_DOUBLE_EQUAL(r.v.job_done_ratio, 0.25, 0);
	job.type = VIR_DOMAIN_JOB_COMPLETED;
	libvirt_stats_job(&job, &r.v);
	CU_ASSERT_FALSE(r.v.job_active);
	done(&r);
}

static void an_old_driver_is_asked_for_less_until_nothing_is_left(void)
{
	struct stats_request q = libvirt_stats_request();

	CU_ASSERT_TRUE(q.flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
	CU_ASSERT_TRUE(libvirt_stats_narrow(&q));
	CU_ASSERT_FALSE(q.groups & VIR_DOMAIN_STATS_DIRTYRATE);
	CU_ASSERT_TRUE(libvirt_stats_narrow(&q));
	CU_ASSERT_EQUAL(q.flags, 0);
	CU_ASSERT_TRUE(q.groups & VIR_DOMAIN_STATS_CPU_TOTAL);
	CU_ASSERT_FALSE(libvirt_stats_narrow(&q));
}

static void a_host_is_busy_or_idle_or_says_nothing(void)
{
	virNodeCPUStats s[] = {{"kernel", 10}, {"user", 20}, {"idle", 300}, {"iowait", 5}};
	struct host_report r;

	host_report_init(&r);
	libvirt_stats_cpu(s, 2, &r);
	CU_ASSERT_EQUAL(r.cpu_busy_ns, REPORT_NONE);
	libvirt_stats_cpu(s, 4, &r);
	CU_ASSERT_EQUAL(r.cpu_busy_ns, 30);
	CU_ASSERT_EQUAL(r.cpu_idle_ns, 305);
	host_report_done(&r);
}

static void what_vms_hold_is_never_free(void)
{
	virNodeMemoryStats s[] = {{"total", 1000}, {"free", 100}, {"cached", 700}};
	struct host_report r;
	struct vm_report v;

	host_report_init(&r);
	libvirt_stats_memory(s, 3, &r);
	CU_ASSERT_DOUBLE_EQUAL(r.mem_bytes, 1000 * 1024.0, 0);
	CU_ASSERT_DOUBLE_EQUAL(r.mem_bytes_free, 800 * 1024.0, 0);
	vm_report_init(&v);
	v.mem_bytes = 600 * 1024.0;
	host_report_add_vm(&r, &v);
	libvirt_stats_memory(s, 3, &r);
	CU_ASSERT_DOUBLE_EQUAL(r.mem_bytes_free, 400 * 1024.0, 0);
	libvirt_stats_memory(s, 1, &r); /* what is not told changes nothing */
	CU_ASSERT_DOUBLE_EQUAL(r.mem_bytes_free, 400 * 1024.0, 0);
	host_report_done(&r);
}

static void a_pool_shares_its_directory_and_never_all_devices(void)
{
	char *nfs = libvirt_pool_path("<pool type='netfs'><source><dir path='/x'/></source>"
	                              "<target><path>/srv/vms</path></target></pool>");

	CU_ASSERT_PTR_NOT_NULL_FATAL(nfs);
	CU_ASSERT_STRING_EQUAL(nfs, "/srv/vms");
	CU_ASSERT_PTR_NULL(libvirt_pool_path("<target><path>/dev/disk/by-path</path></target>"));
	CU_ASSERT_PTR_NULL(libvirt_pool_path("<target><path>/</path></target>"));
	CU_ASSERT_PTR_NULL(libvirt_pool_path("<target><path>/a&amp;b</path></target>"));
	CU_ASSERT_PTR_NULL(libvirt_pool_path("<target><path>/cut"));
	CU_ASSERT_PTR_NULL(libvirt_pool_path("<pool type='rbd'/>"));
	free(nfs);
}

TEST_MAIN("libvirt_stats", TEST(every_state_has_its_word),
          TEST(an_io_error_is_told_apart_from_a_pause), TEST(what_is_not_told_stays_untold),
          TEST(counters_are_summed_over_devices_and_directions),
          TEST(a_vm_without_devices_has_counted_zero),
          TEST(memory_is_what_the_host_gives_and_the_guest_uses),
          TEST(with_huge_pages_the_resident_set_says_too_little),
          TEST(a_shut_off_vm_holds_no_memory_and_counts_nothing),
          TEST(a_dirty_rate_counts_once_it_is_measured),
          TEST(a_source_that_is_paused_for_its_end_is_not_incoming),
          TEST(a_job_is_told_with_its_progress),
          TEST(an_old_driver_is_asked_for_less_until_nothing_is_left),
          TEST(a_host_is_busy_or_idle_or_says_nothing), TEST(what_vms_hold_is_never_free),
          TEST(a_pool_shares_its_directory_and_never_all_devices))
