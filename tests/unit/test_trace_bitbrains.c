/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bitbrains traces: published files and the wide form; slots, gaps, lives, units. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

#define HEADER                                                                           \
	"Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ];\tCPU usage [MHZ];" \
	"\tCPU usage [%];\tMemory capacity provisioned [KB];\tMemory usage [KB];"        \
	"\tDisk read throughput [KB/s];\tDisk write throughput [KB/s];"                  \
	"\tNetwork received throughput [KB/s];\tNetwork transmitted throughput [KB/s]\n"

#define SAMPLE(t, mhz, kb) \
	t ";\t2;\t5200.0;\t" mhz ";\t1.5;\t2097152.0;\t" kb ";\t0.0;\t1.0;\t0.0;\t0.5\n"

static void published_files_give_slots_gaps_and_lives(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "rnd/1.csv",
	               HEADER SAMPLE("1376314846", "10.5", "1024") /* slot 0 */
	               SAMPLE("1376315146", "20", "2048")          /* slot 1 */
	               SAMPLE("1376315200", "21", "2049")          /* slot 1 again: wins */
	               SAMPLE("1376315746", "30", "4096"));        /* slot 3; 2 is a gap */
	trace_rig_file(&r, "rnd/2.csv", HEADER SAMPLE("1376315146", "7", "0"));
	trace_rig_open(&r, "bitbrains", "rnd");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 2);
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 4);
	CU_ASSERT_EQUAL(r.trace->info.cpu_unit, TRACE_CPU_MIPS);
	CU_ASSERT_TRUE(r.trace->info.has_mem);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "1");
	CU_ASSERT_EQUAL(r.trace->info.vms[0].vcpus, 2);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].cpu_mips, 5200);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].mem_bytes, 2147483648.0);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].first, 1);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].last, 2);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 10.5);
	CU_ASSERT_EQUAL(r.column.mem_bytes[0], 1048576);
	CU_ASSERT_TRUE(isnan(r.column.cpu[1]));
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 21);
	CU_ASSERT_EQUAL(r.column.mem_bytes[0], 2049 * 1024.0);
	CU_ASSERT_EQUAL(r.column.cpu[1], 7);
	trace_rig_next(&r);
	CU_ASSERT_TRUE(isnan(r.column.cpu[0]));
	CU_ASSERT_TRUE(isnan(r.column.mem_bytes[0]));
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 30);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	trace_rig_done(&r);
}

static void milliseconds_are_recognised(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "rnd/1.csv",
	               HEADER SAMPLE("1376314846000", "1", "1") SAMPLE("1376315746000", "4", "1"));
	trace_rig_open(&r, "bitbrains", "rnd");
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 4);
	trace_rig_done(&r);
}

static void the_largest_allocation_counts(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "rnd/1.csv",
	               HEADER "0;4;9000;1;1;8192;1;0;0;0;0\n300;2;12000;1;1;4096;1;0;0;0;0\n");
	trace_rig_open(&r, "bitbrains", "rnd");
	CU_ASSERT_EQUAL(r.trace->info.vms[0].vcpus, 4);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].cpu_mips, 12000);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].mem_bytes, 8192 * 1024.0);
	trace_rig_done(&r);
}

static void write_wide(struct trace_rig *r, const char *name)
{
	static const char cpu[] = "10,,5,6,\n9,1,2,,4\n";
	static const char mem[] = "10,,100,,300\n9,1,2,3,4\n";
	char path[64];

	(void)snprintf(path, sizeof(path), "%s-vms.csv", name);
	trace_rig_file(r, path,
	               "vm,cores,cpu_capacity_mhz,mem_capacity_mb,samples,first_slot,last_slot\n"
	               "10,2,5200,4096,2,1,2\n9,1,2600,1024,3,0,3\n");
	(void)snprintf(path, sizeof(path), "%s-cpu_mhz.csv.zst", name);
	trace_rig_write(r, path,
	                &(struct trace_rig_bytes){
	                        .data = cpu, .len = sizeof(cpu) - 1, .packing = TRACE_RIG_ZSTD});
	(void)snprintf(path, sizeof(path), "%s-mem_mb.csv.gz", name);
	trace_rig_write(r, path,
	                &(struct trace_rig_bytes){
	                        .data = mem, .len = sizeof(mem) - 1, .packing = TRACE_RIG_GZIP});
}

static void wide_form_gives_the_same_kind_of_trace(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	write_wide(&r, "w/rnd");
	trace_rig_open(&r, "bitbrains", "w");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 2);
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 4);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "10");
	CU_ASSERT_EQUAL(r.trace->info.vms[0].first, 1);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].last, 3);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].vcpus, 2);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].mem_bytes, 4294967296.0);
	trace_rig_next(&r);
	CU_ASSERT_TRUE(isnan(r.column.cpu[0]));
	CU_ASSERT_EQUAL(r.column.cpu[1], 1);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 5);
	CU_ASSERT_EQUAL(r.column.mem_bytes[0], 100 * 1048576.0);
	trace_rig_next(&r);
	CU_ASSERT_TRUE(isnan(r.column.cpu[1]));
	CU_ASSERT_TRUE(isnan(r.column.mem_bytes[0]));
	CU_ASSERT_EQUAL(r.column.mem_bytes[1], 3 * 1048576.0);
	trace_rig_next(&r);
	CU_ASSERT_TRUE(isnan(r.column.mem_bytes[0])); /* gone, so its memory does not count */
	trace_rig_done(&r);
}

static void one_of_several_wide_traces_is_named_by_prefix(void)
{
	struct trace_rig r;
	char spec[200];

	trace_rig_init(&r);
	write_wide(&r, "w/a");
	write_wide(&r, "w/b");
	trace_rig_open(&r, "bitbrains", "w/b");
	CU_ASSERT_EQUAL(r.trace->info.n_vms, 2);
	(void)snprintf(spec, sizeof(spec), "bitbrains:%s/w", r.folder);
	trace_rig_refuse(&r, spec, -EEXIST, "holds both a-vms.csv and b-vms.csv; name one: ");
	trace_rig_done(&r);
}

TEST_MAIN("trace bitbrains", TEST(published_files_give_slots_gaps_and_lives),
          TEST(milliseconds_are_recognised), TEST(the_largest_allocation_counts),
          TEST(wide_form_gives_the_same_kind_of_trace),
          TEST(one_of_several_wide_traces_is_named_by_prefix))
