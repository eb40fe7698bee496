/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Option tables; see param.h. Each type has one parser and one formatter, and the two agree: what
 * param_format writes, param_parse reads back to the same value, bit for bit. That is what lets a
 * configuration be printed, edited, read again and compared by digest.
 */
#include "core/base/param.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"

#define VALUE_TEXT_MAX   64  /* longest formatted value; choices are shorter words */
#define CHOICES_TEXT_MAX 256 /* of "one of a, b, c" in a message */

/* A parsed value on its way to the struct: all types but DURATION and INTEGER use number. */
struct value {
	double number; /* as the bounds are stated: ratio, seconds, bytes, index, 0/1 */
	int64_t integer;
};

static void *value_at(const struct param *row, void *obj)
{
	return (char *)obj + row->offset;
}

static const void *value_at_const(const struct param *row, const void *obj)
{
	return (const char *)obj + row->offset;
}

static void store(const struct param *row, void *obj, const struct value *v)
{
	void *at = value_at(row, obj);

	switch (row->type) {
	case PARAM_RATIO:
	case PARAM_NUMBER:
	case PARAM_BYTES: *(double *)at = v->number; break;
	case PARAM_INTEGER:
	case PARAM_DURATION: *(int64_t *)at = v->integer; break;
	case PARAM_SWITCH: *(bool *)at = v->number > 0; break;
	case PARAM_CHOICE: *(int *)at = (int)v->number; break;
	}
}

void param_set_defaults(const struct param_table *table, void *obj)
{
	for (size_t i = 0; i < table->len; i++) {
		const struct param *row = &table->rows[i];
		struct value v = {.number = row->def};

		if (row->type == PARAM_DURATION)
			v.integer = usec_from_sec(row->def);
		else
			v.integer = (int64_t)row->def;
		store(row, obj, &v);
	}
}

const struct param *param_find(const struct param_table *table, const char *name)
{
	for (size_t i = 0; i < table->len; i++)
		if (strcmp(table->rows[i].name, name) == 0)
			return &table->rows[i];
	return NULL;
}

static int parse_switch(const char *text, double *ret)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {
	        {"true", 1}, {"yes", 1}, {"on", 1}, {"false", 0}, {"no", 0}, {"off", 0},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(text, words[i].word) != 0)
			continue;
		*ret = words[i].value;
		return 0;
	}
	return -EINVAL;
}

static int parse_choice(const struct param *row, const char *text, double *ret)
{
	for (int i = 0; row->choices[i]; i++) {
		if (strcmp(text, row->choices[i]) != 0)
			continue;
		*ret = i;
		return 0;
	}
	return -EINVAL;
}

static int parse_value(const struct param *row, const char *text, struct value *ret)
{
	int r = -EINVAL;

	switch (row->type) {
	case PARAM_RATIO: return text_to_ratio(text, &ret->number);
	case PARAM_NUMBER: return text_to_double(text, &ret->number);
	case PARAM_BYTES: return text_to_bytes(text, &ret->number);
	case PARAM_SWITCH: return parse_switch(text, &ret->number);
	case PARAM_CHOICE: return parse_choice(row, text, &ret->number);
	case PARAM_INTEGER:
		r = text_to_int64(text, &ret->integer);
		ret->number = (double)ret->integer;
		break;
	case PARAM_DURATION:
		r = text_to_duration(text, &ret->integer);
		ret->number = usec_to_sec(ret->integer);
		break;
	}
	return r;
}

/* "one of a, b, c" */
static void describe_choices(const struct param *row, char *ret_text, size_t size)
{
	size_t len = 0;

	ret_text[0] = '\0';
	for (int i = 0; row->choices[i] && len < size; i++)
		len += (size_t)snprintf(ret_text + len, size - len, "%s%s", i ? ", " : "one of ",
		                        row->choices[i]);
}

/* What is wanted, for the end of "headroom.ratio: "abc" is not ...". */
static void describe_type(const struct param *row, char *ret_text, size_t size)
{
	const char *wanted = "";

	switch (row->type) {
	case PARAM_RATIO: wanted = "a ratio such as 0.05 or 5%"; break;
	case PARAM_NUMBER: wanted = "a number such as 1.5"; break;
	case PARAM_INTEGER: wanted = "a whole number such as 12"; break;
	case PARAM_DURATION: wanted = "a duration such as 300s, 5min, 2h, 1d"; break;
	case PARAM_BYTES: wanted = "a size such as 512MB or 1GiB"; break;
	case PARAM_SWITCH: wanted = "true or false"; break;
	case PARAM_CHOICE: describe_choices(row, ret_text, size); return;
	}
	(void)snprintf(ret_text, size, "%s", wanted); /* fits: see CHOICES_TEXT_MAX */
}

static void format_value(const struct param *row, const struct value *v, char *ret_text,
                         size_t size);

void param_format_number(const struct param *row, double number, char *ret_text, size_t size)
{
	struct value v = {.number = number, .integer = (int64_t)number};

	if (row->type == PARAM_DURATION)
		v.integer = usec_from_sec(number);
	format_value(row, &v, ret_text, size);
}

