/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GWA-T-12 Bitbrains traces (S. Shen, V. van Beek, A. Iosup, CCGrid 2015) as published: a folder
 * with a file a VM, one header line, then samples of 11 columns separated by ';' and blanks:
 * timestamp; cores; CPU capacity MHz; CPU usage MHz; CPU usage %; memory capacity KB; memory usage
 * KB; disk read; disk write; network in; network out.
 *
 * Time stamps are in seconds although the header says milliseconds; both are taken, told apart by
 * their size. Samples fall into slots of 300 s counted from the first sample of all VMs; the last
 * in a slot wins, because some files hold several a slot. That first sample is looked for in a
 * first pass over the beginnings of the files.
 *
 * The allocation of a VM is the largest it ever had: some grow during the month.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/trace/bitbrains_wide.h"
#include "sim/trace/cells.h"
#include "sim/trace/folder.h"
#include "sim/trace/formats.h"
#include "sim/trace/input.h"
#include "sim/trace/table.h"

#define INTERVAL_S      300
#define BYTES_PER_KIB   1024.0
#define MILLISECONDS_AT 1e11    /* 1e11 s is the year 5138, 1e11 ms is 1973 */
#define SLOTS_MAX       1000000 /* ten years: more is a broken time stamp */

enum field {
	FIELD_TIME,
	FIELD_CORES,
	FIELD_CAPACITY_MHZ,
	FIELD_USAGE_MHZ,
	FIELD_USAGE_PERCENT,
	FIELD_MEM_CAPACITY_KB,
	FIELD_MEM_USAGE_KB,
	FIELD_COUNT /* the rest is not needed */
};

static const char *const field_names[FIELD_COUNT] = {
        "timestamp",   "cores",           "CPU capacity", "CPU usage MHz",
        "CPU usage %", "memory capacity", "memory usage",
};

/* A sample with time in whole seconds. */
struct sample {
	double field[FIELD_COUNT];
	int64_t time_s;
};

/* Samples of one VM by slot; NAN = none. cap is kept from VM to VM. */
struct series {
	double *cpu, *mem;
	uint64_t first, len, cap;
};

struct reader {
	struct table table;
	int64_t origin_s;
	struct series series;
};

static int parse_sample(const struct input *in, struct cell line, struct sample *ret,
                        struct err *err)
{
	struct cells cells;
	struct cell cell;

	cells_init(&cells, line.text, line.len, ';');
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (!cells_next(&cells, &cell))
			return input_fail(in, err, -EINVAL,
			                  "%d columns; a sample has 11, separated by ';'", f);
		cell = cell_trim(cell);
		if (cell_number(cell, &ret->field[f]) < 0)
			return input_fail(in, err, -EINVAL,
			                  "%s: \"%.*s\" is not a number; remove the line",
			                  field_names[f], cell_shown_len(cell), cell.text);
		if (ret->field[f] < 0 || ret->field[f] > 1e18)
			return input_fail(in, err, -ERANGE,
			                  "%s: %.*s is out of bounds; remove the line",
			                  field_names[f], cell_shown_len(cell), cell.text);
	}
	ret->time_s = (int64_t)(ret->field[FIELD_TIME] /
	                        (ret->field[FIELD_TIME] >= MILLISECONDS_AT ? 1000 : 1));
	return 0;
}

/* Moves past the header. A first line that is a sample means a file of another kind. */
static int skip_header(struct input *in, struct err *err)
{
	char *line;
	size_t len;
	int r = input_line(in, &line, &len, err);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, -ENODATA, "%s: empty; remove the file", input_name(in));
	if (!strchr(line, ';') || (*line >= '0' && *line <= '9'))
		return input_fail(in, err, -EINVAL,
		                  "not the header of a Bitbrains file; it has 11 names "
		                  "separated by ';'");
	return 0;
}

static int open_vm(const char *path, struct input **ret, struct err *err)
{
	int r = input_open(path, UNPACK_ONCE, ret, err);

	if (r < 0)
		return r;
	r = skip_header(*ret, err);
	if (r < 0)
		input_close(*ret);
	return r;
}

/* 1: a sample; 0: the end. */
static int next_sample(struct input *in, struct sample *ret, struct err *err)
{
	char *line;
	size_t len;
	int r = input_line(in, &line, &len, err);

	if (r <= 0)
		return r;
	r = parse_sample(in, (struct cell){line, len}, ret, err);
	return r < 0 ? r : 1;
}

static int first_time(const char *path, int64_t *ret_s, struct err *err)
{
	struct sample sample;
	struct input *in;
	int r = open_vm(path, &in, err);

	if (r < 0)
		return r;
	r = next_sample(in, &sample, err);
	if (r == 0)
		r = err_set(err, -ENODATA, "%s: holds no samples; remove the file", path);
	input_close(in);
	if (r < 0)
		return r;
	*ret_s = sample.time_s;
	return 0;
}

static int find_origin(struct reader *rd, const struct folder *folder, struct err *err)
{
	rd->origin_s = INT64_MAX;
	for (size_t i = 0; i < folder->len; i++) {
		char *path = path_join(folder->path, folder->names[i]);
		int64_t t = 0;
		int r = first_time(path, &t, err);

		free(path);
		if (r < 0)
			return r;
		rd->origin_s = t < rd->origin_s ? t : rd->origin_s;
	}
	return 0;
}

