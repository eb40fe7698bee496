/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is where, and the migrations.
 *
 * A migration takes memory / (link x share of it that migrations get) seconds, whatever else moves
 * at the time. While it lasts the VM stays in its host's list and has an entry at the end of the
 * target's. When it ends, both go and the VM is appended to the target's list: the order of lists
 * breaks ties in policies.
 *
 * A VM can be in two migrations at once, from A to B and from A to C (the published policies do
 * that): both last equally long, and end in the order in which they began, so that it goes from A
 * to B and from B to C in one instant.
 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/reference.h"

#define LIST_CAP_FIRST  8
#define MOVES_CAP_FIRST 256

void reference_list_append(struct reference_world *w, uint32_t host, struct reference_entry e)
{
	struct reference_list *l = &w->lists[host];

	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : LIST_CAP_FIRST;
		l->entries = xreallocarray(l->entries, l->cap, sizeof(*l->entries));
	}
	l->entries[l->n++] = e;
	reference_touch(w, host);
}

static uint32_t list_find(const struct reference_list *l, struct reference_entry e)
{
	for (uint32_t i = 0; i < l->n; i++)
		if (l->entries[i].vm == e.vm && l->entries[i].incoming == e.incoming)
			return i;
	return ID_NONE;
}

void reference_list_remove(struct reference_world *w, uint32_t host, struct reference_entry e)
{
	struct reference_list *l = &w->lists[host];
	uint32_t i = list_find(l, e);

	assert(i != ID_NONE);
	l->n--;
	memmove(l->entries + i, l->entries + i + 1, (l->n - i) * sizeof(*l->entries));
	reference_touch(w, host);
}

void reference_touch(struct reference_world *w, uint32_t host)
{
	if (w->stale[host])
		return;
	w->stale[host] = true;
	w->stale_hosts[w->n_stale++] = host;
}

int reference_place(struct reference_world *w, const struct action *a)
{
	if (w->vm_state[a->vm] != VM_PENDING)
		return -EINVAL;
	w->vm_state[a->vm] = VM_RUNNING;
	w->vm_host[a->vm] = a->to;
	w->n_pending--;
	reference_list_append(w, a->to, (struct reference_entry){.vm = a->vm});
	reference_tell(w, &(struct sim_event){
	                          .kind = SIM_PLACE,
	                          .vm = a->vm,
	                          .from = ID_NONE,
	                          .to = a->to,
	                          .reason = &a->reason,
	                  });
	return ENV_DONE_AT_ONCE;
}

/* Only the target's link counts in CloudSim; in general the slower end sets the pace. */
static double copy_seconds(const struct reference_world *w, uint32_t vm, uint32_t to)
{
	double link = fleet_class_of(w->fleet, to)->capacity.v[RES_NET_BPS];
	double other = fleet_class_of(w->fleet, w->vm_host[vm])->capacity.v[RES_NET_BPS];

	if (!w->cloudsim && other < link)
		link = other;
	return w->fleet->vms[vm].allocation.v[RES_MEM] / (link * w->opts.cfg.migration_link_ratio);
}

static bool may_migrate(const struct reference_world *w, const struct action *a)
{
	return w->vm_state[a->vm] == VM_RUNNING && w->vm_host[a->vm] == a->from &&
	       a->to != a->from &&
	       list_find(&w->lists[a->to],
	                 (struct reference_entry){.vm = a->vm, .incoming = true}) == ID_NONE;
}

int reference_migrate(struct reference_world *w, const struct action *a, action_id id)
{
	double seconds;

	if (!may_migrate(w, a))
		return -EINVAL;
	if (w->n_moves == w->cap_moves) {
		w->cap_moves = w->cap_moves ? 2 * w->cap_moves : MOVES_CAP_FIRST;
		w->moves = xreallocarray(w->moves, w->cap_moves, sizeof(*w->moves));
	}
	seconds = copy_seconds(w, a->vm, a->to);
	w->moves[w->n_moves++] = (struct reference_move){
	        .action = id,
	        .vm = a->vm,
	        .to = a->to,
	        .end_us = w->now_us + usec_from_sec(seconds),
	        .end_s = w->now_s + seconds,
	        .reason = a->reason,
	};
	w->vm_moves[a->vm]++;
	reference_touch(w, a->from);
	reference_list_append(w, a->to, (struct reference_entry){.vm = a->vm, .incoming = true});
	meters_count(w->meters, METERS_MIGRATIONS, w->now_us);
	reference_tell(w, &(struct sim_event){
	                          .kind = SIM_MIGRATE_BEGIN,
	                          .vm = a->vm,
	                          .from = a->from,
	                          .to = a->to,
	                          .reason = &a->reason,
	                  });
	return 0;
}

