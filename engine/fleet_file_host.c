/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hosts of a fleet file: one entry is one host, or a group of hosts that are numbered by
 * patterns.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "engine/fleet_file_private.h"
#include "engine/name_pattern.h"

struct host_form {
	int64_t count, first, hosts_per_rack, hosts_per_pdu, hosts_per_cell;
};

#define AT(field) .offset = offsetof(struct host_form, field)

static const struct param host_rows[] = {
        {"count", PARAM_INTEGER, AT(count), "hosts", 1, FLEET_HOSTS_MAX, 1, NULL,
         "number of hosts that this entry stands for"},
        {"first", PARAM_INTEGER, AT(first), "", 0, 1e9, 0, NULL, "number of the first host"},
        {"hosts_per_rack", PARAM_INTEGER, AT(hosts_per_rack), "hosts", 0, FLEET_HOSTS_MAX, 0, NULL,
         "hosts after which the rack's number goes up"},
        {"hosts_per_pdu", PARAM_INTEGER, AT(hosts_per_pdu), "hosts", 0, FLEET_HOSTS_MAX, 0, NULL,
         "hosts after which the PDU's number goes up"},
        {"hosts_per_cell", PARAM_INTEGER, AT(hosts_per_cell), "hosts", 0, FLEET_HOSTS_MAX, 0, NULL,
         "hosts after which the cell's number goes up"},
};
const struct param_table fleet_host_params = {host_rows, sizeof(host_rows) / sizeof(host_rows[0])};

/* One entry while it is expanded. */
struct group {
	const struct yaml_node *node;
	struct host_form form;
	struct name_pattern name;
	struct place {
		struct name_pattern pattern; /* prefix NULL: not given */
		int64_t hosts_each;
	} rack, pdu, cell;
	uint32_t *classes, n_classes; /* in turn */
};

static int read_place(const struct fleet_reader *r, const struct group *g, const char *key,
                      struct place *ret)
{
	const struct yaml_node *n = yaml_get(g->node, key);
	const char *text;
	int e;

	if (!n && ret->hosts_each > 0)
		return yaml_error(g->node, -EINVAL, r->err, "hosts_per_%s without %s; give both",
		                  key, key);
	if (!n)
		return 0;
	e = fleet_read_name(r, g->node, key, &text);
	if (e == 0)
		e = name_pattern_parse(n, &ret->pattern, r->err);
	if (e == 0 && ret->pattern.numbered && ret->hosts_each == 0)
		e = yaml_error(n, -EINVAL, r->err, "a numbered %s needs hosts_per_%s", key, key);
	return e;
}

static char *expand_place(const struct place *p, int64_t i)
{
	if (!p->pattern.prefix)
		return NULL;
	return name_pattern_expand(&p->pattern, p->hosts_each ? i / p->hosts_each : 0);
}

static int find_class(const struct fleet_reader *r, const struct yaml_node *n, uint32_t *ret)
{
	const char **names;
	const char *nearest;

	if (yaml_expect(n, YAML_NODE_SCALAR, "the name of a host class", r->err) < 0)
		return -EINVAL;
	for (uint32_t i = 0; i < r->fleet->n_classes; i++) {
		if (strcmp(r->fleet->classes[i].name, n->text) != 0)
			continue;
		*ret = i;
		return 0;
	}
	names = xcalloc(r->fleet->n_classes, sizeof(*names));
	for (uint32_t i = 0; i < r->fleet->n_classes; i++)
		names[i] = r->fleet->classes[i].name;
	nearest = text_suggest(n->text, names, r->fleet->n_classes);
	free(names);
	return yaml_error(n, -EINVAL, r->err, "there is no host class \"%s\"; %s%s%s", n->text,
	                  nearest ? "did you mean " : "add it to host_classes",
	                  nearest ? nearest : "", nearest ? "?" : "");
}

