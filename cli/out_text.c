/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables and the progress bar; see out.h. */
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/out.h"
#include "core/base/xalloc.h"

struct out_table {
	char *align;
	size_t n_columns, n_cells;
	char **cells; /* row by row */
};

struct out_table *out_table_new(const char *align)
{
	struct out_table *t = xcalloc(1, sizeof(*t));

	assert(align[0]);
	t->align = xstrdup(align);
	t->n_columns = strlen(align);
	return t;
}

void out_table_cell(struct out_table *t, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		abort(); /* out of memory, as in xalloc */
	va_end(ap);
	t->cells = xreallocarray(t->cells, t->n_cells + 1, sizeof(*t->cells));
	t->cells[t->n_cells++] = text;
}

/* Characters on a terminal: bytes that do not continue a UTF-8 sequence. */
static int text_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static int column_width(const struct out_table *t, size_t column)
{
	int width = 0;

	for (size_t i = column; i < t->n_cells; i += t->n_columns)
		if (text_width(t->cells[i]) > width)
			width = text_width(t->cells[i]);
	return width;
}

static void print_cell(const struct out_table *t, size_t i, int width, FILE *stream)
{
	size_t column = i % t->n_columns;
	int pad = width - text_width(t->cells[i]);
	bool is_last = column + 1 == t->n_columns || i + 1 == t->n_cells;

	if (column > 0)
		(void)fputs("  ", stream); /* errors show at out_commit */
	if (t->align[column] == 'r')
		(void)fprintf(stream, "%*s", pad, "");
	(void)fputs(t->cells[i], stream);
	if (t->align[column] != 'r' && !is_last)
		(void)fprintf(stream, "%*s", pad, "");
	if (is_last)
		(void)fputc('\n', stream);
}

void out_table_print(const struct out_table *t, FILE *stream)
{
	int *widths = xcalloc(t->n_columns, sizeof(*widths));

	assert(t->n_columns > 0);
	for (size_t i = 0; i < t->n_columns; i++)
		widths[i] = column_width(t, i);
	for (size_t i = 0; i < t->n_cells; i++)
		print_cell(t, i, widths[i % t->n_columns], stream);
	free(widths);
}

void out_table_free(struct out_table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n_cells; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t->align);
	free(t);
}

#define BAR_WIDTH 30
#define BAR_FRAME 9 /* " [" and "] 100 %" */

void out_progress_begin(struct out_progress *p, const char *label)
{
	*p = (struct out_progress){.label = label, .percent = -1, .on = isatty(STDERR_FILENO) == 1};
}

void out_progress_set(struct out_progress *p, double done_ratio)
{
	int percent, filled;

	if (!p->on || !(done_ratio >= 0))
		return;
	percent = done_ratio < 1 ? (int)(100 * done_ratio) : 100;
	if (percent == p->percent)
		return;
	p->percent = percent;
	filled = percent * BAR_WIDTH / 100;
	(void)fprintf(stderr, "\r%s [", p->label); /* a bar is not worth an error */
	for (int i = 0; i < BAR_WIDTH; i++)
		(void)fputc(i < filled ? '#' : '.', stderr);
	(void)fprintf(stderr, "] %3d %%", percent);
	(void)fflush(stderr);
}

void out_progress_end(struct out_progress *p)
{
	if (p->on && p->percent >= 0)
		(void)fprintf(stderr, "\r%*s\r", (int)strlen(p->label) + BAR_WIDTH + BAR_FRAME, "");
	p->percent = -1;
}
