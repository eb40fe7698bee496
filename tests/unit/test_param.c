/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option tables: what is read, what is refused and with which words, and the way back to text. */
#include "core/base/param.h"

#include <errno.h>
#include <string.h>

#include "core/base/units.h"
#include "tests/support/test.h"

struct options {
	double share, number, size;
	int64_t count;
	usec_t wait_us;
	bool flag;
	int colour;
};

static const char *const colours[] = {"red", "green", NULL};

static const struct param rows[] = {
        {"share", PARAM_RATIO, offsetof(struct options, share), "ratio", 0, 1, 0.05, NULL, "a"},
        {"number", PARAM_NUMBER, offsetof(struct options, number), "W", -5, 5, 0.1, NULL, "b"},
        {"count", PARAM_INTEGER, offsetof(struct options, count), "", 1, 9, 2, NULL, "c"},
        {"wait", PARAM_DURATION, offsetof(struct options, wait_us), "s", 0, 86400, 90, NULL, "d"},
        {"size", PARAM_BYTES, offsetof(struct options, size), "B", 0, 1e15, 0x1p30, NULL, "e"},
        {"flag", PARAM_SWITCH, offsetof(struct options, flag), "", 0, 1, 1, NULL, "f"},
        {"colour", PARAM_CHOICE, offsetof(struct options, colour), "", 0, 1, 1, colours, "g"},
};
static const struct param_table table = {rows, sizeof(rows) / sizeof(rows[0])};

static struct options defaults(void)
{
	struct options o;

	memset(&o, 0xa5, sizeof(o));
	param_set_defaults(&table, &o);
	return o;
}

static void defaults_fill_every_type(void)
{
	struct options o = defaults();

	CU_ASSERT_DOUBLE_EQUAL(o.share, 0.05, 0);
	CU_ASSERT_DOUBLE_EQUAL(o.number, 0.1, 0);
	CU_ASSERT_DOUBLE_EQUAL(o.size, 1073741824, 0);
	CU_ASSERT_EQUAL(o.count, 2);
	CU_ASSERT_EQUAL(o.wait_us, 90 * USEC_PER_SEC);
	CU_ASSERT_TRUE(o.flag);
	CU_ASSERT_EQUAL(o.colour, 1);
}

static int set(struct options *o, const char *name, const char *text, struct err *err)
{
	return param_parse(param_find(&table, name), o, text, err);
}

static void every_type_is_parsed(void)
{
	struct options o = defaults();

	CU_ASSERT_EQUAL(set(&o, "share", "20%", NULL), 0);
	CU_ASSERT_EQUAL(set(&o, "number", "-1.5", NULL), 0);
	CU_ASSERT_EQUAL(set(&o, "size", "613MB", NULL), 0);
	CU_ASSERT_EQUAL(set(&o, "count", "9", NULL), 0);
	CU_ASSERT_EQUAL(set(&o, "wait", "5min", NULL), 0);
	CU_ASSERT_EQUAL(set(&o, "flag", "off", NULL), 0);
	CU_ASSERT_EQUAL(set(&o, "colour", "red", NULL), 0);
	CU_ASSERT_DOUBLE_EQUAL(o.share, 0.2, 1e-15);
	CU_ASSERT_DOUBLE_EQUAL(o.number, -1.5, 0);
	CU_ASSERT_DOUBLE_EQUAL(o.size, 613e6, 0);
	CU_ASSERT_EQUAL(o.count, 9);
	CU_ASSERT_EQUAL(o.wait_us, 300 * USEC_PER_SEC);
	CU_ASSERT_FALSE(o.flag);
	CU_ASSERT_EQUAL(o.colour, 0);
}

static void wrong_type_is_refused_and_changes_nothing(void)
{
	static const char *const bad[][2] = {
	        {"share", "much"}, {"number", ""},  {"size", "1 parsec"}, {"count", "1.5"},
	        {"wait", "soon"},  {"flag", "oui"}, {"colour", "blue"},
	};
	struct options o = defaults(), before = o;
	struct err err;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(set(&o, bad[i][0], bad[i][1], &err), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i][0]));
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i][1]));
	}
	CU_ASSERT_EQUAL(memcmp(&o, &before, sizeof(o)), 0);
}

