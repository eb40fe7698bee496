/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configuration files; see config_file.h. The policy is applied first wherever it stands, because
 * it decides which other keys exist.
 */
#include "engine/config_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 128 /* of a dotted name; the longest real one is about 40 */

/* The node behind n in reading order, NULL at the end. */
static const struct yaml_node *next_node(const struct yaml_node *n)
{
	if (n->first)
		return n->first;
	while (n && !n->next)
		n = n->parent;
	return n ? n->next : NULL;
}

/* "limits.moves_per_hour" from the leaf up. False: too long to be an option. */
static bool dotted_name(const struct yaml_node *n, char ret_name[NAME_MAX_LEN])
{
	size_t at = NAME_MAX_LEN - 1;

	ret_name[at] = '\0';
	for (; n->parent; n = n->parent) {
		size_t len = strlen(n->key);

		if (len + 1 > at)
			return false;
		if (ret_name[at])
			ret_name[--at] = '.';
		at -= len;
		memcpy(ret_name + at, n->key, len);
	}
	memmove(ret_name, ret_name + at, NAME_MAX_LEN - at);
	return true;
}

/* An earlier leaf of the same name ("a: {b: 1}" and "a.b: 1"), or NULL. */
static const struct yaml_node *find_twin(const struct yaml_node *leaf, const char *name)
{
	char other[NAME_MAX_LEN];
	const struct yaml_node *n = leaf->doc->root;

	for (; n != leaf; n = next_node(n))
		if (n->kind == YAML_NODE_SCALAR && dotted_name(n, other) &&
		    strcmp(other, name) == 0)
			return n;
	return NULL;
}

/* "limits:" of which every line below was made a comment. */
static bool is_empty_section(const struct config *c, const struct yaml_node *n, const char *name)
{
	size_t len = strlen(name);
	struct config_row row;

	if (n->quoted || n->text[0])
		return false;
	for (uint32_t i = 0; config_row_at(c, i, &row); i++)
		if (strncmp(row.param->name, name, len) == 0 && row.param->name[len] == '.')
			return true;
	return false;
}

static int apply_leaf(struct config *c, const struct yaml_node *n, struct err *err)
{
	char name[NAME_MAX_LEN];
	const struct yaml_node *twin;
	int r;

	if (!dotted_name(n, name))
		return yaml_error(n, -EINVAL, err, "unknown key; remove it");
	if (strcmp(name, "policy") == 0)
		return 0;
	if (is_empty_section(c, n, name))
		return 0;
	twin = find_twin(n, name);
	if (twin)
		return yaml_error(n, -EINVAL, err, "key is there twice, first in line %u; drop one",
		                  twin->line);
	r = config_set(c, name, n->text, err);
	if (r < 0)
		err_prefix(err, "%s:%u", n->doc->path, n->line);
	return r;
}

static int apply_policy(struct config *c, const struct yaml_doc *doc, struct err *err)
{
	const struct yaml_node *n = yaml_get(doc->root, "policy");
	int r;

	if (!n)
		return 0;
	r = yaml_expect(n, YAML_NODE_SCALAR, "the name of one policy", err);
	if (r < 0)
		return r;
	r = config_set_policy(c, n->text, err);
	if (r < 0)
		err_prefix(err, "%s:%u", doc->path, n->line);
	return r;
}

int config_doc_apply(struct config *c, const struct yaml_doc *doc, struct err *err)
{
	int r = apply_policy(c, doc, err);

	for (const struct yaml_node *n = doc->root; n && r == 0; n = next_node(n)) {
		if (n->kind == YAML_NODE_LIST)
			return yaml_error(n, -EINVAL, err, "no option is a list; give one value");
		if (n->kind == YAML_NODE_SCALAR)
			r = apply_leaf(c, n, err);
	}
	return r;
}

int config_file_apply(struct config *c, const char *path, struct err *err)
{
	struct yaml_source source = {.path = path, .root_name = ""};
	struct yaml_doc *doc;
	int r = yaml_doc_load(&source, &doc, err);

	if (r < 0)
		return r;
	r = config_doc_apply(c, doc, err);
	yaml_doc_free(doc);
	return r;
}
