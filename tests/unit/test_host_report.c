/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of hosts: what was not told is not zero, and every kind has its words. */
#include "core/model/report.h"

#include <math.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "tests/support/test.h"

static void a_new_host_report_tells_nothing(void)
{
	struct host_report r;

	host_report_init(&r);
	CU_ASSERT(isnan(r.core_mhz) && isnan(r.power_w));
	CU_ASSERT(isnan(r.mem_bytes) && isnan(r.mem_bytes_free));
	CU_ASSERT(r.cpu_busy_ns == REPORT_NONE && r.cpu_idle_ns == REPORT_NONE);
	CU_ASSERT(!r.hostname && !r.cpu_model && r.boot_id[0] == '\0');
	CU_ASSERT(r.n_vms == 0 && r.cores == 0 && r.threads == 0);
}

static void a_new_vm_report_tells_nothing(void)
{
	struct vm_report v;

	vm_report_init(&v);
	CU_ASSERT_EQUAL(v.seen, VM_SEEN_UNKNOWN);
	CU_ASSERT(v.cpu_ns == REPORT_NONE && v.net_bytes == REPORT_NONE);
	CU_ASSERT(v.disk_bytes == REPORT_NONE && v.disk_ops == REPORT_NONE);
	CU_ASSERT(isnan(v.mem_bytes) && isnan(v.mem_bytes_used));
	CU_ASSERT(isnan(v.dirty_bytes_per_s) && isnan(v.job_done_ratio));
	CU_ASSERT(isnan(v.config.mem_bytes) && isnan(v.config.mem_bytes_max));
}

static void vms_are_taken_over_and_sorted_by_uuid(void)
{
	struct host_report r;
	struct vm_report v;

	host_report_init(&r);
	vm_report_init(&v);
	for (int i = 0; i < 3; i++) {
		v.config.uuid[0] = "bca"[i];
		v.config.name = xstrdup("v");
		vm_config_add_blocker(&v.config, BLOCKER_USB, true, xstrdup("usb"));
		host_report_add_vm(&r, &v);
		CU_ASSERT(!v.config.name && v.config.n_blockers == 0);
	}
	host_report_sort(&r);
	CU_ASSERT_EQUAL_FATAL(r.n_vms, 3);
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(r.vms[i].config.uuid[0], "abc"[i]);
	host_report_done(&r);
	CU_ASSERT(r.n_vms == 0 && !r.vms);
}

static void kinds_and_states_have_names_of_their_own(void)
{
	for (int i = 0; i < BLOCKER_KIND_COUNT; i++) {
		const char *name = blocker_kind_name((enum blocker_kind)i);

		CU_ASSERT_PTR_NOT_NULL_FATAL(name);
		CU_ASSERT_PTR_NOT_NULL_FATAL(blocker_remedy((enum blocker_kind)i));
		CU_ASSERT(strlen(blocker_remedy((enum blocker_kind)i)) > 0);
		for (int k = 0; k < i; k++)
			CU_ASSERT(strcmp(name, blocker_kind_name((enum blocker_kind)k)) != 0);
	}
	for (int i = 1; i <= VM_SEEN_SHUT_OFF; i++)
		CU_ASSERT(strcmp(vm_seen_name((enum vm_seen)i), "unknown") != 0);
}

/* The blockers that a state brings: how many, and whether the first is hard. */
static void expect_state(enum vm_seen seen, bool io_error, uint32_t n, bool hard)
{
	struct vm_report v;

	vm_report_init(&v);
	v.seen = seen;
	v.pause_io_error = io_error;
	vm_report_add_state_blockers(&v);
	CU_ASSERT_EQUAL(v.config.n_blockers, n);
	if (n && v.config.n_blockers) {
		CU_ASSERT_EQUAL(v.config.blockers[0].kind, BLOCKER_STATE);
		CU_ASSERT_EQUAL(v.config.blockers[0].hard, hard);
	}
	vm_report_done(&v);
}

static void only_a_running_vm_is_free_to_move(void)
{
	expect_state(VM_SEEN_RUNNING, false, 0, false);
	expect_state(VM_SEEN_PAUSED, false, 1, false);
	expect_state(VM_SEEN_PAUSED, true, 1, true);
	expect_state(VM_SEEN_INCOMING, false, 1, true);
	expect_state(VM_SEEN_SHUT_OFF, false, 1, true);
	expect_state(VM_SEEN_UNKNOWN, false, 1, true);
}

static void a_saved_vm_is_kept_by_its_file(void)
{
	struct vm_report v;

	vm_report_init(&v);
	v.seen = VM_SEEN_SHUT_OFF;
	v.has_managed_save = true;
	vm_report_add_state_blockers(&v);
	CU_ASSERT_EQUAL_FATAL(v.config.n_blockers, 2);
	CU_ASSERT_EQUAL(v.config.blockers[1].kind, BLOCKER_MANAGED_SAVE);
	vm_report_done(&v);
}

TEST_MAIN("host_report", TEST(a_new_host_report_tells_nothing), TEST(a_new_vm_report_tells_nothing),
          TEST(vms_are_taken_over_and_sorted_by_uuid),
          TEST(kinds_and_states_have_names_of_their_own), TEST(only_a_running_vm_is_free_to_move),
          TEST(a_saved_vm_is_kept_by_its_file))
