/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libxml2 behind a narrow door. The tree API is used rather than a stream: a definition has some
 * kilobytes, and readers ask for the same elements in any order. Two handlers of the parser are
 * replaced, so that a DTD stops it before any entity is declared, and depth before the tree is
 * built.
 */
#include "collectors/xml.h"

#include <errno.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define XML_OPTIONS                                                                      \
	(XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | \
	 XML_PARSE_COMPACT | XML_PARSE_BIG_LINES | XML_PARSE_NOENT)

struct xml_doc {
	xmlDoc *tree;
};

/* What our handlers found; libxml2 has no words for it. */
struct stop {
	const char *why;
	int line;
};

static void stop(xmlParserCtxt *ctx, const char *why)
{
	struct stop *s = ctx->_private;

	if (!s->why)
		*s = (struct stop){.why = why, .line = xmlSAX2GetLineNumber(ctx)};
	xmlStopParser(ctx);
}

static void refuse_dtd(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *uri)
{
	(void)name, (void)id, (void)uri; /* any DTD is refused */
	stop(data, "a document type is not allowed; libvirt prints none, take its output as it is");
}

/* The signature is libxml2's (startElementNsSAX2Func). */
static void open_element(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                         int n_ns, const xmlChar **ns, int n_attrs, int n_defaulted,
                         const xmlChar **attrs)
{
	xmlParserCtxt *ctx = data;

	if (ctx->nodeNr >= XML_DEPTH_MAX)
		stop(ctx, "elements are nested too deep; take libvirt's output as it is");
	else
		xmlSAX2StartElementNs(data, name, prefix, uri, n_ns, ns, n_attrs, n_defaulted,
		                      attrs);
}

/* libxml2's messages end in a line feed and may quote the document. */
static void first_line(const char *message, char *ret, size_t size)
{
	size_t n = strcspn(message, "\r\n");

	n = n < size ? n : size - 1;
	memcpy(ret, message, n);
	ret[n] = '\0';
}

static int explain(const xmlParserCtxt *ctx, const struct stop *s, struct err *err)
{
	char why[160] = "not well-formed";

	if (s->why)
		return err_set(err, -EINVAL, "line %d: %s", s->line, s->why);
	if (ctx->errNo == XML_ERR_NO_MEMORY)
		return err_set(err, -ENOMEM, "line %d: out of memory; give it more",
		               ctx->lastError.line);
	if (ctx->lastError.message)
		first_line(ctx->lastError.message, why, sizeof(why));
	return err_set(err, -EINVAL, "line %d: not XML: %s; take libvirt's output as it is",
	               ctx->lastError.line > 0 ? ctx->lastError.line : 1, why);
}

void xml_prepare(void)
{
	xmlInitParser();
}

int xml_parse(const char *text, size_t len, size_t len_max, struct xml_doc **ret, struct err *err)
{
	struct stop s = {0};
	xmlParserCtxt *ctx;
	xmlDoc *tree;
	bool good;
	int r = 0;

	if (len == 0)
		return err_set(err, -EINVAL, "line 1: empty; ask libvirt again");
	if (len > len_max || len > INT_MAX)
		return err_set(err, -EINVAL, "line 1: more than %zu bytes; make it shorter",
		               len_max);
	ctx = xmlNewParserCtxt();
	if (!ctx)
		return err_set(err, -ENOMEM, "line 1: out of memory; give it more");
	ctx->_private = &s;
	ctx->sax->internalSubset = refuse_dtd;
	ctx->sax->startElementNs = open_element;
	/* libvirt speaks UTF-8 only, and conversions of libxml2 print to stderr. */
	tree = xmlCtxtReadMemory(ctx, text, (int)len, NULL, "UTF-8", XML_OPTIONS);
	good = tree && ctx->wellFormed && ctx->nsWellFormed && !s.why;
	if (good) {
		*ret = xcalloc(1, sizeof(**ret));
		(*ret)->tree = tree;
	} else {
		r = explain(ctx, &s, err);
		xmlFreeDoc(tree);
	}
	xmlFreeParserCtxt(ctx);
	return r;
}

void xml_free(struct xml_doc *d)
{
	if (!d)
		return;
	xmlFreeDoc(d->tree);
	free(d);
}

static const xmlNode *inside(const struct xml_node *n)
{
	return (const xmlNode *)n;
}

/* From n on, n included. */
static const struct xml_node *find(const xmlNode *n, const char *name)
{
	for (; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE &&
		    (!name || strcmp((const char *)n->name, name) == 0))
			return (const struct xml_node *)n;
	return NULL;
}

const struct xml_node *xml_root(const struct xml_doc *d)
{
	return (const struct xml_node *)xmlDocGetRootElement(d->tree);
}

const struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
	return n ? find(inside(n)->children, name) : NULL;
}

const struct xml_node *xml_next(const struct xml_node *n, const char *name)
{
	return n ? find(inside(n)->next, name) : NULL;
}

const char *xml_name(const struct xml_node *n)
{
	return n ? (const char *)inside(n)->name : "";
}

const char *xml_namespace(const struct xml_node *n)
{
	if (!n || !inside(n)->ns || !inside(n)->ns->href)
		return "";
	return (const char *)inside(n)->ns->href;
}

/* Entities are expanded and CDATA is text, so that text without comments is one piece. */
static const char *only_text(const xmlNode *n)
{
	if (!n || n->next || n->type != XML_TEXT_NODE || !n->content)
		return "";
	return (const char *)n->content;
}

const char *xml_attr(const struct xml_node *n, const char *name)
{
	const xmlAttr *a = n ? inside(n)->properties : NULL;

	for (; a; a = a->next)
		if (!a->ns && strcmp((const char *)a->name, name) == 0)
			return only_text(a->children);
	return NULL;
}

const char *xml_text(const struct xml_node *n)
{
	return n ? only_text(inside(n)->children) : "";
}

long xml_line(const struct xml_node *n)
{
	return n ? xmlGetLineNo(inside(n)) : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int xml_to_number(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t v = 0;
	bool any = false;

	if (!text)
		return -EINVAL;
	while (is_blank(*text))
		text++;
	for (; *text >= '0' && *text <= '9'; text++, any = true) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (digit > max || v > (max - digit) / 10)
			return -EINVAL;
		v = v * 10 + digit;
	}
	while (is_blank(*text))
		text++;
	if (!any || *text != '\0')
		return -EINVAL;
	*ret = v;
	return 0;
}
