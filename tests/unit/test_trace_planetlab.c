/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PlanetLab days: both forms, order, exact ratios. */
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

static void csv_gives_columns_sorted_by_name(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "day.csv", "zeta,1,2,3\nalpha,10,20,30\nBeta,7,0,100\n");
	trace_rig_open(&r, "planetlab", "day.csv");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 3);
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 3);
	CU_ASSERT_EQUAL(r.trace->info.interval_us, 300 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(r.trace->info.cpu_unit, TRACE_CPU_RATIO);
	CU_ASSERT_FALSE(r.trace->info.has_mem);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "Beta");
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[1].name, "alpha");
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[2].name, "zeta");
	CU_ASSERT_EQUAL(r.trace->info.vms[2].first, 0);
	CU_ASSERT_EQUAL(r.trace->info.vms[2].last, 3);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.index, 0);
	CU_ASSERT_EQUAL(r.column.cpu[0], 7 / 100.0);
	CU_ASSERT_EQUAL(r.column.cpu[1], 10 / 100.0);
	CU_ASSERT_EQUAL(r.column.cpu[2], 1 / 100.0);
	trace_rig_next(&r);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.index, 2);
	CU_ASSERT_EQUAL(r.column.cpu[0], 1.0);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	trace_rig_done(&r);
}

static void folder_gives_the_same_as_csv(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "day/b_host", "5\n6\n");
	trace_rig_file(&r, "day/a_host", "50\n60\n");
	trace_rig_file(&r, "day/.hidden", "not read\n");
	trace_rig_open(&r, "planetlab", "day");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 2);
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 2);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "a_host");
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.5);
	CU_ASSERT_EQUAL(r.column.cpu[1], 0.05);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.6);
	trace_rig_done(&r);
}

static void packed_files_lose_the_suffix_in_the_name(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_write(
	        &r, "day/b.gz",
	        &(struct trace_rig_bytes){.data = "5\n", .len = 2, .packing = TRACE_RIG_GZIP});
	trace_rig_write(
	        &r, "day/a.zst",
	        &(struct trace_rig_bytes){.data = "9\n", .len = 2, .packing = TRACE_RIG_ZSTD});
	trace_rig_open(&r, "planetlab", "day");
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "a");
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[1].name, "b");
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.09);
	trace_rig_done(&r);
}

static void every_percent_is_divided_exactly(void)
{
	struct trace_rig r;
	char text[2000] = "vm";

	trace_rig_init(&r);
	for (int v = 0; v <= 100; v++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), ",%d", v);
	trace_rig_file(&r, "day.csv", text);
	trace_rig_open(&r, "planetlab", "day.csv");
	for (int v = 0; v <= 100; v++) {
		trace_rig_next(&r);
		CU_ASSERT_EQUAL(r.column.cpu[0], v / 100.0);
	}
	trace_rig_done(&r);
}

static void windows_line_ends_and_marks_are_tolerated(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "day.csv",
	               "\xef\xbb\xbf"
	               "a, 1 ,2\r\n\r\n\nb,3,4");
	trace_rig_open(&r, "planetlab", "day.csv");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 2);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "a");
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.01);
	CU_ASSERT_EQUAL(r.column.cpu[1], 0.03);
	trace_rig_done(&r);
}

TEST_MAIN("trace planetlab", TEST(csv_gives_columns_sorted_by_name),
          TEST(folder_gives_the_same_as_csv), TEST(packed_files_lose_the_suffix_in_the_name),
          TEST(every_percent_is_divided_exactly), TEST(windows_line_ends_and_marks_are_tolerated))