static void grow_series(struct series *s, uint64_t slot)
{
	uint64_t cap = s->cap > 0 ? s->cap : 4096;

	while (cap <= slot)
		cap *= 2;
	if (cap > s->cap) {
		s->cpu = xreallocarray(s->cpu, cap, sizeof(*s->cpu));
		s->mem = xreallocarray(s->mem, cap, sizeof(*s->mem));
		s->cap = cap;
	}
	for (; s->len <= slot; s->len++)
		s->cpu[s->len] = s->mem[s->len] = NAN;
}

static int put_sample(struct reader *rd, const struct sample *sample, const struct input *in,
                      struct err *err)
{
	struct series *s = &rd->series;
	uint64_t slot = (uint64_t)(sample->time_s - rd->origin_s) / INTERVAL_S;

	if (sample->time_s < rd->origin_s)
		return input_fail(in, err, -ERANGE,
		                  "timestamp is before the first sample of all files; sort the "
		                  "lines by time");
	if (slot > SLOTS_MAX)
		return input_fail(in, err, -ERANGE,
		                  "timestamp is %d slots of 300 s after the first; remove the "
		                  "line",
		                  SLOTS_MAX);
	s->first = s->len == 0 || slot < s->first ? slot : s->first;
	grow_series(s, slot);
	s->cpu[slot] = sample->field[FIELD_USAGE_MHZ];
	s->mem[slot] = sample->field[FIELD_MEM_USAGE_KB];
	return 0;
}

/* The allocation is the largest the VM ever had. */
static void note_allocation(struct trace_vm *vm, const struct sample *s)
{
	uint32_t cores = (uint32_t)fmin(s->field[FIELD_CORES], 1e6);

	vm->vcpus = cores > vm->vcpus ? cores : vm->vcpus;
	vm->cpu_mips = fmax(vm->cpu_mips, s->field[FIELD_CAPACITY_MHZ]);
	vm->mem_bytes = fmax(vm->mem_bytes, s->field[FIELD_MEM_CAPACITY_KB] * BYTES_PER_KIB);
}

static int add_vm(struct reader *rd, struct trace_vm *vm, struct err *err)
{
	const struct series *s = &rd->series;
	struct spool_row_values row = {.first = s->first,
	                               .len = s->len - s->first,
	                               .values = s->cpu + s->first};
	int r = spool_add(rd->table.cpu, &row, err);

	if (r < 0)
		return r;
	row.values = s->mem + s->first;
	vm->first = s->first;
	vm->last = s->len;
	(void)roster_add(&rd->table.roster, vm, 0);
	rd->table.n_columns = s->len > rd->table.n_columns ? s->len : rd->table.n_columns;
	return spool_add(rd->table.mem, &row, err);
}

static int read_vm(struct reader *rd, const char *path, const char *name, struct err *err)
{
	struct trace_vm vm = {.name = name};
	struct sample sample;
	struct input *in;
	int r = open_vm(path, &in, err);

	if (r < 0)
		return r;
	rd->series.first = rd->series.len = 0;
	while ((r = next_sample(in, &sample, err)) > 0) {
		note_allocation(&vm, &sample);
		r = put_sample(rd, &sample, in, err);
		if (r < 0)
			break;
	}
	input_close(in);
	return r < 0 ? r : add_vm(rd, &vm, err);
}

/* "12.csv.gz" is VM "12". */
static char *vm_name(const char *file)
{
	size_t len = path_unpacked_len(file), suffix = strlen(".csv");
	char *name;

	if (len > suffix && memcmp(file + len - suffix, ".csv", suffix) == 0)
		len -= suffix;
	name = xcalloc(len + 1, 1);
	memcpy(name, file, len);
	return name;
}

static int read_files(struct reader *rd, const struct folder *folder, struct err *err)
{
	int r = find_origin(rd, folder, err);

	for (size_t i = 0; i < folder->len && r == 0; i++) {
		char *path = path_join(folder->path, folder->names[i]);
		char *name = vm_name(folder->names[i]);

		r = read_vm(rd, path, name, err);
		free(path);
		free(name);
	}
	return r;
}

static int open_files(const struct folder *folder, struct trace **ret, struct err *err)
{
	struct reader rd = {.table = {.path = folder->path,
	                              .cpu = spool_new(SPOOL_MEMORY_MAX),
	                              .mem = spool_new(SPOOL_MEMORY_MAX),
	                              .cpu_divisor = 1,
	                              .mem_factor = BYTES_PER_KIB,
	                              .cpu_unit = TRACE_CPU_MIPS,
	                              .interval_us = INTERVAL_S * USEC_PER_SEC}};
	int r = read_files(&rd, folder, err);

	free(rd.series.cpu);
	free(rd.series.mem);
	if (r < 0) {
		table_done(&rd.table);
		return r;
	}
	return table_open(&rd.table, ret, err);
}

static int bitbrains_open(const char *path, uint64_t seed, struct trace **ret, struct err *err)
{
	struct folder folder;
	int r;

	(void)seed; /* measured, not generated */
	if (!path_is_folder(path))
		return bitbrains_wide_open(path, ret, err);
	r = folder_open(path, &folder, err);
	if (r < 0)
		return r;
	r = bitbrains_wide_is(&folder) ? bitbrains_wide_open(path, ret, err)
	                               : open_files(&folder, ret, err);
	folder_close(&folder);
	return r;
}

const struct trace_format trace_format_bitbrains = {
        .name = "bitbrains",
        .help = "a folder of GWA-T-12 files, or of NAME-vms, NAME-cpu_mhz, NAME-mem_mb .csv",
        .open = bitbrains_open,
};
