/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door to the JSON library: what is written can be read, and nothing is refused. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output/json.h"
#include "tests/support/test.h"

/* Prints and frees v; the text is the caller's. */
static char *print(struct json *v, enum json_style style)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	CU_ASSERT_EQUAL(json_print(f, v, style), 0);
	(void)fclose(f);
	return text;
}

static void check_print(struct json *v, enum json_style style, const char *expected)
{
	char *text = print(v, style);

	CU_ASSERT_STRING_EQUAL(text, expected);
	free(text);
}

static void check_text(const char *text, const char *expected)
{
	struct json *list = json_new_list();

	json_add_text(list, text);
	check_print(list, JSON_ONE_LINE, expected);
}

static void texts_are_escaped(void)
{
	check_text("plain", "[\"plain\"]");
	check_text("quote \" and \\", "[\"quote \\\" and \\\\\"]");
	check_text("line\nend\ttab\x01", "[\"line\\nend\\ttab\\u0001\"]");
	check_text("\xc3\xa9t\xc3\xa9", "[\"\xc3\xa9t\xc3\xa9\"]");
	check_text(NULL, "[null]");
}

static void bytes_that_are_not_utf8_are_replaced(void)
{
	check_text("a\xffz", "[\"a\xef\xbf\xbdz\"]");
	check_text("\xc3", "[\"\xef\xbf\xbd\"]");                                 /* cut short */
	check_text("\xc0\x80", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]");                 /* too long */
	check_text("\xed\xa0\x80", "[\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]"); /* surrogate */
	check_text("\xf4\x8f\xbf\xbf", "[\"\xf4\x8f\xbf\xbf\"]");                 /* the last one */
}

static void numbers_json_cannot_hold_are_null(void)
{
	struct json *o = json_new_object();

	json_put_number(o, "a", 0.1);
	json_put_number(o, "b", (double)NAN);
	json_put_number(o, "c", (double)INFINITY);
	json_put_count(o, "d", INT64_MAX);
	json_put_seconds(o, "e", 300 * USEC_PER_SEC);
	json_put_seconds(o, "f", 300100000);
	check_print(o, JSON_ONE_LINE,
	            "{\"a\":0.1,\"b\":null,\"c\":null,\"d\":9223372036854775807,\"e\":300,"
	            "\"f\":300.1}");
}

static void lists_write_whole_numbers_as_integers(void)
{
	struct json *list = json_new_list();

	json_add_number(list, 12);
	json_add_number(list, -0.5);
	json_add_number(list, 1e300);
	json_add_number(list, (double)NAN);
	check_print(list, JSON_ONE_LINE, "[12,-0.5,1e300,null]");
}

static void html_style_cannot_end_a_script(void)
{
	struct json *list = json_new_list();

	json_add_text(list, "</script><!--");
	check_print(list, JSON_IN_HTML, "[\"\\u003c/script>\\u003c!--\"]");
}

static void keys_are_read_by_kind(void)
{
	static const char text[] = "{\"t\":\"x\",\"n\":1.5,\"c\":7,\"m\":-7,\"z\":null}";
	struct json *v = NULL;
	struct err err = {{0}};
	const char *t = NULL;
	uint64_t c = 0;
	double n = 0;

	CU_ASSERT_EQUAL_FATAL(json_parse(text, strlen(text), &v, &err), 0);
	CU_ASSERT_EQUAL(json_need_text(v, "t", &t, &err), 0);
	CU_ASSERT_STRING_EQUAL(t, "x");
	CU_ASSERT_EQUAL(json_need_number(v, "n", &n, &err), 0);
	CU_ASSERT_DOUBLE_EQUAL(n, 1.5, 0);
	CU_ASSERT_EQUAL(json_need_count(v, "c", &c, &err), 0);
	CU_ASSERT_EQUAL(c, 7);
	CU_ASSERT_EQUAL(json_need_count(v, "m", &c, &err), -EINVAL);
	CU_ASSERT_EQUAL(json_need_count(v, "n", &c, &err), -EINVAL);
	CU_ASSERT_EQUAL(json_need_text(v, "c", &t, &err), -EINVAL);
	CU_ASSERT_EQUAL(json_need_text(v, "gone", &t, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "'gone'"));
	CU_ASSERT_EQUAL(json_want_text(v, "gone", &t, &err), 0);
	CU_ASSERT_PTR_NULL(t);
	CU_ASSERT_EQUAL(json_want_text(v, "z", &t, &err), 0);
	CU_ASSERT_EQUAL(json_want_text(v, "c", &t, &err), -EINVAL);
	json_free(v);
}

static void check_bad(const char *text)
{
	struct json *v = NULL;
	struct err err = {{0}};

	CU_ASSERT_EQUAL(json_parse(text, strlen(text), &v, &err), -EINVAL);
	CU_ASSERT_PTR_NULL(v);
	CU_ASSERT_NOT_EQUAL(err.text[0], '\0');
}

static void bad_json_is_refused_in_words(void)
{
	check_bad("");
	check_bad("{");
	check_bad("{} {}");
	check_bad("{\"a\":1,\"a\":2}");
	check_bad("{\"a\":nan}");
	check_bad("[\"\xff\"]");
}

TEST_MAIN("json", TEST(texts_are_escaped), TEST(bytes_that_are_not_utf8_are_replaced),
          TEST(numbers_json_cannot_hold_are_null), TEST(lists_write_whole_numbers_as_integers),
          TEST(html_style_cannot_end_a_script), TEST(keys_are_read_by_kind),
          TEST(bad_json_is_refused_in_words))
