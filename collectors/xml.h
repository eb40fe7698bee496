/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_XML_H
#define COLLECTORS_XML_H
/*
 * XML documents in memory, read-only, as trees of elements to walk by name. The only door to
 * libxml2. Nothing is fetched, and a document with a DTD is refused: no entity is ever expanded
 * but the five of XML itself.
 *
 * All texts belong to the document. A NULL node has no children, attributes or text, so that a
 * path can be walked without asking at each step.
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

#define XML_DEPTH_MAX 100 /* libvirt prints ten levels; a chain of backing files has one a file */

struct xml_doc;
struct xml_node;

/* Once, before several threads parse at the same time. */
void xml_prepare(void);

/* At most len_max bytes. -EINVAL with "line N: what; remedy". */
int xml_parse(const char *text, size_t len, size_t len_max, struct xml_doc **ret, struct err *err);
void xml_free(struct xml_doc *d);

const struct xml_node *xml_root(const struct xml_doc *d);

/* First child element, next sibling element, of that name; NULL: of any. */
const struct xml_node *xml_child(const struct xml_node *n, const char *name);
const struct xml_node *xml_next(const struct xml_node *n, const char *name);

/* Without the prefix; "" for NULL. */
const char *xml_name(const struct xml_node *n);
/* The namespace's URI, "" if there is none. */
const char *xml_namespace(const struct xml_node *n);

/* NULL if not there. */
const char *xml_attr(const struct xml_node *n, const char *name);
/* The text of an element that has nothing else in it; "" if there is none. */
const char *xml_text(const struct xml_node *n);

long xml_line(const struct xml_node *n);

/*
 * A whole number in decimal, blanks around it allowed; written only if it is in [0, max].
 * -EINVAL for NULL and everything else.
 */
int xml_to_number(const char *text, uint64_t max, uint64_t *ret);

#endif
