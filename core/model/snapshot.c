/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Storage of a snapshot; see snapshot.h. A new one knows nothing: hosts are UNKNOWN, VMs ABSENT,
 * numbers NAN, so that a reader who forgets to fill a column is found out instead of believed.
 */
#include "core/model/snapshot.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

static void init_hosts(struct snapshot *s, uint32_t n)
{
	s->host_state = xcalloc(n, sizeof(*s->host_state));
	s->host_since_us = xcalloc(n, sizeof(*s->host_since_us));
	s->host_offs_left = xcalloc(n, sizeof(*s->host_offs_left));
	s->host_cpu_usage = xcalloc(n, sizeof(*s->host_cpu_usage));
	s->host_utilisation = xcalloc(n, sizeof(*s->host_utilisation));
	for (uint32_t i = 0; i < n; i++) {
		s->host_state[i] = HOST_UNKNOWN;
		s->host_offs_left[i] = UINT16_MAX;
		s->host_cpu_usage[i] = NAN;
		s->host_utilisation[i] = NAN;
	}
}

static void init_vms(struct snapshot *s, const struct fleet *f)
{
	uint32_t n = f->n_vms;

	s->vm_state = xcalloc(n, sizeof(*s->vm_state)); /* 0 = VM_ABSENT */
	s->vm_target = xcalloc(n, sizeof(*s->vm_target));
	s->vm_moved_us = xcalloc(n, sizeof(*s->vm_moved_us));
	s->vm_cpu_demand = xcalloc(n, sizeof(*s->vm_cpu_demand));
	s->vm_mem_bytes = xcalloc(n, sizeof(*s->vm_mem_bytes));
	s->active = xcalloc(n, sizeof(*s->active));
	for (uint32_t i = 0; i < n; i++) {
		s->vm_target[i] = ID_NONE;
		s->vm_moved_us[i] = -1;
		s->vm_cpu_demand[i] = NAN;
		s->vm_mem_bytes[i] = f->vms[i].allocation.v[RES_MEM];
	}
}

struct snapshot *snapshot_new(const struct fleet *f)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));

	s->fleet = f;
	init_hosts(s, f->n_hosts);
	init_vms(s, f);
	s->placement = placement_new(f->n_vms, f->n_hosts);
	return s;
}

void snapshot_free(struct snapshot *s)
{
	if (!s)
		return;
	free(s->host_state);
	free(s->host_since_us);
	free(s->host_offs_left);
	free(s->host_cpu_usage);
	free(s->host_utilisation);
	free(s->vm_state);
	free(s->vm_target);
	free(s->vm_moved_us);
	free(s->vm_cpu_demand);
	free(s->vm_mem_bytes);
	free(s->active);
	placement_free(s->placement);
	free(s);
}

const char *host_state_name(enum host_state state)
{
	static const char *const names[HOST_STATE_COUNT] = {
	        [HOST_ACTIVE] = "active",
	        [HOST_DRAINING] = "draining",
	        [HOST_SUSPENDING] = "suspending",
	        [HOST_STANDBY] = "standby",
	        [HOST_OFF] = "off",
	        [HOST_WAKING] = "waking",
	        [HOST_FAILED] = "failed",
	        [HOST_UNKNOWN] = "unknown",
	};

	assert(state < HOST_STATE_COUNT);
	return names[state];
}

const char *vm_state_name(enum vm_state state)
{
	static const char *const names[VM_STATE_COUNT] = {
	        [VM_ABSENT] = "absent",       [VM_PENDING] = "pending", [VM_RUNNING] = "running",
	        [VM_MIGRATING] = "migrating", [VM_UNKNOWN] = "unknown",
	};

	assert(state < VM_STATE_COUNT);
	return names[state];
}
