/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reader of Ebb's own recordings (docs/recording.md). Samples are in order of time, but the
 * VMs must be known, sorted and with their lives, before the first column is handed out. So the
 * file is read twice: the first pass checks every line and collects the VMs, the second hands out
 * columns. Memory is bounded by the number of VMs, and nothing can be wrong in the second pass
 * unless the file has changed in between.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "sim/trace/cells.h"
#include "sim/trace/formats.h"
#include "sim/trace/input.h"
#include "sim/trace/recording_format.h"
#include "sim/trace/roster.h"

#define INTEGER_MAX  9007199254740992.0 /* 2^53: whole numbers up to here are exact */
#define VALUE_MAX    1e18
#define COLUMNS_MAX  1e9
#define INTERVAL_MIN 1000.0 /* us; faster samples are a wrong unit */
#define VCPUS_MAX    1e6

enum kind { KIND_VM, KIND_COLUMN, KIND_SAMPLE, KIND_END, KIND_OTHER };

struct reader {
	struct trace base;
	struct input *in;
	struct roster roster;
	uint32_t *rank; /* of each VM number */
	double *cpu, *mem;
	uint64_t next;   /* column to be handed out */
	uint64_t column; /* + 1 of the last "t" line read; 0 = none yet */
	uint64_t n_columns;
	bool ended; /* the "end" line was read */
};

/* A line cut behind its first cell. */
struct line {
	enum kind kind;
	struct cells cells;
};

struct sample {
	uint32_t number;
	double cpu, mem;
};

/* One whole number from 0 to max out of the next cell. */
static int take_whole(struct cells *cells, double max, uint64_t *ret)
{
	struct cell cell;
	double v;

	if (!cells_next(cells, &cell) || cell_number(cell, &v) < 0)
		return -EINVAL;
	if (!(v >= 0 && v <= max && v - floor(v) <= 0))
		return -ERANGE;
	*ret = (uint64_t)v;
	return 0;
}

