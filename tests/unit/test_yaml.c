/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The YAML tree: what it holds, where it says things are, what it refuses. */
#include "engine/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "tests/support/test.h"

static const struct yaml_source source = {.path = "f.yaml", .root_name = "fleet"};

static struct yaml_doc *parsed(const char *text)
{
	struct yaml_doc *doc = NULL;

	CU_ASSERT_EQUAL_FATAL(yaml_doc_parse(&source, text, strlen(text), &doc, NULL), 0);
	return doc;
}

static void tree_has_lines_and_positions(void)
{
	struct yaml_doc *doc = parsed("a: 1\nlist:\n  - x\n  - {k: \"2\"}\n");
	const struct yaml_node *list = yaml_get(doc->root, "list");
	const struct yaml_node *k = yaml_get(list->last, "k");

	CU_ASSERT_EQUAL(doc->root->len, 2);
	CU_ASSERT_STRING_EQUAL(yaml_get(doc->root, "a")->text, "1");
	CU_ASSERT_FALSE(yaml_get(doc->root, "a")->quoted);
	CU_ASSERT_EQUAL(list->kind, YAML_NODE_LIST);
	CU_ASSERT_EQUAL(list->len, 2);
	CU_ASSERT_EQUAL(k->line, 4);
	CU_ASSERT_TRUE(k->quoted);
	CU_ASSERT_PTR_NULL(yaml_get(doc->root, "b"));
	yaml_doc_free(doc);
}

static void errors_say_file_line_and_path(void)
{
	struct yaml_doc *doc = parsed("list:\n  - x\n  - {k: 2}\n");
	const struct yaml_node *k = yaml_get(yaml_get(doc->root, "list")->last, "k");
	struct err err;

	CU_ASSERT_EQUAL(yaml_error(k, -ERANGE, &err, "too %s", "big"), -ERANGE);
	CU_ASSERT_STRING_EQUAL(err.text, "f.yaml:3: fleet.list[1].k: too big");
	yaml_doc_free(doc);
}

static void empty_files_are_empty_mappings(void)
{
	static const char *const empty[] = {"", "# nothing\n", "---\n"};

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
		struct yaml_doc *doc = parsed(empty[i]);

		CU_ASSERT_EQUAL(doc->root->kind, YAML_NODE_MAP);
		CU_ASSERT_EQUAL(doc->root->len, 0);
		yaml_doc_free(doc);
	}
}

static void refused(const char *text, const char *where, const char *words)
{
	struct yaml_doc *doc = NULL;
	struct err err = {""};

	CU_ASSERT_TRUE(yaml_doc_parse(&source, text, strlen(text), &doc, &err) < 0);
	CU_ASSERT_PTR_NULL(doc);
	if (strncmp(err.text, where, strlen(where)) != 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_EQUAL(strncmp(err.text, where, strlen(where)), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, words));
	yaml_doc_free(doc);
}

static void bad_syntax_is_refused_with_its_line(void)
{
	refused("a: 1\nb: [1, 2\nc: 3\n", "f.yaml:3: ", "brackets");
	refused("a:\n\t- 1\n", "f.yaml:2: ", "no tabs");
	refused("a: \"open\n", "f.yaml:2: ", "quotes");
	refused("a: 1\nb: \xff\xfe\n", "f.yaml:2: ", "UTF-8");
	refused("a: 1\n b: 2\n", "f.yaml:2: ", "indentation");
	refused("just text\n", "f.yaml:1: ", "give a mapping");
	refused("- a\n- b\n", "f.yaml:1: ", "give a mapping");
	refused("{", "f.yaml:2: ", "brackets");
}

static void what_is_not_plain_data_is_refused(void)
{
	refused("a: &x 1\nb: *x\n", "f.yaml:1: ", "anchors");
	refused("a: !!int 1\n", "f.yaml:1: ", "tags");
	refused("a: 1\n---\nb: 2\n", "f.yaml:2: ", "second document");
	refused("? [a, b]\n: 1\n", "f.yaml:1: ", "plain text");
	refused("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: key is there twice", "line 1");
	refused("a: \"x\\0y\"\n", "f.yaml:1: ", "NUL");
}

static void deep_nesting_is_refused(void)
{
	char text[10000];

	memset(text, '[', sizeof(text) - 1);
	memcpy(text, "a: ", 3);
	text[sizeof(text) - 1] = '\0';
	refused(text, "f.yaml:1: ", "too deeply");
}

