/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Broken traces of every format: each is refused with the file, the line where there is one, what
 * is wrong and what to do; nothing is leaked and no descriptor stays open.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

struct bad {
	const char *format;
	const char *file; /* written with text; NULL: nothing is written */
	const char *text;
	const char *open; /* what is opened, in the test's folder */
	int code;
	const char *message;
};

/* Runs a table of cases, each in a folder of its own. */
static void refuse_all(const struct bad *bad, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct trace_rig r;
		char spec[400];

		trace_rig_init(&r);
		if (bad[i].file)
			trace_rig_file(&r, bad[i].file, bad[i].text);
		(void)snprintf(spec, sizeof(spec), "%s:%s/%s", bad[i].format, r.folder,
		               bad[i].open);
		trace_rig_refuse(&r, spec, bad[i].code, bad[i].message);
		trace_rig_done(&r);
	}
}

#define REFUSE_ALL(table) refuse_all(table, sizeof(table) / sizeof((table)[0]))

static void specs_without_a_known_format_are_refused(void)
{
	struct trace_rig r;

	trace_rig_init(&r);
	trace_rig_refuse(&r, "", -EINVAL, "no format; write FORMAT:PATH with one of: planetlab, ");
	trace_rig_refuse(&r, "day.csv", -EINVAL, "no format; write FORMAT:PATH");
	trace_rig_refuse(&r, "planetlabs:day", -EINVAL, "did you mean planetlab?");
	trace_rig_refuse(&r, "Azure:x", -EINVAL, "did you mean azure?");
	trace_rig_refuse(&r, "google:x", -EINVAL,
	                 "unknown format \"google\"; there are: planetlab, bitbrains, azure, ebb, "
	                 "synth");
	trace_rig_refuse(&r, ":x", -EINVAL, "unknown format \"\"");
	trace_rig_done(&r);
}

static void bad_planetlab_traces_are_refused(void)
{
	static const struct bad bad[] = {
	        {"planetlab", NULL, NULL, "none", -ENOENT,
	         "/none: cannot read: No such file or directory; check the path"},
	        {"planetlab", "d", "", "d", -ENODATA, "/d: empty; write a line for each VM"},
	        {"planetlab", "d", "\n\r\n\n", "d", -ENODATA, "/d: empty"},
	        {"planetlab", "d/e/x", "1\n", "d", -ENOENT, "/d: the folder holds no files; name"},
	        {"planetlab", "d", "a,1,2\nb,1\n", "d", -EINVAL,
	         "/d:2: 1 values, but the first VM has 2; make all VMs equally long"},
	        {"planetlab", "d", "a,1,2\nb,1,2,3\n", "d", -EINVAL, "/d:2: 3 values, but"},
	        {"planetlab", "d", "a\n", "d", -EINVAL, "/d:1: no values; write one for each 300"},
	        {"planetlab", "d", "a,1,nan\n", "d", -EINVAL,
	         "/d:1: value 2: \"nan\" is not a number; write percent, 0 to 100"},
	        {"planetlab", "d", "a,inf\n", "d", -EINVAL,
	         "/d:1: value 1: \"inf\" is not a number"},
	        {"planetlab", "d", "a,1\nb,-1\n", "d", -ERANGE,
	         "/d:2: value 1: -1 is outside 0 to 100; write CPU in percent"},
	        {"planetlab", "d", "a,101\n", "d", -ERANGE, "/d:1: value 1: 101 is outside 0 to"},
	        {"planetlab", "d", "a,1e999\n", "d", -EINVAL, "/d:1: value 1: \"1e999\""},
	        {"planetlab", "d", "a,1,,3\n", "d", -EINVAL, "/d:1: value 2: \"\" is not a number"},
	        {"planetlab", "d", "a,1,2,\n", "d", -EINVAL, "/d:1: value 3: \"\" is not a number"},
	        {"planetlab", "d", "a,0x10\n", "d", -EINVAL, "\"0x10\" is not a number"},
	        {"planetlab", "d", ",1,2\n", "d", -EINVAL, "/d:1: VM name of 0 bytes; begin the"},
	        {"planetlab", "d", "a,1\nb,2\n\na,3\n", "d", -EEXIST,
	         "/d:4: VM \"a\" appears again (first on line 1); remove or rename"},
	        {"planetlab", "d/host", "1\ntwo\n", "d", -EINVAL, "/d/host:2: value 2: \"two\""},
	        {"planetlab", "d/host", "", "d", -EINVAL, "/d/host:0: no values"},
	        {"planetlab", "d/host", "1,2\n", "d", -EINVAL, "/d/host:1: value 1: \"1,2\""},
	};

	REFUSE_ALL(bad);
}

