/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fleet files: the order of sections, and the checks that need all of them. The format is
 * described in docs/fleet-file.md; each section has a file of its own, fleet_file_*.c.
 */
#include "engine/fleet_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/model/constraint.h"
#include "engine/fleet_file_private.h"

/* The node that a message about a finished fleet is about: the rule it names, else a section. */
static const struct yaml_node *find_culprit(const struct fleet_reader *r, const char *message)
{
	const struct yaml_node *rules = yaml_get(r->root, "rules"), *vms = yaml_get(r->root, "vms");
	const char *quote = strstr(message, "rule \"");

	for (const struct yaml_node *n = rules && quote ? rules->first : NULL; n; n = n->next) {
		const char *name = yaml_get(n, "name")->text;
		size_t len = strlen(name);

		if (strncmp(quote + 6, name, len) == 0 && quote[6 + len] == '"')
			return n;
	}
	return vms ? vms : r->root;
}

/*
 * A VM that the file itself makes larger than every host is a mistake. What a trace states was
 * promised somewhere else, on hosts that may have overcommitted: of that, only what is used counts.
 */
static int check_memory(const struct fleet_reader *r)
{
	const struct fleet *f = r->fleet;
	double most = 0;

	if (r->sizes_from_trace)
		return 0;
	for (uint32_t i = 0; i < f->n_hosts; i++)
		if (fleet_class_of(f, i)->capacity.v[RES_MEM] > most)
			most = fleet_class_of(f, i)->capacity.v[RES_MEM];
	for (uint32_t i = 0; i < f->n_vms; i++)
		if (f->vms[i].allocation.v[RES_MEM] > most)
			return yaml_error(find_culprit(r, ""), -EINVAL, r->err,
			                  "vm \"%s\" has %.4g GB of memory, the largest host %.4g "
			                  "GB; add a larger host",
			                  f->vms[i].name, f->vms[i].allocation.v[RES_MEM] / 1e9,
			                  most / 1e9);
	return 0;
}

/* Sealing sorts, so it comes after everything that speaks of records in order of adding. */
static int seal(struct fleet_reader *r)
{
	struct err why = {""};
	int e = fleet_seal(r->fleet, &why);

	if (e == 0)
		e = constraint_check_fleet(r->fleet, &why);
	if (e < 0)
		return yaml_error(find_culprit(r, why.text), e, r->err, "%s", why.text);
	return check_memory(r);
}

static int read_sections(struct fleet_reader *r)
{
	static const char *const sections[] = {"host_classes", "hosts", "vm_types",
	                                       "vms",          "rules", NULL};
	static const char *const required[] = {"host_classes", "hosts", NULL};
	const struct yaml_form form = {.others = sections, .required = required};
	int e = yaml_read(r->root, &form, NULL, r->err);

	if (e == 0)
		e = fleet_read_classes(r);
	if (e == 0)
		e = fleet_read_hosts(r);
	if (e == 0)
		e = fleet_read_types(r);
	if (e == 0)
		e = fleet_read_vms(r);
	if (e == 0)
		e = fleet_read_rules(r);
	return e;
}

static void reader_done(struct fleet_reader *r)
{
	for (uint32_t i = 0; i < r->n_types; i++) {
		free(r->types[i].name);
		free(r->types[i].not_movable);
	}
	free(r->types);
	free(r->host_names);
}

int fleet_doc_build(const struct yaml_doc *doc, struct fleet_reader *r, struct fleet **ret)
{
	int e;

	r->root = doc->root;
	r->fleet = fleet_new();
	e = read_sections(r);
	if (e == 0)
		e = seal(r);
	reader_done(r);
	if (e < 0) {
		fleet_free(r->fleet);
		return e;
	}
	*ret = r->fleet;
	return 0;
}

int fleet_file_load(const char *path, const struct vm_seed *vms, uint32_t n_vms, struct fleet **ret,
                    struct err *err)
{
	struct yaml_source source = {.path = path, .root_name = "fleet"};
	struct fleet_reader r = {.seeds = vms, .n_seeds = n_vms, .err = err};
	struct yaml_doc *doc;
	int e = yaml_doc_load(&source, &doc, err);

	if (e < 0)
		return e;
	e = fleet_doc_build(doc, &r, ret);
	yaml_doc_free(doc);
	return e;
}
