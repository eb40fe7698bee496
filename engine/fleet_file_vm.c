/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vms section of a fleet file: what the VMs that a trace brings are made of.
 *   type_by: rank    in byte order of their names, the first 1/n of the VMs get the first of n
 *                    types, and so on: type = floor(i / ceil(vms / n)), the reference
 *                    experiment's rule
 *   type_by: name    the first pattern that matches decides
 *   type_by: trace   sizes as the trace states them; what it leaves out comes from the type that
 *                    it names, else from default_type
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "engine/fleet_file_private.h"

enum type_by { TYPE_BY_RANK, TYPE_BY_NAME, TYPE_BY_TRACE };

struct vms_form {
	int type_by;
};

static const char *const type_by_names[] = {"rank", "name", "trace", NULL};

static const struct param vms_rows[] = {
        {"type_by", PARAM_CHOICE, offsetof(struct vms_form, type_by), "", 0, 2, 0, type_by_names,
         "how a VM gets its type"},
};
const struct param_table fleet_vms_params = {vms_rows, sizeof(vms_rows) / sizeof(vms_rows[0])};

/* The section while VMs are made from it. */
struct assignment {
	const struct yaml_node *node; /* of the section; the root if there is none */
	enum type_by by;
	uint32_t *order, n_order;         /* rank: types in turn; name: by pattern */
	const struct yaml_node *patterns; /* name */
	const struct vm *fallback;        /* name, trace; NULL: none */
};

static const struct vm *find_type(const struct fleet_reader *r, const char *name)
{
	for (uint32_t i = 0; i < r->n_types; i++)
		if (strcmp(r->types[i].name, name) == 0)
			return &r->types[i];
	return NULL;
}

static int need_type(const struct fleet_reader *r, const struct yaml_node *n, const struct vm **ret)
{
	const char **names, *nearest;

	if (yaml_expect(n, YAML_NODE_SCALAR, "the name of a vm type", r->err) < 0)
		return -EINVAL;
	*ret = find_type(r, n->text);
	if (*ret)
		return 0;
	names = xcalloc(r->n_types, sizeof(*names));
	for (uint32_t i = 0; i < r->n_types; i++)
		names[i] = r->types[i].name;
	nearest = text_suggest(n->text, names, r->n_types);
	free(names);
	return yaml_error(n, -EINVAL, r->err, "there is no vm type \"%s\"; %s%s%s", n->text,
	                  nearest ? "did you mean " : "add it to vm_types", nearest ? nearest : "",
	                  nearest ? "?" : "");
}

/* types: [...], or all in the order of the file. */
static int read_order(const struct fleet_reader *r, struct assignment *a)
{
	const struct yaml_node *list = yaml_get(a->node, "types");
	const struct vm *type;
	int e = 0;

	if (r->n_types == 0)
		return yaml_error(a->node, -EINVAL, r->err,
		                  "type_by: rank needs vm_types; add them, or use type_by: trace");
	if (list && yaml_expect(list, YAML_NODE_LIST, "a list of vm types", r->err) < 0)
		return -EINVAL;
	if (list && list->len == 0)
		return yaml_error(list, -EINVAL, r->err, "the list is empty; name a vm type");
	a->order = xcalloc(list ? list->len : r->n_types, sizeof(*a->order));
	for (uint32_t i = 0; !list && i < r->n_types; i++)
		a->order[a->n_order++] = i;
	for (const struct yaml_node *n = list ? list->first : NULL; n && e == 0; n = n->next) {
		e = need_type(r, n, &type);
		if (e == 0)
			a->order[a->n_order++] = (uint32_t)(type - r->types);
	}
	return e;
}

static int read_patterns(const struct fleet_reader *r, struct assignment *a)
{
	static const char *const keys[] = {"match", "type", NULL};
	const struct yaml_form form = {.others = keys, .required = keys};
	const struct vm *type;
	const char *text;
	int e = 0;

	a->patterns = yaml_get(a->node, "patterns");
	if (!a->patterns)
		return yaml_error(
		        a->node, -EINVAL, r->err,
		        "type_by: name needs patterns; add [{match: \"web-*\", type: T}]");
	if (yaml_expect(a->patterns, YAML_NODE_LIST, "a list of {match, type}", r->err) < 0)
		return -EINVAL;
	a->order = xcalloc(a->patterns->len, sizeof(*a->order));
	for (const struct yaml_node *n = a->patterns->first; n && e == 0; n = n->next) {
		e = yaml_read(n, &form, NULL, r->err);
		if (e == 0)
			e = yaml_read_text(n, "match", &text, r->err);
		if (e == 0)
			e = need_type(r, yaml_get(n, "type"), &type);
		if (e == 0)
			a->order[a->n_order++] = (uint32_t)(type - r->types);
	}
	return e;
}

