/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host_classes of a fleet file; see docs/fleet-file.md. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "engine/fleet_file_private.h"

const char *const fleet_arch_names[] = {"any",     "x86_64", "i686",    "aarch64",
                                        "ppc64le", "s390x",  "riscv64", NULL};
const char *const fleet_vendor_names[] = {"any", "intel", "amd", "other", NULL};
const char *const fleet_storage_names[] = {"any", "hdd", "ssd", "nvme", NULL};

static const char *const formula_names[] = {"linear", "sqrt", "square", "cubic", "mse", NULL};

struct class_form {
	int64_t cores, cpu_level, spindles;
	double core_mips, memory, disk_iops;
	double off_power, standby_power, emulation_factor;
	bool virtualization;
	int arch, vendor, storage;
};

#define AT(field) .offset = offsetof(struct class_form, field)

/* Bounds keep out typing errors (a unit too many), not large machines. */
static const struct param class_rows[] = {
        {"cores", PARAM_INTEGER, AT(cores), "cores", 1, 8192, 1, NULL, "number of CPU cores"},
        {"core_mips", PARAM_NUMBER, AT(core_mips), "MIPS", 1e-3, 1e9, 1000, NULL,
         "speed of one core, in one unit for the whole file (MIPS or MHz)"},
        {"memory", PARAM_BYTES, AT(memory), "bytes", 1, 1e15, 1, NULL, "memory for VMs"},
        {"disk_iops", PARAM_NUMBER, AT(disk_iops), "operations/s", 0, 1e9, 0, NULL,
         "disk operations a second; 0 = not counted"},
        {"off_power", PARAM_NUMBER, AT(off_power), "W", 0, 1e6, 0, NULL, "draw when off"},
        {"standby_power", PARAM_NUMBER, AT(standby_power), "W", 0, 1e6, 0, NULL,
         "draw when suspended to RAM"},
        {"arch", PARAM_CHOICE, AT(arch), "", 0, 6, 0, fleet_arch_names, "CPU architecture"},
        {"vendor", PARAM_CHOICE, AT(vendor), "", 0, 3, 0, fleet_vendor_names, "CPU vendor"},
        {"cpu_level", PARAM_INTEGER, AT(cpu_level), "level", 0, 4, 0, NULL,
         "x86-64 micro-architecture level 1 to 4; 0 = not stated"},
        {"virtualization", PARAM_SWITCH, AT(virtualization), "", 0, 1, 1, NULL,
         "Intel VT, AMD-V or the architecture's own"},
        {"emulation_factor", PARAM_NUMBER, AT(emulation_factor), "", 0, 1000, 0, NULL,
         "CPU cost of a guest run by translation, at least 1; 0 = no emulation"},
        {"storage", PARAM_CHOICE, AT(storage), "", 0, 3, 0, fleet_storage_names,
         "class of the storage, from slow to fast"},
        {"spindles", PARAM_INTEGER, AT(spindles), "disks", 0, 100000, 0, NULL,
         "disks that can seek at the same time"},
};
const struct param_table fleet_class_params = {class_rows,
                                               sizeof(class_rows) / sizeof(class_rows[0])};

struct power_form {
	double idle, max, exponent;
	int formula;
};

static const struct param power_rows[] = {
        {"idle", PARAM_NUMBER, offsetof(struct power_form, idle), "W", 0, 1e6, 0, NULL,
         "draw when idle"},
        {"max", PARAM_NUMBER, offsetof(struct power_form, max), "W", 0, 1e6, 0, NULL,
         "draw at full load"},
        {"formula", PARAM_CHOICE, offsetof(struct power_form, formula), "", 0, 4, 0, formula_names,
         "shape between idle and max"},
        {"exponent", PARAM_NUMBER, offsetof(struct power_form, exponent), "", 1, 2, 1.4, NULL,
         "r of the mse formula"},
};
const struct param_table fleet_power_params = {power_rows,
                                               sizeof(power_rows) / sizeof(power_rows[0])};

