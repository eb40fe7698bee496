/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_FLEET_FILE_PRIVATE_H
#define ENGINE_FLEET_FILE_PRIVATE_H
/*
 * What the parts of the fleet file reader share. Each fleet_read_* reads one section into the
 * fleet under construction; they run in the order of this file, later ones look names up that
 * earlier ones wrote. For engine/fleet_file*.c, and for tests that compare the option tables with
 * the documentation.
 */
#include "engine/fleet_file.h"
#include "engine/yaml.h"

#define FLEET_HOSTS_MAX 200000 /* ten times the design target, and 100 MB of records */
#define FLEET_RULES_MAX 10000
#define FLEET_NAME_MAX  128 /* bytes of a name */

/* Where a host was named, for "there twice" and for rules. */
struct host_name {
	const char *name; /* the fleet's */
	uint32_t id;      /* in order of adding */
	const struct yaml_node *node;
};

struct fleet_reader {
	struct fleet *fleet;
	const struct vm_seed *seeds;
	uint32_t n_seeds;
	struct host_name *host_names; /* sorted by name */
	struct vm *types;             /* templates: their name is the type's, type is unused */
	uint32_t n_types;
	bool sizes_from_trace; /* vms.type_by: trace */
	const struct yaml_node *root;
	struct err *err;
};

int fleet_read_classes(struct fleet_reader *r);
int fleet_read_hosts(struct fleet_reader *r);
int fleet_read_types(struct fleet_reader *r);
int fleet_read_vms(struct fleet_reader *r);
int fleet_read_needs(struct fleet_reader *r, const struct yaml_node *list);
int fleet_read_rules(struct fleet_reader *r);

/* Builds the fleet that doc describes; all checks done, sealed. */
int fleet_doc_build(const struct yaml_doc *doc, struct fleet_reader *r, struct fleet **ret);

/* Scalars of each kind of record, by key. */
extern const struct param_table fleet_class_params;
extern const struct param_table fleet_power_params;
extern const struct param_table fleet_transition_params;
extern const struct param_table fleet_host_params;
extern const struct param_table fleet_type_params;
extern const struct param_table fleet_vms_params;
extern const struct param_table fleet_need_params;
extern const struct param_table fleet_rule_params;

extern const char *const fleet_arch_names[];
extern const char *const fleet_vendor_names[];
extern const char *const fleet_storage_names[];

/* A list of maps below key, or the section's absence: *ret = NULL. */
int fleet_section(const struct fleet_reader *r, const char *key, const struct yaml_node **ret);

/* A name: not empty, at most FLEET_NAME_MAX bytes. *ret_name is the document's. */
int fleet_read_name(const struct fleet_reader *r, const struct yaml_node *map, const char *key,
                    const char **ret_name);

/* "1Gbit/s", "125MB/s": bytes a second into *ret; a missing key leaves it. */
int fleet_read_rate(const struct fleet_reader *r, const struct yaml_node *map, const char *key,
                    double *ret);

/* Does name match a pattern with * (any run) and ? (any byte)? */
bool glob_match(const char *pattern, const char *name);
bool glob_is_pattern(const char *text);

/* A table of names that patterns select from. */
struct name_table {
	const char *(*name)(const void *table, uint32_t i);
	const void *table;
	uint32_t n;
	const char *what; /* "vm" */
};

enum names_empty { NAMES_EMPTY_REFUSED, NAMES_EMPTY_ALLOWED };

struct name_selection {
	uint32_t *ids, n;
};

/*
 * The ids that a node (one text or a list of texts) selects, ascending, each once; the caller
 * frees them. A plain name that is not there is refused, and so is a pattern that matches nothing
 * unless that is allowed.
 */
struct name_query {
	const struct yaml_node *node;
	struct name_table table;
	enum names_empty empty;
};
int fleet_select(const struct name_query *q, struct name_selection *ret, struct err *err);

/* The switch "optional" of a rule or a need. */
int fleet_read_optional(const struct fleet_reader *r, const struct yaml_node *map,
                        enum names_empty *ret);

/* VMs by seed, hosts in order of adding. */
struct name_table fleet_vm_names(const struct fleet_reader *r);
struct name_table fleet_host_names(const struct fleet_reader *r);

#endif
