/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a fleet file; what they mean is in core/model/constraint_rule.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "engine/fleet_file_private.h"

enum strength { STRENGTH_HARD, STRENGTH_SOFT };

struct rule_form {
	int kind, strength;
	double weight;
	bool optional;
};

#define AT(field) .offset = offsetof(struct rule_form, field)

static const char *const kind_names[] = {"together", "apart",  "spread", "pin",
                                         "ban",      "lonely", NULL};
static const char *const strength_names[] = {"hard", "soft", NULL};

static const struct param rule_rows[] = {
        {"kind", PARAM_CHOICE, AT(kind), "", 0, 5, 0, kind_names, "what the rule wants"},
        {"strength", PARAM_CHOICE, AT(strength), "", 0, 1, 0, strength_names,
         "hard: never broken; soft: broken for more than weight"},
        {"weight", PARAM_NUMBER, AT(weight), "W", 0, 1e6, 10, NULL,
         "soft rules: watts one is willing to pay to keep it"},
        {"optional", PARAM_SWITCH, AT(optional), "", 0, 1, 0, NULL,
         "the rule may name VMs or hosts that are not there"},
};
const struct param_table fleet_rule_params = {rule_rows, sizeof(rule_rows) / sizeof(rule_rows[0])};

int fleet_read_optional(const struct fleet_reader *r, const struct yaml_node *map,
                        enum names_empty *ret)
{
	struct rule_form f = {.optional = false};
	const struct yaml_node *n = yaml_get(map, "optional");
	struct err why = {""};

	if (n && yaml_expect(n, YAML_NODE_SCALAR, "true or false", r->err) < 0)
		return -EINVAL;
	if (n && param_parse(param_find(&fleet_rule_params, "optional"), &f, n->text, &why) < 0)
		return yaml_error(n, -EINVAL, r->err, "%s", why.text);
	*ret = f.optional ? NAMES_EMPTY_ALLOWED : NAMES_EMPTY_REFUSED;
	return 0;
}

static int read_hosts(struct fleet_reader *r, const struct yaml_node *map,
                      const struct rule_form *f, struct name_selection *ret)
{
	const struct yaml_node *n = yaml_get(map, "hosts");
	bool wanted = f->kind == (int)RULE_PIN || f->kind == (int)RULE_BAN;
	struct name_query q = {
	        .node = n,
	        .table = fleet_host_names(r),
	        .empty = f->optional ? NAMES_EMPTY_ALLOWED : NAMES_EMPTY_REFUSED,
	};

	if (n && !wanted)
		return yaml_error(n, -EINVAL, r->err, "only pin and ban name hosts; remove it");
	if (!wanted)
		return 0;
	if (!n)
		return yaml_error(map, -EINVAL, r->err, "hosts is missing; name them");
	return fleet_select(&q, ret, r->err);
}

static int read_members(struct fleet_reader *r, const struct yaml_node *map,
                        const struct rule_form *f, struct rule *rule)
{
	struct name_query q = {
	        .node = yaml_get(map, "vms"),
	        .table = fleet_vm_names(r),
	        .empty = f->optional ? NAMES_EMPTY_ALLOWED : NAMES_EMPTY_REFUSED,
	};
	struct name_selection vms = {0}, hosts = {0};
	int e = fleet_select(&q, &vms, r->err);

	if (e == 0)
		e = read_hosts(r, map, f, &hosts);
	rule->vms = vms.ids;
	rule->n_vms = vms.n;
	rule->hosts = hosts.ids;
	rule->n_hosts = hosts.n;
	return e;
}

static int check_form(const struct fleet_reader *r, const struct yaml_node *map,
                      const struct rule_form *f)
{
	const struct yaml_node *weight = yaml_get(map, "weight");

	if (weight && f->strength == STRENGTH_HARD)
		return yaml_error(weight, -EINVAL, r->err,
		                  "a hard rule has no weight; add strength: soft, or remove it");
	return 0;
}

/* An optional rule over nobody, or an optional pin to nowhere, does not exist. */
static bool is_void(const struct rule *rule)
{
	bool wants_hosts = rule->kind == RULE_PIN || rule->kind == RULE_BAN;

	return rule->n_vms == 0 || (wants_hosts && rule->n_hosts == 0);
}

static void free_members(struct rule *rule)
{
	free(rule->vms);
	free(rule->hosts);
}

static int read_rule(struct fleet_reader *r, const struct yaml_node *map)
{
	static const char *const others[] = {"name", "vms", "hosts", NULL};
	static const char *const required[] = {"name", "kind", "vms", NULL};
	const struct yaml_form form = {&fleet_rule_params, others, required};
	struct rule_form f;
	struct rule rule = {0};
	const char *name = NULL;
	int e = yaml_read(map, &form, &f, r->err);

	if (e == 0)
		e = fleet_read_name(r, map, "name", &name);
	if (e == 0)
		e = check_form(r, map, &f);
	if (e < 0)
		return e;
	rule.kind = (enum rule_kind)f.kind;
	rule.hard = f.strength == STRENGTH_HARD;
	rule.weight = rule.hard ? 0 : f.weight;
	e = read_members(r, map, &f, &rule);
	if (e < 0 || is_void(&rule)) {
		free_members(&rule);
		return e;
	}
	rule.name = xstrdup(name);
	(void)fleet_add_rule(r->fleet, &rule); /* ids are order */
	return 0;
}

struct rule_name {
	const char *name;
	const struct yaml_node *node;
};

static int by_name(const void *a, const void *b)
{
	const struct rule_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->node->line > y->node->line) - (x->node->line < y->node->line);
}

static int check_twins(const struct fleet_reader *r, const struct yaml_node *list)
{
	struct rule_name *names = xcalloc(list->len, sizeof(*names));
	uint32_t n = 0;
	int e = 0;

	for (const struct yaml_node *rule = list->first; rule; rule = rule->next)
		names[n++] = (struct rule_name){yaml_get(rule, "name")->text, rule};
	if (n > 1)
		qsort(names, n, sizeof(*names), by_name);
	for (uint32_t i = 1; i < n && e == 0; i++)
		if (strcmp(names[i - 1].name, names[i].name) == 0)
			e = yaml_error(names[i].node, -EEXIST, r->err,
			               "rule \"%s\" is there twice, first in line %u; rename one",
			               names[i].name, names[i - 1].node->line);
	free(names);
	return e;
}

int fleet_read_rules(struct fleet_reader *r)
{
	const struct yaml_node *list;
	int e = fleet_section(r, "rules", &list);

	if (e < 0 || !list)
		return e;
	if (list->len > FLEET_RULES_MAX)
		return yaml_error(list, -E2BIG, r->err, "more than %d rules; use patterns",
		                  FLEET_RULES_MAX);
	for (const struct yaml_node *n = list->first; n && e == 0; n = n->next)
		e = read_rule(r, n);
	return e < 0 ? e : check_twins(r, list);
}
