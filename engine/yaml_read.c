/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading values out of a tree, with messages that say where; see yaml.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "engine/yaml.h"

#define PATH_TEXT_MAX 256

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	for (const struct yaml_node *n = map->first; n; n = n->next)
		if (n->key && strcmp(n->key, key) == 0)
			return n;
	return NULL;
}

/* Puts piece in front of what stands at text + *at; cut from the left when it does not fit. */
static void prepend(char *text, size_t *at, const char *piece)
{
	size_t len = strlen(piece);

	if (len > *at)
		return;
	*at -= len;
	for (size_t i = 0; i < len; i++)
		text[*at + i] = piece[i];
}

/* "fleet.host_classes[1].boot", built from the leaf up. */
static const char *describe_path(const struct yaml_node *n, char text[PATH_TEXT_MAX])
{
	size_t at = PATH_TEXT_MAX - 1;
	char number[16];

	text[at] = '\0';
	for (; n->parent; n = n->parent) {
		if (n->key) {
			prepend(text, &at, n->key);
			prepend(text, &at, ".");
			continue;
		}
		(void)snprintf(number, sizeof(number), "[%u]", n->index); /* fits */
		prepend(text, &at, number);
	}
	if (n->doc->root_name[0])
		prepend(text, &at, n->doc->root_name);
	else if (text[at] == '.')
		at++;
	return text + at;
}

int yaml_error(const struct yaml_node *n, int code, struct err *err, const char *fmt, ...)
{
	char path[PATH_TEXT_MAX] = "", what[ERR_TEXT_MAX];
	const char *where = describe_path(n, path);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap); /* cut is fine: it is a message */
	va_end(ap);
	return err_set(err, code, "%s:%u: %s%s%s", n->doc->path, n->line, where,
	               where[0] ? ": " : "", what);
}

int yaml_expect(const struct yaml_node *n, enum yaml_kind kind, const char *wanted, struct err *err)
{
	static const char *const names[] = {[YAML_NODE_SCALAR] = "a single value",
	                                    [YAML_NODE_LIST] = "a list",
	                                    [YAML_NODE_MAP] = "a mapping"};

	if (n->kind == kind)
		return 0;
	return yaml_error(n, -EINVAL, err, "this is %s; give %s", names[n->kind], wanted);
}

static size_t count_words(const char *const *words)
{
	size_t n = 0;

	while (words && words[n])
		n++;
	return n;
}

static bool has_word(const char *const *words, const char *word)
{
	for (size_t i = 0; words && words[i]; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static int refuse_key(const struct yaml_node *n, const struct yaml_form *form, struct err *err)
{
	size_t n_params = form->params ? form->params->len : 0;
	size_t n_others = count_words(form->others);
	const char **all = xcalloc(n_params + n_others, sizeof(*all));
	const char *nearest;
	int r;

	for (size_t i = 0; i < n_params; i++)
		all[i] = form->params->rows[i].name;
	for (size_t i = 0; i < n_others; i++)
		all[n_params + i] = form->others[i];
	nearest = text_suggest(n->key, all, n_params + n_others);
	free(all);
	if (nearest)
		r = yaml_error(n, -EINVAL, err, "unknown key; did you mean %s?", nearest);
	else
		r = yaml_error(n, -EINVAL, err, "unknown key; remove it");
	return r;
}

static int read_param(const struct yaml_node *n, const struct param *row, void *obj,
                      struct err *err)
{
	struct err why = {""};
	int r = yaml_expect(n, YAML_NODE_SCALAR, row->help, err);
	size_t skip = strlen(row->name) + 2; /* param_parse begins with "name: " */

	if (r < 0)
		return r;
	r = param_parse(row, obj, n->text, &why);
	if (r < 0)
		return yaml_error(n, r, err, "%s", why.text + skip);
	return 0;
}

int yaml_apply(const struct yaml_node *map, const struct yaml_form *form, void *obj,
               struct err *err)
{
	int r = yaml_expect(map, YAML_NODE_MAP, "a mapping of keys and values", err);

	if (r < 0)
		return r;
	for (const struct yaml_node *n = map->first; n && r == 0; n = n->next) {
		const struct param *row = form->params ? param_find(form->params, n->key) : NULL;

		if (row)
			r = read_param(n, row, obj, err);
		else if (!has_word(form->others, n->key))
			r = refuse_key(n, form, err);
	}
	/* Last: a key that is misspelt is rather told as unknown than as missing. */
	for (size_t i = 0; r == 0 && form->required && form->required[i]; i++)
		if (!yaml_get(map, form->required[i]))
			r = yaml_error(map, -EINVAL, err, "%s is missing; add it",
			               form->required[i]);
	return r;
}

int yaml_read(const struct yaml_node *map, const struct yaml_form *form, void *obj, struct err *err)
{
	if (form->params)
		param_set_defaults(form->params, obj);
	return yaml_apply(map, form, obj, err);
}

int yaml_read_text(const struct yaml_node *map, const char *key, const char **ret, struct err *err)
{
	const struct yaml_node *n = yaml_get(map, key);
	int r;

	if (!n)
		return yaml_error(map, -EINVAL, err, "%s is missing; add it", key);
	r = yaml_expect(n, YAML_NODE_SCALAR, "one text", err);
	if (r < 0)
		return r;
	if (!n->text[0])
		return yaml_error(n, -EINVAL, err, "it is empty; give a text");
	*ret = n->text;
	return 0;
}
