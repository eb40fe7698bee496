/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree behind yaml.h, built from libyaml's events. Events rather than libyaml's own document
 * tree, because that one resolves aliases (a few lines can then stand for gigabytes) and keeps
 * only the last of two equal keys. The open collections are the chain of parents, so depth costs
 * no stack.
 */
#include "engine/yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/base/xalloc.h"

/* 10,000 hosts listed one by one take 1 MB; the tree needs about 20 times the file. */
#define YAML_SIZE_MAX  (16u << 20)
#define YAML_NODES_MAX 400000
#define YAML_DEPTH_MAX 16  /* the deepest documented path has 4 */
#define YAML_KEYS_MAX  256 /* in one map: duplicates are sought in pairs */
#define YAML_TEXT_MAX  4096

struct builder {
	struct yaml_doc *doc;
	struct yaml_node *open; /* the innermost open collection, NULL at the top */
	uint32_t depth;
	char *key; /* read, waiting for its value */
	uint32_t key_line;
	struct err *err;
};

static void free_node(struct yaml_node *n)
{
	free(n->key);
	free(n->text);
	free(n);
}

/* Depth first without recursion: children are taken off before their parent is freed. */
void yaml_doc_free(struct yaml_doc *doc)
{
	struct yaml_node *n;

	if (!doc)
		return;
	n = doc->root;
	while (n) {
		struct yaml_node *child = n->first, *parent = n->parent;

		if (child) {
			n->first = child->next;
			n = child;
			continue;
		}
		free_node(n);
		n = parent;
	}
	free(doc->path);
	free(doc->root_name);
	free(doc);
}

static int refuse(const struct builder *b, const yaml_mark_t *mark, const char *what)
{
	return err_set(b->err, -EINVAL, "%s:%zu: %s", b->doc->path, mark->line + 1, what);
}

static int add_node(struct builder *b, struct yaml_node *n)
{
	struct yaml_node *parent = b->open;

	n->doc = b->doc;
	n->parent = parent;
	n->key = b->key;
	b->key = NULL;
	if (!parent) {
		b->doc->root = n;
	} else {
		n->index = parent->len++;
		if (parent->last)
			parent->last->next = n;
		else
			parent->first = n;
		parent->last = n;
	}
	return ++b->doc->n_nodes <= YAML_NODES_MAX ? 0 : -E2BIG;
}

static int take_value(struct builder *b, const yaml_event_t *e, struct yaml_node *n)
{
	/* A value below its key is where its key is: that is where one looks. */
	n->line = b->key ? b->key_line : (uint32_t)e->start_mark.line + 1;
	if (add_node(b, n) == 0)
		return 0;
	return refuse(b, &e->start_mark,
	              "the file has too many entries; generate hosts with count");
}

static int take_key(struct builder *b, const yaml_event_t *e)
{
	const char *key = (const char *)e->data.scalar.value;
	const struct yaml_node *twin = yaml_get(b->open, key);

	if (twin)
		return err_set(b->err, -EINVAL,
		               "%s:%zu: %s: key is there twice, first in line %u; drop one",
		               b->doc->path, e->start_mark.line + 1, key, twin->line);
	if (b->open->len >= YAML_KEYS_MAX)
		return refuse(b, &e->start_mark, "a mapping has too many keys; use a list");
	b->key = xstrdup(key);
	b->key_line = (uint32_t)e->start_mark.line + 1;
	return 0;
}

static bool awaits_key(const struct builder *b)
{
	return b->open && b->open->kind == YAML_NODE_MAP && !b->key;
}

static int take_scalar(struct builder *b, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;
	struct yaml_node *n;

	if (strlen(text) != e->data.scalar.length)
		return refuse(b, &e->start_mark, "a text has a NUL character; drop it");
	if (e->data.scalar.length > YAML_TEXT_MAX)
		return refuse(b, &e->start_mark, "a text is longer than 4096 bytes; shorten it");
	if (awaits_key(b))
		return take_key(b, e);
	n = xcalloc(1, sizeof(*n));
	n->kind = YAML_NODE_SCALAR;
	n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	n->text = xstrdup(text);
	return take_value(b, e, n);
}

static int take_begin(struct builder *b, const yaml_event_t *e, enum yaml_kind kind)
{
	struct yaml_node *n;
	int r;

	if (awaits_key(b))
		return refuse(b, &e->start_mark, "a key must be a plain text");
	if (++b->depth > YAML_DEPTH_MAX)
		return refuse(b, &e->start_mark,
		              "nested too deeply; check brackets and indentation");
	n = xcalloc(1, sizeof(*n));
	n->kind = kind;
	r = take_value(b, e, n);
	b->open = n;
	return r;
}

static int take_end(struct builder *b)
{
	assert(b->open);
	b->open = b->open->parent;
	b->depth--;
	return 0;
}

