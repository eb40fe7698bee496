/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inventory files; see inventory.h. An entry is one host, or many that a pattern numbers. */
#include "engine/inventory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "engine/name_pattern.h"
#include "engine/yaml.h"

#define NAME_MAX_LEN 128 /* bytes of a name; a host name has at most 64 */

struct entry_form {
	int64_t count, first;
};

#define AT(field) .offset = offsetof(struct entry_form, field)

static const struct param entry_rows[] = {
        {"count", PARAM_INTEGER, AT(count), "hosts", 1, INVENTORY_HOSTS_MAX, 1, NULL,
         "number of hosts that this entry stands for"},
        {"first", PARAM_INTEGER, AT(first), "", 0, 1e9, 0, NULL, "number of the first host"},
};
static const struct param_table entry_params = {entry_rows,
                                                sizeof(entry_rows) / sizeof(entry_rows[0])};

/* One entry while it is expanded. prefix NULL: not given. */
struct entry {
	struct entry_form form;
	struct name_pattern name, libvirt, cell, rack;
};

/* Names are printed in tables and sent to terminals. */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static int read_pattern(const struct yaml_node *map, const char *key, struct name_pattern *ret,
                        struct err *err)
{
	const char *text;
	int e;

	if (!yaml_get(map, key))
		return 0;
	e = yaml_read_text(map, key, &text, err);
	if (e == 0 && !is_printable(text))
		e = yaml_error(yaml_get(map, key), -EINVAL, err,
		               "holds a control character; remove it");
	return e < 0 ? e : name_pattern_parse(yaml_get(map, key), ret, err);
}

/* What all hosts of an entry would share though it tells them apart. */
static int check_numbered(const struct yaml_node *map, const struct entry *x, struct err *err)
{
	if (strlen(yaml_get(map, "name")->text) > NAME_MAX_LEN)
		return yaml_error(yaml_get(map, "name"), -EINVAL, err,
		                  "the name is longer than %d bytes; shorten it", NAME_MAX_LEN);
	if (x->form.count == 1)
		return 0;
	if (!x->name.numbered)
		return yaml_error(yaml_get(map, "name"), -EINVAL, err,
		                  "%lld hosts cannot all be \"%s\"; write a pattern such as h%%d",
		                  (long long)x->form.count, x->name.prefix);
	if (!x->libvirt.numbered)
		return yaml_error(
		        yaml_get(map, "libvirt"), -EINVAL, err,
		        "%lld hosts cannot share one address; write %%d where they differ",
		        (long long)x->form.count);
	return 0;
}

static int read_entry(const struct yaml_node *map, struct entry *ret, struct err *err)
{
	static const char *const others[] = {"name", "libvirt", "cell", "rack", NULL};
	static const char *const required[] = {"name", "libvirt", NULL};
	const struct yaml_form form = {&entry_params, others, required};
	int e = yaml_read(map, &form, &ret->form, err);

	if (e == 0)
		e = read_pattern(map, "name", &ret->name, err);
	if (e == 0)
		e = read_pattern(map, "libvirt", &ret->libvirt, err);
	if (e == 0)
		e = read_pattern(map, "cell", &ret->cell, err);
	if (e == 0)
		e = read_pattern(map, "rack", &ret->rack, err);
	return e < 0 ? e : check_numbered(map, ret, err);
}

static char *expand(const struct name_pattern *p, int64_t number)
{
	return p->prefix ? name_pattern_expand(p, number) : xstrdup("");
}