static void planetlab_folders_with_odd_members_are_refused(void)
{
	struct trace_rig r;
	char spec[300];

	trace_rig_init(&r);
	trace_rig_file(&r, "d/a", "1\n2\n");
	trace_rig_file(&r, "d/b", "1\n");
	(void)snprintf(spec, sizeof(spec), "planetlab:%s/d", r.folder);
	trace_rig_refuse(&r, spec, -EINVAL, "/d/b:1: 1 values, but the first VM has 2");
	trace_rig_file(&r, "d/b", "2\n");
	trace_rig_file(&r, "d/a.gz", "1\n2\n");
	trace_rig_refuse(&r, spec, -EEXIST, "/d: VM \"a\" has two files; remove one of them");
	trace_rig_done(&r);
}

static void files_that_are_no_text_are_refused(void)
{
	static const char nul[] = "a,1\nb,\0002\n";
	static const char utf16[] = "\xff\xfe"
	                            "a\0,\0001\0\n";
	struct trace_rig r;
	char spec[300];

	trace_rig_init(&r);
	(void)snprintf(spec, sizeof(spec), "planetlab:%s/x", r.folder);
	trace_rig_write(&r, "x", &(struct trace_rig_bytes){.data = nul, .len = sizeof(nul) - 1});
	trace_rig_refuse(&r, spec, -EINVAL, "/x:2: holds a NUL byte, so this is no text; is this");
	(void)snprintf(spec, sizeof(spec), "ebb:%s/y", r.folder);
	trace_rig_write(&r, "y",
	                &(struct trace_rig_bytes){.data = utf16, .len = sizeof(utf16) - 1});
	trace_rig_refuse(&r, spec, -EINVAL, "/y:1: holds a NUL byte");
	trace_rig_refuse(&r, "planetlab:/proc/self/mem", -EIO,
	                 "/proc/self/mem: cannot read: Input/output error; check the file");
	trace_rig_done(&r);
}

static void truncated_traces_of_every_packing_are_refused(void)
{
	static const char day[] = "a,1,2,3,4,5,6,7,8,9\nb,1,2,3,4,5,6,7,8,9\n";
	struct trace_rig r;
	char spec[300];

	trace_rig_init(&r);
	trace_rig_write(&r, "z",
	                &(struct trace_rig_bytes){.data = day,
	                                          .len = sizeof(day) - 1,
	                                          .packing = TRACE_RIG_ZSTD,
	                                          .cut = 5});
	(void)snprintf(spec, sizeof(spec), "planetlab:%s", r.path);
	trace_rig_refuse(&r, spec, -EIO, "/z: truncated zstd stream after ");
	trace_rig_write(&r, "g",
	                &(struct trace_rig_bytes){.data = day,
	                                          .len = sizeof(day) - 1,
	                                          .packing = TRACE_RIG_GZIP,
	                                          .cut = 9});
	(void)snprintf(spec, sizeof(spec), "planetlab:%s", r.path);
	trace_rig_refuse(&r, spec, -EIO, "bytes; copy the file again");
	trace_rig_done(&r);
}

