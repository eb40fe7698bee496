/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reports of real hosts: life and order of the records, and the names that people read. Nothing
 * here interprets a number.
 */
#include "core/model/report.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

void vm_config_init(struct vm_config *c)
{
	*c = (struct vm_config){.mem_bytes_max = NAN, .mem_bytes = NAN};
}

void vm_config_done(struct vm_config *c)
{
	for (uint32_t i = 0; i < c->n_tags; i++) {
		free(c->tags[i].name);
		free(c->tags[i].value);
	}
	for (uint32_t i = 0; i < c->n_blockers; i++)
		free(c->blockers[i].what);
	free(c->tags);
	free(c->blockers);
	free(c->name);
	free(c->cpu_model);
	vm_config_init(c);
}

void vm_config_add_blocker(struct vm_config *c, enum blocker_kind kind, bool hard, char *what)
{
	struct blocker *b;

	c->blockers = xreallocarray(c->blockers, c->n_blockers + 1, sizeof(*c->blockers));
	b = &c->blockers[c->n_blockers++];
	b->kind = kind;
	b->hard = hard;
	b->what = what;
}

void vm_report_init(struct vm_report *v)
{
	*v = (struct vm_report){
	        .seen = VM_SEEN_UNKNOWN,
	        .cpu_ns = REPORT_NONE,
	        .mem_bytes = NAN,
	        .mem_bytes_used = NAN,
	        .disk_bytes = REPORT_NONE,
	        .disk_ops = REPORT_NONE,
	        .net_bytes = REPORT_NONE,
	        .dirty_bytes_per_s = NAN,
	        .job_done_ratio = NAN,
	};
	vm_config_init(&v->config);
}

void vm_report_done(struct vm_report *v)
{
	vm_config_done(&v->config);
	vm_report_init(v);
}

void vm_report_add_state_blockers(struct vm_report *v)
{
	bool paused = v->seen == VM_SEEN_PAUSED && !v->pause_io_error;

	if (v->seen != VM_SEEN_RUNNING)
		vm_config_add_blocker(&v->config, BLOCKER_STATE, !paused,
		                      xstrdup(v->pause_io_error ? "paused by an I/O error"
		                                                : vm_seen_name(v->seen)));
	if (v->has_managed_save)
		vm_config_add_blocker(&v->config, BLOCKER_MANAGED_SAVE, true,
		                      xstrdup("its memory is saved to a file"));
}

void host_report_init(struct host_report *r)
{
	*r = (struct host_report){
	        .core_mhz = NAN,
	        .mem_bytes = NAN,
	        .mem_bytes_free = NAN,
	        .cpu_busy_ns = REPORT_NONE,
	        .cpu_idle_ns = REPORT_NONE,
	        .power_w = NAN,
	};
}

void host_report_done(struct host_report *r)
{
	for (uint32_t i = 0; i < r->n_vms; i++)
		vm_report_done(&r->vms[i]);
	free(r->vms);
	free(r->hostname);
	free(r->cpu_model);
	host_report_init(r);
}

void host_report_add_vm(struct host_report *r, struct vm_report *v)
{
	r->vms = xreallocarray(r->vms, r->n_vms + 1, sizeof(*r->vms));
	r->vms[r->n_vms++] = *v;
	vm_report_init(v);
}

static int compare_vms(const void *a, const void *b)
{
	const struct vm_report *x = a, *y = b;

	return strcmp(x->config.uuid, y->config.uuid);
}

void host_report_sort(struct host_report *r)
{
	if (r->n_vms > 1)
		qsort(r->vms, r->n_vms, sizeof(*r->vms), compare_vms);
}

const char *vm_seen_name(enum vm_seen seen)
{
	switch (seen) {
	case VM_SEEN_UNKNOWN: return "unknown";
	case VM_SEEN_RUNNING: return "running";
	case VM_SEEN_PAUSED: return "paused";
	case VM_SEEN_INCOMING: return "incoming";
	case VM_SEEN_SUSPENDED: return "suspended";
	case VM_SEEN_SHUTDOWN: return "shutdown";
	case VM_SEEN_CRASHED: return "crashed";
	case VM_SEEN_SHUT_OFF: return "shut-off";
	}
	return "unknown";
}

static const struct {
	const char *name, *remedy;
} blockers[BLOCKER_KIND_COUNT] = {
        [BLOCKER_LOCAL_DISK] = {"local-disk", "move it to shared storage, or allow a copy"},
        [BLOCKER_LOCAL_ISO] = {"local-iso", "eject it, or put it on shared storage"},
        [BLOCKER_UNSAFE_CACHE] = {"unsafe-cache", "set cache='none' on the disk"},
        [BLOCKER_HOSTDEV] = {"hostdev", "detach the device, or use a virtual one"},
        [BLOCKER_USB] = {"usb", "detach the USB device"},
        [BLOCKER_SHARED_FOLDER] = {"shared-folder", "detach it, or use a network file system"},
        [BLOCKER_HUGE_PAGES] = {"huge-pages", "reserve as many on the other hosts"},
        [BLOCKER_CPU_HOST] = {"cpu-host", "use a CPU model that all hosts of the cell have"},
        [BLOCKER_NUMA_PIN] = {"numa-pin", "use mode 'preferred' in numatune"},
        [BLOCKER_NVRAM_LOCAL] = {"nvram-local", "put the firmware variables on shared storage"},
        [BLOCKER_DEVICE_LOCAL] = {"device-local", "detach the device, or give it a remote end"},
        [BLOCKER_STATE] = {"state", "resume the VM, or wait until it is running"},
        [BLOCKER_MANAGED_SAVE] = {"managed-save", "start it, or remove the saved state"},
};

const char *blocker_kind_name(enum blocker_kind kind)
{
	assert(kind < BLOCKER_KIND_COUNT);
	return blockers[kind].name;
}

const char *blocker_remedy(enum blocker_kind kind)
{
	assert(kind < BLOCKER_KIND_COUNT);
	return blockers[kind].remedy;
}
