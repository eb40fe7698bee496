/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks of single records; see fleet_check.h. A fleet file is checked with line numbers before it
 * gets here; this is the net under every other way to make a fleet (tests, snapshots, discovery).
 */
#include "core/model/fleet_check.h"

#include <errno.h>
#include <math.h>

static bool is_amount(double x)
{
	return isfinite(x) && x >= 0;
}

static int check_vec(const struct resvec *v, struct err *err)
{
	for (enum resource r = RES_CPU; r < RES_COUNT; r++)
		if (!is_amount(v->v[r]))
			return err_set(err, -EINVAL, "%s is %g; give 0 or more", resource_name(r),
			               v->v[r]);
	return 0;
}

static int check_transition(const char *what, const struct power_transition *t, struct err *err)
{
	if (t->duration_us < 0 || !is_amount(t->power_w))
		return err_set(err, -EINVAL, "%s takes %g s at %g W; give 0 or more", what,
		               usec_to_sec(t->duration_us), t->power_w);
	return 0;
}

static int check_class_power(const struct host_class *c, struct err *err)
{
	int r = power_check(&c->power, err);

	if (r == 0 && (!is_amount(c->off_w) || !is_amount(c->standby_w)))
		r = err_set(err, -EINVAL, "off power %g W, standby power %g W; give 0 or more",
		            c->off_w, c->standby_w);
	if (r == 0)
		r = check_transition("boot", &c->boot, err);
	if (r == 0)
		r = check_transition("shutdown", &c->shutdown, err);
	if (r == 0)
		r = check_transition("suspend", &c->suspend, err);
	if (r == 0)
		r = check_transition("resume", &c->resume, err);
	return r;
}

static int check_class(const struct host_class *c, struct err *err)
{
	if (!c->name[0])
		return err_set(err, -EINVAL, "it has no name; give it one");
	if (c->cores == 0 || !(c->core_mips > 0) || !(c->capacity.v[RES_CPU] > 0))
		return err_set(err, -EINVAL,
		               "%u cores of %g MIPS make %g MIPS; all must be above 0", c->cores,
		               c->core_mips, c->capacity.v[RES_CPU]);
	if (c->emulation && !(c->emulation_factor >= 1 && isfinite(c->emulation_factor)))
		return err_set(err, -EINVAL, "emulation factor %g; give 1 or more",
		               c->emulation_factor);
	if (check_vec(&c->capacity, err) < 0)
		return -EINVAL;
	return check_class_power(c, err);
}

static int check_vm(const struct vm *vm, struct err *err)
{
	if (!vm->name[0])
		return err_set(err, -EINVAL, "it has no name; give it one");
	if (!is_amount(vm->vcpu_mips) || !is_amount(vm->core_mips))
		return err_set(err, -EINVAL,
		               "vCPU speed %g MIPS, core speed needed %g MIPS; "
		               "give 0 or more",
		               vm->vcpu_mips, vm->core_mips);
	return check_vec(&vm->allocation, err);
}

static bool all_below(const uint32_t *ids, uint32_t n, uint32_t limit)
{
	for (uint32_t i = 0; i < n; i++)
		if (ids[i] >= limit)
			return false;
	return true;
}

static int check_rule(const struct fleet *f, const struct rule *r, struct err *err)
{
	bool wants_hosts = r->kind == RULE_PIN || r->kind == RULE_BAN;

	if (!r->name[0])
		return err_set(err, -EINVAL, "it has no name; give it one");
	if (r->kind >= RULE_KIND_COUNT)
		return err_set(err, -EINVAL, "kind %u is unknown", (unsigned)r->kind);
	if (!all_below(r->vms, r->n_vms, f->n_vms) || !all_below(r->hosts, r->n_hosts, f->n_hosts))
		return err_set(err, -EINVAL, "a member is not in the fleet");
	if (wants_hosts && r->n_hosts == 0)
		return err_set(err, -EINVAL, "pin and ban name at least one host");
	if (!wants_hosts && r->n_hosts > 0)
		return err_set(err, -EINVAL, "only pin and ban name hosts");
	if (!r->hard && !is_amount(r->weight))
		return err_set(err, -EINVAL, "weight %g W of a soft rule; give 0 or more",
		               r->weight);
	return 0;
}

static int check_hosts(const struct fleet *f, struct err *err)
{
	for (uint32_t i = 0; i < f->n_hosts; i++) {
		if (!f->hosts[i].name[0])
			return err_set(err, -EINVAL, "host %u has no name; give it one", i);
		if (f->hosts[i].cls >= f->n_classes)
			return err_set(err, -EINVAL, "host \"%s\" has no class; give it one",
			               f->hosts[i].name);
	}
	return 0;
}

int fleet_check_records(const struct fleet *f, struct err *err)
{
	int r = check_hosts(f, err);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < f->n_classes; i++) {
		r = check_class(&f->classes[i], err);
		if (r < 0) {
			err_prefix(err, "host class \"%s\"", f->classes[i].name);
			return r;
		}
	}
	for (uint32_t i = 0; i < f->n_vms; i++) {
		r = check_vm(&f->vms[i], err);
		if (r < 0) {
			err_prefix(err, "vm \"%s\"", f->vms[i].name);
			return r;
		}
	}
	for (uint32_t i = 0; i < f->n_rules; i++) {
		r = check_rule(f, &f->rules[i], err);
		if (r < 0) {
			err_prefix(err, "rule \"%s\"", f->rules[i].name);
			return r;
		}
	}
	return 0;
}