static int add_entry(struct inventory *inv, const struct yaml_node *map, struct err *err)
{
	struct entry x = {0};
	int e = read_entry(map, &x, err);

	if (e < 0)
		return e;
	if (x.form.count > INVENTORY_HOSTS_MAX - inv->n_hosts)
		return yaml_error(map, -E2BIG, err, "more than %d hosts in all; use fewer",
		                  INVENTORY_HOSTS_MAX);
	inv->hosts =
	        xreallocarray(inv->hosts, inv->n_hosts + (size_t)x.form.count, sizeof(*inv->hosts));
	for (int64_t i = 0; i < x.form.count; i++)
		inv->hosts[inv->n_hosts++] = (struct inventory_host){
		        .name = expand(&x.name, x.form.first + i),
		        .libvirt = expand(&x.libvirt, x.form.first + i),
		        .cell = expand(&x.cell, x.form.first + i),
		        .rack = expand(&x.rack, x.form.first + i),
		};
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct inventory_host *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_libvirt(const void *a, const void *b)
{
	const struct inventory_host *const *x = a, *const *y = b;

	return strcmp((*x)->libvirt, (*y)->libvirt);
}

/* Two hosts at one address would be counted, and later acted on, twice. */
static int check_addresses(const struct inventory *inv, const struct yaml_node *list,
                           struct err *err)
{
	const struct inventory_host **sorted = xcalloc(inv->n_hosts, sizeof(const void *));
	int e = 0;

	for (uint32_t i = 0; i < inv->n_hosts; i++)
		sorted[i] = &inv->hosts[i];
	qsort(sorted, inv->n_hosts, sizeof(const void *), by_libvirt);
	for (uint32_t i = 1; i < inv->n_hosts && e == 0; i++)
		if (by_libvirt(&sorted[i - 1], &sorted[i]) == 0)
			e = yaml_error(list, -EEXIST, err,
			               "hosts \"%s\" and \"%s\" have one address, %s; correct one",
			               sorted[i - 1]->name, sorted[i]->name, sorted[i]->libvirt);
	free(sorted);
	return e;
}

static int read_hosts(struct inventory *inv, const struct yaml_node *list, struct err *err)
{
	int e = yaml_expect(list, YAML_NODE_LIST, "a list of hosts", err);

	if (e == 0 && list->len == 0)
		return yaml_error(list, -EINVAL, err, "is empty; add at least one host");
	for (const struct yaml_node *n = e < 0 ? NULL : list->first; n && e == 0; n = n->next)
		e = add_entry(inv, n, err);
	if (e < 0)
		return e;
	qsort(inv->hosts, inv->n_hosts, sizeof(*inv->hosts), by_name);
	for (uint32_t i = 1; i < inv->n_hosts; i++)
		if (by_name(&inv->hosts[i - 1], &inv->hosts[i]) == 0)
			return yaml_error(list, -EEXIST, err,
			                  "host \"%s\" is there twice; rename one",
			                  inv->hosts[i].name);
	return check_addresses(inv, list, err);
}

static int read_shared(struct inventory *inv, const struct yaml_node *list, struct err *err)
{
	int e = list ? yaml_expect(list, YAML_NODE_LIST, "a list of paths", err) : 0;

	if (!list || e < 0)
		return e;
	if (list->len > INVENTORY_SHARED_MAX)
		return yaml_error(list, -E2BIG, err, "more than %d paths; name a folder above them",
		                  INVENTORY_SHARED_MAX);
	inv->shared_storage = xcalloc(list->len ? list->len : 1, sizeof(char *));
	for (const struct yaml_node *n = list->first; n; n = n->next) {
		if (yaml_expect(n, YAML_NODE_SCALAR, "a path", err) < 0)
			return -EINVAL;
		if (n->text[0] != '/' || !n->text[1])
			return yaml_error(n, -EINVAL, err,
			                  "\"%s\" is no path of a folder; begin it with /",
			                  n->text);
		inv->shared_storage[inv->n_shared_storage++] = xstrdup(n->text);
	}
	return 0;
}

static int read_doc(struct inventory *inv, const struct yaml_doc *doc, struct err *err)
{
	static const char *const keys[] = {"hosts", "shared_storage", NULL};
	static const char *const required[] = {"hosts", NULL};
	const struct yaml_form form = {.others = keys, .required = required};
	int e = yaml_read(doc->root, &form, NULL, err);

	if (e == 0)
		e = read_shared(inv, yaml_get(doc->root, "shared_storage"), err);
	if (e == 0)
		e = read_hosts(inv, yaml_get(doc->root, "hosts"), err);
	return e;
}

/* Takes doc over. */
static int build(struct yaml_doc *doc, struct inventory **ret, struct err *err)
{
	struct inventory *inv = xcalloc(1, sizeof(*inv));
	int e = read_doc(inv, doc, err);

	yaml_doc_free(doc);
	if (e < 0)
		inventory_free(inv);
	else
		*ret = inv;
	return e;
}

int inventory_load(const char *path, struct inventory **ret, struct err *err)
{
	struct yaml_source source = {.path = path, .root_name = "inventory"};
	struct yaml_doc *doc;
	int e = yaml_doc_load(&source, &doc, err);

	return e < 0 ? e : build(doc, ret, err);
}

int inventory_parse(const char *data, size_t len, struct inventory **ret, struct err *err)
{
	struct yaml_source source = {.path = "inventory", .root_name = "inventory"};
	struct yaml_doc *doc;
	int e = yaml_doc_parse(&source, data, len, &doc, err);

	return e < 0 ? e : build(doc, ret, err);
}

void inventory_free(struct inventory *inv)
{
	if (!inv)
		return;
	for (uint32_t i = 0; i < inv->n_hosts; i++) {
		free(inv->hosts[i].name);
		free(inv->hosts[i].libvirt);
		free(inv->hosts[i].cell);
		free(inv->hosts[i].rack);
	}
	for (uint32_t i = 0; i < inv->n_shared_storage; i++)
		free(inv->shared_storage[i]);
	free(inv->hosts);
	free(inv->shared_storage);
	free(inv);
}
