/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_YAML_H
#define ENGINE_YAML_H
/*
 * YAML files as trees of nodes that know their line, over libyaml. A document is one mapping of
 * plain data: no anchors, no aliases, no tags, no second document, no key twice; with bounds on
 * size and depth, because the file may be anything.
 *
 * Messages read "file:line: root.key[2].key: what; remedy".
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/param.h"

enum yaml_kind { YAML_NODE_SCALAR, YAML_NODE_LIST, YAML_NODE_MAP };

struct yaml_node {
	enum yaml_kind kind;
	uint32_t line, index; /* index: position in the parent */
	char *key;            /* in a map, else NULL */
	char *text;           /* scalars; "" if empty */
	bool quoted;
	struct yaml_doc *doc;
	struct yaml_node *parent, *first, *last, *next;
	uint32_t len; /* children */
};

struct yaml_doc {
	char *path; /* for messages */
	char *root_name;
	struct yaml_node *root; /* a map, possibly empty */
	uint32_t n_nodes;
};

/* Where a document comes from, for messages. */
struct yaml_source {
	const char *path;
	const char *root_name; /* "fleet"; "" = paths begin with the first key */
};

int yaml_doc_load(const struct yaml_source *source, struct yaml_doc **ret, struct err *err);

/* The same from memory. */
int yaml_doc_parse(const struct yaml_source *source, const char *data, size_t len,
                   struct yaml_doc **ret, struct err *err);
void yaml_doc_free(struct yaml_doc *doc); /* accepts NULL */

/* Child by key, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

/* Sets "file:line: path: text" and returns code. */
int yaml_error(const struct yaml_node *n, int code, struct err *err, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));

/* 0, or -EINVAL "must be a list of ..., is a text" etc. wanted: "a list of hosts". */
int yaml_expect(const struct yaml_node *n, enum yaml_kind kind, const char *wanted,
                struct err *err);

/* What a map may hold: scalars with a row in a table, and other keys that the caller reads. */
struct yaml_form {
	const struct param_table *params; /* NULL: none; names are the keys */
	const char *const *others;        /* NULL-terminated, or NULL */
	const char *const *required;      /* NULL-terminated, or NULL */
};

/*
 * Sets in obj what the map says; the rest of obj stays. Unknown keys are refused with a
 * suggestion, required ones must be there.
 */
int yaml_apply(const struct yaml_node *map, const struct yaml_form *form, void *obj,
               struct err *err);

/* The same after setting every default of the form's table. */
int yaml_read(const struct yaml_node *map, const struct yaml_form *form, void *obj,
              struct err *err);

/* The text of a scalar child, or -EINVAL if it is missing, empty or no scalar. */
int yaml_read_text(const struct yaml_node *map, const char *key, const char **ret, struct err *err);

#endif
