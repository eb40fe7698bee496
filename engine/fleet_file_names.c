/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, patterns and rates in fleet files; see fleet_file_private.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "engine/fleet_file_private.h"

bool glob_is_pattern(const char *text)
{
	return strpbrk(text, "*?") != NULL;
}

/*
 * One star is open at a time: on a mismatch the last star swallows one byte more. Work is at most
 * length of pattern times length of name, which fnmatch() does not promise.
 */
bool glob_match(const char *pattern, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			resume = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

int fleet_section(const struct fleet_reader *r, const char *key, const struct yaml_node **ret)
{
	const struct yaml_node *n = yaml_get(r->root, key);

	*ret = n;
	return n ? yaml_expect(n, YAML_NODE_LIST, "a list, each entry beginning with \"-\"", r->err)
	         : 0;
}

int fleet_read_name(const struct fleet_reader *r, const struct yaml_node *map, const char *key,
                    const char **ret_name)
{
	int e = yaml_read_text(map, key, ret_name, r->err);

	if (e == 0 && strlen(*ret_name) > FLEET_NAME_MAX)
		e = yaml_error(yaml_get(map, key), -EINVAL, r->err,
		               "longer than %d bytes; shorten it", FLEET_NAME_MAX);
	return e;
}

/* "Gbit" without its "bit" is a decimal prefix: k, M, G, T or nothing. */
static int parse_bits(const char *text, size_t len, double *ret)
{
	static const struct {
		char prefix;
		double factor;
	} prefixes[] = {{'k', 1e3}, {'M', 1e6}, {'G', 1e9}, {'T', 1e12}};
	double factor = 1.0 / 8, number;

	while (len > 0 && text[len - 1] == ' ')
		len--;
	for (size_t i = 0; len > 0 && i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (text[len - 1] != prefixes[i].prefix)
			continue;
		factor = prefixes[i].factor / 8;
		len--;
		break;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (text_to_double_n(text, len, &number) < 0)
		return -EINVAL;
	*ret = number * factor;
	return 0;
}

static int parse_rate(const char *text, double *ret)
{
	char copy[64];
	size_t len = strlen(text);

	if (len >= sizeof(copy) || len < 3 || strcmp(text + len - 2, "/s") != 0)
		return -EINVAL;
	len -= 2;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (len >= 3 && strcmp(copy + len - 3, "bit") == 0)
		return parse_bits(copy, len - 3, ret);
	return text_to_bytes(copy, ret);
}

/* 1 Pbit/s: a typing error above. */
#define RATE_MAX 1.25e14

int fleet_read_rate(const struct fleet_reader *r, const struct yaml_node *map, const char *key,
                    double *ret)
{
	const struct yaml_node *n = yaml_get(map, key);
	double rate;

	if (!n)
		return 0;
	if (yaml_expect(n, YAML_NODE_SCALAR, "a rate such as 1Gbit/s or 125MB/s", r->err) < 0)
		return -EINVAL;
	if (parse_rate(n->text, &rate) < 0)
		return yaml_error(n, -EINVAL, r->err,
		                  "\"%s\" is not a rate; give one such as 1Gbit/s or 125MB/s",
		                  n->text);
	if (!(rate >= 0 && rate <= RATE_MAX))
		return yaml_error(n, -ERANGE, r->err, "%s is out of bounds; give 0 to 1000Tbit/s",
		                  n->text);
	*ret = rate;
	return 0;
}

static const char *vm_name(const void *table, uint32_t i)
{
	return ((const struct vm_seed *)table)[i].name;
}

static const char *host_name(const void *table, uint32_t i)
{
	return ((const struct host *)table)[i].name;
}

struct name_table fleet_vm_names(const struct fleet_reader *r)
{
	return (struct name_table){
	        .name = vm_name, .table = r->seeds, .n = r->n_seeds, .what = "vm"};
}

struct name_table fleet_host_names(const struct fleet_reader *r)
{
	return (struct name_table){.name = host_name,
	                           .table = r->fleet->hosts,
	                           .n = r->fleet->n_hosts,
	                           .what = "host"};
}

static int refuse_name(const struct yaml_node *n, const struct name_table *t, struct err *err)
{
	const char **names = xcalloc(t->n, sizeof(*names));
	const char *nearest;

	for (uint32_t i = 0; i < t->n; i++)
		names[i] = t->name(t->table, i);
	nearest = text_suggest(n->text, names, t->n);
	free(names);
	if (nearest)
		return yaml_error(n, -EINVAL, err, "there is no %s \"%s\"; did you mean %s?",
		                  t->what, n->text, nearest);
	return yaml_error(n, -EINVAL, err, "there is no %s \"%s\"; name one that exists", t->what,
	                  n->text);
}

/* Marks what one text selects. */
static int select_one(const struct name_query *q, const struct yaml_node *n, bool *marks,
                      struct err *err)
{
	const struct name_table *t = &q->table;
	bool is_pattern, found = false;

	if (yaml_expect(n, YAML_NODE_SCALAR, "a name or a pattern", err) < 0)
		return -EINVAL;
	is_pattern = glob_is_pattern(n->text);
	for (uint32_t i = 0; i < t->n; i++) {
		const char *name = t->name(t->table, i);
		bool hit = is_pattern ? glob_match(n->text, name) : strcmp(n->text, name) == 0;

		marks[i] |= hit;
		found |= hit;
	}
	if (found || q->empty == NAMES_EMPTY_ALLOWED)
		return 0;
	if (!is_pattern)
		return refuse_name(n, t, err);
	return yaml_error(n, -EINVAL, err,
	                  "no %s matches \"%s\"; correct it, or say optional: true", t->what,
	                  n->text);
}

static void collect(const bool *marks, uint32_t n, struct name_selection *ret)
{
	ret->n = 0;
	ret->ids = xcalloc(n, sizeof(*ret->ids));
	for (uint32_t i = 0; i < n; i++)
		if (marks[i])
			ret->ids[ret->n++] = i;
	ret->ids = xreallocarray(ret->ids, ret->n, sizeof(*ret->ids));
}

int fleet_select(const struct name_query *q, struct name_selection *ret, struct err *err)
{
	bool *marks = xcalloc(q->table.n, sizeof(*marks));
	int r = 0;

	if (q->node->kind == YAML_NODE_LIST)
		for (const struct yaml_node *n = q->node->first; n && r == 0; n = n->next)
			r = select_one(q, n, marks, err);
	else
		r = select_one(q, q->node, marks, err);
	if (r == 0)
		collect(marks, q->table.n, ret);
	free(marks);
	return r;
}
