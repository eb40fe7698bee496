/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions and rules; see constraint.h. An unconstrained fleet answers at once. Otherwise the
 * conditions of host and VM come first (a handful of comparisons), then the rules that name the
 * VM, then the lonely groups of the host's VMs: a rule that does not name a VM can forbid it a
 * host only by being lonely there.
 *
 * Rules over groups look at the shorter of two lists, the rule's VMs or the host's, so that a rule
 * over thousands of VMs costs no more than a look at the VMs of the one host.
 */
#include "core/model/constraint.h"

#include "core/model/constraint_rule.h"

/* Guests of one family run on the 64-bit processor without translation. */
static bool arch_is_native(enum arch guest, enum arch host)
{
	return guest == ARCH_ANY || guest == host || (guest == ARCH_I686 && host == ARCH_X86_64);
}

static bool needs_emulation(const struct vm *vm, const struct host_class *c)
{
	return !c->hw_virt || !arch_is_native(vm->arch, c->arch);
}

/* A translated guest sees whatever processor the translator plays: vendor and level are free. */
static enum constraint_code check_processor(const struct vm *vm, const struct host_class *c)
{
	if (needs_emulation(vm, c)) {
		if (c->emulation)
			return CONSTRAINT_OK;
		return arch_is_native(vm->arch, c->arch) ? CONSTRAINT_HW_VIRT : CONSTRAINT_ARCH;
	}
	if (vm->vendor != VENDOR_ANY && vm->vendor != c->vendor)
		return CONSTRAINT_VENDOR;
	if (vm->cpu_level > c->cpu_level)
		return CONSTRAINT_CPU_LEVEL;
	return CONSTRAINT_OK;
}

static enum constraint_code check_class(const struct vm *vm, const struct host_class *c)
{
	enum constraint_code code = check_processor(vm, c);

	if (code != CONSTRAINT_OK)
		return code;
	if (vm->storage > c->storage)
		return CONSTRAINT_STORAGE;
	if (vm->spindles > c->spindles)
		return CONSTRAINT_SPINDLES;
	if (vm->cores > c->cores)
		return CONSTRAINT_CORES;
	if (vm->core_mips > c->core_mips)
		return CONSTRAINT_CORE_SPEED;
	return CONSTRAINT_OK;
}

static enum constraint_code check_move(const struct fleet *f, const struct placement *p,
                                       uint32_t vm, uint32_t host)
{
	uint32_t from = p->host_of[vm];

	if (from == ID_NONE || from == host)
		return CONSTRAINT_OK;
	if (f->vms[vm].not_movable)
		return CONSTRAINT_NOT_MOVABLE;
	if (f->hosts[from].cell_id != f->hosts[host].cell_id)
		return CONSTRAINT_CELL;
	return CONSTRAINT_OK;
}

/* The rules that name vm. */
static bool breaks_named_rule(const struct rule_query *q, struct constraint_why *why)
{
	const struct fleet *f = q->fleet;

	for (uint32_t i = f->rule_first[q->vm]; i < f->rule_first[q->vm + 1]; i++) {
		uint32_t r = f->rule_of[i];

		if (!f->rules[r].hard || !rule_is_broken(q, &f->rules[r], &why->other))
			continue;
		why->code = CONSTRAINT_RULE;
		why->rule = r;
		return true;
	}
	return false;
}

bool constraint_allows(const struct fleet *f, const struct placement *p, uint32_t vm, uint32_t host,
                       struct constraint_why *why)
{
	struct constraint_why local;
	struct rule_query q = {.fleet = f, .placement = p, .vm = vm, .host = host};

	if (!why)
		why = &local;
	*why = (struct constraint_why){.code = CONSTRAINT_OK, .rule = ID_NONE, .other = ID_NONE};
	if (!f->constrained)
		return true;
	why->code = check_class(&f->vms[vm], fleet_class_of(f, host));
	if (why->code == CONSTRAINT_OK)
		why->code = check_move(f, p, vm, host);
	if (why->code != CONSTRAINT_OK)
		return false;
	if (breaks_named_rule(&q, why))
		return false;
	why->rule = rule_intruded(&q, RULE_STRENGTH_HARD, &why->other);
	if (why->rule != ID_NONE)
		why->code = CONSTRAINT_RULE;
	return why->rule == ID_NONE;
}

double constraint_soft_cost(const struct fleet *f, const struct placement *p, uint32_t vm,
                            uint32_t host)
{
	struct rule_query q = {.fleet = f, .placement = p, .vm = vm, .host = host};
	uint32_t other;
	double watts = 0;

	if (f->n_rules == 0)
		return 0;
	for (uint32_t i = f->rule_first[vm]; i < f->rule_first[vm + 1]; i++) {
		const struct rule *r = &f->rules[f->rule_of[i]];

		if (!r->hard && rule_is_broken(&q, r, &other))
			watts += r->weight;
	}
	return watts + rule_intrusion_cost(&q);
}

double constraint_cpu_factor(const struct fleet *f, uint32_t vm, uint32_t host)
{
	const struct host_class *c = fleet_class_of(f, host);

	if (!f->constrained || !needs_emulation(&f->vms[vm], c) || !c->emulation)
		return 1;
	return c->emulation_factor;
}
