/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building and sealing a fleet; see fleet.h. Records are collected in the order in which they were
 * written, then sorted by name once; every id inside other records is translated by the table of
 * ranks that the sort gives. What can be wrong with one record is in fleet_check.c.
 */
#include "core/model/fleet.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/model/fleet_check.h"

struct fleet *fleet_new(void)
{
	return xcalloc(1, sizeof(struct fleet));
}

static void free_hosts(struct fleet *f)
{
	for (uint32_t i = 0; i < f->n_hosts; i++) {
		free(f->hosts[i].name);
		free(f->hosts[i].rack);
		free(f->hosts[i].pdu);
		free(f->hosts[i].cell);
	}
	free(f->hosts);
}

static void free_vms(struct fleet *f)
{
	for (uint32_t i = 0; i < f->n_vms; i++) {
		free(f->vms[i].name);
		free(f->vms[i].type);
		free(f->vms[i].not_movable);
	}
	free(f->vms);
}

static void free_rules(struct fleet *f)
{
	for (uint32_t i = 0; i < f->n_rules; i++) {
		free(f->rules[i].name);
		free(f->rules[i].vms);
		free(f->rules[i].hosts);
	}
	free(f->rules);
	free(f->rule_first);
	free(f->rule_of);
	free(f->lonely_of);
}

void fleet_free(struct fleet *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->n_classes; i++)
		free(f->classes[i].name);
	free(f->classes);
	free_hosts(f);
	free_vms(f);
	free_rules(f);
	free(f);
}

/* Room for one more: capacities are the powers of two, so that the count alone tells when. */
static void *grown(void *array, uint32_t n, size_t size)
{
	if (n & (n - 1))
		return array;
	return xreallocarray(array, n ? (size_t)n * 2 : 1, size);
}

static void or_empty(char **s)
{
	if (!*s)
		*s = xstrdup("");
}

uint32_t fleet_add_class(struct fleet *f, const struct host_class *c)
{
	f->classes = grown(f->classes, f->n_classes, sizeof(*f->classes));
	f->classes[f->n_classes] = *c;
	or_empty(&f->classes[f->n_classes].name);
	return f->n_classes++;
}

uint32_t fleet_add_host(struct fleet *f, const struct host *h)
{
	struct host *mine;

	f->hosts = grown(f->hosts, f->n_hosts, sizeof(*f->hosts));
	mine = &f->hosts[f->n_hosts];
	*mine = *h;
	or_empty(&mine->name);
	or_empty(&mine->rack);
	or_empty(&mine->pdu);
	or_empty(&mine->cell);
	return f->n_hosts++;
}

uint32_t fleet_add_vm(struct fleet *f, const struct vm *vm)
{
	f->vms = grown(f->vms, f->n_vms, sizeof(*f->vms));
	f->vms[f->n_vms] = *vm;
	or_empty(&f->vms[f->n_vms].name);
	or_empty(&f->vms[f->n_vms].type);
	return f->n_vms++;
}

uint32_t fleet_add_rule(struct fleet *f, const struct rule *r)
{
	f->rules = grown(f->rules, f->n_rules, sizeof(*f->rules));
	f->rules[f->n_rules] = *r;
	or_empty(&f->rules[f->n_rules].name);
	return f->n_rules++;
}

/* One name of a table with its place in the order of adding. */
struct named {
	const char *name;
	uint32_t index;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* A table of records that begin with their name. */
struct table {
	void *records;
	uint32_t n;
	size_t size;
	const char *what; /* "host", for messages */
};

static const char *record_name(const struct table *t, uint32_t i)
{
	return *(char **)((char *)t->records + i * t->size);
}

/* Sorts t by name and writes, by old index, the new one. The caller frees *ret_rank. */
static int sort_table(const struct table *t, uint32_t **ret_rank, struct err *err)
{
	struct named *order = xcalloc(t->n, sizeof(*order));
	uint32_t *rank = xcalloc(t->n, sizeof(*rank));
	char *old = xmemdup(t->records ? t->records : "", t->n, t->size);
	int r = 0;

	assert(t->n == 0 || t->records);
	for (uint32_t i = 0; i < t->n; i++)
		order[i] = (struct named){.name = record_name(t, i), .index = i};
	qsort(order, t->n, sizeof(*order), by_name);
	for (uint32_t i = 0; i < t->n; i++) {
		if (r == 0 && i > 0 && strcmp(order[i - 1].name, order[i].name) == 0)
			r = err_set(err, -EEXIST, "%s \"%s\" is there twice; names are unique",
			            t->what, order[i].name);
		memcpy((char *)t->records + i * t->size, old + order[i].index * t->size, t->size);
		rank[order[i].index] = i;
	}
	free(order);
	free(old);
	*ret_rank = rank;
	return r;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Translates, sorts and drops what is there twice. Returns the new length. */
static uint32_t renumber(uint32_t *ids, uint32_t n, const uint32_t *rank)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n; i++)
		ids[i] = rank[ids[i]];
	if (n > 1)
		qsort(ids, n, sizeof(*ids), by_id);
	for (uint32_t i = 0; i < n; i++)
		if (kept == 0 || ids[kept - 1] != ids[i])
			ids[kept++] = ids[i];
	return kept;
}

/* Gives equal names equal ranks; "" gets ID_NONE. Returns the number of distinct names. */
static uint32_t rank_names(struct named *names, uint32_t n, uint32_t *ret_rank)
{
	uint32_t distinct = 0;
	const char *last = "";

	qsort(names, n, sizeof(*names), by_name);
	for (uint32_t i = 0; i < n; i++) {
		if (strcmp(names[i].name, last) != 0)
			distinct++;
		last = names[i].name;
		ret_rank[names[i].index] = *last ? distinct - 1 : ID_NONE;
	}
	return distinct;
}

