/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each row is stored in the narrowest form that gives every value back exactly: one number for a
 * constant row, 1 or 2 bytes a value for small whole numbers (percent, MHz), 4 for what a float
 * holds, else 8. A day of PlanetLab needs 1 byte a sample, a month of Bitbrains 2.
 *
 * Rows go into a buffer; when it is full, it is written to a temporary file by write(), so that a
 * full disk is an error and not a signal, and at the end the file is mapped for reading. Columns
 * are decoded in blocks: within a block the rows are read along memory, and the block is small
 * enough to stay in the cache while it is being filled.
 */
#include "sim/trace/spool.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/xalloc.h"
#include "sim/trace/tempfile.h"

#define BLOCK_BYTES       ((size_t)4 << 20) /* of decoded values: about an L2 cache or two */
#define BLOCK_COLUMNS_MAX 256 /* more columns than this scatter the writes over too many lines */
#define BUFFER_INITIAL    ((size_t)256 << 10)

/* The largest value of an integer form says "none". */
#define NONE_U8  UINT8_MAX
#define NONE_U16 UINT16_MAX

enum form { FORM_CONSTANT, FORM_U8, FORM_U16, FORM_FLOAT, FORM_DOUBLE, FORM_COUNT };

static const size_t form_bytes[FORM_COUNT] = {0, sizeof(uint8_t), sizeof(uint16_t), sizeof(float),
                                              sizeof(double)};

struct row {
	uint64_t offset; /* into the bytes */
	uint64_t first, len;
	enum form form;
};

struct spool {
	struct row *rows; /* as added; in the order of spool_seal from then on */
	uint32_t len, cap;
	uint8_t *buffer;
	size_t used, buffer_cap, memory_max;
	uint64_t in_file; /* bytes written to the file */
	int fd;           /* of the temporary file, -1 = none */
	const uint8_t *bytes;
	double *block; /* block_cap columns of len values */
	uint64_t block_first, block_len, block_cap;
};

struct spool *spool_new(size_t memory_max)
{
	struct spool *s = xcalloc(1, sizeof(*s));

	s->memory_max = memory_max;
	s->fd = -1;
	return s;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->bytes && s->fd >= 0)
		(void)munmap((void *)s->bytes, s->in_file); /* only fails for a wrong address */
	if (s->fd >= 0)
		(void)close(s->fd); /* the file is gone with it */
	free(s->rows);
	free(s->buffer);
	free(s->block);
	free(s);
}

uint32_t spool_len(const struct spool *s)
{
	return s->len;
}

/* Bit for bit, so that -0.0 is not taken for 0.0. */
static bool same(double a, double b)
{
	uint64_t x, y;

	memcpy(&x, &a, sizeof(x));
	memcpy(&y, &b, sizeof(y));
	return x == y;
}

static bool fits_float(double v)
{
	return fabs(v) <= 3e38 && same((double)(float)v, v);
}

static bool fits_integer(double v, uint32_t max)
{
	return v >= 0 && v <= max && same((double)(uint32_t)v, v);
}

static enum form form_of_value(double v)
{
	if (isnan(v) || fits_integer(v, NONE_U8 - 1))
		return FORM_U8;
	if (fits_integer(v, NONE_U16 - 1))
		return FORM_U16;
	return fits_float(v) ? FORM_FLOAT : FORM_DOUBLE;
}

/* 60000 fits u16 and float, 0.5 fits float only, 70001 fits float too: forms are nested. */
static enum form form_of_row(const struct spool_row_values *row)
{
	enum form form = FORM_U8;
	bool constant = true;

	for (uint64_t i = 0; i < row->len; i++) {
		enum form f = form_of_value(row->values[i]);

		form = f > form ? f : form;
		constant &= same(row->values[i], row->values[0]);
	}
	return constant ? FORM_CONSTANT : form;
}

static void encode_value(uint8_t *p, enum form form, double v)
{
	uint16_t u16;
	float f;

	switch (form) {
	case FORM_U8: *p = isnan(v) ? NONE_U8 : (uint8_t)v; break;
	case FORM_U16:
		u16 = isnan(v) ? NONE_U16 : (uint16_t)v;
		memcpy(p, &u16, sizeof(u16));
		break;
	case FORM_FLOAT:
		f = (float)v;
		memcpy(p, &f, sizeof(f));
		break;
	case FORM_CONSTANT:
	case FORM_COUNT:
	case FORM_DOUBLE: memcpy(p, &v, sizeof(v)); break;
	}
}

static int flush(struct spool *s, struct err *err)
{
	int r;

	if (s->fd < 0) {
		s->fd = tempfile_open(err);
		if (s->fd < 0)
			return s->fd;
	}
	r = tempfile_write(s->fd, s->buffer, s->used, err);
	if (r < 0)
		return r;
	s->in_file += s->used;
	s->used = 0;
	return 0;
}

/* Makes room for size bytes in the buffer, in the file's way if the buffer is at its bound. */
static int reserve(struct spool *s, size_t size, struct err *err)
{
	if (s->used > 0 && s->used + size > s->memory_max) {
		int r = flush(s, err);

		if (r < 0)
			return r;
	}
	if (s->used + size > s->buffer_cap) {
		size_t cap = s->buffer_cap > 0 ? 2 * s->buffer_cap : BUFFER_INITIAL;

		s->buffer_cap = cap > s->used + size ? cap : s->used + size;
		s->buffer = xreallocarray(s->buffer, s->buffer_cap, 1);
	}
	return 0;
}

