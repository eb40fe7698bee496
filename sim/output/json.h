/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_JSON_H
#define SIM_OUTPUT_JSON_H
/*
 * JSON values, made and read. This is the door to the JSON library; nothing else names it.
 *
 * A value belongs to whoever made it until it is put into another one, or given to json_print or
 * json_free. Objects keep their keys in the order of putting. Making cannot fail: memory never
 * runs out quietly, numbers that JSON cannot hold (NAN, infinity) become null, and bytes of a
 * text that are not UTF-8 become U+FFFD, so that no name is ever refused.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/units.h"

struct json;

struct json *json_new_object(void);
struct json *json_new_list(void);
void json_free(struct json *v); /* accepts NULL */

/* Into an object. NULL texts become null; child is taken over. */
void json_put(struct json *object, const char *key, struct json *child);
void json_put_text(struct json *object, const char *key, const char *text);
void json_put_number(struct json *object, const char *key, double v);
void json_put_count(struct json *object, const char *key, uint64_t v); /* below 2^63 */
void json_put_truth(struct json *object, const char *key, bool v);
void json_put_seconds(struct json *object, const char *key, usec_t t_us);

/* To the end of a list. A number that is whole is written as an integer. */
void json_add(struct json *list, struct json *child);
void json_add_text(struct json *list, const char *text);
void json_add_number(struct json *list, double v);

enum json_style {
	JSON_FOR_PEOPLE, /* indented, 15 significant digits */
	JSON_ONE_LINE,   /* 15 significant digits, for logs */
	JSON_IN_HTML     /* one line, 6 digits, '<' as \u003c: fit for a script element */
};

/* Writes v without a line end and frees it. 0 or -EIO. */
int json_print(FILE *f, struct json *v, enum json_style style);

/* -EINVAL with what is wrong, without file and line. Keys given twice are refused. */
int json_parse(const char *text, size_t len, struct json **ret, struct err *err);

/* Of an object; -EINVAL if the key is not there or holds something else. Texts live as long as v.
 */
int json_need_text(const struct json *v, const char *key, const char **ret, struct err *err);
int json_need_count(const struct json *v, const char *key, uint64_t *ret, struct err *err);
int json_need_number(const struct json *v, const char *key, double *ret, struct err *err);
/* As json_need_text, but NULL if the key is not there or null. */
int json_want_text(const struct json *v, const char *key, const char **ret, struct err *err);

#endif
