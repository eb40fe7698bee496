/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vm_types of a fleet file, and the needs that types and single VMs may have. A type is kept
 * as a VM without a life of its own; VMs are copied from it.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "engine/fleet_file_private.h"

struct need_form {
	int64_t cpu_level, spindles, cores;
	double core_mips;
	int arch, vendor, storage;
};

struct type_form {
	struct need_form need; /* first: the rows of needs serve both tables */
	int64_t vcpus;
	double vcpu_mips, memory, disk_iops;
};

#define NEED(field) .offset = offsetof(struct need_form, field)
#define TYPE(field) .offset = offsetof(struct type_form, field)

#define NEED_ROWS                                                                    \
	{"arch",                                                                     \
	 PARAM_CHOICE,                                                               \
	 NEED(arch),                                                                 \
	 "",                                                                         \
	 0,                                                                          \
	 6,                                                                          \
	 0,                                                                          \
	 fleet_arch_names,                                                           \
	 "architecture of the guest; any = the host's own"},                         \
	        {"vendor", PARAM_CHOICE,       NEED(vendor),       "", 0, 3,         \
	         0,        fleet_vendor_names, "CPU vendor needed"},                 \
	        {"cpu_level",                                                        \
	         PARAM_INTEGER,                                                      \
	         NEED(cpu_level),                                                    \
	         "level",                                                            \
	         0,                                                                  \
	         4,                                                                  \
	         0,                                                                  \
	         NULL,                                                               \
	         "least x86-64 level needed"},                                       \
	        {"storage",                                                          \
	         PARAM_CHOICE,                                                       \
	         NEED(storage),                                                      \
	         "",                                                                 \
	         0,                                                                  \
	         3,                                                                  \
	         0,                                                                  \
	         fleet_storage_names,                                                \
	         "least class of storage needed"},                                   \
	        {"spindles",                                                         \
	         PARAM_INTEGER,                                                      \
	         NEED(spindles),                                                     \
	         "disks",                                                            \
	         0,                                                                  \
	         100000,                                                             \
	         0,                                                                  \
	         NULL,                                                               \
	         "least number of disks needed"},                                    \
	        {"cores",                                                            \
	         PARAM_INTEGER,                                                      \
	         NEED(cores),                                                        \
	         "cores",                                                            \
	         0,                                                                  \
	         8192,                                                               \
	         0,                                                                  \
	         NULL,                                                               \
	         "least number of host cores needed"},                               \
	{                                                                            \
		"core_mips", PARAM_NUMBER, NEED(core_mips), "MIPS", 0, 1e9, 0, NULL, \
		        "least speed of a host core needed"                          \
	}

static const struct param need_rows[] = {NEED_ROWS};
const struct param_table fleet_need_params = {need_rows, sizeof(need_rows) / sizeof(need_rows[0])};

static const struct param type_rows[] = {
        NEED_ROWS,
        {"vcpus", PARAM_INTEGER, TYPE(vcpus), "vCPUs", 1, 8192, 1, NULL, "number of vCPUs"},
        {"vcpu_mips", PARAM_NUMBER, TYPE(vcpu_mips), "MIPS", 1e-3, 1e9, 1000, NULL,
         "speed promised to one vCPU, in the unit of core_mips"},
        {"memory", PARAM_BYTES, TYPE(memory), "bytes", 1, 1e15, 1, NULL, "memory promised"},
        {"disk_iops", PARAM_NUMBER, TYPE(disk_iops), "operations/s", 0, 1e9, 0, NULL,
         "disk operations a second promised"},
};
const struct param_table fleet_type_params = {type_rows, sizeof(type_rows) / sizeof(type_rows[0])};

static void form_from_vm(const struct vm *vm, struct need_form *f)
{
	*f = (struct need_form){
	        .cpu_level = vm->cpu_level,
	        .spindles = vm->spindles,
	        .cores = vm->cores,
	        .core_mips = vm->core_mips,
	        .arch = (int)vm->arch,
	        .vendor = (int)vm->vendor,
	        .storage = (int)vm->storage,
	};
}

static void form_to_vm(const struct need_form *f, struct vm *vm)
{
	vm->cpu_level = (uint32_t)f->cpu_level;
	vm->spindles = (uint32_t)f->spindles;
	vm->cores = (uint32_t)f->cores;
	vm->core_mips = f->core_mips;
	vm->arch = (enum arch)f->arch;
	vm->vendor = (enum cpu_vendor)f->vendor;
	vm->storage = (enum storage_class)f->storage;
}

