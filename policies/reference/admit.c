/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First placement, and the switching of hosts that goes with every move.
 *
 * Pending VMs are placed in order of their ids by the same search as migrating ones, with their
 * demand if it is known and their allocation if not. At the start of the published experiment
 * nothing is known: allocations fill the hosts' CPU and memory, while the detector sees no
 * demand but that of the VM in question, so that it never refuses.
 *
 * Where VMs were promised more CPU than all hosts have, which the experiment does not know, the
 * rest goes to the hosts with most CPU free: what they use of it, the detectors see from then on.
 *
 * A VM whose host has to be woken first stays pending until that is done. It is remembered, and
 * counts on its host, so that the next decision does not wake another one for it.
 */
#include "policies/reference/reference.h"

void reference_wake(const struct board *b, uint32_t host, enum reason_code code, double mips,
                    struct plan *ret)
{
	enum host_state state = b->s->host_state[host];
	struct reason why = {.code = code, .num = {mips, 0}};

	if (state == HOST_OFF || state == HOST_STANDBY)
		plan_host_on(ret, host, &why);
}

static bool is_waiting(struct reference *r, uint32_t vm)
{
	uint32_t host = r->waits_for[vm];

	if (host == ID_NONE)
		return false;
	if (r->board->s->host_state[host] == HOST_WAKING)
		return true;
	r->waits_for[vm] = ID_NONE;
	return false;
}

static void admit_vm(struct reference *r, uint32_t vm, struct plan *ret)
{
	struct board *b = r->board;
	uint32_t host = board_find_target(b, vm);
	struct reason why = {.code = REASON_FIRST_PLACEMENT};
	double free_mips;

	if (host == ID_NONE) {
		host = board_find_roomiest(b, vm);
		why.code = REASON_NO_ROOM;
	}
	if (host == ID_NONE)
		return; /* it is asked for again at the next decision */
	free_mips = b->free_mips[host];
	board_put(b, vm, host);
	r->marks[host] |= HOST_MARK_RELIEVER;
	reference_wake(b, host, REASON_WAKE_FOR_VM, b->demand[vm], ret);
	if (b->s->host_state[host] != HOST_ACTIVE)
		r->waits_for[vm] = host;
	why.num[0] = why.code == REASON_NO_ROOM ? b->demand[vm] : b->load_mips[host];
	why.num[1] = why.code == REASON_NO_ROOM ? free_mips : b->capacity_mips[host];
	plan_place(ret, vm, host, &why);
}

void reference_admit(struct reference *r, struct plan *ret)
{
	const struct snapshot *s = r->board->s;

	for (uint32_t i = 0; i < s->n_active; i++) {
		uint32_t vm = s->active[i];

		if (s->vm_state[vm] == VM_PENDING && is_waiting(r, vm))
			board_reserve(r->board, vm, r->waits_for[vm]);
	}
	for (uint32_t i = 0; i < s->n_active; i++) {
		uint32_t vm = s->active[i];

		if (s->vm_state[vm] == VM_PENDING && r->waits_for[vm] == ID_NONE)
			admit_vm(r, vm, ret);
	}
}

static uint32_t count_down(const struct snapshot *s)
{
	uint32_t n = 0;

	for (uint32_t h = 0; h < s->fleet->n_hosts; h++)
		n += s->host_state[h] != HOST_ACTIVE && s->host_state[h] != HOST_WAKING;
	return n;
}

/* Active, without VMs, and on for as long as it has to be. */
static bool is_idle(const struct snapshot *s, uint32_t host)
{
	return s->host_state[host] == HOST_ACTIVE && s->placement->count[host] == 0 &&
	       s->now_us - s->host_since_us[host] >= s->host_min_on_us;
}

void reference_release_idle(const struct snapshot *s, const uint8_t *marks, struct plan *ret)
{
	uint32_t down = count_down(s);

	for (uint32_t h = 0; h < s->fleet->n_hosts && down < s->hosts_off_max; h++) {
		struct reason why = {.code = REASON_IDLE_HOST};

		if (marks[h] || !is_idle(s, h))
			continue;
		why.num[0] = usec_to_sec(s->now_us - s->host_since_us[h]);
		plan_host_off(ret, h, &why);
		down++;
	}
}
