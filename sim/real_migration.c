/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live migrations with pre-copy, sharing the hosts' links.
 *
 * A host gives the share world.migration_link_ratio of its network to migrations, in equal parts
 * to all that begin or end there; a migration runs at the lesser part of its two ends (what the
 * other end leaves unused is not handed on):
 *
 *   R = link_ratio x min(net_from / n_from, net_to / n_to)          bytes/s
 *
 * While memory is copied the VM dirties it anew, at w = dirty_rate_per_mips x its demand, at most
 * dirty_ratio_max x R (auto-converge slows the guest down). Each pre-copy round sends what the
 * round before left dirty: mem + mem (w/R) + mem (w/R)^2 + ... = mem R / (R - w) bytes, so that
 *
 *   d left / dt = -(R - w),   duration = mem / (R - w),   bytes sent = R x duration
 *
 * which needs no rounds to be simulated and may change R and w at any time. Each change settles
 * the migrations it touches and moves their ends in the event heap.
 *
 * Until the end the VM runs on its source and loses migration_overhead_ratio of what it would
 * get; the target carries the same share of its demand, and has its memory reserved.
 */
#include <errno.h>
#include <math.h>

#include "core/base/xalloc.h"
#include "core/model/constraint.h"
#include "sim/real.h"

static uint32_t event_id(const struct real_world *w, uint32_t slot)
{
	return w->fleet->n_hosts + slot;
}

double real_migration_lost_mips(const struct real_world *w, uint32_t vm)
{
	return w->opts.cfg.migration_overhead_ratio * w->vms.demand[vm];
}

double real_migration_target_mips(const struct real_world *w, const struct real_migration *m)
{
	double factor = w->vms.factor ? constraint_cpu_factor(w->fleet, m->vm, m->to) : 1;

	return w->opts.cfg.migration_overhead_ratio * w->vms.demand[m->vm] * factor;
}

void real_migration_settle(struct real_world *w, uint32_t slot)
{
	struct real_migration *m = &w->moves[slot];
	double seconds = usec_to_sec(w->now_us - m->since_us);

	m->left_bytes = fmax(0, m->left_bytes - (m->copy_bps - m->dirty_bps) * seconds);
	m->moved_bytes += m->copy_bps * seconds;
	m->since_us = w->now_us;
}

static double link_part(const struct real_world *w, uint32_t host)
{
	return w->opts.cfg.migration_link_ratio *
	       fleet_class_of(w->fleet, host)->capacity.v[RES_NET_BPS] / w->hosts.n_moves[host];
}

/* Takes the rates as they are now and says when it will end. Settle before. */
static void set_pace(struct real_world *w, uint32_t slot)
{
	struct real_migration *m = &w->moves[slot];
	double dirty_bps = w->opts.cfg.dirty_bps_per_mips * w->vms.demand[m->vm];
	double seconds;

	m->copy_bps = fmin(link_part(w, m->from), link_part(w, m->to));
	m->dirty_bps = fmin(dirty_bps, w->opts.cfg.dirty_ratio_max * m->copy_bps);
	seconds = m->left_bytes / (m->copy_bps - m->dirty_bps);
	/* Not before the last byte is there: up to the next microsecond. */
	event_heap_set(&w->heap, event_id(w, slot), REAL_MIGRATION_END,
	               w->now_us + (usec_t)ceil(seconds * 1e6));
}

static int end_of(const struct real_migration *m, uint32_t host)
{
	return m->from == host ? 0 : 1;
}

/* Everybody at host has another part of its link now. */
static void link_changed(struct real_world *w, uint32_t host)
{
	uint32_t slot = w->hosts.moves[host];

	while (slot != ID_NONE) {
		real_migration_settle(w, slot);
		set_pace(w, slot);
		slot = w->moves[slot].next[end_of(&w->moves[slot], host)];
	}
}

static void list_add(struct real_world *w, uint32_t slot, int end)
{
	struct real_migration *m = &w->moves[slot];
	uint32_t host = end ? m->to : m->from, first = w->hosts.moves[host];

	m->prev[end] = ID_NONE;
	m->next[end] = first;
	if (first != ID_NONE)
		w->moves[first].prev[end_of(&w->moves[first], host)] = slot;
	w->hosts.moves[host] = slot;
	w->hosts.n_moves[host]++;
}

static void list_remove(struct real_world *w, uint32_t slot, int end)
{
	struct real_migration *m = &w->moves[slot];
	uint32_t host = end ? m->to : m->from, next = m->next[end], prev = m->prev[end];

	if (next != ID_NONE)
		w->moves[next].prev[end_of(&w->moves[next], host)] = prev;
	if (prev != ID_NONE)
		w->moves[prev].next[end_of(&w->moves[prev], host)] = next;
	else
		w->hosts.moves[host] = next;
	w->hosts.n_moves[host]--;
}

static uint32_t take_slot(struct real_world *w)
{
	if (w->free_moves.len > 0)
		return w->free_moves.ids[--w->free_moves.len];
	if (w->n_moves == w->cap_moves) {
		w->cap_moves = w->cap_moves ? 2 * w->cap_moves : 64;
		w->moves = xreallocarray(w->moves, w->cap_moves, sizeof(*w->moves));
	}
	return w->n_moves++;
}

static void tell_move(struct real_world *w, const struct real_migration *m,
                      enum sim_event_kind kind)
{
	real_tell(w, &(struct sim_event){
	                     .kind = kind,
	                     .vm = m->vm,
	                     .from = m->from,
	                     .to = m->to,
	                     .reason = &m->reason,
	             });
}