static const struct param transition_rows[] = {
        {"time", PARAM_DURATION, offsetof(struct power_transition, duration_us), "s", 0, 86400, 0,
         NULL, "how long it takes"},
        {"power", PARAM_NUMBER, offsetof(struct power_transition, power_w), "W", 0, 1e6, 0, NULL,
         "mean draw while it lasts"},
};
const struct param_table fleet_transition_params = {
        transition_rows, sizeof(transition_rows) / sizeof(transition_rows[0])};

static int read_table(const struct fleet_reader *r, const struct yaml_node *list,
                      struct power_model *ret)
{
	uint32_t i = 0;

	if (yaml_expect(list, YAML_NODE_LIST, "a list of 11 numbers", r->err) < 0)
		return -EINVAL;
	if (list->len != POWER_TABLE_POINTS)
		return yaml_error(list, -EINVAL, r->err,
		                  "%u values; give the watts at 0, 10, ... 100 %% load, 11 of them",
		                  list->len);
	for (const struct yaml_node *n = list->first; n; n = n->next, i++) {
		struct param row = power_rows[0];
		struct err why = {""};

		row.name = "watts";
		if (yaml_expect(n, YAML_NODE_SCALAR, "a number of watts", r->err) < 0)
			return -EINVAL;
		row.offset = 0;
		if (param_parse(&row, &ret->table_w[i], n->text, &why) < 0)
			return yaml_error(n, -EINVAL, r->err, "%s", why.text);
	}
	ret->kind = POWER_TABLE;
	ret->idle_w = ret->table_w[0];
	ret->max_w = ret->table_w[POWER_TABLE_POINTS - 1];
	return 0;
}

static int read_formula(const struct fleet_reader *r, const struct yaml_node *map,
                        struct power_model *ret)
{
	static const char *const required[] = {"idle", "max", NULL};
	const struct yaml_form form = {.params = &fleet_power_params, .required = required};
	struct power_form f;
	int e = yaml_read(map, &form, &f, r->err);

	if (e < 0)
		return e;
	*ret = (struct power_model){
	        .kind = (enum power_kind)((int)POWER_LINEAR + f.formula),
	        .idle_w = f.idle,
	        .max_w = f.max,
	        .exponent = f.exponent,
	};
	return 0;
}

static int read_power(const struct fleet_reader *r, const struct yaml_node *map,
                      struct power_model *ret)
{
	static const char *const only_table[] = {"table", NULL};
	const struct yaml_form form = {.others = only_table};
	struct err why = {""};
	const struct yaml_node *table;
	int e = yaml_expect(map, YAML_NODE_MAP, "table: [...], or idle and max", r->err);

	if (e < 0)
		return e;
	table = yaml_get(map, "table");
	if (table) {
		e = yaml_read(map, &form, NULL, r->err);
		if (e == 0)
			e = read_table(r, table, ret);
	} else {
		e = read_formula(r, map, ret);
	}
	if (e == 0 && power_check(ret, &why) < 0)
		e = yaml_error(map, -EINVAL, r->err, "%s", why.text);
	return e;
}

static int read_transition(const struct fleet_reader *r, const struct yaml_node *map,
                           const char *key, struct power_transition *ret)
{
	static const char *const required[] = {"time", "power", NULL};
	const struct yaml_form form = {.params = &fleet_transition_params, .required = required};
	const struct yaml_node *n = yaml_get(map, key);

	return n ? yaml_read(n, &form, ret, r->err) : 0;
}

static int read_transitions(const struct fleet_reader *r, const struct yaml_node *map,
                            struct host_class *c)
{
	int e = read_transition(r, map, "boot", &c->boot);

	if (e == 0)
		e = read_transition(r, map, "shutdown", &c->shutdown);
	if (e == 0)
		e = read_transition(r, map, "suspend", &c->suspend);
	if (e == 0)
		e = read_transition(r, map, "resume", &c->resume);
	return e;
}

