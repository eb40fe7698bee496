/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Azure data sets: lives from the table, readings as a stream, parts of a set. */
#include <math.h>
#include <stdio.h>

#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

#define TABLE                                                   \
	"old,s,d,0,300,50,5,20,Interactive,2,3.5\n"             \
	"all,s,d,0,2591700,50,5,20,Delay-insensitive,>24,>64\n" \
	"mid,s,d,300,900,50,5,20,Unknown,4,8\n"

static void write_set(struct trace_rig *r)
{
	trace_rig_file(r, "az/vmtable.csv", TABLE);
	trace_rig_file(r, "az/vm_cpu_readings-file-2-of-10.csv",
	               "900,all,1,2,30\n900,mid,1,2,4\n900,old,9,9,99\n");
	trace_rig_file(r, "az/vm_cpu_readings-file-1-of-10.csv",
	               "0,mid,9,9,99\n0,old,1,50,2.5\n0,all,1,2,10\n300,mid,1,2,3\n300,old,1,2,7\n"
	               "300,all,1,2,20\n");
}

static void table_gives_lives_and_sizes(void)
{
	struct trace_rig r;
	const struct trace_vm *vms;

	trace_rig_init(&r);
	write_set(&r);
	trace_rig_open(&r, "azure", "az");
	vms = r.trace->info.vms;
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 3);
	CU_ASSERT_EQUAL(r.trace->info.n_columns, UINT64_MAX);
	CU_ASSERT_STRING_EQUAL(vms[0].name, "all");
	CU_ASSERT_STRING_EQUAL(vms[0].type, "Delay-insensitive");
	CU_ASSERT_EQUAL(vms[0].vcpus, 32);
	CU_ASSERT_EQUAL(vms[0].mem_bytes, 128 * 1073741824.0);
	CU_ASSERT_STRING_EQUAL(vms[1].name, "mid");
	CU_ASSERT_EQUAL(vms[1].vcpus, 4);
	CU_ASSERT_EQUAL(vms[1].first, 1);
	CU_ASSERT_EQUAL(vms[1].last, 4);
	CU_ASSERT_EQUAL(vms[2].mem_bytes, 3.5 * 1073741824.0);
	CU_ASSERT_EQUAL(vms[2].last, 2);
	trace_rig_done(&r);
}

/* The readings of "mid" before it is created and of "old" after it is gone do not count. */
static void readings_become_columns_also_where_there_are_none(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	write_set(&r);
	trace_rig_open(&r, "azure", "az");
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.1);
	CU_ASSERT_TRUE(isnan(r.column.cpu[1]));
	CU_ASSERT_EQUAL(r.column.cpu[2], 2.5 / 100);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.2);
	CU_ASSERT_EQUAL(r.column.cpu[1], 0.03);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.index, 2);
	CU_ASSERT_TRUE(isnan(r.column.cpu[0]) && isnan(r.column.cpu[1]));
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.3);
	CU_ASSERT_EQUAL(r.column.cpu[1], 0.04);
	CU_ASSERT_TRUE(isnan(r.column.cpu[2]));
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	trace_rig_done(&r);
}

static void a_part_begins_at_its_own_first_reading(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "az/vmtable/vmtable.csv", TABLE);
	trace_rig_file(&r, "az/vm_cpu_readings/vm_cpu_readings-file-2-of-10.csv",
	               "600,all,1,2,30\n900,mid,1,2,4\n");
	trace_rig_open(&r, "azure", "az");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 2); /* "old" is gone by then */
	CU_ASSERT_EQUAL(r.trace->info.vms[1].first, 0);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].last, 2);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.index, 0);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.3);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[1], 0.04);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	trace_rig_done(&r);
}

static void files_are_read_in_order_of_number(void)
{
	struct trace_rig r;
	char name[64], text[64];

	trace_rig_init(&r);
	trace_rig_file(&r, "az/vmtable.csv", "a,s,d,0,3300,50,5,20,Unknown,4,8\n");
	for (int i = 12; i >= 1; i--) {
		(void)snprintf(name, sizeof(name), "az/vm_cpu_readings-file-%d-of-12.csv", i);
		(void)snprintf(text, sizeof(text), "%d,a,0,0,%d\n", (i - 1) * 300, i);
		trace_rig_file(&r, name, text);
	}
	trace_rig_open(&r, "azure", "az");
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 12);
	for (int i = 1; i <= 12; i++) {
		trace_rig_next(&r);
		CU_ASSERT_EQUAL(r.column.cpu[0], i / 100.0);
	}
	trace_rig_done(&r);
}

TEST_MAIN("trace azure", TEST(table_gives_lives_and_sizes),
          TEST(readings_become_columns_also_where_there_are_none),
          TEST(a_part_begins_at_its_own_first_reading), TEST(files_are_read_in_order_of_number))