static int read_group_classes(const struct fleet_reader *r, struct group *g)
{
	const struct yaml_node *n = yaml_get(g->node, "class");
	int e = 0;

	g->classes = xcalloc(n->len ? n->len : 1, sizeof(*g->classes));
	if (n->kind != YAML_NODE_LIST) {
		g->n_classes = 1;
		return find_class(r, n, g->classes);
	}
	if (n->len == 0)
		return yaml_error(n, -EINVAL, r->err, "the list is empty; name a host class");
	for (const struct yaml_node *c = n->first; c && e == 0; c = c->next)
		e = find_class(r, c, &g->classes[g->n_classes++]);
	return e;
}

static int read_group(const struct fleet_reader *r, struct group *g)
{
	static const char *const others[] = {"name", "class", "rack", "pdu", "cell", NULL};
	static const char *const required[] = {"name", "class", NULL};
	const struct yaml_form form = {&fleet_host_params, others, required};
	const char *name = NULL;
	int e = yaml_read(g->node, &form, &g->form, r->err);

	if (e == 0)
		e = fleet_read_name(r, g->node, "name", &name);
	if (e == 0)
		e = name_pattern_parse(yaml_get(g->node, "name"), &g->name, r->err);
	if (e < 0)
		return e;
	if (g->form.count > 1 && !g->name.numbered)
		return yaml_error(yaml_get(g->node, "name"), -EINVAL, r->err,
		                  "%lld hosts cannot all be \"%s\"; write a pattern such as h%%03d",
		                  (long long)g->form.count, name);
	g->rack.hosts_each = g->form.hosts_per_rack;
	g->pdu.hosts_each = g->form.hosts_per_pdu;
	g->cell.hosts_each = g->form.hosts_per_cell;
	e = read_place(r, g, "rack", &g->rack);
	if (e == 0)
		e = read_place(r, g, "pdu", &g->pdu);
	if (e == 0)
		e = read_place(r, g, "cell", &g->cell);
	if (e == 0)
		e = read_group_classes(r, g);
	return e;
}

static int add_group(struct fleet_reader *r, const struct group *g)
{
	uint32_t before = r->fleet->n_hosts;

	if (g->form.count > FLEET_HOSTS_MAX - before)
		return yaml_error(g->node, -E2BIG, r->err, "more than %d hosts in all; use fewer",
		                  FLEET_HOSTS_MAX);
	r->host_names = xreallocarray(r->host_names, before + (size_t)g->form.count,
	                              sizeof(*r->host_names));
	for (int64_t i = 0; i < g->form.count; i++) {
		struct host h = {
		        .name = name_pattern_expand(&g->name, g->form.first + i),
		        .cls = g->classes[i % g->n_classes],
		        .rack = expand_place(&g->rack, i),
		        .pdu = expand_place(&g->pdu, i),
		        .cell = expand_place(&g->cell, i),
		};
		uint32_t id = fleet_add_host(r->fleet, &h);

		r->host_names[id] = (struct host_name){h.name, id, g->node};
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct host_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int check_twins(struct fleet_reader *r)
{
	qsort(r->host_names, r->fleet->n_hosts, sizeof(*r->host_names), by_name);
	for (uint32_t i = 1; i < r->fleet->n_hosts; i++) {
		const struct host_name *a = &r->host_names[i - 1], *b = &r->host_names[i];

		if (strcmp(a->name, b->name) == 0)
			return yaml_error(
			        b->node, -EEXIST, r->err,
			        "host \"%s\" is there twice, first by line %u; rename one", b->name,
			        a->node->line);
	}
	return 0;
}

int fleet_read_hosts(struct fleet_reader *r)
{
	const struct yaml_node *list;
	int e = fleet_section(r, "hosts", &list);

	if (e < 0)
		return e;
	if (!list || list->len == 0)
		return yaml_error(list ? list : r->root, -EINVAL, r->err,
		                  "hosts is missing or empty; add at least one host");
	for (const struct yaml_node *n = list->first; n && e == 0; n = n->next) {
		struct group g = {.node = n};

		e = read_group(r, &g);
		if (e == 0)
			e = add_group(r, &g);
		free(g.classes);
	}
	return e < 0 ? e : check_twins(r);
}
