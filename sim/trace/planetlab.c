/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PlanetLab traces as packaged for CloudSim (K. Park, V. Pai, "CoMon", 2006; A. Beloglazov, 2012):
 * a folder a day, a file a VM, one CPU utilisation in whole percent a line, every 300 s. The same
 * as one file: a line a VM, "name,v0,v1,...". The utilisation becomes value / 100.0, the division
 * that the reference experiment makes, so that demands agree to the last bit.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/trace/cells.h"
#include "sim/trace/folder.h"
#include "sim/trace/formats.h"
#include "sim/trace/input.h"
#include "sim/trace/table.h"

#define INTERVAL_US (300 * USEC_PER_SEC)
#define PERCENT_MAX 100.0

/* One row while it is being read. */
struct row {
	double *values;
	uint64_t len, cap;
};

static void row_append(struct row *row, double v)
{
	if (row->len == row->cap) {
		row->cap = row->cap > 0 ? 2 * row->cap : 512;
		row->values = xreallocarray(row->values, row->cap, sizeof(*row->values));
	}
	row->values[row->len++] = v;
}

static int append_cell(struct row *row, struct cell cell, const struct input *in, struct err *err)
{
	double v;
	int r;

	cell = cell_trim(cell);
	r = cell_number(cell, &v);
	if (r < 0)
		return input_fail(in, err, -EINVAL,
		                  "value %llu: \"%.*s\" is not a number; write percent, 0 to 100",
		                  (unsigned long long)row->len + 1, cell_shown_len(cell),
		                  cell.text);
	if (!(v >= 0 && v <= PERCENT_MAX))
		return input_fail(in, err, -ERANGE,
		                  "value %llu: %.*s is outside 0 to 100; write CPU in percent",
		                  (unsigned long long)row->len + 1, cell_shown_len(cell),
		                  cell.text);
	row_append(row, v);
	return 0;
}

/* The first row says how many columns there are. */
static int add_row(struct table *t, const struct row *row, const struct input *in, struct err *err)
{
	if (row->len == 0)
		return input_fail(in, err, -EINVAL, "no values; write one for each 300 s");
	if (t->n_columns == 0)
		t->n_columns = row->len;
	if (row->len != t->n_columns)
		return input_fail(in, err, -EINVAL,
		                  "%llu values, but the first VM has %llu; make all VMs equally "
		                  "long",
		                  (unsigned long long)row->len, (unsigned long long)t->n_columns);
	return spool_add(t->cpu, &(struct spool_row_values){.len = row->len, .values = row->values},
	                 err);
}

static int read_vm_file(struct table *t, const char *path, struct row *row, struct err *err)
{
	struct input *in;
	char *line;
	size_t len;
	int r = input_open(path, UNPACK_ONCE, &in, err);

	if (r < 0)
		return r;
	row->len = 0;
	while ((r = input_line(in, &line, &len, err)) > 0) {
		r = append_cell(row, (struct cell){line, len}, in, err);
		if (r < 0)
			break;
	}
	if (r == 0)
		r = add_row(t, row, in, err);
	input_close(in);
	return r;
}

static int read_folder(struct table *t, struct row *row, struct err *err)
{
	struct folder folder;
	int r = folder_open(t->path, &folder, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < folder.len && r == 0; i++) {
		char *path = path_join(folder.path, folder.names[i]);

		folder.names[i][path_unpacked_len(folder.names[i])] = '\0';
		(void)roster_add(&t->roster, &(struct trace_vm){.name = folder.names[i]}, 0);
		r = read_vm_file(t, path, row, err);
		free(path);
	}
	folder_close(&folder);
	return r;
}

struct csv_line {
	struct input *in;
	char *text;
	size_t len;
};

static int read_csv_line(struct table *t, struct row *row, struct csv_line *l, struct err *err)
{
	struct cells cells;
	struct cell cell;
	const struct input *in = l->in;

	cells_init(&cells, l->text, l->len, ',');
	(void)cells_next(&cells, &cell); /* a line is never empty */
	if (cell.len == 0 || cell.len > ROSTER_NAME_MAX)
		return input_fail(in, err, -EINVAL,
		                  "VM name of %zu bytes; begin the line with a name and a comma",
		                  cell.len);
	l->text[cell.len] = '\0';
	(void)roster_add(&t->roster, &(struct trace_vm){.name = l->text}, input_line_number(in));
	row->len = 0;
	while (cells_next(&cells, &cell)) {
		int r = append_cell(row, cell, in, err);

		if (r < 0)
			return r;
	}
	return add_row(t, row, in, err);
}

static int read_csv(struct table *t, struct row *row, struct err *err)
{
	struct csv_line l;
	int r = input_open(t->path, UNPACK_ONCE, &l.in, err);

	if (r < 0)
		return r;
	while ((r = input_line(l.in, &l.text, &l.len, err)) > 0) {
		r = read_csv_line(t, row, &l, err);
		if (r < 0)
			break;
	}
	if (r == 0 && t->roster.len == 0)
		r = err_set(err, -ENODATA, "%s: empty; write a line for each VM: name,v0,v1,...",
		            input_name(l.in));
	input_close(l.in);
	return r;
}

static int planetlab_open(const char *path, uint64_t seed, struct trace **ret, struct err *err)
{
	struct table t = {.path = path,
	                  .cpu = spool_new(SPOOL_MEMORY_MAX),
	                  .cpu_divisor = PERCENT_MAX,
	                  .cpu_unit = TRACE_CPU_RATIO,
	                  .interval_us = INTERVAL_US};
	struct row row = {.len = 0};
	int r;

	(void)seed; /* measured, not generated */
	r = path_is_folder(path) ? read_folder(&t, &row, err) : read_csv(&t, &row, err);
	free(row.values);
	if (r < 0) {
		table_done(&t);
		return r;
	}
	for (uint32_t i = 0; i < t.roster.len; i++)
		t.roster.vms[i].last = t.n_columns;
	return table_open(&t, ret, err);
}

const struct trace_format trace_format_planetlab = {
        .name = "planetlab",
        .help = "a folder with one file a VM, or one file with a line a VM: name,v0,v1,... "
                "(percent)",
        .open = planetlab_open,
};
