/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_SNAPSHOT_H
#define CORE_MODEL_SNAPSHOT_H
/*
 * What the engine believes about the fleet at one instant. Policies get it as const. Columns are
 * indexed by id, so a pass over all VMs runs through memory in order.
 *
 * Missing is never zero: a demand that is not known is NAN, and a host or VM whose data is too
 * old is UNKNOWN; UNKNOWN is neither source nor target.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/units.h"
#include "core/model/fleet.h"
#include "core/model/placement.h"

enum host_state {
	HOST_ACTIVE,
	HOST_DRAINING,   /* active, but to be emptied and then powered down: no target */
	HOST_SUSPENDING, /* on its way down (shutdown or suspend) */
	HOST_STANDBY,    /* suspended to RAM */
	HOST_OFF,
	HOST_WAKING, /* booting or resuming */
	HOST_FAILED, /* crashed, or did not wake */
	HOST_UNKNOWN,
	HOST_STATE_COUNT
};

enum vm_state {
	VM_ABSENT,  /* not arrived yet, or gone */
	VM_PENDING, /* wants a host */
	VM_RUNNING,
	VM_MIGRATING, /* running on its source, on its way to vm_target */
	VM_UNKNOWN,
	VM_STATE_COUNT
};

enum sample_kind {
	SAMPLE_NONE,    /* no new sample since the last snapshot */
	SAMPLE_CURRENT, /* the demand at this instant, which will hold for a while */
	SAMPLE_PAST     /* the mean over the interval that just ended */
};

struct snapshot {
	const struct fleet *fleet;
	usec_t now_us;
	uint64_t tick;      /* samples taken so far */
	usec_t interval_us; /* between samples */
	enum sample_kind sample;

	/* The executor's limits that a policy has to plan within; what breaks them is refused. */
	usec_t vm_cooldown_us;  /* a VM moved less long ago is not moved to empty a host */
	usec_t host_min_on_us;  /* a host active for less long is not emptied */
	uint32_t hosts_off_max; /* hosts that may be down or on their way down */

	/* by host */
	uint8_t *host_state;      /* enum host_state */
	usec_t *host_since_us;    /* when it entered that state */
	uint16_t *host_offs_left; /* power-downs that its budget of the day allows */
	double *host_cpu_usage;   /* delivered MIPS as the host reports it */
	double *host_utilisation; /* the same over capacity, at the last sample */

	/* by VM */
	uint8_t *vm_state;     /* enum vm_state */
	uint32_t *vm_target;   /* host it is to be on: under way or queued, else ID_NONE */
	usec_t *vm_moved_us;   /* end of its last migration; negative: never */
	double *vm_cpu_demand; /* MIPS; NAN = unknown */
	/*
	 * The same over the VM's allocation, not rounded again where the env samples it so; NULL
	 * where it does not (or there is no new sample). Not owned, valid in this step only.
	 */
	const double *vm_cpu_ratio;
	double *vm_mem_bytes; /* memory to be backed by the host */

	uint32_t *active, n_active;  /* VMs that are not ABSENT, ascending ids */
	uint32_t n_pending;          /* VMs in state VM_PENDING */
	struct placement *placement; /* where VMs run now */
};

/* Hosts UNKNOWN, VMs ABSENT and nowhere, numbers NAN, vm_mem_bytes the allocation. */
struct snapshot *snapshot_new(const struct fleet *f);
void snapshot_free(struct snapshot *s);

const char *host_state_name(enum host_state state);
const char *vm_state_name(enum vm_state state);

#endif
