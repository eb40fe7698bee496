/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carries a plan out on a copy of the placement, and looks at each step; see plan_check.h. */
#include "tests/support/plan_check.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "core/model/constraint.h"

struct check {
	const struct snapshot *s;
	struct placement *placement; /* once all that is under way and was looked at is done */
	bool *moved;                 /* by VM */
	bool *receives, *leaves;     /* by host: may take VMs; is to be powered down */
	uint32_t n_down;
};

static struct check check_begin(const struct snapshot *s)
{
	struct check c = {.s = s, .placement = placement_clone(s->placement)};

	c.moved = xcalloc(s->fleet->n_vms, sizeof(*c.moved));
	c.receives = xcalloc(s->fleet->n_hosts, sizeof(*c.receives));
	c.leaves = xcalloc(s->fleet->n_hosts, sizeof(*c.leaves));
	for (uint32_t h = 0; h < s->fleet->n_hosts; h++) {
		c.receives[h] = s->host_state[h] == HOST_ACTIVE || s->host_state[h] == HOST_WAKING;
		c.n_down += !c.receives[h];
	}
	for (uint32_t vm = 0; vm < s->fleet->n_vms; vm++)
		if (s->vm_target[vm] != ID_NONE)
			placement_move(c.placement, vm, s->vm_target[vm]);
	return c;
}

static void check_end(struct check *c)
{
	placement_free(c->placement);
	free(c->moved);
	free(c->receives);
	free(c->leaves);
}

static void check_vm(struct check *c, const struct action *a)
{
	double mem = 0;

	CU_ASSERT(!c->moved[a->vm]);
	CU_ASSERT(c->receives[a->to]);
	CU_ASSERT(constraint_allows(c->s->fleet, c->placement, a->vm, a->to, NULL));
	c->moved[a->vm] = true;
	placement_move(c->placement, a->vm, a->to);
	placement_foreach_vm (c->placement, a->to, vm)
		mem += c->s->vm_mem_bytes[vm];
	CU_ASSERT(mem <= fleet_class_of(c->s->fleet, a->to)->capacity.v[RES_MEM] * (1 + 1e-9));
}

static void check_place(struct check *c, const struct action *a)
{
	CU_ASSERT_EQUAL(c->s->vm_state[a->vm], VM_PENDING);
	CU_ASSERT_EQUAL(c->s->vm_target[a->vm], ID_NONE);
	CU_ASSERT_EQUAL(a->from, ID_NONE);
	check_vm(c, a);
}

static void check_migrate(struct check *c, const struct action *a)
{
	CU_ASSERT_EQUAL(c->s->vm_state[a->vm], VM_RUNNING);
	CU_ASSERT_EQUAL(c->s->vm_target[a->vm], ID_NONE);
	CU_ASSERT_EQUAL(a->from, c->s->placement->host_of[a->vm]);
	CU_ASSERT_NOT_EQUAL(a->to, a->from);
	CU_ASSERT(!isnan(c->s->vm_cpu_demand[a->vm]));
	CU_ASSERT_PTR_NULL(c->s->fleet->vms[a->vm].not_movable);
	CU_ASSERT(a->reason.code != REASON_EMPTY_HOST || c->leaves[a->from]);
	check_vm(c, a);
}

static void check_on(struct check *c, const struct action *a)
{
	uint8_t state = c->s->host_state[a->to];

	CU_ASSERT(state == HOST_OFF || state == HOST_STANDBY);
	CU_ASSERT(!c->receives[a->to]); /* once */
	c->receives[a->to] = true;
	c->n_down--;
}

static void check_off(struct check *c, const struct action *a)
{
	const struct snapshot *s = c->s;

	CU_ASSERT_EQUAL(s->host_state[a->from], HOST_ACTIVE);
	CU_ASSERT(!c->leaves[a->from]);
	CU_ASSERT(s->host_offs_left[a->from] > 0);
	CU_ASSERT(s->now_us - s->host_since_us[a->from] >= s->host_min_on_us);
	c->leaves[a->from] = true;
	c->receives[a->from] = false;
	CU_ASSERT(++c->n_down <= s->hosts_off_max);
}

/* Either a drain is taken back, or it is on record why the host was not emptied. */
static void check_keep(struct check *c, const struct action *a)
{
	CU_ASSERT(!c->leaves[a->from]);
	if (c->s->host_state[a->from] == HOST_DRAINING) {
		c->receives[a->from] = true;
		c->n_down--;
	}
}

void plan_check(const struct snapshot *s, const struct plan *p)
{
	struct check c = check_begin(s);

	for (uint32_t i = 0; i < p->len; i++) {
		const struct action *a = &p->actions[i];

		CU_ASSERT_NOT_EQUAL(a->reason.code, REASON_NONE);
		switch (a->kind) {
		case ACTION_PLACE: check_place(&c, a); break;
		case ACTION_MIGRATE: check_migrate(&c, a); break;
		case ACTION_HOST_ON: check_on(&c, a); break;
		case ACTION_HOST_OFF: check_off(&c, a); break;
		case ACTION_HOST_KEEP: check_keep(&c, a); break;
		case ACTION_KIND_COUNT: CU_FAIL("no such action"); break;
		}
	}
	for (uint32_t h = 0; h < s->fleet->n_hosts; h++)
		CU_ASSERT(!c.leaves[h] || c.placement->count[h] == 0);
	check_end(&c);
}

static bool is_same(const struct action *a, const struct action *b)
{
	for (int i = 0; i < 4; i++)
		if (a->reason.num[i] < b->reason.num[i] || a->reason.num[i] > b->reason.num[i])
			return false;
	return a->kind == b->kind && a->vm == b->vm && a->from == b->from && a->to == b->to &&
	       a->reason.code == b->reason.code;
}

void plan_check_same(const struct plan *a, const struct plan *b)
{
	CU_ASSERT_EQUAL(a->len, b->len);
	for (uint32_t i = 0; i < a->len && i < b->len; i++)
		CU_ASSERT(is_same(&a->actions[i], &b->actions[i]));
}