static void messages_hold_no_control_characters(void)
{
	struct trace_rig r;
	char spec[300];

	trace_rig_init(&r);
	trace_rig_file(&r, "x", "a,1\x1b[31m\n");
	(void)snprintf(spec, sizeof(spec), "planetlab:%s", r.path);
	trace_rig_refuse(&r, spec, -EINVAL, "/x:1: value 1: \"1?[31m\" is not a number");
	trace_rig_done(&r);
}

static void formats_are_listed_with_help(void)
{
	const struct trace_format *f;
	uint32_t n = 0;

	for (; (f = trace_format_at(n)); n++) {
		CU_ASSERT_TRUE(strlen(f->name) > 0 && strlen(f->help) > 10);
		CU_ASSERT_PTR_NOT_NULL(f->open);
	}
	CU_ASSERT_EQUAL(n, 5);
}

#define HEADER "Timestamp [ms];\tCPU cores;\tCPU capacity provisioned [MHZ]\n"

static void bad_bitbrains_files_are_refused(void)
{
	static const struct bad bad[] = {
	        {"bitbrains", NULL, NULL, "none", -ENOENT, "/none: no such folder, and no "},
	        {"bitbrains", "b/1.csv", "", "b", -ENODATA, "/b/1.csv: empty; remove the file"},
	        {"bitbrains", "b/1.csv", HEADER, "b", -ENODATA,
	         "/b/1.csv: holds no samples; remove"},
	        {"bitbrains", "b/1.csv", "a,1,2\n", "b", -EINVAL,
	         "/b/1.csv:1: not the header of a Bitbrains file"},
	        {"bitbrains", "b/1.csv", HEADER "0;1;2\n", "b", -EINVAL,
	         "/b/1.csv:2: 3 columns; a sample has 11, separated by ';'"},
	        {"bitbrains", "b/1.csv", HEADER "0;1;2;x;1;1;1;0;0;0;0\n", "b", -EINVAL,
	         "/b/1.csv:2: CPU usage MHz: \"x\" is not a number; remove the line"},
	        {"bitbrains", "b/1.csv", HEADER "0;1;2;1;1;1;-4;0;0;0;0\n", "b", -ERANGE,
	         "/b/1.csv:2: memory usage: -4 is out of bounds; remove the line"},
	        {"bitbrains", "b/1.csv", HEADER "900;1;2;1;1;1;1\n600;1;2;1;1;1;1\n", "b", -ERANGE,
	         "/b/1.csv:3: timestamp is before the first sample of all files; sort"},
	        {"bitbrains", "b/1.csv", HEADER "0;1;2;1;1;1;1\n90000000000;1;2;1;1;1;1\n", "b",
	         -ERANGE,
	         "/b/1.csv:3: timestamp is 1000000 slots of 300 s after the first; remove"},
	        {"bitbrains", "b/r-vms.csv", "vm,cores\n1,1,2600,2048\n", "b", -ENOENT,
	         "/b: holds no file *-cpu_mhz.csv (or .zst, .gz); put it there"},
	};

	REFUSE_ALL(bad);
}

/* Wide traces of two VMs and three slots, with one file replaced. */
static void expect_wide(const char *file, const char *text, int code, const char *message)
{
	static const char *const files[3][2] = {
	        {"w/r-vms.csv", "vm,cores,mhz,mb\n1,1,2600,2048\n2,2,5200,4096\n"},
	        {"w/r-cpu_mhz.csv", "1,5,,7\n2,8,9,10\n"},
	        {"w/r-mem_mb.csv", "1,5,,7\n2,8,9,10\n"},
	};
	struct trace_rig r;
	char spec[300];

	trace_rig_init(&r);
	for (int i = 0; i < 3; i++)
		trace_rig_file(&r, files[i][0],
		               strcmp(files[i][0], file) == 0 ? text : files[i][1]);
	(void)snprintf(spec, sizeof(spec), "bitbrains:%s/w", r.folder);
	trace_rig_refuse(&r, spec, code, message);
	trace_rig_done(&r);
}