static void message_names_the_choices(void)
{
	struct options o = defaults();
	struct err err;

	CU_ASSERT_EQUAL(set(&o, "colour", "blue", &err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err.text, "colour: \"blue\" is not valid; give one of red, green");
}

static void out_of_bounds_is_refused_with_the_bounds(void)
{
	struct options o = defaults();
	struct err err;

	CU_ASSERT_EQUAL(set(&o, "share", "1.4", &err), -ERANGE);
	CU_ASSERT_STRING_EQUAL(err.text, "share: 1.4 is out of bounds; give 0 to 1");
	CU_ASSERT_EQUAL(set(&o, "wait", "2d", &err), -ERANGE);
	CU_ASSERT_STRING_EQUAL(err.text, "wait: 2d is out of bounds; give 0s to 1d");
	CU_ASSERT_EQUAL(set(&o, "count", "0", &err), -ERANGE);
	CU_ASSERT_EQUAL(set(&o, "count", "99999999999999999999", &err), -ERANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "give 1 to 9"));
	CU_ASSERT_EQUAL(set(&o, "number", "nan", &err), -EINVAL);
	CU_ASSERT_DOUBLE_EQUAL(o.share, 0.05, 0);
}

static void format_is(const char *name, const char *text, const char *expected)
{
	struct options o = defaults(), back = defaults();
	char out[64];

	CU_ASSERT_EQUAL(set(&o, name, text, NULL), 0);
	param_format(param_find(&table, name), &o, out, sizeof(out));
	CU_ASSERT_STRING_EQUAL(out, expected);
	CU_ASSERT_EQUAL(set(&back, name, out, NULL), 0);
	CU_ASSERT_EQUAL(memcmp(&o, &back, sizeof(o)), 0);
}

static void format_is_what_parse_reads_back(void)
{
	format_is("share", "5%", "0.05");
	format_is("share", "0.3333333333333333", "0.3333333333333333");
	format_is("number", "-0.1", "-0.1");
	format_is("wait", "86400", "1d");
	format_is("wait", "5400", "90min");
	format_is("wait", "1500ms", "1500ms");
	format_is("wait", "0.000001", "1us");
	format_is("wait", "0", "0s");
	format_is("size", "4GiB", "4GiB");
	format_is("size", "613MB", "613MB");
	format_is("size", "1.5GiB", "1536MiB");
	format_is("size", "513", "513");
	format_is("size", "40MB", "40MB");
	format_is("flag", "yes", "true");
	format_is("colour", "green", "green");
}

static void format_is_cut_to_size(void)
{
	struct options o = defaults();
	char out[4];

	param_format(param_find(&table, "colour"), &o, out, sizeof(out));
	CU_ASSERT_STRING_EQUAL(out, "gre");
}

static void unknown_key_gets_the_nearest_name(void)
{
	CU_ASSERT_PTR_NULL(param_find(&table, "color"));
	CU_ASSERT_STRING_EQUAL(param_suggest(&table, "color"), "colour");
	CU_ASSERT_PTR_NULL(param_suggest(&table, "temperature"));
}

static void digest_tells_values_apart(void)
{
	struct options a = defaults(), b = defaults();
	struct digest x, y;

	digest_init(&x);
	param_digest(&table, &a, &x);
	digest_init(&y);
	param_digest(&table, &b, &y);
	CU_ASSERT_EQUAL(x.h, y.h);
	b.count = 3;
	digest_init(&y);
	param_digest(&table, &b, &y);
	CU_ASSERT_NOT_EQUAL(x.h, y.h);
}

TEST_MAIN("param", TEST(defaults_fill_every_type), TEST(every_type_is_parsed),
          TEST(wrong_type_is_refused_and_changes_nothing), TEST(message_names_the_choices),
          TEST(out_of_bounds_is_refused_with_the_bounds), TEST(format_is_what_parse_reads_back),
          TEST(format_is_cut_to_size), TEST(unknown_key_gets_the_nearest_name),
          TEST(digest_tells_values_apart))