static void complete(struct reference_world *w, const struct reference_move *m)
{
	uint32_t from = w->vm_host[m->vm];

	reference_list_remove(w, from, (struct reference_entry){.vm = m->vm});
	reference_list_remove(w, m->to, (struct reference_entry){.vm = m->vm, .incoming = true});
	reference_list_append(w, m->to, (struct reference_entry){.vm = m->vm});
	w->vm_host[m->vm] = m->to;
	w->vm_moves[m->vm]--;
	meters_add_bytes(w->meters, w->fleet->vms[m->vm].allocation.v[RES_MEM]);
	reference_emit(w, &(struct env_event){
	                          .kind = ENV_ACTION_DONE,
	                          .action = m->action,
	                          .vm = m->vm,
	                          .host = m->to,
	                  });
	reference_tell(w, &(struct sim_event){
	                          .kind = SIM_MIGRATE_END,
	                          .vm = m->vm,
	                          .from = from,
	                          .to = m->to,
	                          .reason = &m->reason,
	                  });
}

void reference_moves_end(struct reference_world *w)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < w->n_moves; i++) {
		struct reference_move m = w->moves[i];

		if (m.end_us <= w->now_us)
			complete(w, &m);
		else
			w->moves[kept++] = m;
	}
	w->n_moves = kept;
}

void reference_move_abort(struct reference_world *w, uint32_t index)
{
	struct reference_move m = w->moves[index];
	uint32_t from = w->vm_host[m.vm];

	w->n_moves--;
	memmove(w->moves + index, w->moves + index + 1, (w->n_moves - index) * sizeof(*w->moves));
	reference_list_remove(w, m.to, (struct reference_entry){.vm = m.vm, .incoming = true});
	w->vm_moves[m.vm]--;
	if (from != ID_NONE)
		reference_touch(w, from);
	meters_count(w->meters, METERS_MIGRATIONS_FAILED, w->now_us);
	reference_emit(w, &(struct env_event){
	                          .kind = ENV_ACTION_FAILED,
	                          .action = m.action,
	                          .vm = m.vm,
	                          .host = m.to,
	                  });
	reference_tell(w, &(struct sim_event){
	                          .kind = SIM_MIGRATE_FAIL,
	                          .vm = m.vm,
	                          .from = from,
	                          .to = m.to,
	                          .reason = &m.reason,
	                  });
}

usec_t reference_moves_next(const struct reference_world *w)
{
	usec_t next = USEC_NEVER;

	for (uint32_t i = 0; i < w->n_moves; i++)
		if (w->moves[i].end_us < next)
			next = w->moves[i].end_us;
	return next;
}

void reference_depart(struct reference_world *w, uint32_t vm)
{
	uint32_t host = w->vm_host[vm];

	if (w->vm_state[vm] == VM_PENDING)
		w->n_pending--;
	w->vm_state[vm] = VM_ABSENT;
	w->vm_host[vm] = ID_NONE;
	w->demand[vm] = 0;
	w->n_alive--;
	if (host != ID_NONE)
		reference_list_remove(w, host, (struct reference_entry){.vm = vm});
	reference_emit(w, &(struct env_event){.kind = ENV_VM_GONE, .vm = vm, .host = host});
	reference_tell(w, &(struct sim_event){
	                          .kind = SIM_DEPART,
	                          .vm = vm,
	                          .from = host,
	                          .to = ID_NONE,
	                  });
	for (uint32_t i = w->n_moves; w->vm_moves[vm] > 0 && i-- > 0;)
		if (w->moves[i].vm == vm)
			reference_move_abort(w, i);
}
