/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contradictions that can be seen before anything runs, and the words for a no. The check is not a
 * solver: it finds what a person gets wrong when writing rules, each VM or rule alone or two rules
 * against each other, in time near linear in the fleet.
 */
#include <errno.h>
#include <stdio.h>

#include "core/model/constraint.h"
#include "core/model/constraint_rule.h"

/* May all n VMs ever be on host, each looked at alone? nowhere: an empty placement. */
static bool host_takes_all(const struct fleet *f, const struct placement *nowhere,
                           const struct rule *group, uint32_t host)
{
	for (uint32_t i = 0; i < group->n_vms; i++)
		if (!constraint_allows(f, nowhere, group->vms[i], host, NULL))
			return false;
	return true;
}

static int check_vms(const struct fleet *f, const struct placement *nowhere, struct err *err)
{
	char no[160];

	for (uint32_t vm = 0; vm < f->n_vms; vm++) {
		struct constraint_why why = {.code = CONSTRAINT_OK};
		uint32_t host = 0;

		while (host < f->n_hosts && !constraint_allows(f, nowhere, vm, host, &why))
			host++;
		if (host < f->n_hosts)
			continue;
		constraint_describe(f, vm, f->n_hosts - 1, &why, no, sizeof(no));
		return err_set(err, -EINVAL,
		               "vm \"%s\" may run on no host (%s, for one); relax its needs or "
		               "rules, or add a host",
		               f->vms[vm].name, no);
	}
	return 0;
}

static uint32_t count_racks(const struct fleet *f)
{
	uint32_t alone = 0, top = 0;

	for (uint32_t i = 0; i < f->n_hosts; i++) {
		if (f->hosts[i].rack_id == ID_NONE)
			alone++;
		else if (f->hosts[i].rack_id >= top)
			top = f->hosts[i].rack_id + 1;
	}
	return alone + top;
}

/* The first two VMs that both rules name; false if there are fewer than two. */
static bool share_two(const struct rule *a, const struct rule *b, uint32_t ret_vms[2])
{
	uint32_t i = 0, j = 0, n = 0;

	while (i < a->n_vms && j < b->n_vms && n < 2) {
		if (a->vms[i] == b->vms[j])
			ret_vms[n++] = a->vms[i];
		if (a->vms[i] <= b->vms[j])
			i++;
		else
			j++;
	}
	return n == 2;
}

static int refuse_pair(const struct fleet *f, const struct rule *a, const struct rule *b,
                       struct err *err)
{
	uint32_t vms[2];

	if (!share_two(a, b, vms))
		return 0;
	return err_set(err, -EINVAL,
	               "rule \"%s\" keeps \"%s\" and \"%s\" on one host, rule \"%s\" keeps them "
	               "apart; drop one",
	               a->name, f->vms[vms[0]].name, f->vms[vms[1]].name, b->name);
}

static int check_together(const struct fleet *f, const struct placement *nowhere,
                          const struct rule *rule, struct err *err)
{
	uint32_t host = 0;
	int r = 0;

	while (host < f->n_hosts && !host_takes_all(f, nowhere, rule, host))
		host++;
	if (host == f->n_hosts)
		return err_set(err, -EINVAL,
		               "rule \"%s\" keeps its vms on one host, but no host may take all of "
		               "them; relax their needs, pins or bans",
		               rule->name);
	for (uint32_t i = 0; i < f->n_rules && r == 0; i++) {
		const struct rule *other = &f->rules[i];

		if (other->hard && (other->kind == RULE_APART || other->kind == RULE_SPREAD))
			r = refuse_pair(f, rule, other, err);
	}
	return r;
}

static int check_room(const struct rule *rule, uint32_t places, const char *what, struct err *err)
{
	if (rule->n_vms <= places)
		return 0;
	return err_set(err, -EINVAL,
	               "rule \"%s\" wants %u vms in as many %s, but there are %u; make it soft or "
	               "name fewer vms",
	               rule->name, rule->n_vms, what, places);
}

/* A lonely group and a together group that reach into each other. */
static int check_lonely(const struct fleet *f, const struct rule *rule, struct err *err)
{
	for (uint32_t i = 0; i < f->n_rules; i++) {
		const struct rule *t = &f->rules[i];
		uint32_t inside = 0;

		if (!t->hard || t->kind != RULE_TOGETHER)
			continue;
		for (uint32_t j = 0; j < t->n_vms; j++)
			inside += rule_has(rule->vms, rule->n_vms, t->vms[j]);
		if (inside > 0 && inside < t->n_vms)
			return err_set(err, -EINVAL,
			               "rule \"%s\" keeps vms inside and outside of the lonely "
			               "group \"%s\" together; name all of them in both",
			               t->name, rule->name);
	}
	return 0;
}

