/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NAME-vms.csv: a header, then vm,cores,cpu MHz,memory MiB,... (further columns are not read).
 * NAME-cpu_mhz.csv and NAME-mem_mb.csv: vm,s0,s1,...; slot k covers [k, k + 1) x 300 s; an empty
 * cell is a missing sample. A VM lives from its first to its last CPU sample; empty cells between
 * the two are gaps.
 *
 * The lines of a month are 40 KB long, so a line is parsed into one row and spooled at once.
 */
#include "sim/trace/bitbrains_wide.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/trace/cells.h"
#include "sim/trace/input.h"
#include "sim/trace/table.h"

#define INTERVAL_US (300 * USEC_PER_SEC)
#define SUFFIX_VMS  "-vms.csv"
#define SUFFIX_CPU  "-cpu_mhz.csv"
#define SUFFIX_MEM  "-mem_mb.csv"
#define VALUE_MAX   1e12 /* MHz or MiB: beyond any machine */

struct row {
	double *values;
	uint64_t len, cap;
};

struct reader {
	struct table table;
	struct row row;
	char *vms_path, *cpu_path, *mem_path;
	enum wide_kind { WIDE_CPU, WIDE_MEM } kind; /* of the file being read */
};

/* Which files: NAME + suffix in a folder; name = NULL: any NAME. */
struct query {
	struct folder folder;
	const char *name;
};

bool bitbrains_wide_is(const struct folder *folder)
{
	for (size_t i = 0; i < folder->len; i++)
		if (path_has_suffix(folder->names[i], SUFFIX_VMS))
			return true;
	return false;
}

/* The path of the only file that fits. */
static int find_file(const struct query *q, const char *suffix, char **ret, struct err *err)
{
	const char *found = NULL, *folder = q->folder.path;

	for (size_t i = 0; i < q->folder.len; i++) {
		const char *file = q->folder.names[i];
		size_t len;

		if (!path_has_suffix(file, suffix))
			continue;
		len = path_unpacked_len(file) - strlen(suffix);
		if (q->name && (len != strlen(q->name) || memcmp(file, q->name, len) != 0))
			continue;
		if (found)
			return err_set(err, -EEXIST, "%s: holds both %s and %s; name one: %s/%.*s",
			               folder, found, file, folder, (int)len, file);
		found = file;
	}
	if (!found)
		return err_set(err, -ENOENT, "%s: holds no file %s%s (or .zst, .gz); put it there",
		               folder, q->name ? q->name : "*", suffix);
	*ret = path_join(folder, found);
	return 0;
}

static int find_files(struct reader *rd, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *dir = xstrdup(path);
	struct query q = {.name = NULL};
	int r;

	if (!path_is_folder(path)) {
		q.name = slash ? slash + 1 : path;
		dir[slash ? slash - path : 0] = '\0';
	}
	r = folder_open(*dir ? dir : slash ? "/" : ".", &q.folder, err);
	free(dir);
	if (r < 0)
		return err_set(err, r, "%s: no such folder, and no %s%s; check the path", path,
		               path, SUFFIX_VMS);
	r = find_file(&q, SUFFIX_VMS, &rd->vms_path, err);
	if (r == 0)
		r = find_file(&q, SUFFIX_CPU, &rd->cpu_path, err);
	if (r == 0)
		r = find_file(&q, SUFFIX_MEM, &rd->mem_path, err);
	folder_close(&q.folder);
	return r;
}

static int read_vm_line(struct reader *rd, const struct input *in, struct cell line,
                        struct err *err)
{
	static const char *const names[] = {"cores", "CPU MHz", "memory MiB"};
	struct cells cells;
	struct cell cell, name;
	double v[3];
	char *text;

	cells_init(&cells, line.text, line.len, ',');
	(void)cells_next(&cells, &name); /* a line is never empty */
	if (name.len == 0 || name.len > ROSTER_NAME_MAX)
		return input_fail(in, err, -EINVAL, "no VM name; write vm,cores,MHz,MiB");
	for (int i = 0; i < 3; i++) {
		if (!cells_next(&cells, &cell) || cell_number(cell_trim(cell), &v[i]) < 0 ||
		    v[i] < 0 || v[i] > VALUE_MAX)
			return input_fail(in, err, -EINVAL,
			                  "%s: no sensible number; write "
			                  "vm,cores,MHz,MiB",
			                  names[i]);
	}
	text = xcalloc(name.len + 1, 1);
	memcpy(text, name.text, name.len);
	(void)roster_add(&rd->table.roster,
	                 &(struct trace_vm){.name = text,
	                                    .vcpus = (uint32_t)fmin(v[0], 1e6),
	                                    .cpu_mips = v[1],
	                                    .mem_bytes = v[2] * BYTES_PER_MIB},
	                 input_line_number(in));
	free(text);
	return 0;
}

static int read_vms(struct reader *rd, struct err *err)
{
	struct input *in;
	char *line;
	size_t len;
	int r = input_open(rd->vms_path, UNPACK_ONCE, &in, err);

	if (r < 0)
		return r;
	while ((r = input_line(in, &line, &len, err)) > 0) {
		if (input_line_number(in) == 1 && strncmp(line, "vm,", 3) == 0)
			continue;
		r = read_vm_line(rd, in, (struct cell){line, len}, err);
		if (r < 0)
			break;
	}
	if (r == 0 && rd->table.roster.len == 0)
		r = err_set(err, -ENODATA, "%s: names no VM; write a line for each",
		            input_name(in));
	input_close(in);
	return r;
}

