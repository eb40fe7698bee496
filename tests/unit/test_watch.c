/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at many hosts: answers, failures, lateness, and rates between two reports. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/xalloc.h"
#include "engine/watch.h"
#include "tests/support/test.h"

/* Far above what a look takes here; a test that fails waits so long. */
#define PATIENCE_US (5 * USEC_PER_SEC)

/* A made-up host; its URI says how it behaves. */
struct fake {
	const struct collector_target *target;
	uint64_t looks;
};

static int fake_open(const struct collector_target *target, void **ret, struct err *err)
{
	struct fake *f;

	if (strcmp(target->uri, "refuses") == 0)
		return err_set(err, -ECONNREFUSED, "%s: refused", target->name);
	f = xcalloc(1, sizeof(*f));
	f->target = target;
	*ret = f;
	return 0;
}

static int fake_collect(void *collector, struct host_report *ret, struct err *err)
{
	struct fake *f = collector;
	struct vm_report vm;

	f->looks++;
	if (strcmp(f->target->uri, "drops") == 0 && f->looks == 2)
		return err_set(err, -ENOTCONN, "%s: connection lost", f->target->name);
	if (strcmp(f->target->uri, "hangs") == 0)
		(void)usleep(300000);
	ret->hostname = xstrdup(f->target->name);
	ret->cpu_busy_ns = 1000 * f->looks;
	ret->cpu_idle_ns = 3000 * f->looks;
	vm_report_init(&vm);
	memcpy(vm.config.uuid, "u", 2);
	vm.cpu_ns = strcmp(f->target->uri, "resets") == 0 ? 10 - f->looks : f->looks;
	host_report_add_vm(ret, &vm);
	return 0;
}

static void fake_close(void *collector)
{
	free(collector);
}

static const struct collector_ops fake_ops = {
        .name = "fake",
        .open = fake_open,
        .collect = fake_collect,
        .close = fake_close,
};

static struct inventory_host hosts[2] = {{.name = "a"}, {.name = "b"}};

static struct watch *watch_two(char *behaviour_a, char *behaviour_b)
{
	struct inventory inv = {.hosts = hosts, .n_hosts = 2};
	struct watch *w = NULL;

	hosts[0].libvirt = behaviour_a;
	hosts[1].libvirt = behaviour_b;
	CU_ASSERT_EQUAL_FATAL(watch_new(&inv, &fake_ops, &w, NULL), 0);
	return w;
}

static void a_host_that_answers_is_fresh_with_its_own_report(void)
{
	struct watch *w = watch_two("good", "good");

	watch_look(w, PATIENCE_US);
	CU_ASSERT_EQUAL(watch_host_at(w, 0)->state, WATCH_FRESH);
	CU_ASSERT_STRING_EQUAL(watch_host_at(w, 0)->now.hostname, "a");
	CU_ASSERT_STRING_EQUAL(watch_host_at(w, 1)->now.hostname, "b");
	watch_free(w);
}

static void a_host_that_refuses_fails_alone_and_says_why(void)
{
	struct watch *w = watch_two("refuses", "good");

	watch_look(w, PATIENCE_US);
	CU_ASSERT_EQUAL(watch_host_at(w, 0)->state, WATCH_FAILED);
	CU_ASSERT_STRING_EQUAL(watch_host_at(w, 0)->error.text, "a: refused");
	CU_ASSERT_EQUAL(watch_host_at(w, 1)->state, WATCH_FRESH);
	watch_free(w);
}

static void a_host_that_hangs_is_late_and_delays_nobody(void)
{
	struct watch *w = watch_two("hangs", "good");

	watch_look(w, 100000);
	CU_ASSERT_EQUAL(watch_host_at(w, 0)->state, WATCH_LATE);
	CU_ASSERT(watch_host_at(w, 0)->now.at_us < 0);
	CU_ASSERT_EQUAL(watch_host_at(w, 1)->state, WATCH_FRESH);
	watch_free(w);
}

static void a_lost_connection_is_made_anew_at_the_next_look(void)
{
	struct watch *w = watch_two("drops", "good");

	watch_look(w, PATIENCE_US);
	watch_look(w, PATIENCE_US);
	CU_ASSERT_EQUAL(watch_host_at(w, 0)->state, WATCH_FAILED);
	CU_ASSERT_STRING_EQUAL(watch_host_at(w, 0)->error.text, "a: connection lost");
	watch_look(w, PATIENCE_US);
	CU_ASSERT_EQUAL(watch_host_at(w, 0)->state, WATCH_FRESH);
	watch_free(w);
}

static void a_rate_needs_two_looks(void)
{
	struct watch *w = watch_two("good", "good");
	const struct watch_host *h = watch_host_at(w, 0);

	watch_look(w, PATIENCE_US);
	CU_ASSERT(isnan(watch_host_cpu_ratio(h)));
	CU_ASSERT(isnan(watch_vm_cpu_cores(h, &h->now.vms[0])));
	watch_look(w, PATIENCE_US);
	CU_ASSERT_DOUBLE_EQUAL(watch_host_cpu_ratio(h), 0.25, 1e-12);
	CU_ASSERT(watch_vm_cpu_cores(h, &h->now.vms[0]) > 0);
	watch_free(w);
}

static void a_counter_that_went_down_gives_no_rate(void)
{
	struct watch *w = watch_two("resets", "good");
	const struct watch_host *h = watch_host_at(w, 0);

	watch_look(w, PATIENCE_US);
	watch_look(w, PATIENCE_US);
	CU_ASSERT(isnan(watch_vm_cpu_cores(h, &h->now.vms[0])));
	watch_free(w);
}

static void a_vm_that_was_not_there_before_has_no_rate(void)
{
	struct watch *w = watch_two("good", "good");
	const struct watch_host *h = watch_host_at(w, 0);
	struct vm_report other;

	vm_report_init(&other);
	memcpy(other.config.uuid, "v", 2);
	other.cpu_ns = 5;
	watch_look(w, PATIENCE_US);
	watch_look(w, PATIENCE_US);
	CU_ASSERT(isnan(watch_vm_cpu_cores(h, &other)));
	watch_free(w);
}

TEST_MAIN("watch", TEST(a_host_that_answers_is_fresh_with_its_own_report),
          TEST(a_host_that_refuses_fails_alone_and_says_why),
          TEST(a_host_that_hangs_is_late_and_delays_nobody),
          TEST(a_lost_connection_is_made_anew_at_the_next_look), TEST(a_rate_needs_two_looks),
          TEST(a_counter_that_went_down_gives_no_rate),
          TEST(a_vm_that_was_not_there_before_has_no_rate))