int spool_add(struct spool *s, const struct spool_row_values *row, struct err *err)
{
	enum form form = form_of_row(row);
	uint64_t n = form == FORM_CONSTANT ? (row->len > 0) : row->len;
	size_t width = form == FORM_CONSTANT ? sizeof(double) : form_bytes[form];
	int r = reserve(s, n * width, err);

	if (r < 0)
		return r;
	if (s->len == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 256;
		s->rows = xreallocarray(s->rows, s->cap, sizeof(*s->rows));
	}
	s->rows[s->len++] = (struct row){
	        .offset = s->in_file + s->used, .first = row->first, .len = row->len, .form = form};
	for (uint64_t i = 0; i < n; i++, s->used += width)
		encode_value(s->buffer + s->used, form, row->values[i]);
	return 0;
}

static void reorder(struct spool *s, const uint32_t *order)
{
	struct row *rows = xcalloc(s->len, sizeof(*rows));

	for (uint32_t i = 0; i < s->len; i++)
		rows[i] = s->rows[order[i]];
	free(s->rows);
	s->rows = rows;
	s->cap = s->len;
}

int spool_seal(struct spool *s, const uint32_t *order, struct err *err)
{
	size_t columns = BLOCK_BYTES / sizeof(double) / (s->len > 0 ? s->len : 1);

	assert(!s->block);
	if (s->fd >= 0) {
		void *map;
		int r = flush(s, err);

		if (r < 0)
			return r;
		map = mmap(NULL, s->in_file, PROT_READ, MAP_SHARED, s->fd, 0);
		if (map == MAP_FAILED)
			return err_set(err, -errno, "cannot map a temporary file: %s; free memory",
			               strerror(errno));
		s->bytes = map;
		free(s->buffer);
		s->buffer = NULL;
	} else {
		s->bytes = s->buffer;
	}
	reorder(s, order);
	s->block_cap = columns < 1 ? 1 : columns > BLOCK_COLUMNS_MAX ? BLOCK_COLUMNS_MAX : columns;
	s->block = xcalloc(s->block_cap * s->len, sizeof(*s->block));
	return 0;
}

/* Values from..from + n of a row, to out[0], out[stride], out[2 stride], ... */
struct target {
	uint64_t from, n;
	double *out;
	size_t stride;
};

static void decode_u8(const uint8_t *p, const struct target *t)
{
	for (uint64_t i = 0; i < t->n; i++)
		t->out[i * t->stride] = p[i] == NONE_U8 ? NAN : (double)p[i];
}

static void decode_u16(const uint8_t *p, const struct target *t)
{
	for (uint64_t i = 0; i < t->n; i++) {
		uint16_t v;

		memcpy(&v, p + i * sizeof(v), sizeof(v));
		t->out[i * t->stride] = v == NONE_U16 ? NAN : (double)v;
	}
}

static void decode_float(const uint8_t *p, const struct target *t)
{
	for (uint64_t i = 0; i < t->n; i++) {
		float v;

		memcpy(&v, p + i * sizeof(v), sizeof(v));
		t->out[i * t->stride] = (double)v;
	}
}

/* step = 0 repeats the first value. */
static void decode_double(const uint8_t *p, size_t step, const struct target *t)
{
	for (uint64_t i = 0; i < t->n; i++) {
		double v;

		memcpy(&v, p + i * step, sizeof(v));
		t->out[i * t->stride] = v;
	}
}

static void decode(const struct spool *s, const struct row *row, const struct target *t)
{
	const uint8_t *p = s->bytes + row->offset + t->from * form_bytes[row->form];

	if (t->n == 0)
		return;
	switch (row->form) {
	case FORM_U8: decode_u8(p, t); break;
	case FORM_U16: decode_u16(p, t); break;
	case FORM_FLOAT: decode_float(p, t); break;
	case FORM_CONSTANT: decode_double(p, 0, t); break;
	case FORM_DOUBLE:
	case FORM_COUNT: decode_double(p, sizeof(double), t); break;
	}
}

/* Row i of the block: what it has of the columns, and NAN around it. */
static void decode_row(const struct spool *s, uint32_t i)
{
	const struct row *row = &s->rows[i];
	uint64_t begin = s->block_first, end = begin + s->block_len;
	uint64_t from = row->first < begin ? begin : row->first;
	uint64_t to = row->first + row->len > end ? end : row->first + row->len;
	double *out = s->block + i;

	if (from >= to)
		from = to = end;
	for (uint64_t k = begin; k < from; k++)
		out[(k - begin) * s->len] = NAN;
	if (from < to)
		decode(s, row,
		       &(struct target){.from = from - row->first,
		                        .n = to - from,
		                        .out = out + (from - begin) * s->len,
		                        .stride = s->len});
	for (uint64_t k = to; k < end; k++)
		out[(k - begin) * s->len] = NAN;
}

const double *spool_column(struct spool *s, uint64_t column)
{
	assert(s->block);
	if (column < s->block_first || column - s->block_first >= s->block_len) {
		s->block_first = column;
		s->block_len = s->block_cap;
		for (uint32_t i = 0; i < s->len; i++)
			decode_row(s, i);
	}
	return s->block + (column - s->block_first) * s->len;
}
