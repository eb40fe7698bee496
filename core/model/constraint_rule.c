/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of rules mean; see constraint_rule.h and constraint.c. */
#include "core/model/constraint_rule.h"

bool rule_has(const uint32_t *ids, uint32_t n, uint32_t id)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ids[middle] == id)
			return true;
		if (ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool has_vm(const struct rule *r, uint32_t vm)
{
	return rule_has(r->vms, r->n_vms, vm);
}

bool rule_admits_host(const struct rule *r, uint32_t host)
{
	if (r->kind == RULE_PIN)
		return rule_has(r->hosts, r->n_hosts, host);
	if (r->kind == RULE_BAN)
		return !rule_has(r->hosts, r->n_hosts, host);
	return true;
}

/* A member that is on another host. */
static uint32_t find_elsewhere(const struct rule_query *q, const struct rule *r)
{
	for (uint32_t i = 0; i < r->n_vms; i++) {
		uint32_t at = q->placement->host_of[r->vms[i]];

		if (r->vms[i] != q->vm && at != ID_NONE && at != q->host)
			return r->vms[i];
	}
	return ID_NONE;
}

/* Another member that is on the host: through the shorter of the two lists. */
static uint32_t find_member_here(const struct rule_query *q, const struct rule *r)
{
	if (q->placement->count[q->host] < r->n_vms) {
		placement_foreach_vm (q->placement, q->host, vm)
			if (vm != q->vm && has_vm(r, vm))
				return vm;
		return ID_NONE;
	}
	for (uint32_t i = 0; i < r->n_vms; i++)
		if (r->vms[i] != q->vm && q->placement->host_of[r->vms[i]] == q->host)
			return r->vms[i];
	return ID_NONE;
}

/* Another member in the host's rack; a host without a rack is a rack of its own. */
static uint32_t find_in_rack(const struct rule_query *q, const struct rule *r)
{
	const struct host *hosts = q->fleet->hosts;
	uint32_t rack = hosts[q->host].rack_id;

	if (rack == ID_NONE)
		return find_member_here(q, r);
	for (uint32_t i = 0; i < r->n_vms; i++) {
		uint32_t at = q->placement->host_of[r->vms[i]];

		if (r->vms[i] != q->vm && at != ID_NONE && hosts[at].rack_id == rack)
			return r->vms[i];
	}
	return ID_NONE;
}

/* A VM on the host that the rule does not name. */
static uint32_t find_stranger(const struct rule_query *q, const struct rule *r)
{
	placement_foreach_vm (q->placement, q->host, vm)
		if (vm != q->vm && !has_vm(r, vm))
			return vm;
	return ID_NONE;
}

bool rule_is_broken(const struct rule_query *q, const struct rule *r, uint32_t *ret_other)
{
	*ret_other = ID_NONE;
	switch (r->kind) {
	case RULE_TOGETHER: *ret_other = find_elsewhere(q, r); break;
	case RULE_APART: *ret_other = find_member_here(q, r); break;
	case RULE_SPREAD: *ret_other = find_in_rack(q, r); break;
	case RULE_LONELY: *ret_other = find_stranger(q, r); break;
	case RULE_PIN:
	case RULE_BAN: return !rule_admits_host(r, q->host);
	case RULE_KIND_COUNT: break;
	}
	return *ret_other != ID_NONE;
}

/* Does rule index r count here: lonely, of that strength, and not naming the query's VM? */
static bool is_intruded(const struct rule_query *q, uint32_t r, enum rule_strength strength)
{
	const struct rule *rule = &q->fleet->rules[r];

	return rule->kind == RULE_LONELY && rule->hard == (strength == RULE_STRENGTH_HARD) &&
	       !has_vm(rule, q->vm);
}

uint32_t rule_intruded(const struct rule_query *q, enum rule_strength strength, uint32_t *ret_other)
{
	const struct fleet *f = q->fleet;

	if (!f->lonely_of)
		return ID_NONE;
	placement_foreach_vm (q->placement, q->host, vm) {
		if (vm == q->vm || f->lonely_of[vm] == ID_NONE)
			continue;
		for (uint32_t i = f->rule_first[vm]; i < f->rule_first[vm + 1]; i++) {
			if (!is_intruded(q, f->rule_of[i], strength))
				continue;
			*ret_other = vm;
			return f->rule_of[i];
		}
	}
	return ID_NONE;
}

/* Is vm the first on the host (the query's own left out) that rule r names? */
static bool is_first_of(const struct rule_query *q, uint32_t vm, const struct rule *r)
{
	placement_foreach_vm (q->placement, q->host, earlier) {
		if (earlier == vm)
			return true;
		if (earlier != q->vm && has_vm(r, earlier))
			return false;
	}
	return true;
}

double rule_intrusion_cost(const struct rule_query *q)
{
	const struct fleet *f = q->fleet;
	double watts = 0;

	if (!f->lonely_of)
		return 0;
	placement_foreach_vm (q->placement, q->host, vm) {
		if (vm == q->vm || f->lonely_of[vm] == ID_NONE)
			continue;
		for (uint32_t i = f->rule_first[vm]; i < f->rule_first[vm + 1]; i++) {
			uint32_t r = f->rule_of[i];

			if (is_intruded(q, r, RULE_STRENGTH_SOFT) &&
			    is_first_of(q, vm, &f->rules[r]))
				watts += f->rules[r].weight;
		}
	}
	return watts;
}
