/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns; see columns.h. Patterns are known by a 64-bit digest that is the sum of a digest of
 * each row, hence free of their order. Two patterns with one digest would cost a column, never
 * a wrong result.
 */
#include "policies/binpack/columns.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define KNOWN_SIZE_FIRST 1024

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t digest_of(const uint32_t *rows, uint32_t n)
{
	uint64_t h = 0;

	for (uint32_t i = 0; i < n; i++)
		h += mix(rows[i]);
	return h ? h : 1;
}

static bool known_put(struct columns *c, uint64_t digest)
{
	uint64_t at = digest & c->known_mask;

	while (c->known[at] != 0) {
		if (c->known[at] == digest)
			return false;
		at = (at + 1) & c->known_mask;
	}
	c->known[at] = digest;
	c->n_known++;
	return true;
}

static void known_grow(struct columns *c)
{
	uint64_t *old = c->known, old_size = c->known_mask + 1;

	c->known = xcalloc(2 * old_size, sizeof(*c->known));
	c->known_mask = 2 * old_size - 1;
	c->n_known = 0;
	for (uint64_t i = 0; i < old_size; i++)
		if (old[i] != 0)
			(void)known_put(c, old[i]); /* all differ */
	free(old);
}

static void append(struct columns *c, const uint32_t *rows, uint32_t n)
{
	if (c->n + 1 >= c->size) {
		c->size = c->size ? 2 * c->size : 256;
		c->start = xreallocarray(c->start, c->size, sizeof(*c->start));
	}
	while (c->n_entries + n > c->entries_size) {
		c->entries_size = c->entries_size ? 2 * c->entries_size : 1024;
		c->row = xreallocarray(c->row, c->entries_size, sizeof(*c->row));
	}
	c->start[c->n] = c->n_entries;
	memcpy(c->row + c->n_entries, rows, n * sizeof(*rows));
	c->n_entries += n;
	c->start[++c->n] = c->n_entries;
}

void columns_init(struct columns *c, uint32_t n_rows)
{
	*c = (struct columns){
	        .n_rows = n_rows,
	        .known = xcalloc(KNOWN_SIZE_FIRST, sizeof(*c->known)),
	        .known_mask = KNOWN_SIZE_FIRST - 1,
	};
	for (uint32_t r = 0; r < n_rows; r++)
		append(c, &r, 1);
}

void columns_done(struct columns *c)
{
	free(c->start);
	free(c->row);
	free(c->known);
}

bool columns_add(struct columns *c, const uint32_t *rows, uint32_t n)
{
	if (2 * ((uint64_t)c->n_known + 1) > c->known_mask)
		known_grow(c);
	if (!known_put(c, digest_of(rows, n)))
		return false;
	append(c, rows, n);
	return true;
}

void columns_filter(struct columns *c, const bool *keep)
{
	uint32_t n = 0, entries = 0;

	memset(c->known, 0, (c->known_mask + 1) * sizeof(*c->known));
	c->n_known = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t from = c->start[i], len = c->start[i + 1] - from;

		if (!keep[i])
			continue;
		memmove(c->row + entries, c->row + from, len * sizeof(*c->row));
		if (i >= c->n_rows)
			(void)known_put(c, digest_of(c->row + entries, len)); /* all differ */
		c->start[n++] = entries;
		entries += len;
	}
	c->n = n;
	c->n_entries = entries;
	c->start[n] = entries;
}
