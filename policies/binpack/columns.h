/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_COLUMNS_H
#define POLICIES_BINPACK_COLUMNS_H
/*
 * Columns of the covering problem (cover_lp.h), stored one after another. A column is a list of
 * rows; a row named twice counts twice. The first n_rows columns are the surplus variables: column
 * r names row r, with coefficient -1 and cost 0. All others are patterns, i.e. sets of items that
 * share a bin, with coefficients 1 and cost 1.
 */
#include <stdbool.h>
#include <stdint.h>

struct columns {
	uint32_t n_rows;
	uint32_t n, size;
	uint32_t *start; /* n + 1 */
	uint32_t *row;
	uint32_t n_entries, entries_size;
	uint64_t *known; /* hash set of the patterns' digests; 0 is empty */
	uint64_t known_mask;
	uint32_t n_known;
};

void columns_init(struct columns *c, uint32_t n_rows);
void columns_done(struct columns *c);

/* False: the pattern (in any order of rows) is there already. */
bool columns_add(struct columns *c, const uint32_t *rows, uint32_t n);

/* Keeps the columns with keep[column], in order. */
void columns_filter(struct columns *c, const bool *keep);

static inline double columns_sign(const struct columns *c, uint32_t column)
{
	return column < c->n_rows ? -1.0 : 1.0;
}

#endif
