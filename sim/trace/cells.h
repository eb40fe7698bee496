/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_CELLS_H
#define SIM_TRACE_CELLS_H
/*
 * A line cut at separators, and numbers read from its cells. No quoting: none of the published
 * traces quotes, and a quote in a number is refused like any other letter.
 */
#include <stddef.h>

struct cells {
	const char *next, *end; /* next = NULL: all cells have been taken */
	char separator;
};

struct cell {
	const char *text; /* not terminated */
	size_t len;
};

void cells_init(struct cells *c, const char *line, size_t len, char separator);

/* 1: a cell; 0: the line is over. "a,,b" has three cells, "a," two. */
int cells_next(struct cells *c, struct cell *ret);

/* Without blanks and tabs at its ends. */
struct cell cell_trim(struct cell cell);

/* -EINVAL or -ERANGE as text_to_double_n; an empty cell is -ENODATA. */
int cell_number(struct cell cell, double *ret);

/* For "%.*s" in a message: no more than CELL_SHOWN bytes. */
#define CELL_SHOWN 40
int cell_shown_len(struct cell cell);

#endif
