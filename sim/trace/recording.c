/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer. Numbers take the first of three forms that reads back to the same double: whole
 * number, 15 digits, 17 digits. Measured values are nearly always of the first two, which keeps
 * lines short and compresses well.
 */
#include "sim/trace/recording.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "sim/trace/pack.h"
#include "sim/trace/recording_format.h"

#define NUMBER_TEXT_MAX 32
#define WHOLE_MAX       1e15 /* below 2^53, and never longer than 15 digits */

struct recording {
	struct pack *out;
	uint32_t n_vms;
	uint64_t n_columns; /* last column + 1 */
	bool has_mem;
};

static void put(struct recording *rec, const char *text)
{
	pack_write(rec->out, text, strlen(text));
}

static void put_u64(struct recording *rec, uint64_t v)
{
	char text[NUMBER_TEXT_MAX];
	char *p = text + sizeof(text);

	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	pack_write(rec->out, p, (size_t)(text + sizeof(text) - p));
}

static void put_double(struct recording *rec, double v)
{
	char text[NUMBER_TEXT_MAX];
	double back = 0;

	if (isnan(v))
		return;
	if (v >= 0 && v < WHOLE_MAX && !signbit(v) && v - floor(v) <= 0) {
		put_u64(rec, (uint64_t)v);
		return;
	}
	(void)snprintf(text, sizeof(text), "%.15g", v); /* 22 bytes at most */
	(void)text_to_double(text, &back);              /* what is printed is a number */
	if (back < v || back > v)
		(void)snprintf(text, sizeof(text), "%.17g", v); /* 24 bytes at most */
	put(rec, text);
}

/* Bytes that would end a cell or a line, and % itself, become %XX. */
static void put_escaped(struct recording *rec, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};

		if (recording_must_escape(c))
			pack_write(rec->out, escaped, sizeof(escaped));
		else
			pack_write(rec->out, text, 1);
	}
}

int recording_open(const char *path, const struct recording_opts *opts, struct recording **ret,
                   struct err *err)
{
	struct recording *rec;
	struct pack *out;
	int r = opts->stream ? pack_open_stream(opts->stream, path, &out, err)
	                     : pack_open(path, &out, err);

	if (r < 0)
		return r;
	rec = xcalloc(1, sizeof(*rec));
	rec->out = out;
	rec->has_mem = opts->has_mem;
	put(rec, RECORDING_MAGIC " ");
	put_u64(rec, RECORDING_VERSION);
	put(rec, " interval_us=");
	put_u64(rec, (uint64_t)opts->interval_us);
	put(rec, opts->cpu_unit == TRACE_CPU_MIPS ? " cpu=mips" : " cpu=ratio");
	put(rec, opts->has_mem ? " memory=yes\n" : " memory=no\n");
	*ret = rec;
	return 0;
}

uint32_t recording_vm(struct recording *rec, const struct trace_vm *vm)
{
	put(rec, "v,");
	put_u64(rec, rec->n_vms);
	put(rec, ",");
	put_escaped(rec, vm->name);
	put(rec, ",");
	put_escaped(rec, vm->type);
	put(rec, ",");
	put_u64(rec, vm->vcpus);
	put(rec, ",");
	put_double(rec, vm->cpu_mips);
	put(rec, ",");
	put_double(rec, vm->mem_bytes);
	put(rec, "\n");
	return rec->n_vms++;
}

void recording_column(struct recording *rec, uint64_t column)
{
	assert(column >= rec->n_columns);
	put(rec, "t,");
	put_u64(rec, column);
	put(rec, "\n");
	rec->n_columns = column + 1;
}

void recording_sample(struct recording *rec, uint32_t vm, double cpu, double mem_bytes)
{
	assert(vm < rec->n_vms);
	assert(rec->n_columns > 0);
	put(rec, "s,");
	put_u64(rec, vm);
	put(rec, ",");
	put_double(rec, cpu);
	if (rec->has_mem) {
		put(rec, ",");
		put_double(rec, mem_bytes);
	}
	put(rec, "\n");
}

int recording_close(struct recording *rec, uint64_t n_columns, struct err *err)
{
	int r;

	assert(n_columns >= rec->n_columns);
	put(rec, "end,");
	put_u64(rec, n_columns);
	put(rec, "\n");
	r = pack_close(rec->out, err);
	free(rec);
	return r;
}

void recording_abort(struct recording *rec)
{
	if (!rec)
		return;
	pack_abort(rec->out);
	free(rec);
}

static void copy_column(struct recording *rec, const struct trace_info *info,
                        const struct trace_column *column)
{
	recording_column(rec, column->index);
	for (uint32_t i = 0; i < info->n_vms; i++) {
		double mem = column->mem_bytes ? column->mem_bytes[i] : NAN;

		if (!isnan(column->cpu[i]) || !isnan(mem))
			recording_sample(rec, i, column->cpu[i], mem);
	}
}

int recording_copy_stream(struct trace *from, FILE *stream, const char *path, struct err *err)
{
	const struct trace_info *info = &from->info;
	struct recording_opts opts = {.interval_us = info->interval_us,
	                              .cpu_unit = info->cpu_unit,
	                              .has_mem = info->has_mem,
	                              .stream = stream};
	struct trace_column column;
	struct recording *rec;
	uint64_t n_columns = 0;
	int r = recording_open(path, &opts, &rec, err);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < info->n_vms; i++)
		(void)recording_vm(rec, &info->vms[i]); /* numbers are indices */
	while ((r = trace_next(from, &column, err)) > 0) {
		copy_column(rec, info, &column);
		n_columns = column.index + 1;
	}
	if (r < 0) {
		recording_abort(rec);
		return r;
	}
	return recording_close(rec, n_columns, err);
}

int recording_copy(struct trace *from, const char *path, struct err *err)
{
	return recording_copy_stream(from, NULL, path, err);
}