static int refuse_range(const struct param *row, const char *text, struct err *err)
{
	char min[VALUE_TEXT_MAX], max[VALUE_TEXT_MAX];

	param_format_number(row, row->min, min, sizeof(min));
	param_format_number(row, row->max, max, sizeof(max));
	return err_set(err, -ERANGE, "%s: %s is out of bounds; give %s to %s", row->name, text, min,
	               max);
}

int param_parse(const struct param *row, void *obj, const char *text, struct err *err)
{
	char wanted[CHOICES_TEXT_MAX];
	struct value v = {0};
	int r = parse_value(row, text, &v);

	if (r == -ERANGE)
		return refuse_range(row, text, err);
	if (r < 0) {
		describe_type(row, wanted, sizeof(wanted));
		return err_set(err, -EINVAL, "%s: \"%s\" is not valid; give %s", row->name, text,
		               wanted);
	}
	if (row->type != PARAM_SWITCH && row->type != PARAM_CHOICE &&
	    !(v.number >= row->min && v.number <= row->max))
		return refuse_range(row, text, err);
	store(row, obj, &v);
	return 0;
}

/* Whole numbers below this are exact and written without an exponent. */
#define WHOLE_MAX 1e15

/* The shortest decimal that reads back as the same double. */
static void format_double(double x, const char *suffix, char *ret_text, size_t size)
{
	char text[VALUE_TEXT_MAX];
	double back;

	if (fabs(x) < WHOLE_MAX && !(x < floor(x)) && !(x > floor(x))) {
		(void)snprintf(ret_text, size, "%.0f%s", x, suffix); /* cut as documented */
		return;
	}
	for (int digits = 1; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, x); /* %g of 17 digits fits */
		if (text_to_double(text, &back) == 0 && !(back < x) && !(back > x))
			break;
	}
	(void)snprintf(ret_text, size, "%s%s", text, suffix); /* cut as documented */
}

static void format_bytes(double bytes, char *ret_text, size_t size)
{
	static const struct {
		const char *suffix;
		double bytes;
	} units[] = {
	        {"TiB", 0x1p40}, {"GiB", 0x1p30}, {"MiB", 0x1p20}, {"KiB", 0x1p10},
	        {"TB", 1e12},    {"GB", 1e9},     {"MB", 1e6},     {"kB", 1e3},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		double n = bytes / units[i].bytes;

		if (n < 1 || n > floor(n) || n > 1e6)
			continue;
		format_double(n, units[i].suffix, ret_text, size);
		return;
	}
	format_double(bytes, "", ret_text, size);
}

static void format_duration(usec_t t_us, char *ret_text, size_t size)
{
	static const struct {
		const char *suffix;
		usec_t us;
	} units[] = {
	        {"d", USEC_PER_DAY}, {"h", USEC_PER_HOUR}, {"min", 60 * USEC_PER_SEC},
	        {"s", USEC_PER_SEC}, {"ms", 1000},         {"us", 1},
	};
	size_t i = t_us == 0 ? 3 : 0; /* 0 is "0s" */

	while (t_us % units[i].us != 0)
		i++;
	(void)snprintf(ret_text, size, "%" PRId64 "%s", t_us / units[i].us,
	               units[i].suffix); /* cut as documented */
}

static void format_value(const struct param *row, const struct value *v, char *ret_text,
                         size_t size)
{
	const char *word = v->number > 0 ? "true" : "false";

	switch (row->type) {
	case PARAM_RATIO:
	case PARAM_NUMBER: format_double(v->number, "", ret_text, size); return;
	case PARAM_BYTES: format_bytes(v->number, ret_text, size); return;
	case PARAM_DURATION: format_duration(v->integer, ret_text, size); return;
	case PARAM_INTEGER:
		(void)snprintf(ret_text, size, "%" PRId64, v->integer); /* cut as documented */
		return;
	case PARAM_CHOICE: word = row->choices[(int)v->number]; break;
	case PARAM_SWITCH: break;
	}
	(void)snprintf(ret_text, size, "%s", word); /* cut as documented */
}

void param_format(const struct param *row, const void *obj, char *ret_text, size_t size)
{
	const void *at = value_at_const(row, obj);
	struct value v = {0};

	switch (row->type) {
	case PARAM_RATIO:
	case PARAM_NUMBER:
	case PARAM_BYTES: v.number = *(const double *)at; break;
	case PARAM_INTEGER:
	case PARAM_DURATION: v.integer = *(const int64_t *)at; break;
	case PARAM_SWITCH: v.number = *(const bool *)at; break;
	case PARAM_CHOICE: v.number = *(const int *)at; break;
	}
	format_value(row, &v, ret_text, size);
}

const char *param_suggest(const struct param_table *table, const char *key)
{
	const char **names = xcalloc(table->len, sizeof(*names));
	const char *nearest;

	for (size_t i = 0; i < table->len; i++)
		names[i] = table->rows[i].name;
	nearest = text_suggest(key, names, table->len);
	free(names);
	return nearest;
}

void param_digest(const struct param_table *table, const void *obj, struct digest *d)
{
	char value[VALUE_TEXT_MAX];

	for (size_t i = 0; i < table->len; i++) {
		param_format(&table->rows[i], obj, value, sizeof(value));
		digest_bytes(d, table->rows[i].name, strlen(table->rows[i].name));
		digest_bytes(d, "=", 1);
		digest_str(d, value);
	}
}