static void bad_wide_bitbrains_files_are_refused(void)
{
	expect_wide("w/r-vms.csv", "vm,cores\n", -ENODATA, "/r-vms.csv: names no VM");
	expect_wide("w/r-vms.csv", "1,1,2600\n", -EINVAL, "/r-vms.csv:1: memory MiB: no sensible");
	expect_wide("w/r-vms.csv", "1,one,2600,5\n", -EINVAL, "/r-vms.csv:1: cores: no sensible");
	expect_wide("w/r-vms.csv", "1,1,1,1\n1,1,1,1\n", -EINVAL,
	            "/r-cpu_mhz.csv:2: VM \"2\", but");
	expect_wide("w/r-cpu_mhz.csv", "2,8,9,10\n1,5,,7\n", -EINVAL,
	            "/r-cpu_mhz.csv:1: VM \"2\", but");
	expect_wide("w/r-cpu_mhz.csv", "1,5,,7\n", -EINVAL, "/r-cpu_mhz.csv:1: ends, but");
	expect_wide(
	        "w/r-cpu_mhz.csv", "1,5,,7\n2,8,9\n", -EINVAL,
	        "/r-cpu_mhz.csv:2: 2 slots, but the first VM has 3; make all lines equally long");
	expect_wide("w/r-mem_mb.csv", "1,5,x,7\n2,8,9,10\n", -EINVAL,
	            "/r-mem_mb.csv:1: slot 1: \"x\" is no sensible number; leave it empty");
	expect_wide("w/r-mem_mb.csv", "1,5,,7\n2,8,9,10\n3,1,2,3\n", -EINVAL,
	            "/r-mem_mb.csv:3: VM \"3\", but");
	expect_wide("w/r-mem_mb.csv", "1,5,-7,7\n2,8,9,10\n", -EINVAL, "/r-mem_mb.csv:1: slot 1");
}

/* An Azure set of one table and two readings files, with one file replaced. */
static void expect_azure(const char *file, const char *text, int code, const char *message)
{
	static const char *const files[3][2] = {
	        {"az/vmtable.csv",
	         "a,s,d,0,600,1,1,1,Unknown,2,4\nb,s,d,0,600,1,1,1,Unknown,2,4\n"},
	        {"az/vm_cpu_readings-file-1-of-2.csv", "0,a,1,2,3\n0,b,1,2,3\n"},
	        {"az/vm_cpu_readings-file-2-of-2.csv", "300,a,1,2,3\n"},
	};
	struct trace_rig r;
	char spec[300];

	trace_rig_init(&r);
	for (int i = 0; i < 3; i++) {
		const char *content = strcmp(files[i][0], file) == 0 ? text : files[i][1];

		if (content)
			trace_rig_file(&r, files[i][0], content);
	}
	(void)snprintf(spec, sizeof(spec), "azure:%s/az", r.folder);
	trace_rig_refuse(&r, spec, code, message);
	trace_rig_done(&r);
}

