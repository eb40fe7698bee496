/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A notation with units is cut into a number and letters, and the letters are looked up in a
 * table. Letters are taken from the end, so that the e of "1e3" belongs to the number.
 *
 * Not accepted on purpose: "5m" (minutes or months?), "4G" (10^9 or 2^30?). A refused setting
 * costs a second, a misread one may cost a night.
 */
#include "core/base/text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/decimal.h"
#include "core/base/xalloc.h"

#define USEC_LIMIT 9.2e18 /* just below INT64_MAX */

struct unit {
	const char *name;
	double factor;
};

/* In microseconds. */
static const struct unit duration_units[] = {
        {"us", 1},     {"ms", 1e3},   {"s", 1e6},     {"sec", 1e6},
        {"min", 60e6}, {"h", 3600e6}, {"d", 86400e6}, {"w", 604800e6},
};

static const struct unit byte_units[] = {
        {"B", 1},
        {"kB", 1e3},
        {"KB", 1e3},
        {"MB", 1e6},
        {"GB", 1e9},
        {"TB", 1e12},
        {"PB", 1e15},
        {"KiB", 1024},
        {"kiB", 1024},
        {"MiB", 1048576},
        {"GiB", 1073741824},
        {"TiB", 1099511627776},
        {"PiB", 1125899906842624},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static const struct unit *find_unit(const struct unit *units, size_t n, const char *name,
                                    size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
			return &units[i];
	return NULL;
}

int text_to_double_n(const char *text, size_t len, double *ret)
{
	return decimal_parse(text, len, ret);
}

int text_to_double(const char *text, double *ret)
{
	return decimal_parse(text, strlen(text), ret);
}

int text_to_int64(const char *text, int64_t *ret)
{
	bool negative = *text == '-';
	uint64_t v = 0, limit = (uint64_t)INT64_MAX + negative;

	if (*text == '-' || *text == '+')
		text++;
	if (*text == '\0')
		return -EINVAL;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (v > (limit - digit) / 10)
			return -ERANGE;
		v = v * 10 + digit;
	}
	*ret = (int64_t)(negative ? 0 - v : v);
	return 0;
}

/* One "12h" at *text; moves *text behind it and adds to *us. */
static int take_duration(const char **text, double *us)
{
	const char *number = *text, *letters = number + strspn(number, "0123456789.");
	const char *end = letters;
	const struct unit *unit;
	double v;
	int r = decimal_parse(number, (size_t)(letters - number), &v);

	if (r < 0)
		return r;
	while (is_letter(*end))
		end++;
	unit = find_unit(duration_units, COUNT(duration_units), letters, (size_t)(end - letters));
	if (!unit)
		return -EINVAL;
	*us += v * unit->factor;
	*text = end;
	return 0;
}

int text_to_duration(const char *text, usec_t *ret_us)
{
	double us = 0, seconds;
	int r = text_to_double(text, &seconds);

	if (r == 0) {
		us = seconds * 1e6;
	} else {
		do {
			r = take_duration(&text, &us);
		} while (r == 0 && *text);
	}
	if (r < 0)
		return r;
	if (us < 0)
		return -EINVAL;
	if (us > USEC_LIMIT)
		return -ERANGE;
	*ret_us = (usec_t)(us + 0.5);
	return 0;
}

int text_to_bytes(const char *text, double *ret_bytes)
{
	size_t len = strlen(text), number = len;
	double v, factor = 1;
	int r;

	while (number > 0 && is_letter(text[number - 1]))
		number--;
	if (number < len) {
		const struct unit *unit =
		        find_unit(byte_units, COUNT(byte_units), text + number, len - number);

		if (!unit)
			return -EINVAL;
		factor = unit->factor;
		if (number > 0 && text[number - 1] == ' ')
			number--;
	}
	r = decimal_parse(text, number, &v);
	if (r < 0)
		return r;
	if (v < 0)
		return -EINVAL;
	if (v * factor > 1e300)
		return -ERANGE;
	*ret_bytes = v * factor;
	return 0;
}

int text_to_ratio(const char *text, double *ret)
{
	size_t len = strlen(text);
	bool percent = len > 0 && text[len - 1] == '%';
	double v;
	int r = decimal_parse(text, len - percent, &v);

	if (r < 0)
		return r;
	*ret = percent ? v / 100.0 : v;
	return 0;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* A table of edit distances of which one row is kept; cells off the band count limit + 1. */
struct edit {
	const char *b;
	size_t len, limit, *row;
};

/* Turns row i - 1 into row i, for the i-th character c; returns the least value in it. */
static size_t edit_row(const struct edit *e, size_t i, char c)
{
	size_t from = i > e->limit ? i - e->limit : 1;
	size_t to = i + e->limit < e->len ? i + e->limit : e->len;
	size_t diagonal = e->row[from - 1];
	size_t least = from == 1 ? i : e->limit + 1;

	e->row[from - 1] = least;
	for (size_t j = from; j <= to; j++) {
		size_t above = j < i + e->limit ? e->row[j] : e->limit + 1;
		size_t v = min3(diagonal + (c != e->b[j - 1]), above + 1, e->row[j - 1] + 1);

		diagonal = e->row[j];
		e->row[j] = v;
		least = v < least ? v : least;
	}
	return least;
}

size_t text_edit_distance(const char *a, const char *b, size_t limit)
{
	struct edit e = {.b = b, .len = strlen(b), .limit = limit};
	size_t len = strlen(a), distance = 0;

	if (len > e.len + limit || e.len > len + limit)
		return limit + 1;
	e.row = xcalloc(e.len + 1, sizeof(*e.row));
	for (size_t j = 0; j <= e.len; j++)
		e.row[j] = j;
	for (size_t i = 1; i <= len && distance <= limit; i++)
		distance = edit_row(&e, i, a[i - 1]);
	if (distance <= limit)
		distance = e.row[e.len];
	free(e.row);
	return distance < limit + 1 ? distance : limit + 1;
}

const char *text_suggest(const char *key, const char *const *candidates, size_t n)
{
	size_t limit = strlen(key) / 3 > 0 ? strlen(key) / 3 : 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t distance = text_edit_distance(key, candidates[i], limit);

		if (distance <= limit) {
			nearest = candidates[i];
			if (distance == 0)
				break;
			limit = distance - 1;
		}
	}
	return nearest;
}
