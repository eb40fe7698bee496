/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_PARAM_H
#define CORE_BASE_PARAM_H
/*
 * Option tables: every setting of Ebb is one row here and nowhere else. A row names the key, its
 * type, unit, bounds, default and help, and where in a plain struct the value lives. Defaults,
 * `--set`, configuration files, `ebb config`, man pages and digests are all made from the rows.
 *
 * Storage by type: RATIO and NUMBER are double; INTEGER is int64_t; DURATION is usec_t; BYTES is
 * double (bytes); SWITCH is bool; CHOICE is int (index into choices).
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/base/digest.h"
#include "core/base/err.h"

enum param_type {
	PARAM_RATIO,    /* written 0.05 or 5% */
	PARAM_NUMBER,   /* written 1.5, with the unit of its row understood */
	PARAM_INTEGER,  /* written 12 */
	PARAM_DURATION, /* written 300s, 5min, 2h, 1d, 500ms; a bare number is seconds */
	PARAM_BYTES,    /* written 1GiB, 613MB, 512; powers of 1024 with i, else of 1000 */
	PARAM_SWITCH,   /* written true/false, yes/no, on/off */
	PARAM_CHOICE    /* one of choices */
};

struct param {
	const char *name; /* "headroom.overload_probability" */
	enum param_type type;
	size_t offset;    /* of the value in the struct */
	const char *unit; /* for help: "ratio", "s", "hosts", ... */
	double min, max;  /* inclusive; in seconds for DURATION, bytes for BYTES */
	double def;       /* default; seconds for DURATION, index for CHOICE, 0/1 for SWITCH */
	const char *const *choices; /* CHOICE only: NULL-terminated */
	const char *help;           /* one line */
};

struct param_table {
	const struct param *rows;
	size_t len;
};

/* Writes every default into obj. */
void param_set_defaults(const struct param_table *table, void *obj);

/* The row called name, or NULL. */
const struct param *param_find(const struct param_table *table, const char *name);

/*
 * Parses text and stores it in obj. -EINVAL: text is not of the type; -ERANGE: out of bounds;
 * the text of err names key, value, bounds. obj is untouched on failure.
 */
int param_parse(const struct param *row, void *obj, const char *text, struct err *err);

/* Writes the value as param_parse reads it, e.g. "5min"; ret_text gets at most size bytes. */
void param_format(const struct param *row, const void *obj, char *ret_text, size_t size);

/* The same for a number as the row states bounds and defaults: seconds, bytes, index, 0/1. */
void param_format_number(const struct param *row, double number, char *ret_text, size_t size);

/* The name nearest to key (edit distance at most a third of its length), or NULL. */
const char *param_suggest(const struct param_table *table, const char *key);

/* Feeds every "name=value" into d, in row order. */
void param_digest(const struct param_table *table, const void *obj, struct digest *d);

#endif