/* Keys that would be ignored are errors: they show a misunderstanding. */
static int refuse_key_of_other(const struct fleet_reader *r, const struct assignment *a)
{
	static const struct {
		const char *key, *why;
		bool used[3]; /* by enum type_by */
	} keys[] = {
	        {"types", "only type_by: rank takes types in turn", {true, false, false}},
	        {"patterns", "only type_by: name has patterns", {false, true, false}},
	        {"default_type", "type_by: rank gives every vm a type", {false, true, true}},
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct yaml_node *n = yaml_get(a->node, keys[i].key);

		if (n && !keys[i].used[a->by])
			return yaml_error(n, -EINVAL, r->err, "%s; remove it", keys[i].why);
	}
	return 0;
}

static int read_assignment(const struct fleet_reader *r, struct assignment *a)
{
	static const char *const others[] = {"types", "patterns", "default_type", "needs", NULL};
	const struct yaml_form form = {.params = &fleet_vms_params, .others = others};
	const struct yaml_node *section = yaml_get(r->root, "vms");
	struct vms_form f = {.type_by = TYPE_BY_RANK};
	int e;

	a->node = section ? section : r->root;
	e = section ? yaml_read(section, &form, &f, r->err) : 0;
	if (e < 0)
		return e;
	a->by = (enum type_by)f.type_by;
	if (r->n_types == 0 && (!section || !yaml_get(section, "type_by")))
		a->by = TYPE_BY_TRACE;
	if (section)
		e = refuse_key_of_other(r, a);
	if (e == 0 && section && yaml_get(section, "default_type"))
		e = need_type(r, yaml_get(section, "default_type"), &a->fallback);
	if (e == 0 && a->by == TYPE_BY_RANK)
		e = read_order(r, a);
	if (e == 0 && a->by == TYPE_BY_NAME)
		e = read_patterns(r, a);
	return e;
}

static const struct vm *type_of(const struct fleet_reader *r, const struct assignment *a,
                                uint32_t seed)
{
	const char *name = r->seeds[seed].name;
	uint32_t per_type, i = 0;

	if (a->by == TYPE_BY_RANK) {
		assert(a->n_order > 0);
		per_type = (r->n_seeds + a->n_order - 1) / a->n_order;
		return &r->types[a->order[seed / per_type]];
	}
	if (a->by == TYPE_BY_TRACE) {
		const struct vm *type = find_type(r, r->seeds[seed].type);

		return type ? type : a->fallback;
	}
	assert(a->patterns);
	for (const struct yaml_node *n = a->patterns->first; n; n = n->next, i++)
		if (glob_match(yaml_get(n, "match")->text, name))
			return &r->types[a->order[i]];
	return a->fallback;
}

static int refuse_vm(const struct fleet_reader *r, const struct assignment *a, uint32_t seed)
{
	const struct vm_seed *s = &r->seeds[seed];

	if (a->by == TYPE_BY_NAME)
		return yaml_error(a->patterns, -EINVAL, r->err,
		                  "vm \"%s\" matches no pattern; add one, or a default_type",
		                  s->name);
	return yaml_error(a->node, -EINVAL, r->err,
	                  "the trace does not say the %s of vm \"%s\"; add vm_types, and "
	                  "vms.type_by or vms.default_type",
	                  s->cpu_mips > 0 ? "memory" : "CPU", s->name);
}

/* What the trace says goes before what the type says, but only with type_by: trace. */
static void take_seed(const struct vm_seed *s, struct vm *vm)
{
	if (s->vcpus > 0) {
		vm->vcpus = s->vcpus;
		vm->allocation.v[RES_CPU] = s->vcpus * vm->vcpu_mips;
	}
	if (vm->vcpus == 0)
		vm->vcpus = 1;
	if (s->cpu_mips > 0) {
		vm->allocation.v[RES_CPU] = s->cpu_mips;
		vm->vcpu_mips = s->cpu_mips / vm->vcpus;
	}
	if (s->mem_bytes > 0)
		vm->allocation.v[RES_MEM] = s->mem_bytes;
}

static int add_vm(struct fleet_reader *r, const struct assignment *a, uint32_t seed)
{
	const struct vm_seed *s = &r->seeds[seed];
	const struct vm *type = type_of(r, a, seed);
	struct vm vm = {0};

	if (type)
		vm = *type;
	if (a->by == TYPE_BY_TRACE)
		take_seed(s, &vm);
	if (!(vm.allocation.v[RES_CPU] > 0) || !(vm.allocation.v[RES_MEM] > 0))
		return refuse_vm(r, a, seed);
	vm.type = xstrdup(type ? type->name : s->type);
	vm.name = xstrdup(s->name);
	vm.not_movable = type && type->not_movable ? xstrdup(type->not_movable) : NULL;
	(void)fleet_add_vm(r->fleet, &vm); /* ids are the seeds' */
	return 0;
}

int fleet_read_vms(struct fleet_reader *r)
{
	struct assignment a = {0};
	int e = read_assignment(r, &a);

	r->sizes_from_trace = a.by == TYPE_BY_TRACE;
	for (uint32_t i = 0; i < r->n_seeds && e == 0; i++)
		e = add_vm(r, &a, i);
	if (e == 0 && a.node != r->root && yaml_get(a.node, "needs"))
		e = fleet_read_needs(r, yaml_get(a.node, "needs"));
	free(a.order);
	return e;
}
