/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON by jansson. Its own values hide behind struct json; failures that only a lack of memory
 * or a mistake of ours can cause are asserted, so that callers state what they write and no more.
 */
#include "sim/output/json.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base/xalloc.h"

#define DIGITS      15   /* short values stay short: 0.1, not 0.10000000000000001 */
#define HTML_DIGITS 6    /* more than a screen can show */
#define WHOLE_MAX   9e15 /* below 2^53 every whole double is exact as an integer */

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD in UTF-8 */

static json_t *in(const struct json *v)
{
	return (json_t *)v;
}

static struct json *out(json_t *v)
{
	assert(v);
	return (struct json *)v;
}

/* Length of the well-formed UTF-8 sequence at s (RFC 3629, section 4), or 0. */
static size_t sequence_len(const unsigned char *s)
{
	size_t len = 0;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		len = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		len = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		len = 4;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90))
		return 0; /* a longer form than needed */
	if ((s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0; /* half of a surrogate pair; beyond U+10FFFF */
	return len;
}

static json_t *text_value(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	char *clean, *end;
	json_t *v;

	if (!text)
		return json_null();
	clean = end = xcalloc(strlen(text) * strlen(replacement) + 1, 1);
	while (*s) {
		const size_t n = sequence_len(s);

		end = mempcpy(end, n ? (const char *)s : replacement, n ? n : strlen(replacement));
		s += n ? n : 1;
	}
	v = json_string(clean);
	free(clean);
	return v;
}

static json_t *number_value(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

struct json *json_new_object(void)
{
	return out(json_object());
}

struct json *json_new_list(void)
{
	return out(json_array());
}

void json_free(struct json *v)
{
	json_decref(in(v));
}

static void put(struct json *object, const char *key, json_t *value)
{
	const int rc = json_object_set_new(in(object), key, value);

	assert(rc == 0);
}

void json_put(struct json *object, const char *key, struct json *child)
{
	put(object, key, in(child));
}

void json_put_text(struct json *object, const char *key, const char *text)
{
	put(object, key, text_value(text));
}

void json_put_number(struct json *object, const char *key, double v)
{
	put(object, key, number_value(v));
}

void json_put_count(struct json *object, const char *key, uint64_t v)
{
	put(object, key, json_integer((json_int_t)v));
}

void json_put_truth(struct json *object, const char *key, bool v)
{
	put(object, key, json_boolean(v));
}

void json_put_seconds(struct json *object, const char *key, usec_t t_us)
{
	if (t_us % USEC_PER_SEC == 0)
		put(object, key, json_integer((json_int_t)(t_us / USEC_PER_SEC)));
	else
		put(object, key, json_real(usec_to_sec(t_us)));
}

static void add(struct json *list, json_t *value)
{
	const int rc = json_array_append_new(in(list), value);

	assert(rc == 0);
}

void json_add(struct json *list, struct json *child)
{
	add(list, in(child));
}

void json_add_text(struct json *list, const char *text)
{
	add(list, text_value(text));
}

void json_add_number(struct json *list, double v)
{
	if (fabs(v) <= WHOLE_MAX && floor(v) == v)
		add(list, json_integer((json_int_t)v));
	else
		add(list, number_value(v));
}

static int write_for_html(const char *text, size_t len, void *ctx)
{
	FILE *f = ctx;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '<')
			(void)fputs("\\u003c", f); /* json_print asks ferror */
		else
			(void)fputc(text[i], f);
	}
	return 0;
}

int json_print(FILE *f, struct json *v, enum json_style style)
{
	int rc = -1;

	switch (style) {
	case JSON_FOR_PEOPLE:
		rc = json_dumpf(in(v), f, JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
		break;
	case JSON_ONE_LINE:
		rc = json_dumpf(in(v), f, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
		break;
	case JSON_IN_HTML:
		rc = json_dump_callback(in(v), write_for_html, f,
		                        JSON_COMPACT | JSON_REAL_PRECISION(HTML_DIGITS));
		break;
	}
	json_free(v);
	return rc || ferror(f) ? -EIO : 0;
}

int json_parse(const char *text, size_t len, struct json **ret, struct err *err)
{
	json_error_t why;
	json_t *v = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);

	if (!v)
		return err_set(err, -EINVAL, "not JSON (%.80s)", why.text);
	*ret = out(v);
	return 0;
}

int json_need_text(const struct json *v, const char *key, const char **ret, struct err *err)
{
	const json_t *value = json_object_get(in(v), key);

	if (!json_is_string(value))
		return err_set(err, -EINVAL, "'%s' is missing or not a text", key);
	*ret = json_string_value(value);
	return 0;
}

int json_need_count(const struct json *v, const char *key, uint64_t *ret, struct err *err)
{
	const json_t *value = json_object_get(in(v), key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return err_set(err, -EINVAL, "'%s' is missing or not a count", key);
	*ret = (uint64_t)json_integer_value(value);
	return 0;
}

int json_need_number(const struct json *v, const char *key, double *ret, struct err *err)
{
	const json_t *value = json_object_get(in(v), key);

	if (!json_is_number(value))
		return err_set(err, -EINVAL, "'%s' is missing or not a number", key);
	*ret = json_number_value(value);
	return 0;
}

int json_want_text(const struct json *v, const char *key, const char **ret, struct err *err)
{
	const json_t *value = json_object_get(in(v), key);

	if (value && !json_is_null(value))
		return json_need_text(v, key, ret, err);
	*ret = NULL;
	return 0;
}
