/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_REPORT_H
#define CORE_MODEL_REPORT_H
/*
 * What one look at one real host told: the host and every VM on it, in any state. A report is raw:
 * counters are totals since an origin that the host knows, and what was not told is marked as not
 * told. Rates, and which VM is which, are made from two reports by whoever keeps them.
 *
 * Missing is never zero: a number that was not told is NAN (double) or REPORT_NONE (counter).
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/units.h"
#include "core/model/fleet.h"

#define REPORT_NONE UINT64_MAX /* a counter that was not told */
#define UUID_TEXT   37         /* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" and the end */

/* How a VM is there. All but VM_SEEN_SHUT_OFF hold memory or work of the host. */
enum vm_seen {
	VM_SEEN_UNKNOWN,
	VM_SEEN_RUNNING,
	VM_SEEN_PAUSED,    /* by somebody, or by an I/O error: see pause_io_error */
	VM_SEEN_INCOMING,  /* paused as the target of a migration under way */
	VM_SEEN_SUSPENDED, /* the guest put itself to sleep */
	VM_SEEN_SHUTDOWN,  /* on its way down */
	VM_SEEN_CRASHED,
	VM_SEEN_SHUT_OFF
};

/* What keeps a VM from live migration, by kind; `what` of struct blocker names the thing. */
enum blocker_kind {
	BLOCKER_LOCAL_DISK,    /* a disk that only this host can reach; a copy could move it */
	BLOCKER_LOCAL_ISO,     /* a local image in a CD-ROM or floppy drive; ejecting unlocks */
	BLOCKER_UNSAFE_CACHE,  /* a shared file with a host cache mode that migration refuses */
	BLOCKER_HOSTDEV,       /* a passed-through PCI, mediated or SCSI device */
	BLOCKER_USB,           /* a passed-through USB device */
	BLOCKER_SHARED_FOLDER, /* virtiofs or 9p */
	BLOCKER_HUGE_PAGES,    /* may move only where as many huge pages are free */
	BLOCKER_CPU_HOST,      /* host-passthrough CPU: only to an equal CPU */
	BLOCKER_NUMA_PIN,      /* memory bound strictly to a NUMA node of this host */
	BLOCKER_NVRAM_LOCAL,   /* firmware variables in a local file of a template that differs */
	BLOCKER_DEVICE_LOCAL,  /* a serial, TPM, vhost-user or other host-side end */
	BLOCKER_STATE,         /* its state: paused, crashed, incoming */
	BLOCKER_MANAGED_SAVE,  /* its memory lies in a file of this host */
	BLOCKER_KIND_COUNT
};

/* Hard: no live migration as it is. Soft: depends on the target, or on leave to copy storage. */
struct blocker {
	enum blocker_kind kind;
	bool hard;
	char *what; /* "vdb: /var/lib/libvirt/images/db.qcow2"; owned */
};

struct vm_tag {
	char *name, *value; /* owned */
};

/* What a VM's definition says, as far as placement and migration are concerned. */
struct vm_config {
	char uuid[UUID_TEXT];
	char *name; /* owned */
	uint32_t vcpus;
	double mem_bytes_max, mem_bytes; /* of the definition: most, and current balloon */
	enum arch arch;
	bool emulated; /* run by translation (type qemu), not by hardware virtualization */
	bool transient;
	uint32_t cpu_level;  /* x86-64 level that its CPU model needs; 0 = not stated */
	char *cpu_model;     /* "" = the hypervisor's default; owned */
	struct vm_tag *tags; /* from libvirt metadata, sorted by name */
	uint32_t n_tags;
	struct blocker *blockers; /* in order of the definition */
	uint32_t n_blockers;
};

struct vm_report {
	struct vm_config config;
	enum vm_seen seen;
	bool pause_io_error;
	bool has_managed_save;
	uint64_t cpu_ns;               /* counter, over all vCPUs and the emulator */
	double mem_bytes;              /* backed by the host now */
	double mem_bytes_used;         /* as the guest's balloon tells; NAN */
	uint64_t disk_bytes, disk_ops; /* counters, reads plus writes */
	uint64_t net_bytes;            /* counter, in plus out */
	double dirty_bytes_per_s;      /* NAN: not measured */
	bool job_active;               /* a migration or save is under way */
	double job_done_ratio;         /* NAN: not told */
};

struct host_report {
	usec_t at_us; /* monotonic, on the collecting machine, when the look began */
	usec_t took_us;
	char *hostname;          /* as the host calls itself; owned */
	char boot_id[UUID_TEXT]; /* "" = not told */
	uint32_t cores, threads; /* 0 = not told */
	double core_mhz;
	double mem_bytes, mem_bytes_free;
	uint64_t cpu_busy_ns, cpu_idle_ns; /* counters over all threads */
	double power_w;                    /* NAN: this source does not know */
	enum arch arch;
	enum cpu_vendor vendor;
	bool hw_virt;                                 /* VT-x or AMD-V usable */
	char *cpu_model;                              /* owned; "" = not told */
	uint64_t hypervisor_version, library_version; /* libvirt's numbering; 0 = not told */
	struct vm_report *vms;                        /* sorted by UUID */
	uint32_t n_vms;
};

/* Everything not told. */
void host_report_init(struct host_report *r);
void host_report_done(struct host_report *r);
void vm_report_init(struct vm_report *v);
void vm_report_done(struct vm_report *v);
void vm_config_init(struct vm_config *c);
void vm_config_done(struct vm_config *c);

/* Takes over the text of what. */
void vm_config_add_blocker(struct vm_config *c, enum blocker_kind kind, bool hard, char *what);

/*
 * What its state keeps it from: a paused VM may be meant to stay; one that crashed, is coming or
 * going, is off, or waits for its storage cannot be moved live at all.
 */
void vm_report_add_state_blockers(struct vm_report *v);

/* Takes over v and leaves it as after vm_report_init. Order is made by host_report_sort. */
void host_report_add_vm(struct host_report *r, struct vm_report *v);
void host_report_sort(struct host_report *r);

const char *vm_seen_name(enum vm_seen seen);           /* "running" */
const char *blocker_kind_name(enum blocker_kind kind); /* "local-disk" */
const char *blocker_remedy(enum blocker_kind kind);    /* "move it to shared storage, or ..." */

#endif
