/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings: what is written is what is read, to the last bit and the oddest name. */
#include "sim/trace/recording.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/rng.h"
#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

static const struct recording_opts with_mem = {.interval_us = 60 * USEC_PER_SEC,
                                               .cpu_unit = TRACE_CPU_MIPS,
                                               .has_mem = true};

/* r->path = folder/name; begins a recording there. */
static struct recording *begin(struct trace_rig *r, const char *name,
                               const struct recording_opts *opts)
{
	struct recording *rec = NULL;

	(void)snprintf(r->path, sizeof(r->path), "%s/%s", r->folder, name);
	CU_ASSERT_EQUAL_FATAL(recording_open(r->path, opts, &rec, &r->err), 0);
	return rec;
}

static void samples_vms_and_gaps_come_back(void)
{
	struct trace_rig r;
	struct recording *rec;

	trace_rig_init(&r);
	rec = begin(&r, "x.ebb", &with_mem);
	CU_ASSERT_EQUAL(recording_vm(rec, &(struct trace_vm){"b", "big", 4, 8000.5, 1e9, 0, 0}), 0);
	recording_column(rec, 1);
	recording_sample(rec, 0, 12.25, 512);
	CU_ASSERT_EQUAL(recording_vm(rec, &(struct trace_vm){"a", "", 0, 0, 0, 0, 0}), 1);
	recording_sample(rec, 1, 7, NAN);
	recording_column(rec, 3);
	recording_sample(rec, 0, 0, 0);
	CU_ASSERT_EQUAL(recording_close(rec, 5, &r.err), 0);
	trace_rig_open(&r, "ebb", "x.ebb");
	CU_ASSERT_EQUAL_FATAL(r.trace->info.n_vms, 2);
	CU_ASSERT_EQUAL(r.trace->info.n_columns, 5);
	CU_ASSERT_EQUAL(r.trace->info.interval_us, 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(r.trace->info.cpu_unit, TRACE_CPU_MIPS);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, "a");
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[1].type, "big");
	CU_ASSERT_EQUAL(r.trace->info.vms[1].vcpus, 4);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].cpu_mips, 8000.5);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].mem_bytes, 1e9);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].first, 1);
	CU_ASSERT_EQUAL(r.trace->info.vms[1].last, 4);
	CU_ASSERT_EQUAL(r.trace->info.vms[0].last, 2);
	trace_rig_next(&r);
	CU_ASSERT_TRUE(isnan(r.column.cpu[0]) && isnan(r.column.cpu[1]));
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 7);
	CU_ASSERT_TRUE(isnan(r.column.mem_bytes[0]));
	CU_ASSERT_EQUAL(r.column.cpu[1], 12.25);
	CU_ASSERT_EQUAL(r.column.mem_bytes[1], 512);
	trace_rig_next(&r);
	CU_ASSERT_TRUE(isnan(r.column.cpu[1]));
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[1], 0);
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	trace_rig_done(&r);
}

/* Any non-negative number up to 1e18, by its bits. */
static double odd_number(struct rng *rng)
{
	uint64_t bits = rng_u64(rng) >> 1;
	double v;

	memcpy(&v, &bits, sizeof(v));
	switch (rng_below(rng, 4)) {
	case 0: return rng_double(rng);
	case 1: return (double)rng_below(rng, 100) / 100.0;
	case 2: return (double)rng_below(rng, UINT64_C(1) << 53);
	default: return isfinite(v) && v <= 1e18 ? v : 0x1p-1074;
	}
}

static void every_double_comes_back_bit_for_bit(void)
{
	struct trace_rig r;
	struct recording *rec;
	struct rng rng;
	int wrong = 0;

	trace_rig_init(&r);
	rec = begin(&r, "x.zst", &with_mem);
	(void)recording_vm(rec, &(struct trace_vm){"a", "", 0, 0, 0, 0, 0});
	rng_init(&rng, 9, 9);
	for (uint64_t k = 0; k < 20000; k++) {
		double cpu = odd_number(&rng), mem = odd_number(&rng);

		recording_column(rec, k);
		recording_sample(rec, 0, cpu, mem);
	}
	CU_ASSERT_EQUAL(recording_close(rec, 20000, &r.err), 0);
	rng_init(&rng, 9, 9);
	trace_rig_open(&r, "ebb", "x.zst");
	for (uint64_t k = 0; k < 20000; k++) {
		double cpu = odd_number(&rng), mem = odd_number(&rng);

		trace_rig_next(&r);
		wrong += !trace_rig_same(cpu, r.column.cpu[0]);
		wrong += !trace_rig_same(mem, r.column.mem_bytes[0]);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	trace_rig_done(&r);
}

static void names_may_hold_any_character(void)
{
	struct trace_rig r;
	struct recording *rec;
	char name[256] = "", type[] = "a,b%c\r\n";

	for (int c = 1; c < 256; c++)
		name[c - 1] = (char)c;
	trace_rig_init(&r);
	rec = begin(&r, "x.ebb", &with_mem);
	(void)recording_vm(rec, &(struct trace_vm){name, type, 0, 0, 0, 0, 0});
	CU_ASSERT_EQUAL(recording_close(rec, 0, &r.err), 0);
	trace_rig_open(&r, "ebb", "x.ebb");
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].name, name);
	CU_ASSERT_STRING_EQUAL(r.trace->info.vms[0].type, type);
	CU_ASSERT_EQUAL(trace_next(r.trace, &r.column, &r.err), 0);
	trace_rig_done(&r);
}