static int take_not_movable(const struct fleet_reader *r, const struct yaml_node *map,
                            struct vm *vm)
{
	const char *why;
	int e;

	if (!yaml_get(map, "not_movable"))
		return 0;
	e = yaml_read_text(map, "not_movable", &why, r->err);
	if (e < 0)
		return e;
	free(vm->not_movable);
	vm->not_movable = xstrdup(why);
	return 0;
}

static int read_type(struct fleet_reader *r, const struct yaml_node *map, struct vm *t)
{
	static const char *const others[] = {"name", "network", "disk_throughput", "not_movable",
	                                     NULL};
	static const char *const required[] = {"name", "vcpu_mips", "memory", NULL};
	const struct yaml_form form = {&fleet_type_params, others, required};
	struct type_form f;
	const char *name = NULL;
	int e = yaml_read(map, &form, &f, r->err);

	if (e == 0)
		e = fleet_read_name(r, map, "name", &name);
	if (e < 0)
		return e;
	assert(name);
	for (uint32_t i = 0; i < r->n_types; i++)
		if (strcmp(r->types[i].name, name) == 0)
			return yaml_error(map, -EEXIST, r->err,
			                  "type \"%s\" is there twice; rename one", name);
	form_to_vm(&f.need, t);
	t->vcpus = (uint32_t)f.vcpus;
	t->vcpu_mips = f.vcpu_mips;
	t->allocation.v[RES_CPU] = (double)f.vcpus * f.vcpu_mips;
	t->allocation.v[RES_MEM] = f.memory;
	t->allocation.v[RES_DISK_IOPS] = f.disk_iops;
	t->name = xstrdup(name);
	e = fleet_read_rate(r, map, "network", &t->allocation.v[RES_NET_BPS]);
	if (e == 0)
		e = fleet_read_rate(r, map, "disk_throughput", &t->allocation.v[RES_DISK_BPS]);
	return e < 0 ? e : take_not_movable(r, map, t);
}

#define TYPES_MAX 1000 /* they are compared in pairs */

int fleet_read_types(struct fleet_reader *r)
{
	const struct yaml_node *list;
	int e = fleet_section(r, "vm_types", &list);

	if (e < 0 || !list)
		return e;
	if (list->len > TYPES_MAX)
		return yaml_error(list, -E2BIG, r->err, "more than %d types; drop some", TYPES_MAX);
	r->types = xcalloc(list->len, sizeof(*r->types));
	for (const struct yaml_node *n = list->first; n && e == 0; n = n->next) {
		struct vm *t = &r->types[r->n_types];

		e = read_type(r, n, t);
		r->n_types += t->name != NULL;
	}
	return e;
}

/* One entry of vms.needs on top of what its VMs have from their types. */
static int read_need(struct fleet_reader *r, const struct yaml_node *map)
{
	static const char *const others[] = {"vms", "optional", "not_movable", NULL};
	static const char *const required[] = {"vms", NULL};
	const struct yaml_form form = {&fleet_need_params, others, required};
	struct name_selection vms = {0};
	struct name_query q = {.table = fleet_vm_names(r)};
	struct need_form f;
	int e = yaml_read(map, &form, &f, r->err);

	if (e == 0)
		e = fleet_read_optional(r, map, &q.empty);
	if (e < 0)
		return e;
	q.node = yaml_get(map, "vms");
	e = fleet_select(&q, &vms, r->err);
	for (uint32_t i = 0; i < vms.n && e == 0; i++) {
		struct vm *vm = &r->fleet->vms[vms.ids[i]];

		form_from_vm(vm, &f);
		e = yaml_apply(map, &form, &f, r->err);
		form_to_vm(&f, vm);
		if (e == 0)
			e = take_not_movable(r, map, vm);
	}
	free(vms.ids);
	return e;
}

int fleet_read_needs(struct fleet_reader *r, const struct yaml_node *list)
{
	int e = yaml_expect(list, YAML_NODE_LIST, "a list of needs", r->err);

	for (const struct yaml_node *n = list->first; n && e == 0; n = n->next)
		e = read_need(r, n);
	return e;
}