static void bad_azure_sets_are_refused(void)
{
	static const char table[] = "az/vmtable.csv", one[] = "az/vm_cpu_readings-file-1-of-2.csv";
	static const char two[] = "az/vm_cpu_readings-file-2-of-2.csv";

	expect_azure(table, NULL, -ENOENT, "/az: holds no vmtable.csv (or .gz); put it there");
	expect_azure(table, "", -ENODATA, "/vmtable.csv: no VM lives when the readings begin");
	expect_azure(table, "a,s,d,0\n", -EINVAL, "/vmtable.csv:1: 4 columns, but a VM table has");
	expect_azure(table, "a,s,d,600,0,1,1,1,Unknown,2,4\n", -EINVAL,
	             "/vmtable.csv:1: created and deleted are not two rising times");
	expect_azure(table, "a,s,d,0,600,1,1,1,Unknown,two,4\n", -EINVAL,
	             "/vmtable.csv:1: cores or memory is no number (4) or bucket (>24)");
	expect_azure(table, ",s,d,0,600,1,1,1,Unknown,2,4\n", -EINVAL, "/vmtable.csv:1: no VM id");
	expect_azure(table, "a,s,d,0,600,1,1,1,U,2,4\na,s,d,0,600,1,1,1,U,2,4\n", -EEXIST,
	             "/vmtable.csv:2: VM \"a\" appears again (first on line 1)");
	expect_azure(one, "", -ENODATA, "file-1-of-2.csv: holds no readings; copy the file again");
	expect_azure(two, "", -ENODATA, "file-2-of-2.csv: holds no readings");
	expect_azure(one, "0,a,1\n", -EINVAL, "file-1-of-2.csv:1: 3 columns, but a reading has 5");
	expect_azure(one, "zero,a,1,2,3\n", -EINVAL, "csv:1: \"zero\" is not a time in seconds");
	expect_azure(two, "300,a,1,2,101.5\n", -EINVAL,
	             "2-of-2.csv:1: mean CPU \"101.5\" is not 0");
	expect_azure(two, "300,a,1,2,nan\n", -EINVAL, "mean CPU \"nan\" is not 0 to 100");
	expect_azure(two, "300,c,1,2,3\n", -ENOENT, "2-of-2.csv:1: VM \"c\" is not in ");
	expect_azure(two, "300,a,1,2,3\n0,b,1,2,3\n", -EINVAL,
	             "2-of-2.csv:2: time 0 after 300; sort the readings by time");
}

static void azure_sets_with_missing_files_are_refused(void)
{
	static const struct bad bad[] = {
	        {"azure", "az", "x", "az", -ENOTDIR, "/az: is not a folder; name the one with"},
	        {"azure", "az/vmtable.csv", "x", "az", -ENOENT,
	         "/az: holds no vm_cpu_readings-file-N-of-M.csv"},
	        {"azure", "az/vm_cpu_readings-file-x-of-2.csv", "x", "az", -ENOENT,
	         "no vmtable.csv"},
	};
	struct trace_rig r;
	char spec[300];

	REFUSE_ALL(bad);
	trace_rig_init(&r);
	trace_rig_file(&r, "az/vmtable.csv", "x");
	trace_rig_file(&r, "az/vm_cpu_readings-file-2-of-9.csv", "x");
	trace_rig_file(&r, "az/vm_cpu_readings-file-4-of-9.csv", "x");
	(void)snprintf(spec, sizeof(spec), "azure:%s/az", r.folder);
	trace_rig_refuse(&r, spec, -ENOENT,
	                 "readings file 3 of 9 is missing before file 4; get it");
	trace_rig_done(&r);
}

#define START "ebb-recording 1 interval_us=300000000 cpu=ratio memory=no\n"
#define VM    "v,0,a,,1,0,0\n"