/* Both traces to their ends; returns the number of differences. */
static int compare(struct trace *a, struct trace *b)
{
	struct trace_column x, y;
	struct err err;
	int wrong = a->info.n_vms != b->info.n_vms || a->info.n_columns != b->info.n_columns;

	for (uint32_t i = 0; i < a->info.n_vms; i++) {
		const struct trace_vm *v = &a->info.vms[i], *w = &b->info.vms[i];

		wrong += strcmp(v->name, w->name) != 0 || strcmp(v->type, w->type) != 0 ||
		         v->first != w->first || v->last != w->last || v->vcpus != w->vcpus;
	}
	while (trace_next(a, &x, &err) > 0) {
		if (trace_next(b, &y, &err) <= 0)
			return wrong + 1;
		for (uint32_t i = 0; i < a->info.n_vms; i++)
			wrong += isnan(x.cpu[i]) ? !isnan(y.cpu[i])
			                         : !trace_rig_same(x.cpu[i], y.cpu[i]);
	}
	return wrong + (trace_next(b, &y, &err) != 0);
}

static void a_copied_trace_is_the_same_trace(void)
{
	static const char spec[] = "synth:vms=60,days=1,churn=50%,life=3h";
	struct trace_rig r;
	struct trace *from;

	trace_rig_init(&r);
	CU_ASSERT_EQUAL_FATAL(trace_open(spec, 3, &from, &r.err), 0);
	(void)snprintf(r.path, sizeof(r.path), "%s/copy.zst", r.folder);
	CU_ASSERT_EQUAL(recording_copy(from, r.path, &r.err), 0);
	trace_close(from);
	CU_ASSERT_EQUAL_FATAL(trace_open(spec, 3, &from, &r.err), 0);
	trace_rig_open(&r, "ebb", "copy.zst");
	CU_ASSERT_EQUAL(compare(from, r.trace), 0);
	trace_close(from);
	trace_rig_done(&r);
}

static int exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void nothing_is_left_of_an_aborted_recording(void)
{
	struct trace_rig r;
	struct recording *rec;
	char part[300];

	trace_rig_init(&r);
	rec = begin(&r, "x.ebb", &with_mem);
	(void)snprintf(part, sizeof(part), "%s.part", r.path);
	CU_ASSERT_TRUE(exists(part));
	CU_ASSERT_FALSE(exists(r.path));
	recording_abort(rec);
	CU_ASSERT_FALSE(exists(part));
	CU_ASSERT_FALSE(exists(r.path));
	recording_abort(NULL);
	trace_rig_done(&r);
}

static void failures_to_write_are_told(void)
{
	struct trace_rig r;
	struct recording *rec;
	int before = trace_rig_descriptors();

	trace_rig_init(&r);
	CU_ASSERT_EQUAL(recording_open("/nowhere/x", &with_mem, &rec, &r.err), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "/nowhere/x: cannot write: "));
	CU_ASSERT_EQUAL(recording_open("x.gz", &with_mem, &rec, &r.err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "write a .zst file"));
	/* Its name is taken by a folder when the recording ends. */
	rec = begin(&r, "x.ebb", &with_mem);
	trace_rig_file(&r, "x.ebb/in-the-way", "");
	CU_ASSERT_TRUE(recording_close(rec, 0, &r.err) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "x.ebb: cannot write: "));
	CU_ASSERT_EQUAL(trace_rig_descriptors(), before);
	trace_rig_done(&r);
}

static void a_full_disk_is_told(void)
{
	struct trace_rig r;
	struct trace *from;
	char part[300];

	if (!exists("/dev/full"))
		return;
	trace_rig_init(&r);
	(void)snprintf(r.path, sizeof(r.path), "%s/full", r.folder);
	(void)snprintf(part, sizeof(part), "%s.part", r.path);
	CU_ASSERT_EQUAL_FATAL(symlink("/dev/full", part), 0);
	CU_ASSERT_EQUAL_FATAL(trace_open("synth:vms=50,days=1", 3, &from, &r.err), 0);
	CU_ASSERT_EQUAL(recording_copy(from, r.path, &r.err), -ENOSPC);
	CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "/full: cannot write: No space left"));
	CU_ASSERT_FALSE(exists(part));
	CU_ASSERT_FALSE(exists(r.path));
	trace_close(from);
	trace_rig_done(&r);
}

static void lines_of_later_versions_are_passed_over(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_file(&r, "x.ebb",
	               "ebb-recording 1 interval_us=300000000 cpu=ratio memory=no moon=full\n"
	               "h,0,host0,64\nv,0,a,,1,0,0\nt,0\np,0,123.5\ns,0,0.5,9,9\nend,1\n");
	trace_rig_open(&r, "ebb", "x.ebb");
	trace_rig_next(&r);
	CU_ASSERT_EQUAL(r.column.cpu[0], 0.5);
	CU_ASSERT_PTR_NULL(r.column.mem_bytes);
	trace_rig_done(&r);
}

TEST_MAIN("trace recording", TEST(samples_vms_and_gaps_come_back),
          TEST(every_double_comes_back_bit_for_bit), TEST(names_may_hold_any_character),
          TEST(a_copied_trace_is_the_same_trace), TEST(nothing_is_left_of_an_aborted_recording),
          TEST(failures_to_write_are_told), TEST(a_full_disk_is_told),
          TEST(lines_of_later_versions_are_passed_over))