/* A measured value, or nothing. */
static int take_value(struct cells *cells, double *ret)
{
	struct cell cell;
	double v = NAN;
	int r;

	if (!cells_next(cells, &cell))
		return -EINVAL;
	r = cell_number(cell, &v);
	if (r == -ENODATA)
		r = 0;
	else if (r == 0 && !(v >= 0 && v <= VALUE_MAX))
		r = -ERANGE;
	if (r == 0)
		*ret = v;
	return r;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undoes %XX into a new string; NULL when an escape is broken. */
static char *unescape(struct cell cell)
{
	char *text = xcalloc(cell.len + 1, 1), *out = text;

	for (size_t i = 0; i < cell.len; i++) {
		int high, low;

		if (cell.text[i] != '%') {
			*out++ = cell.text[i];
			continue;
		}
		high = i + 2 < cell.len ? hex_digit(cell.text[i + 1]) : -1;
		low = i + 2 < cell.len ? hex_digit(cell.text[i + 2]) : -1;
		if (high < 0 || low < 0 || high + low == 0) {
			free(text);
			return NULL;
		}
		*out++ = (char)(high << 4 | low);
		i += 2;
	}
	return text;
}

static enum kind kind_of(struct cell cell)
{
	if (cell.len == 1 && *cell.text == 's')
		return KIND_SAMPLE;
	if (cell.len == 1 && *cell.text == 't')
		return KIND_COLUMN;
	if (cell.len == 1 && *cell.text == 'v')
		return KIND_VM;
	return cell.len == 3 && memcmp(cell.text, "end", 3) == 0 ? KIND_END : KIND_OTHER;
}

static int next_line(struct reader *rd, struct line *ret, struct err *err)
{
	struct cell cell;
	char *text;
	size_t len;
	int r = input_line(rd->in, &text, &len, err);

	if (r <= 0)
		return r;
	cells_init(&ret->cells, text, len, ',');
	(void)cells_next(&ret->cells, &cell); /* a line is never empty */
	ret->kind = kind_of(cell);
	return 1;
}

/* "key=value" of the first line; keys of later versions are passed over. */
static int header_field(struct reader *rd, const char *field, struct err *err)
{
	struct trace_info *info = &rd->base.info;
	double v;

	if (strncmp(field, "interval_us=", strlen("interval_us=")) == 0) {
		if (text_to_double(strchr(field, '=') + 1, &v) < 0 ||
		    !(v >= INTERVAL_MIN && v <= INTEGER_MAX))
			return input_fail(rd->in, err, -EINVAL,
			                  "%.60s: not an interval; write whole microseconds",
			                  field);
		info->interval_us = (usec_t)v;
	} else if (strcmp(field, "cpu=mips") == 0) {
		info->cpu_unit = TRACE_CPU_MIPS;
	} else if (strncmp(field, "cpu=", 4) == 0 && strcmp(field, "cpu=ratio") != 0) {
		return input_fail(rd->in, err, -EINVAL,
		                  "%.60s: unknown unit; write cpu=ratio or cpu=mips", field);
	} else if (strcmp(field, "memory=yes") == 0) {
		info->has_mem = true;
	}
	return 0;
}

/* "ebb-recording 1 interval_us=300000000 cpu=ratio memory=no" */
static int read_header(struct reader *rd, struct err *err)
{
	char *line, *save, *word;
	size_t len;
	double version = 0;
	int r = input_line(rd->in, &line, &len, err);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(err, -ENODATA, "%s: empty; copy the file again", input_name(rd->in));
	word = strtok_r(line, " ", &save);
	if (!word || strcmp(word, RECORDING_MAGIC) != 0)
		return input_fail(rd->in, err, -EINVAL,
		                  "no recording: it begins with \"" RECORDING_MAGIC
		                  "\"; is this the file?");
	word = strtok_r(NULL, " ", &save);
	if (!word || text_to_double(word, &version) < 0 || version < RECORDING_VERSION ||
	    version > RECORDING_VERSION)
		return input_fail(rd->in, err, -EPROTONOSUPPORT,
		                  "recording version %.20s, but %d is known; use a newer ebb",
		                  word ? word : "none", RECORDING_VERSION);
	while (r >= 0 && (word = strtok_r(NULL, " ", &save)))
		r = header_field(rd, word, err);
	if (r >= 0 && rd->base.info.interval_us == 0)
		r = input_fail(rd->in, err, -EINVAL, "no interval_us; write interval_us=300000000");
	return r < 0 ? r : 0;
}

/* v,NUMBER,NAME,TYPE,VCPUS,MIPS,MEM_BYTES */
static int parse_vm(struct cells *cells, uint64_t *ret_number, struct trace_vm *vm)
{
	struct cell name, type;
	uint64_t vcpus;

	if (take_whole(cells, UINT32_MAX - 1, ret_number) < 0 || !cells_next(cells, &name) ||
	    !cells_next(cells, &type) || name.len == 0 || name.len > ROSTER_NAME_MAX ||
	    type.len > ROSTER_NAME_MAX)
		return -EINVAL;
	if (take_whole(cells, VCPUS_MAX, &vcpus) < 0 || take_value(cells, &vm->cpu_mips) < 0 ||
	    take_value(cells, &vm->mem_bytes) < 0 || isnan(vm->cpu_mips) || isnan(vm->mem_bytes))
		return -EINVAL;
	vm->vcpus = (uint32_t)vcpus;
	vm->name = unescape(name);
	vm->type = unescape(type);
	return vm->name && vm->type ? 0 : -EINVAL;
}

static int scan_vm(struct reader *rd, struct cells *cells, struct err *err)
{
	struct trace_vm vm = {.name = NULL};
	uint64_t number;
	int r = parse_vm(cells, &number, &vm);

	if (r < 0)
		r = input_fail(rd->in, err, r,
		               "broken VM line; write v,NUMBER,NAME,TYPE,VCPUS,MIPS,MEM_BYTES");
	else if (number != rd->roster.len)
		r = input_fail(rd->in, err, -EINVAL,
		               "VM number %llu, expected %u; number VMs 0, 1, 2, ...",
		               (unsigned long long)number, rd->roster.len);
	else
		(void)roster_add(&rd->roster, &vm, input_line_number(rd->in));
	free((char *)vm.name);
	free((char *)vm.type);
	return r;
}

/* t,COLUMN: columns rise. */
static int take_column(struct reader *rd, struct cells *cells, struct err *err)
{
	uint64_t column;

	if (take_whole(cells, COLUMNS_MAX, &column) < 0)
		return input_fail(rd->in, err, -EINVAL, "broken column line; write t,COLUMN");
	if (column < rd->column)
		return input_fail(rd->in, err, -EINVAL,
		                  "column %llu after %llu; sort the file by time",
		                  (unsigned long long)column, (unsigned long long)rd->column - 1);
	rd->column = column + 1;
	return 0;
}

/* s,NUMBER,CPU[,MEM] */
static int take_sample(struct reader *rd, struct cells *cells, struct sample *ret, struct err *err)
{
	uint64_t number;

	ret->mem = NAN;
	if (take_whole(cells, UINT32_MAX - 1, &number) < 0 || take_value(cells, &ret->cpu) < 0 ||
	    (rd->base.info.has_mem && take_value(cells, &ret->mem) < 0))
		return input_fail(rd->in, err, -EINVAL,
		                  "broken sample; write s,NUMBER,CPU%s with values of 0 or more",
		                  rd->base.info.has_mem ? ",MEMORY" : "");
	if (number >= rd->roster.len)
		return input_fail(rd->in, err, -EINVAL,
		                  "sample of VM number %llu, which has no v line before it; add it",
		                  (unsigned long long)number);
	if (rd->column == 0)
		return input_fail(rd->in, err, -EINVAL,
		                  "sample before the first column; write t,0 before it");
	ret->number = (uint32_t)number;
	return 0;
}

static int scan_sample(struct reader *rd, struct cells *cells, struct err *err)
{
	struct sample sample = {.number = 0};
	struct trace_vm *vm;
	int r = take_sample(rd, cells, &sample, err);

	if (r < 0)
		return r;
	vm = &rd->roster.vms[sample.number];
	if (vm->last == rd->column)
		return input_fail(rd->in, err, -EEXIST,
		                  "second sample of VM \"%.60s\" in column %llu; remove one",
		                  vm->name, (unsigned long long)rd->column - 1);
	if (vm->last == 0)
		vm->first = rd->column - 1;
	vm->last = rd->column;
	return 0;
}

static int scan_end(struct reader *rd, struct cells *cells, struct err *err)
{
	if (take_whole(cells, COLUMNS_MAX, &rd->n_columns) < 0 || rd->n_columns < rd->column)
		return input_fail(rd->in, err, -EINVAL,
		                  "broken end line; write end,%llu for as many columns",
		                  (unsigned long long)rd->column);
	rd->ended = true;
	return 0;
}

static int scan_line(struct reader *rd, struct line *line, struct err *err)
{
	if (rd->ended)
		return input_fail(rd->in, err, -EINVAL,
		                  "line behind the end line; one file is one recording");
	switch (line->kind) {
	case KIND_VM: return scan_vm(rd, &line->cells, err);
	case KIND_COLUMN: return take_column(rd, &line->cells, err);
	case KIND_SAMPLE: return scan_sample(rd, &line->cells, err);
	case KIND_END: return scan_end(rd, &line->cells, err);
	case KIND_OTHER: break;
	}
	return 0;
}

/* The first pass. */
static int scan(struct reader *rd, struct err *err)
{
	struct line line;
	int r = read_header(rd, err);

	while (r == 0 && (r = next_line(rd, &line, err)) > 0)
		r = scan_line(rd, &line, err);
	if (r < 0)
		return r;
	if (!rd->ended)
		return input_fail(rd->in, err, -EIO,
		                  "no end line, so the recording was cut; append \"end,%llu\" to "
		                  "use what there is",
		                  (unsigned long long)rd->column);
	if (rd->roster.len == 0)
		return input_fail(rd->in, err, -ENODATA, "names no VM; record again");
	return roster_sort(&rd->roster, input_name(rd->in), err);
}

/* Makes ready for the second pass. */
static int start(struct reader *rd, struct err *err)
{
	struct trace_info *info = &rd->base.info;
	uint32_t n = rd->roster.len;
	int r = input_rewind(rd->in, err);

	if (r == 0)
		r = read_header(rd, err);
	if (r < 0)
		return r;
	rd->column = 0;
	rd->rank = xcalloc(n, sizeof(*rd->rank));
	for (uint32_t i = 0; i < n; i++)
		rd->rank[rd->roster.order[i]] = i;
	rd->cpu = xcalloc(n, sizeof(*rd->cpu));
	rd->mem = info->has_mem ? xcalloc(n, sizeof(*rd->mem)) : NULL;
	info->n_columns = rd->n_columns;
	info->n_vms = n;
	info->vms = rd->roster.vms;
	return 0;
}

static void clear_column(struct reader *rd)
{
	for (uint32_t i = 0; i < rd->roster.len; i++)
		rd->cpu[i] = NAN;
	for (uint32_t i = 0; rd->mem && i < rd->roster.len; i++)
		rd->mem[i] = NAN;
}

static int put_sample(struct reader *rd, struct cells *cells, struct err *err)
{
	struct sample sample = {.number = 0};
	int r = take_sample(rd, cells, &sample, err);

	if (r < 0)
		return r;
	rd->cpu[rd->rank[sample.number]] = sample.cpu;
	if (rd->mem)
		rd->mem[rd->rank[sample.number]] = sample.mem;
	return 0;
}

/* Reads on until a later column than next begins. */
static int fill_column(struct reader *rd, struct err *err)
{
	struct line line;
	int r = 0;

	while (rd->column <= rd->next + 1) {
		r = next_line(rd, &line, err);
		if (r <= 0)
			return r;
		if (line.kind == KIND_COLUMN)
			r = take_column(rd, &line.cells, err);
		else if (line.kind == KIND_SAMPLE)
			r = put_sample(rd, &line.cells, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int ebb_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	struct reader *rd = (struct reader *)t;
	int r;

	if (rd->next >= rd->n_columns)
		return 0;
	clear_column(rd);
	r = fill_column(rd, err);
	if (r < 0)
		return r;
	*ret = (struct trace_column){.index = rd->next++, .cpu = rd->cpu, .mem_bytes = rd->mem};
	return 1;
}

static void ebb_close(struct trace *t)
{
	struct reader *rd = (struct reader *)t;

	input_close(rd->in);
	roster_done(&rd->roster);
	free(rd->rank);
	free(rd->cpu);
	free(rd->mem);
	free(rd);
}

static const struct trace_ops ebb_ops = {.next = ebb_next, .close = ebb_close};

static int ebb_open(const char *path, uint64_t seed, struct trace **ret, struct err *err)
{
	struct input *in;
	struct reader *rd;
	int r = input_open(path, UNPACK_AGAIN, &in, err);

	(void)seed; /* recorded, not generated */
	if (r < 0)
		return r;
	rd = xcalloc(1, sizeof(*rd));
	rd->base.ops = &ebb_ops;
	rd->in = in;
	r = scan(rd, err);
	if (r == 0)
		r = start(rd, err);
	if (r < 0) {
		ebb_close(&rd->base);
		return r;
	}
	*ret = &rd->base;
	return 0;
}

const struct trace_format trace_format_ebb = {
        .name = "ebb",
        .help = "a file recorded by Ebb itself",
        .open = ebb_open,
};