static void take_form(const struct class_form *f, struct host_class *c)
{
	c->cores = (uint32_t)f->cores;
	c->core_mips = f->core_mips;
	c->capacity.v[RES_CPU] = (double)f->cores * f->core_mips;
	c->capacity.v[RES_MEM] = f->memory;
	c->capacity.v[RES_DISK_IOPS] = f->disk_iops;
	c->off_w = f->off_power;
	c->standby_w = f->standby_power;
	c->arch = (enum arch)f->arch;
	c->vendor = (enum cpu_vendor)f->vendor;
	c->cpu_level = (uint32_t)f->cpu_level;
	c->hw_virt = f->virtualization;
	c->emulation = f->emulation_factor > 0;
	c->emulation_factor = c->emulation ? f->emulation_factor : 1;
	c->storage = (enum storage_class)f->storage;
	c->spindles = (uint32_t)f->spindles;
}

/* Where nothing is said: the slowest network still common, which makes migration look dear. */
#define NETWORK_DEFAULT_BPS 125e6

static int read_class(const struct fleet_reader *r, const struct yaml_node *map,
                      struct host_class *c)
{
	static const char *const others[] = {"name",    "network", "disk_throughput",
	                                     "power",   "boot",    "shutdown",
	                                     "suspend", "resume",  NULL};
	static const char *const required[] = {"name",   "cores", "core_mips",
	                                       "memory", "power", NULL};
	const struct yaml_form form = {&fleet_class_params, others, required};
	struct class_form f;
	int e = yaml_read(map, &form, &f, r->err);

	if (e < 0)
		return e;
	take_form(&f, c);
	c->capacity.v[RES_NET_BPS] = NETWORK_DEFAULT_BPS;
	if (f.emulation_factor > 0 && f.emulation_factor < 1)
		return yaml_error(yaml_get(map, "emulation_factor"), -ERANGE, r->err,
		                  "%g is below 1; give 1 or more, or 0 for no emulation",
		                  f.emulation_factor);
	e = fleet_read_rate(r, map, "network", &c->capacity.v[RES_NET_BPS]);
	if (e == 0 && !(c->capacity.v[RES_NET_BPS] > 0))
		e = yaml_error(yaml_get(map, "network"), -ERANGE, r->err,
		               "no VM could migrate; give more than 0");
	if (e == 0)
		e = fleet_read_rate(r, map, "disk_throughput", &c->capacity.v[RES_DISK_BPS]);
	if (e == 0)
		e = read_power(r, yaml_get(map, "power"), &c->power);
	if (e == 0)
		e = read_transitions(r, map, c);
	return e;
}

static int check_twin(const struct fleet_reader *r, const struct yaml_node *map, const char *name)
{
	for (uint32_t i = 0; i < r->fleet->n_classes; i++)
		if (strcmp(r->fleet->classes[i].name, name) == 0)
			return yaml_error(map, -EEXIST, r->err,
			                  "class \"%s\" is there twice; rename one", name);
	return 0;
}

#define CLASSES_MAX 1000 /* they are compared in pairs */

int fleet_read_classes(struct fleet_reader *r)
{
	const struct yaml_node *list;
	const char *name = NULL;
	int e = fleet_section(r, "host_classes", &list);

	if (e < 0)
		return e;
	if (!list || list->len == 0 || list->len > CLASSES_MAX)
		return yaml_error(list ? list : r->root, -EINVAL, r->err,
		                  "host_classes needs 1 to %d entries", CLASSES_MAX);
	for (const struct yaml_node *n = list->first; n; n = n->next) {
		struct host_class c = {0};

		e = read_class(r, n, &c);
		if (e == 0)
			e = fleet_read_name(r, n, "name", &name);
		if (e == 0)
			e = check_twin(r, n, name);
		if (e < 0)
			return e;
		c.name = xstrdup(name);
		(void)fleet_add_class(r->fleet, &c); /* ids are order, as in check_twin */
	}
	return 0;
}