static void long_texts_and_many_keys_are_refused(void)
{
	size_t size = 20000, len = 0;
	char *text = xcalloc(size, 1);

	memset(text, 'x', 5000);
	memcpy(text, "a: ", 3);
	refused(text, "f.yaml:1: ", "4096");
	memset(text, 0, size);
	for (int i = 0; i < 300; i++)
		len += (size_t)snprintf(text + len, size - len, "k%d: 1\n", i);
	refused(text, "f.yaml:257: ", "too many keys");
	free(text);
}

static void many_entries_are_refused(void)
{
	size_t n = 400010;
	char *text = xcalloc(2 * n + 10, 1);

	memcpy(text, "a: [", 4);
	for (size_t i = 0; i < n; i++)
		memcpy(text + 4 + 2 * i, "1,", 2);
	text[4 + 2 * n] = ']';
	refused(text, "f.yaml:1: ", "too many entries");
	free(text);
}

struct form_values {
	int64_t count;
	double share;
};

static const struct param rows[] = {
        {"count", PARAM_INTEGER, offsetof(struct form_values, count), "", 1, 9, 2, NULL, "a count"},
        {"share", PARAM_RATIO, offsetof(struct form_values, share), "", 0, 1, 0.5, NULL, "a share"},
};
static const struct param_table table = {rows, 2};
static const char *const others[] = {"name", NULL};
static const struct yaml_form form = {.params = &table, .others = others, .required = others};

static int read_form(const char *text, struct form_values *v, struct err *err)
{
	struct yaml_doc *doc = parsed(text);
	int r = yaml_read(doc->root, &form, v, err);

	yaml_doc_free(doc);
	return r;
}

static void forms_take_values_and_defaults(void)
{
	struct form_values v = {0};

	CU_ASSERT_EQUAL(read_form("name: x\ncount: 7\n", &v, NULL), 0);
	CU_ASSERT_EQUAL(v.count, 7);
	CU_ASSERT_DOUBLE_EQUAL(v.share, 0.5, 0);
}

static void form_refuses(const char *text, const char *message)
{
	struct form_values v;
	struct err err = {""};

	CU_ASSERT_TRUE(read_form(text, &v, &err) < 0);
	if (strcmp(err.text, message) != 0)
		printf("got: %s\n", err.text);
	CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void forms_refuse_with_remedies(void)
{
	form_refuses("name: x\ncounts: 7\n",
	             "f.yaml:2: fleet.counts: unknown key; did you mean count?");
	form_refuses("name: x\ntemperature: 7\n",
	             "f.yaml:2: fleet.temperature: unknown key; remove it");
	form_refuses("count: 1\n", "f.yaml:1: fleet: name is missing; add it");
	form_refuses("name: x\ncount: many\n", "f.yaml:2: fleet.count: \"many\" is not valid; give "
	                                       "a whole number such as 12");
	form_refuses("name: x\nshare: 3\n",
	             "f.yaml:2: fleet.share: 3 is out of bounds; give 0 to 1");
	form_refuses("name: x\nshare: [1]\n",
	             "f.yaml:2: fleet.share: this is a list; give a share");
}

static void missing_files_are_named(void)
{
	struct yaml_source s = {.path = "/nonexistent/f.yaml", .root_name = ""};
	struct yaml_doc *doc = NULL;
	struct err err;

	CU_ASSERT_EQUAL(yaml_doc_load(&s, &doc, &err), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nonexistent/f.yaml: cannot open"));
	s.path = "/";
	CU_ASSERT_TRUE(yaml_doc_load(&s, &doc, &err) < 0);
	CU_ASSERT_PTR_NULL(doc);
}

TEST_MAIN("yaml", TEST(tree_has_lines_and_positions), TEST(errors_say_file_line_and_path),
          TEST(empty_files_are_empty_mappings), TEST(bad_syntax_is_refused_with_its_line),
          TEST(what_is_not_plain_data_is_refused), TEST(deep_nesting_is_refused),
          TEST(long_texts_and_many_keys_are_refused), TEST(many_entries_are_refused),
          TEST(forms_take_values_and_defaults), TEST(forms_refuse_with_remedies),
          TEST(missing_files_are_named))
