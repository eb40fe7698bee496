/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_OUT_H
#define CLI_OUT_H
/*
 * Output of commands: files that appear whole or not at all, aligned tables, a progress bar.
 * Data goes to stdout, messages to stderr.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/err.h"

struct out_file;

/*
 * Opens an output. "-" is stdout; a device or pipe is written directly; anything else is written
 * beside the path without a name and takes the path's place at out_commit. -errno with err.
 */
int out_open(const char *path, struct out_file **ret, struct err *err);
FILE *out_stream(const struct out_file *o);

/* Makes the file appear and frees o, in any case. -errno with err: the path is as it was. */
int out_commit(struct out_file *o, struct err *err);

/* Drops what was written, leaves the path as it was, frees o. Accepts NULL. */
void out_abort(struct out_file *o);

/* Flushes stdout; -errno with err if anything written to it was lost (disk full, pipe closed). */
int out_flush_stdout(struct err *err);

/* Is stream a terminal that shows colours, and NO_COLOR not set? */
bool out_wants_colour(FILE *stream);

/* Rows of cells with aligned columns. align: one letter a column, 'l' or 'r'. */
struct out_table;
struct out_table *out_table_new(const char *align);
void out_table_cell(struct out_table *t, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));
void out_table_print(const struct out_table *t, FILE *stream); /* columns two blanks apart */
void out_table_free(struct out_table *t);

/* A bar on stderr, if that is a terminal; redrawn only when a whole percent is gained. */
struct out_progress {
	const char *label;
	int percent; /* drawn last; -1 = nothing yet */
	bool on;
};
void out_progress_begin(struct out_progress *p, const char *label);
void out_progress_set(struct out_progress *p, double done_ratio);
void out_progress_end(struct out_progress *p); /* takes the bar away */

#endif