static void rank_places(struct fleet *f)
{
	struct named *names = xcalloc(f->n_hosts, sizeof(*names));
	uint32_t *rank = xcalloc(f->n_hosts, sizeof(*rank));

	for (uint32_t i = 0; i < f->n_hosts; i++)
		names[i] = (struct named){.name = f->hosts[i].rack, .index = i};
	(void)rank_names(names, f->n_hosts, rank); /* the number of racks is not needed */
	for (uint32_t i = 0; i < f->n_hosts; i++)
		f->hosts[i].rack_id = rank[i];
	for (uint32_t i = 0; i < f->n_hosts; i++)
		names[i] = (struct named){.name = f->hosts[i].cell, .index = i};
	f->n_cells = rank_names(names, f->n_hosts, rank);
	for (uint32_t i = 0; i < f->n_hosts; i++)
		f->hosts[i].cell_id = rank[i];
	free(names);
	free(rank);
}

/* Two passes over all members: count, then fill. */
static void index_rules(struct fleet *f)
{
	uint32_t *at = xcalloc((size_t)f->n_vms + 1, sizeof(*at));

	for (uint32_t r = 0; r < f->n_rules; r++)
		for (uint32_t i = 0; i < f->rules[r].n_vms; i++)
			at[f->rules[r].vms[i] + 1]++;
	for (uint32_t vm = 0; vm < f->n_vms; vm++)
		at[vm + 1] += at[vm];
	f->rule_first = xmemdup(at, (size_t)f->n_vms + 1, sizeof(*at));
	f->rule_of = xcalloc(at[f->n_vms], sizeof(*f->rule_of));
	for (uint32_t r = 0; r < f->n_rules; r++)
		for (uint32_t i = 0; i < f->rules[r].n_vms; i++)
			f->rule_of[at[f->rules[r].vms[i]]++] = r;
	free(at);
}

static void index_lonely(struct fleet *f)
{
	for (uint32_t r = f->n_rules; r-- > 0;) { /* backwards: the first rule wins */
		const struct rule *rule = &f->rules[r];

		if (rule->kind != RULE_LONELY)
			continue;
		if (!f->lonely_of) {
			f->lonely_of = xcalloc(f->n_vms, sizeof(*f->lonely_of));
			for (uint32_t vm = 0; vm < f->n_vms; vm++)
				f->lonely_of[vm] = ID_NONE;
		}
		for (uint32_t i = 0; i < rule->n_vms; i++)
			f->lonely_of[rule->vms[i]] = r;
	}
}

static bool vm_has_needs(const struct vm *vm)
{
	return vm->arch != ARCH_ANY || vm->vendor != VENDOR_ANY || vm->cpu_level > 0 ||
	       vm->storage != STORAGE_ANY || vm->spindles > 0 || vm->cores > 0 ||
	       vm->core_mips > 0 || vm->not_movable;
}

static bool is_constrained(const struct fleet *f)
{
	bool some_cell = false, some_none = false;

	if (f->n_rules > 0)
		return true;
	for (uint32_t i = 0; i < f->n_hosts; i++) {
		if (!fleet_class_of(f, i)->hw_virt)
			return true;
		some_cell |= f->hosts[i].cell_id != ID_NONE;
		some_none |= f->hosts[i].cell_id == ID_NONE;
	}
	if (f->n_cells > 1 || (some_cell && some_none))
		return true;
	for (uint32_t i = 0; i < f->n_vms; i++)
		if (vm_has_needs(&f->vms[i]))
			return true;
	return false;
}

/* Sorts the four tables and translates the ids between them. */
static int sort_all(struct fleet *f, struct err *err)
{
	struct table tables[] = {
	        {f->classes, f->n_classes, sizeof(*f->classes), "host class"},
	        {f->hosts, f->n_hosts, sizeof(*f->hosts), "host"},
	        {f->vms, f->n_vms, sizeof(*f->vms), "vm"},
	        {f->rules, f->n_rules, sizeof(*f->rules), "rule"},
	};
	uint32_t *rank[4] = {NULL};
	int r = 0;

	for (int i = 0; i < 4 && r == 0; i++)
		r = sort_table(&tables[i], &rank[i], err);
	for (uint32_t i = 0; i < f->n_hosts && r == 0; i++)
		f->hosts[i].cls = rank[0][f->hosts[i].cls];
	for (uint32_t i = 0; i < f->n_rules && r == 0; i++) {
		struct rule *rule = &f->rules[i];

		rule->n_hosts = renumber(rule->hosts, rule->n_hosts, rank[1]);
		rule->n_vms = renumber(rule->vms, rule->n_vms, rank[2]);
	}
	for (int i = 0; i < 4; i++)
		free(rank[i]);
	return r;
}

int fleet_seal(struct fleet *f, struct err *err)
{
	int r = fleet_check_records(f, err);

	if (r == 0)
		r = sort_all(f, err);
	if (r < 0)
		return r;
	rank_places(f);
	index_rules(f);
	index_lonely(f);
	f->constrained = is_constrained(f);
	return 0;
}

static uint32_t find_name(const struct table *t, const char *name)
{
	uint32_t low = 0, high = t->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(record_name(t, middle), name);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return ID_NONE;
}

uint32_t fleet_find_host(const struct fleet *f, const char *name)
{
	struct table t = {.records = f->hosts, .n = f->n_hosts, .size = sizeof(*f->hosts)};

	return find_name(&t, name);
}

uint32_t fleet_find_vm(const struct fleet *f, const char *name)
{
	struct table t = {.records = f->vms, .n = f->n_vms, .size = sizeof(*f->vms)};

	return find_name(&t, name);
}