static void emit_move(struct real_world *w, const struct real_migration *m,
                      enum env_event_kind kind)
{
	real_emit(w, &(struct env_event){
	                     .kind = kind, .action = m->action, .vm = m->vm, .host = m->to});
}

/* Puts (+1) the migration's costs on both hosts, or takes them (-1) away. */
static void add_costs(struct real_world *w, const struct real_migration *m, int sign)
{
	struct real_hosts *h = &w->hosts;

	h->out_lost[m->from] += sign * real_migration_lost_mips(w, m->vm);
	h->in_load[m->to] += sign * real_migration_target_mips(w, m);
	h->mem[m->to] += sign * w->vms.mem[m->vm];
}

static int check_move(const struct real_world *w, const struct action *a)
{
	if (w->vms.host[a->vm] == ID_NONE || w->vms.host[a->vm] != a->from || a->to == a->from)
		return -EINVAL;
	if (w->vms.migration[a->vm] != ID_NONE)
		return -EBUSY;
	if (w->hosts.state[a->to] != HOST_ACTIVE)
		return -EHOSTDOWN;
	if (w->hosts.mem[a->to] + w->vms.mem[a->vm] > w->hosts.mem_bytes[a->to])
		return -ENOSPC;
	return 0;
}

int real_migration_begin(struct real_world *w, const struct action *a, action_id id)
{
	int r = check_move(w, a);
	struct real_migration *m;
	uint32_t slot;

	if (r < 0)
		return r;
	slot = take_slot(w);
	m = &w->moves[slot];
	*m = (struct real_migration){
	        .action = id,
	        .reason = a->reason,
	        .vm = a->vm,
	        .from = a->from,
	        .to = a->to,
	        .left_bytes = w->vms.mem[a->vm],
	        .since_us = w->now_us,
	};
	real_host_begin_change(w, m->from);
	real_host_begin_change(w, m->to);
	add_costs(w, m, +1);
	real_host_end_change(w, m->from);
	real_host_end_change(w, m->to);
	list_add(w, slot, 0);
	list_add(w, slot, 1);
	w->n_moving++;
	w->vms.migration[m->vm] = slot;
	w->vms.state[m->vm] = VM_MIGRATING;
	link_changed(w, m->from);
	link_changed(w, m->to);
	meters_count(w->meters, METERS_MIGRATIONS, w->now_us);
	emit_move(w, m, ENV_ACTION_STARTED);
	tell_move(w, m, SIM_MIGRATE_BEGIN);
	return 0;
}

/* Takes the migration off both hosts and their links; the VM is where it was. */
static struct real_migration remove_move(struct real_world *w, uint32_t slot)
{
	struct real_migration m;

	real_migration_settle(w, slot);
	m = w->moves[slot];
	event_heap_drop(&w->heap, event_id(w, slot));
	list_remove(w, slot, 0);
	list_remove(w, slot, 1);
	w->n_moving--;
	w->vms.migration[m.vm] = ID_NONE;
	w->moves[slot].vm = ID_NONE;
	id_list_add(&w->free_moves, slot);
	meters_add_bytes(w->meters, m.moved_bytes);
	add_costs(w, &m, -1);
	/* No migration is left here: neither is what rounding left of its costs. */
	if (w->hosts.n_moves[m.from] == 0)
		w->hosts.out_lost[m.from] = 0;
	if (w->hosts.n_moves[m.to] == 0)
		w->hosts.in_load[m.to] = 0;
	link_changed(w, m.from);
	link_changed(w, m.to);
	return m;
}

void real_migration_end(struct real_world *w, uint32_t slot)
{
	struct real_migration m = w->moves[slot];

	real_host_begin_change(w, m.from);
	real_host_begin_change(w, m.to);
	m = remove_move(w, slot);
	real_host_detach(w, m.vm);
	real_host_attach(w, m.to, m.vm);
	real_host_end_change(w, m.from);
	real_host_end_change(w, m.to);
	emit_move(w, &m, ENV_ACTION_DONE);
	tell_move(w, &m, SIM_MIGRATE_END);
}

void real_migration_abort(struct real_world *w, uint32_t slot)
{
	struct real_migration m = w->moves[slot];

	real_host_begin_change(w, m.from);
	real_host_begin_change(w, m.to);
	m = remove_move(w, slot);
	real_host_end_change(w, m.from);
	real_host_end_change(w, m.to);
	if (w->vms.state[m.vm] == VM_MIGRATING)
		w->vms.state[m.vm] = VM_RUNNING;
	meters_count(w->meters, METERS_MIGRATIONS_FAILED, w->now_us);
	emit_move(w, &m, ENV_ACTION_FAILED);
	tell_move(w, &m, SIM_MIGRATE_FAIL);
}

/* New demands: the dirty rates change with them. They were settled before. */
void real_migrations_tick(struct real_world *w)
{
	for (uint32_t slot = 0; slot < w->n_moves; slot++) {
		const struct real_migration *m = &w->moves[slot];

		if (m->vm == ID_NONE)
			continue;
		w->hosts.out_lost[m->from] += real_migration_lost_mips(w, m->vm);
		w->hosts.in_load[m->to] += real_migration_target_mips(w, m);
		real_migration_settle(w, slot);
		set_pace(w, slot);
	}
}
