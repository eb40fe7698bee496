/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of .vbp files; see vbp.h. It goes line by line although the format's own readers take any
 * white space: a number too few in one row would otherwise shift all that follow and be reported,
 * if at all, at the end of the file. Memory grows with what is there, not with what is announced.
 */
#include "sim/vbp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "sim/trace/input.h"

#define SHOWN 20 /* bytes of a wrong number in a message */

struct reader {
	struct input *in;
	struct err *err;
	struct vbp v;
	uint32_t announced, rows_size;
	int64_t number[VBP_DIMS_MAX + 1]; /* of the line at work */
	uint32_t n_numbers;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts the next word off *at; NULL at the end of the line. */
static char *next_word(char **at)
{
	char *word = *at;

	while (is_blank(*word))
		word++;
	if (*word == '\0')
		return NULL;
	*at = word;
	while (**at != '\0' && !is_blank(**at))
		(*at)++;
	if (**at != '\0')
		*(*at)++ = '\0';
	return word;
}

/* Numbers of a line into r->number; more than there is place for are counted only. */
static int split_line(struct reader *r, char *line)
{
	char *word;

	r->n_numbers = 0;
	while ((word = next_word(&line)) != NULL) {
		int64_t n;

		if (text_to_int64(word, &n) < 0)
			return input_fail(r->in, r->err, -EINVAL,
			                  "'%.*s' is not a whole number of 64 bits; scale all "
			                  "sizes and capacities",
			                  SHOWN, word);
		if (r->n_numbers <= VBP_DIMS_MAX)
			r->number[r->n_numbers] = n;
		r->n_numbers++;
	}
	return 0;
}

/* The next line must hold n numbers; what says which. */
static int need_line(struct reader *r, uint32_t n, const char *what)
{
	char *line;
	size_t len;
	int got = input_line(r->in, &line, &len, r->err);

	if (got < 0)
		return got;
	if (got == 0)
		return input_fail(r->in, r->err, -EINVAL, "the file ends before %s", what);
	got = split_line(r, line);
	if (got < 0)
		return got;
	if (r->n_numbers != n)
		return input_fail(r->in, r->err, -EINVAL,
		                  "%" PRIu32 " numbers; expected %" PRIu32 ": %s", r->n_numbers, n,
		                  what);
	return 0;
}

static int read_head(struct reader *r)
{
	int got = need_line(r, 1, "the number of dimensions");

	if (got < 0)
		return got;
	if (r->number[0] < 1 || r->number[0] > VBP_DIMS_MAX)
		return input_fail(r->in, r->err, -EINVAL, "%" PRId64 " dimensions; give 1 to %d",
		                  r->number[0], VBP_DIMS_MAX);
	r->v.n_dims = (uint32_t)r->number[0];
	got = need_line(r, r->v.n_dims, "the capacity in each dimension");
	if (got < 0)
		return got;
	for (uint32_t d = 0; d < r->v.n_dims; d++)
		if (r->number[d] <= 0)
			return input_fail(r->in, r->err, -EINVAL,
			                  "capacity %" PRId64 " of dimension %" PRIu32
			                  "; give a number above 0",
			                  r->number[d], d + 1);
	r->v.capacity = xmemdup(r->number, r->v.n_dims, sizeof(*r->number));
	got = need_line(r, 1, "the number of kinds of items");
	if (got < 0)
		return got;
	if (r->number[0] < 0 || r->number[0] > VBP_ITEMS_MAX)
		return input_fail(r->in, r->err, -EINVAL,
		                  "%" PRId64 " kinds of items; give 0 to %d", r->number[0],
		                  VBP_ITEMS_MAX);
	r->announced = (uint32_t)r->number[0];
	return 0;
}

/* A size above the capacity would need a bin that does not exist. */
static int check_sizes(const struct reader *r)
{
	for (uint32_t d = 0; d < r->v.n_dims; d++)
		if (r->number[d] > r->v.capacity[d])
			return input_fail(r->in, r->err, -EINVAL,
			                  "size %" PRId64 " is above capacity %" PRId64
			                  " of dimension %" PRIu32 "; no bin holds this item",
			                  r->number[d], r->v.capacity[d], d + 1);
	return 0;
}

static int read_kind(struct reader *r)
{
	struct vbp *v = &r->v;
	int got = need_line(r, v->n_dims + 1, "a size in each dimension, then how many items");
	int64_t demand;

	if (got == 0)
		got = check_sizes(r);
	if (got < 0)
		return got;
	demand = r->number[v->n_dims];
	if (demand < 0 || demand > VBP_ITEMS_MAX - (int64_t)v->n_items)
		return input_fail(r->in, r->err, -EINVAL,
		                  "%" PRId64 " items of this kind; give 0 or more, and at most %d "
		                  "of all kinds together",
		                  demand, VBP_ITEMS_MAX);
	if (v->n_kinds == r->rows_size) {
		r->rows_size = r->rows_size ? 2 * r->rows_size : 256;
		v->size =
		        xreallocarray(v->size, (size_t)r->rows_size * v->n_dims, sizeof(*v->size));
		v->demand = xreallocarray(v->demand, r->rows_size, sizeof(*v->demand));
	}
	memcpy(v->size + (size_t)v->n_kinds * v->n_dims, r->number, v->n_dims * sizeof(*v->size));
	v->demand[v->n_kinds++] = (uint32_t)demand;
	v->n_items += (uint32_t)demand;
	return 0;
}

static int read_all(struct reader *r)
{
	char *line;
	size_t len;
	int got = read_head(r);

	for (uint32_t k = 0; got == 0 && k < r->announced; k++)
		got = read_kind(r);
	if (got < 0)
		return got;
	got = input_line(r->in, &line, &len, r->err);
	if (got > 0)
		return input_fail(r->in, r->err, -EINVAL,
		                  "more lines than the %" PRIu32 " announced kinds of items; "
		                  "correct the third line",
		                  r->announced);
	return got;
}

int vbp_read(const char *path, struct vbp *ret, struct err *err)
{
	struct reader r = {.err = err};
	int got = input_open(path, UNPACK_ONCE, &r.in, err);

	if (got < 0)
		return got;
	got = read_all(&r);
	input_close(r.in);
	if (got < 0) {
		vbp_done(&r.v);
		return got;
	}
	*ret = r.v;
	return 0;
}

void vbp_done(struct vbp *v)
{
	free(v->capacity);
	free(v->size);
	free(v->demand);
	*v = (struct vbp){0};
}
