/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Placement as one doubly linked list of VMs for each host, threaded through arrays indexed by VM.
 * That makes moving, walking and undoing cheap without any allocation on the way. The log keeps,
 * for each move inside a transaction, where the VM stood before: its host and the VM in front of
 * it. Undone in reverse order, that VM is back in front by the time it is needed.
 */
#include "core/model/placement.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define LOG_CAP_FIRST 64

static uint32_t *filled(uint32_t n, uint32_t value)
{
	uint32_t *a = xcalloc(n, sizeof(*a));

	for (uint32_t i = 0; i < n; i++)
		a[i] = value;
	return a;
}

struct placement *placement_new(uint32_t n_vms, uint32_t n_hosts)
{
	struct placement *p = xcalloc(1, sizeof(*p));

	p->n_vms = n_vms;
	p->n_hosts = n_hosts;
	p->host_of = filled(n_vms, ID_NONE);
	p->next = filled(n_vms, ID_NONE);
	p->prev = filled(n_vms, ID_NONE);
	p->first = filled(n_hosts, ID_NONE);
	p->last = filled(n_hosts, ID_NONE);
	p->count = filled(n_hosts, 0);
	return p;
}

struct placement *placement_clone(const struct placement *p)
{
	struct placement *clone = placement_new(p->n_vms, p->n_hosts);

	placement_copy(clone, p);
	return clone;
}

void placement_copy(struct placement *to, const struct placement *from)
{
	assert(to->n_vms == from->n_vms);
	assert(to->n_hosts == from->n_hosts);
	assert(to->depth == 0);
	memcpy(to->host_of, from->host_of, to->n_vms * sizeof(*to->host_of));
	memcpy(to->next, from->next, to->n_vms * sizeof(*to->next));
	memcpy(to->prev, from->prev, to->n_vms * sizeof(*to->prev));
	memcpy(to->first, from->first, to->n_hosts * sizeof(*to->first));
	memcpy(to->last, from->last, to->n_hosts * sizeof(*to->last));
	memcpy(to->count, from->count, to->n_hosts * sizeof(*to->count));
}

void placement_free(struct placement *p)
{
	if (!p)
		return;
	free(p->host_of);
	free(p->next);
	free(p->prev);
	free(p->first);
	free(p->last);
	free(p->count);
	free(p->log);
	free(p);
}

/* Takes vm out of its list, if it is in one. */
static void unlink_vm(struct placement *p, uint32_t vm)
{
	uint32_t host = p->host_of[vm], prev = p->prev[vm], next = p->next[vm];

	if (host == ID_NONE)
		return;
	if (prev == ID_NONE)
		p->first[host] = next;
	else
		p->next[prev] = next;
	if (next == ID_NONE)
		p->last[host] = prev;
	else
		p->prev[next] = prev;
	p->count[host]--;
	p->host_of[vm] = p->next[vm] = p->prev[vm] = ID_NONE;
}

/* Puts vm, which is nowhere, behind prev on host; prev = ID_NONE: at the front. */
static void link_vm(struct placement *p, uint32_t vm, uint32_t host, uint32_t prev)
{
	uint32_t next;

	if (host == ID_NONE)
		return;
	next = prev == ID_NONE ? p->first[host] : p->next[prev];
	if (prev == ID_NONE)
		p->first[host] = vm;
	else
		p->next[prev] = vm;
	if (next == ID_NONE)
		p->last[host] = vm;
	else
		p->prev[next] = vm;
	p->host_of[vm] = host;
	p->prev[vm] = prev;
	p->next[vm] = next;
	p->count[host]++;
}

static void log_push(struct placement *p, uint32_t vm)
{
	if (p->log_len == p->log_cap) {
		p->log_cap = p->log_cap ? 2 * p->log_cap : LOG_CAP_FIRST;
		p->log = xreallocarray(p->log, p->log_cap, sizeof(*p->log));
	}
	p->log[p->log_len++] = (struct placement_undo){
	        .vm = vm,
	        .host = p->host_of[vm],
	        .prev = p->prev[vm],
	};
}

void placement_move(struct placement *p, uint32_t vm, uint32_t host)
{
	assert(vm < p->n_vms);
	assert(host < p->n_hosts || host == ID_NONE);
	if (p->depth > 0)
		log_push(p, vm);
	unlink_vm(p, vm);
	link_vm(p, vm, host, host == ID_NONE ? ID_NONE : p->last[host]);
}

uint32_t placement_begin(struct placement *p)
{
	p->depth++;
	return p->log_len;
}

void placement_commit(struct placement *p, uint32_t mark)
{
	assert(p->depth > 0);
	assert(mark <= p->log_len);
	if (--p->depth == 0)
		p->log_len = 0;
}

void placement_rollback(struct placement *p, uint32_t mark)
{
	assert(p->depth > 0);
	assert(mark <= p->log_len);
	while (p->log_len > mark) {
		const struct placement_undo *u = &p->log[--p->log_len];

		unlink_vm(p, u->vm);
		link_vm(p, u->vm, u->host, u->prev);
	}
	p->depth--;
}