static void row_append(struct row *row, double v)
{
	if (row->len == row->cap) {
		row->cap = row->cap > 0 ? 2 * row->cap : 8192;
		row->values = xreallocarray(row->values, row->cap, sizeof(*row->values));
	}
	row->values[row->len++] = v;
}

static int parse_row(struct row *row, const struct input *in, struct cells *cells, struct err *err)
{
	struct cell cell;

	row->len = 0;
	while (cells_next(cells, &cell)) {
		double v = NAN;

		if (cell.len > 0 && (cell_number(cell, &v) < 0 || v < 0 || v > VALUE_MAX))
			return input_fail(in, err, -EINVAL,
			                  "slot %llu: \"%.*s\" is no sensible number; leave it "
			                  "empty if there is no sample",
			                  (unsigned long long)row->len, cell_shown_len(cell),
			                  cell.text);
		row_append(row, v);
	}
	return 0;
}

/* From the first to the last sample. */
static void note_life(struct trace_vm *vm, const struct row *row)
{
	uint64_t first = 0, last = row->len;

	while (first < last && isnan(row->values[first]))
		first++;
	while (last > first && isnan(row->values[last - 1]))
		last--;
	vm->first = first;
	vm->last = last;
}

static struct spool *target(const struct reader *rd)
{
	return rd->kind == WIDE_CPU ? rd->table.cpu : rd->table.mem;
}

static int add_row(struct reader *rd, const struct input *in, struct err *err)
{
	struct table *t = &rd->table;
	struct spool *spool = target(rd);
	struct trace_vm *vm = &t->roster.vms[spool_len(spool)];

	if (t->n_columns == 0)
		t->n_columns = rd->row.len;
	if (rd->row.len != t->n_columns || rd->row.len == 0)
		return input_fail(in, err, -EINVAL,
		                  "%llu slots, but the first VM has %llu; make all lines equally "
		                  "long",
		                  (unsigned long long)rd->row.len,
		                  (unsigned long long)t->n_columns);
	if (rd->kind == WIDE_CPU)
		note_life(vm, &rd->row);
	return spool_add(spool,
	                 &(struct spool_row_values){.first = vm->first,
	                                            .len = vm->last - vm->first,
	                                            .values = rd->row.values + vm->first},
	                 err);
}

static int read_row(struct reader *rd, const struct input *in, struct cells *cells, struct err *err)
{
	uint32_t i = spool_len(target(rd));
	const char *expected = i < rd->table.roster.len ? rd->table.roster.vms[i].name : NULL;
	struct cell name;
	int r;

	(void)cells_next(cells, &name); /* a line is never empty */
	if (!expected || strlen(expected) != name.len || memcmp(expected, name.text, name.len) != 0)
		return input_fail(in, err, -EINVAL,
		                  "VM \"%.*s\", but %s has \"%.40s\" here; give both files the "
		                  "same VMs in the same order",
		                  cell_shown_len(name), name.text, rd->vms_path,
		                  expected ? expected : "nothing");
	r = parse_row(&rd->row, in, cells, err);
	return r < 0 ? r : add_row(rd, in, err);
}

static int read_wide(struct reader *rd, enum wide_kind kind, struct err *err)
{
	struct input *in;
	struct cells cells;
	char *line;
	size_t len;
	int r;

	rd->kind = kind;
	r = input_open(kind == WIDE_CPU ? rd->cpu_path : rd->mem_path, UNPACK_ONCE, &in, err);

	if (r < 0)
		return r;
	while ((r = input_line(in, &line, &len, err)) > 0) {
		cells_init(&cells, line, len, ',');
		r = read_row(rd, in, &cells, err);
		if (r < 0)
			break;
	}
	if (r == 0 &&
	    spool_len(kind == WIDE_CPU ? rd->table.cpu : rd->table.mem) < rd->table.roster.len)
		r = input_fail(in, err, -EINVAL, "ends, but %s names more VMs; copy the file again",
		               rd->vms_path);
	input_close(in);
	return r;
}

int bitbrains_wide_open(const char *path, struct trace **ret, struct err *err)
{
	struct reader rd = {.table = {.cpu = spool_new(SPOOL_MEMORY_MAX),
	                              .mem = spool_new(SPOOL_MEMORY_MAX),
	                              .cpu_divisor = 1,
	                              .mem_factor = BYTES_PER_MIB,
	                              .cpu_unit = TRACE_CPU_MIPS,
	                              .interval_us = INTERVAL_US}};
	int r = find_files(&rd, path, err);

	if (r == 0)
		r = read_vms(&rd, err);
	if (r == 0)
		r = read_wide(&rd, WIDE_CPU, err);
	if (r == 0)
		r = read_wide(&rd, WIDE_MEM, err);
	rd.table.path = rd.vms_path;
	if (r == 0)
		r = table_open(&rd.table, ret, err);
	else
		table_done(&rd.table);
	free(rd.row.values);
	free(rd.vms_path);
	free(rd.cpu_path);
	free(rd.mem_path);
	return r;
}