static int check_rule(const struct fleet *f, const struct placement *nowhere,
                      const struct rule *rule, struct err *err)
{
	switch (rule->kind) {
	case RULE_TOGETHER: return check_together(f, nowhere, rule, err);
	case RULE_APART: return check_room(rule, f->n_hosts, "hosts", err);
	case RULE_SPREAD: return check_room(rule, count_racks(f), "racks", err);
	case RULE_LONELY: return check_lonely(f, rule, err);
	case RULE_PIN:
	case RULE_BAN:
	case RULE_KIND_COUNT: break;
	}
	return 0;
}

int constraint_check_fleet(const struct fleet *f, struct err *err)
{
	struct placement *nowhere;
	int r;

	if (f->n_hosts == 0)
		return err_set(err, -EINVAL, "the fleet has no host; add one");
	if (!f->constrained)
		return 0;
	nowhere = placement_new(f->n_vms, f->n_hosts);
	r = check_vms(f, nowhere, err);
	for (uint32_t i = 0; i < f->n_rules && r == 0; i++)
		if (f->rules[i].hard)
			r = check_rule(f, nowhere, &f->rules[i], err);
	placement_free(nowhere);
	return r;
}

static const char *code_text(enum constraint_code code)
{
	static const char *const texts[CONSTRAINT_COUNT] = {
	        [CONSTRAINT_OK] = "is allowed",
	        [CONSTRAINT_ARCH] = "has another architecture and no emulation",
	        [CONSTRAINT_HW_VIRT] = "has no hardware virtualization (Intel VT, AMD-V)",
	        [CONSTRAINT_VENDOR] = "has a CPU of another vendor",
	        [CONSTRAINT_CPU_LEVEL] = "has a CPU of a lower level",
	        [CONSTRAINT_STORAGE] = "has slower storage",
	        [CONSTRAINT_SPINDLES] = "has too few spindles",
	        [CONSTRAINT_CORES] = "has too few cores",
	        [CONSTRAINT_CORE_SPEED] = "has slower cores",
	        [CONSTRAINT_CELL] = "is in another cell",
	        [CONSTRAINT_NOT_MOVABLE] = "would need a move",
	        [CONSTRAINT_RULE] = "breaks a rule",
	};

	return texts[code];
}

static const char *rule_text(enum rule_kind kind)
{
	static const char *const texts[RULE_KIND_COUNT] = {
	        [RULE_TOGETHER] = "together with",      [RULE_APART] = "apart from",
	        [RULE_SPREAD] = "in another rack than", [RULE_PIN] = "pinned elsewhere",
	        [RULE_BAN] = "banned from there",       [RULE_LONELY] = "alone, without",
	};

	return texts[kind];
}

static void describe_rule(const struct fleet *f, uint32_t vm, const struct constraint_why *why,
                          char *ret_text, size_t size)
{
	const struct rule *r = &f->rules[why->rule];
	bool names_vm = rule_has(r->vms, r->n_vms, vm);

	if (why->other == ID_NONE)
		(void)snprintf(ret_text, size, "%s: rule \"%s\"", rule_text(r->kind), r->name);
	else if (names_vm)
		(void)snprintf(ret_text, size, "must be %s \"%s\": rule \"%s\"", rule_text(r->kind),
		               f->vms[why->other].name, r->name);
	else
		(void)snprintf(ret_text, size,
		               "\"%s\" shares its host with no vm outside rule "
		               "\"%s\"",
		               f->vms[why->other].name, r->name);
}

void constraint_describe(const struct fleet *f, uint32_t vm, uint32_t host,
                         const struct constraint_why *why, char *ret_text, size_t size)
{
	char rule[160];

	if (why->code == CONSTRAINT_RULE) {
		describe_rule(f, vm, why, rule, sizeof(rule));
		(void)snprintf(ret_text, size, "\"%s\" on \"%s\": %s", f->vms[vm].name,
		               f->hosts[host].name, rule);
	} else if (why->code == CONSTRAINT_NOT_MOVABLE) {
		(void)snprintf(ret_text, size, "\"%s\" is not movable: %s", f->vms[vm].name,
		               f->vms[vm].not_movable ? f->vms[vm].not_movable : "");
	} else {
		(void)snprintf(ret_text, size, "host \"%s\" %s", f->hosts[host].name,
		               code_text(why->code));
	}
}
