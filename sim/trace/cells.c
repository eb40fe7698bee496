/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells; see cells.h. Most numbers of traces are whole and short, so those are read in one loop
 * and everything else is left to the general parser.
 */
#include "sim/trace/cells.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

#define SHORT_DIGITS 9 /* fit 32 bits */

void cells_init(struct cells *c, const char *line, size_t len, char separator)
{
	*c = (struct cells){.next = line, .end = line + len, .separator = separator};
}

int cells_next(struct cells *c, struct cell *ret)
{
	const char *p = c->next;

	if (!p)
		return 0;
	while (p < c->end && *p != c->separator)
		p++;
	*ret = (struct cell){.text = c->next, .len = (size_t)(p - c->next)};
	c->next = p < c->end ? p + 1 : NULL;
	return 1;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct cell cell_trim(struct cell cell)
{
	while (cell.len > 0 && is_blank(cell.text[0])) {
		cell.text++;
		cell.len--;
	}
	while (cell.len > 0 && is_blank(cell.text[cell.len - 1]))
		cell.len--;
	return cell;
}

int cell_number(struct cell cell, double *ret)
{
	uint32_t v = 0;

	if (cell.len == 0)
		return -ENODATA;
	if (cell.len > SHORT_DIGITS)
		return text_to_double_n(cell.text, cell.len, ret);
	for (size_t i = 0; i < cell.len; i++) {
		uint32_t digit = (uint32_t)(cell.text[i] - '0');

		if (digit > 9)
			return text_to_double_n(cell.text, cell.len, ret);
		v = v * 10 + digit;
	}
	*ret = v;
	return 0;
}

int cell_shown_len(struct cell cell)
{
	return cell.len < CELL_SHOWN ? (int)cell.len : CELL_SHOWN;
}