static bool has_tag_or_anchor(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT: return e->data.scalar.tag || e->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.tag || e->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.tag || e->data.mapping_start.anchor;
	case YAML_ALIAS_EVENT: return true;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: break;
	}
	return false;
}

static int take_event(struct builder *b, const yaml_event_t *e)
{
	if (has_tag_or_anchor(e))
		return refuse(b, &e->start_mark,
		              "anchors, aliases and tags are not supported; write the value out");
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->doc->root)
			return refuse(b, &e->start_mark, "a second document; keep one in a file");
		return 0;
	case YAML_SCALAR_EVENT: return take_scalar(b, e);
	case YAML_SEQUENCE_START_EVENT: return take_begin(b, e, YAML_NODE_LIST);
	case YAML_MAPPING_START_EVENT: return take_begin(b, e, YAML_NODE_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: return take_end(b);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_ALIAS_EVENT: break;
	}
	return 0;
}

/* libyaml reports an unreadable byte by offset only. */
static size_t line_at(const char *data, size_t len, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < len && i < offset; i++)
		line += data[i] == '\n';
	return line;
}

struct input_text {
	const char *data;
	size_t len;
};

static int refuse_syntax(const struct builder *b, const yaml_parser_t *p,
                         const struct input_text *in)
{
	const char *what = p->problem ? p->problem : "not YAML";

	if (p->error == YAML_READER_ERROR)
		return err_set(b->err, -EINVAL, "%s:%zu: %s; the file must be UTF-8 text",
		               b->doc->path, line_at(in->data, in->len, p->problem_offset), what);
	return err_set(b->err, -EINVAL,
	               "%s:%zu: %s; check indentation (spaces, no tabs), quotes and brackets",
	               b->doc->path, p->problem_mark.line + 1, what);
}

static int build(struct builder *b, const struct input_text *in)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool more = true;
	int r = 0;

	if (!yaml_parser_initialize(&parser))
		abort(); /* out of memory, as in xalloc */
	yaml_parser_set_input_string(&parser, (const unsigned char *)in->data, in->len);
	while (more && r == 0) {
		if (!yaml_parser_parse(&parser, &event)) {
			r = refuse_syntax(b, &parser, in);
			break;
		}
		r = take_event(b, &event);
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	free(b->key);
	return r;
}

/* Nothing but comments, or "---" alone, is a mapping without keys. */
static void fill_empty(struct yaml_doc *doc)
{
	if (!doc->root) {
		doc->root = xcalloc(1, sizeof(*doc->root));
		doc->root->doc = doc;
		doc->root->line = 1;
	} else if (doc->root->kind != YAML_NODE_SCALAR || doc->root->text[0]) {
		return;
	}
	doc->root->kind = YAML_NODE_MAP;
}

int yaml_doc_parse(const struct yaml_source *source, const char *data, size_t len,
                   struct yaml_doc **ret, struct err *err)
{
	struct yaml_doc *doc = xcalloc(1, sizeof(*doc));
	struct builder b = {.doc = doc, .err = err};
	struct input_text in = {.data = data, .len = len};
	int r;

	doc->path = xstrdup(source->path);
	doc->root_name = xstrdup(source->root_name);
	r = build(&b, &in);
	if (r == 0)
		fill_empty(doc);
	if (r == 0)
		r = yaml_expect(doc->root, YAML_NODE_MAP, "a mapping of keys and values", err);
	if (r < 0) {
		yaml_doc_free(doc);
		return r;
	}
	*ret = doc;
	return 0;
}

static int read_all(FILE *file, char **ret_data, size_t *ret_len)
{
	size_t cap = 1u << 16, len = 0;
	char *data = xcalloc(cap, 1);

	while (!feof(file) && !ferror(file) && len <= YAML_SIZE_MAX) {
		if (len == cap) {
			cap *= 2;
			data = xreallocarray(data, cap, 1);
		}
		len += fread(data + len, 1, cap - len, file);
	}
	if (ferror(file) || len > YAML_SIZE_MAX) {
		int r = ferror(file) ? -EIO : -EFBIG;

		free(data);
		return r;
	}
	*ret_data = data;
	*ret_len = len;
	return 0;
}

int yaml_doc_load(const struct yaml_source *source, struct yaml_doc **ret, struct err *err)
{
	FILE *file = fopen(source->path, "re");
	char *data;
	size_t len;
	int r;

	if (!file)
		return err_set(err, -errno, "%s: cannot open: %s", source->path, strerror(errno));
	r = read_all(file, &data, &len);
	(void)fclose(file); /* read only: nothing can be lost */
	if (r == -EFBIG)
		return err_set(err, r, "%s: larger than 16 MiB; generate hosts with count",
		               source->path);
	if (r < 0)
		return err_set(err, r, "%s: cannot read; is it a file?", source->path);
	r = yaml_doc_parse(source, data, len, ret, err);
	free(data);
	return r;
}