static void bad_recordings_are_refused(void)
{
	static const struct bad bad[] = {
	        {"ebb", "r", "", "r", -ENODATA, "/r: empty; copy the file again"},
	        {"ebb", "r", "a,1,2\n", "r", -EINVAL,
	         "/r:1: no recording: it begins with \"ebb-recording\"; is this the file?"},
	        {"ebb", "r", "ebb-recording 2 interval_us=1\n", "r", -EPROTONOSUPPORT,
	         "/r:1: recording version 2, but 1 is known; use a newer ebb"},
	        {"ebb", "r", "ebb-recording\n", "r", -EPROTONOSUPPORT, "version none, but 1 is"},
	        {"ebb", "r", "ebb-recording 1 cpu=ratio\n", "r", -EINVAL,
	         "/r:1: no interval_us; write interval_us=300000000"},
	        {"ebb", "r", "ebb-recording 1 interval_us=5min\n", "r", -EINVAL,
	         "/r:1: interval_us=5min: not an interval; write whole microseconds"},
	        {"ebb", "r", "ebb-recording 1 interval_us=300000000 cpu=ghz\n", "r", -EINVAL,
	         "/r:1: cpu=ghz: unknown unit; write cpu=ratio or cpu=mips"},
	        {"ebb", "r", START VM "t,0\ns,0,0.5\n", "r", -EIO,
	         "/r:4: no end line, so the recording was cut; append \"end,1\" to use"},
	        {"ebb", "r", START "end,0\n", "r", -ENODATA, "/r:2: names no VM; record again"},
	        {"ebb", "r", START "v,1,a,,1,0,0\n", "r", -EINVAL,
	         "/r:2: VM number 1, expected 0; number VMs 0, 1, 2, ..."},
	        {"ebb", "r", START "v,0,a,,1\n", "r", -EINVAL,
	         "/r:2: broken VM line; write v,NUMBER"},
	        {"ebb", "r", START "v,0,,,1,0,0\n", "r", -EINVAL, "/r:2: broken VM line"},
	        {"ebb", "r", START "v,0,a%0,,1,0,0\n", "r", -EINVAL, "/r:2: broken VM line"},
	        {"ebb", "r", START "v,0,a%00b,,1,0,0\n", "r", -EINVAL, "/r:2: broken VM line"},
	        {"ebb", "r", START "v,0,a,,1,-5,0\n", "r", -EINVAL, "/r:2: broken VM line"},
	        {"ebb", "r", START VM "v,1,a,,1,0,0\nend,0\n", "r", -EEXIST,
	         "/r:3: VM \"a\" appears again (first on line 2)"},
	        {"ebb", "r", START VM "t,x\n", "r", -EINVAL, "/r:3: broken column line; write t,"},
	        {"ebb", "r", START VM "t,3\nt,3\n", "r", -EINVAL,
	         "/r:4: column 3 after 3; sort the file by time"},
	        {"ebb", "r", START VM "s,0,1\n", "r", -EINVAL,
	         "/r:3: sample before the first column; write t,0 before it"},
	        {"ebb", "r", START VM "t,0\ns,1,1\n", "r", -EINVAL,
	         "/r:4: sample of VM number 1, which has no v line before it; add it"},
	        {"ebb", "r", START VM "t,0\ns,0,-1\n", "r", -EINVAL,
	         "/r:4: broken sample; write s,"},
	        {"ebb", "r", START VM "t,0\ns,0,nan\n", "r", -EINVAL, "/r:4: broken sample"},
	        {"ebb", "r", START VM "t,0\ns,0\n", "r", -EINVAL, "/r:4: broken sample"},
	        {"ebb", "r", START VM "t,0\ns,0,1\ns,0,1\n", "r", -EEXIST,
	         "/r:5: second sample of VM \"a\" in column 0; remove one"},
	        {"ebb", "r", START VM "t,4\nend,4\n", "r", -EINVAL,
	         "/r:4: broken end line; write end,5 for as many columns"},
	        {"ebb", "r", START VM "end,0\nt,0\n", "r", -EINVAL,
	         "/r:4: line behind the end line; one file is one recording"},
	};

	REFUSE_ALL(bad);
}

TEST_MAIN("trace bad", TEST(formats_are_listed_with_help),
          TEST(messages_hold_no_control_characters), TEST(specs_without_a_known_format_are_refused),
          TEST(bad_planetlab_traces_are_refused),
          TEST(planetlab_folders_with_odd_members_are_refused),
          TEST(files_that_are_no_text_are_refused),
          TEST(truncated_traces_of_every_packing_are_refused),
          TEST(bad_bitbrains_files_are_refused), TEST(bad_wide_bitbrains_files_are_refused),
          TEST(bad_azure_sets_are_refused), TEST(azure_sets_with_missing_files_are_refused),
          TEST(bad_recordings_are_refused))
