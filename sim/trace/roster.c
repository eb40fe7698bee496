/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The VMs of a trace; see roster.h. */
#include "sim/trace/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

struct entry {
	const char *name;
	uint32_t number;
};

/* Name and type in one piece of memory that begins with the name. */
static void copy_strings(struct trace_vm *vm)
{
	size_t name = strlen(vm->name) + 1, type = vm->type ? strlen(vm->type) + 1 : 1;
	char *text = xcalloc(name + type, 1);

	memcpy(text, vm->name, name);
	if (vm->type)
		memcpy(text + name, vm->type, type);
	vm->name = text;
	vm->type = text + name;
}

uint32_t roster_add(struct roster *r, const struct trace_vm *vm, uint64_t line)
{
	if (r->len == r->cap) {
		r->cap = r->cap > 0 ? 2 * r->cap : 256;
		r->vms = xreallocarray(r->vms, r->cap, sizeof(*r->vms));
		r->line = xreallocarray(r->line, r->cap, sizeof(*r->line));
	}
	r->vms[r->len] = *vm;
	copy_strings(&r->vms[r->len]);
	r->line[r->len] = line;
	return r->len++;
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c != 0 ? c : (x->number > y->number) - (x->number < y->number);
}

static int fail_duplicate(const struct roster *r, uint32_t rank, const char *path, struct err *err)
{
	const char *name = r->vms[rank].name;

	if (r->line[rank] == 0)
		return err_set(err, -EEXIST, "%s: VM \"%s\" has two files; remove one of them",
		               path, name);
	return err_set(err, -EEXIST,
	               "%s:%llu: VM \"%s\" appears again (first on line %llu); "
	               "remove or rename one of them",
	               path, (unsigned long long)r->line[rank], name,
	               (unsigned long long)r->line[rank - 1]);
}

/* Puts vms and line into the order of the entries. */
static void permute(struct roster *r, const struct entry *entries)
{
	struct trace_vm *vms = xcalloc(r->len, sizeof(*vms));
	uint64_t *line = xcalloc(r->len, sizeof(*line));

	r->order = xcalloc(r->len, sizeof(*r->order));
	for (uint32_t i = 0; i < r->len; i++) {
		r->order[i] = entries[i].number;
		vms[i] = r->vms[entries[i].number];
		line[i] = r->line[entries[i].number];
	}
	free(r->vms);
	free(r->line);
	r->vms = vms;
	r->line = line;
	r->cap = r->len;
}

int roster_sort(struct roster *r, const char *path, struct err *err)
{
	struct entry *entries = xcalloc(r->len, sizeof(*entries));

	for (uint32_t i = 0; i < r->len; i++)
		entries[i] = (struct entry){.name = r->vms[i].name, .number = i};
	qsort(entries, r->len, sizeof(*entries), compare_entries);
	permute(r, entries);
	free(entries);
	for (uint32_t i = 1; i < r->len; i++)
		if (strcmp(r->vms[i - 1].name, r->vms[i].name) == 0)
			return fail_duplicate(r, i, path, err);
	return 0;
}

void roster_done(struct roster *r)
{
	for (uint32_t i = 0; i < r->len; i++)
		free((char *)r->vms[i].name);
	free(r->vms);
	free(r->line);
	free(r->order);
	*r = (struct roster){.len = 0};
}
