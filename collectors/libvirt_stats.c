/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From libvirt's typed parameters to reports. A parameter is found by its name and may be of any
 * integer type: types differ between drivers and versions. libvirt counts memory in KiB and time in
 * nanoseconds. What is not there is not told, never zero.
 */
#include "collectors/libvirt_stats.h"

#include <math.h>
#include <string.h>

#define BYTES_PER_KIB 1024.0

/* cpu.time and not the sum of vcpu.N.time, which stays 0 for emulated guests. */
struct stats_request libvirt_stats_request(void)
{
	return (struct stats_request){
	        .groups = VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL |
	                  VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_INTERFACE |
	                  VIR_DOMAIN_STATS_BLOCK | VIR_DOMAIN_STATS_DIRTYRATE,
	        /* Without it one VM whose monitor hangs holds the whole host's look for 30 s. */
	        .flags = VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT,
	};
}

/* In order of age: the dirty rate came with 7.2, NOWAIT with 4.5. */
bool libvirt_stats_narrow(struct stats_request *r)
{
	if (r->groups & VIR_DOMAIN_STATS_DIRTYRATE) {
		r->groups &= ~(unsigned)VIR_DOMAIN_STATS_DIRTYRATE;
		return true;
	}
	if (r->flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT) {
		r->flags &= ~(unsigned)VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT;
		return true;
	}
	return false;
}

/* False for what is no integer, or below 0: libvirt writes -1 for "not known". */
static bool param_value(const virTypedParameter *p, uint64_t *ret)
{
	int64_t v;

	switch (p->type) {
	case VIR_TYPED_PARAM_UINT: *ret = p->value.ui; return true;
	case VIR_TYPED_PARAM_ULLONG: *ret = p->value.ul; return *ret != REPORT_NONE;
	case VIR_TYPED_PARAM_INT: v = p->value.i; break;
	case VIR_TYPED_PARAM_LLONG: v = p->value.l; break;
	default: return false;
	}
	if (v < 0)
		return false;
	*ret = (uint64_t)v;
	return true;
}

static bool find(const virTypedParameter *params, uint32_t n, const char *field, uint64_t *ret)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(params[i].field, field) == 0)
			return param_value(&params[i], ret);
	return false;
}

static bool find_kib(const virTypedParameter *params, uint32_t n, const char *field, double *ret)
{
	uint64_t kib;

	if (!find(params, n, field, &kib))
		return false;
	*ret = (double)kib * BYTES_PER_KIB;
	return true;
}

/* Whether field is "<group>.<number>.<counter>". */
static bool is_counter(const char *field, const char *group, const char *counter)
{
	size_t len = strlen(group), digits;

	if (strncmp(field, group, len) != 0 || field[len] != '.')
		return false;
	field += len + 1;
	digits = strspn(field, "0123456789");
	return digits > 0 && field[digits] == '.' && strcmp(field + digits + 1, counter) == 0;
}

/*
 * Adds the counter of all devices of the group to *sum. A device without it, like an empty CD-ROM
 * drive, adds nothing.
 */
static void add_counters(const virTypedParameter *params, uint32_t n, const char *const name[2],
                         uint64_t *sum)
{
	uint64_t v;

	for (uint32_t i = 0; i < n; i++)
		if (is_counter(params[i].field, name[0], name[1]) && param_value(&params[i], &v))
			*sum = (*sum == REPORT_NONE ? 0 : *sum) + v;
}

static void read_devices(const virTypedParameter *params, uint32_t n, struct vm_report *ret)
{
	uint64_t count;

	if (find(params, n, "block.count", &count) && count == 0)
		ret->disk_bytes = ret->disk_ops = 0;
	if (find(params, n, "net.count", &count) && count == 0)
		ret->net_bytes = 0;
	add_counters(params, n, (const char *const[]){"block", "rd.bytes"}, &ret->disk_bytes);
	add_counters(params, n, (const char *const[]){"block", "wr.bytes"}, &ret->disk_bytes);
	add_counters(params, n, (const char *const[]){"block", "rd.reqs"}, &ret->disk_ops);
	add_counters(params, n, (const char *const[]){"block", "wr.reqs"}, &ret->disk_ops);
	add_counters(params, n, (const char *const[]){"net", "rx.bytes"}, &ret->net_bytes);
	add_counters(params, n, (const char *const[]){"net", "tx.bytes"}, &ret->net_bytes);
}

static enum vm_seen seen_of(uint64_t state, uint64_t reason)
{
	switch (state) {
	case VIR_DOMAIN_RUNNING:
	case VIR_DOMAIN_BLOCKED: return VM_SEEN_RUNNING;
	case VIR_DOMAIN_PAUSED:
		/* A starting VM, too, is on its way in; a moment later it runs. */
		return reason == VIR_DOMAIN_PAUSED_MIGRATION ||
		                       reason == VIR_DOMAIN_PAUSED_STARTING_UP
		               ? VM_SEEN_INCOMING
		               : VM_SEEN_PAUSED;
	case VIR_DOMAIN_SHUTDOWN: return VM_SEEN_SHUTDOWN;
	case VIR_DOMAIN_SHUTOFF: return VM_SEEN_SHUT_OFF;
	case VIR_DOMAIN_CRASHED: return VM_SEEN_CRASHED;
	case VIR_DOMAIN_PMSUSPENDED: return VM_SEEN_SUSPENDED;
	default: return VM_SEEN_UNKNOWN;
	}
}

bool libvirt_stats_answered(const virTypedParameter *params, uint32_t n)
{
	uint64_t kib;

	return find(params, n, "balloon.rss", &kib);
}

/* Incoming: the target of a migration is never asked; one that answered is the source at its end.
 */
enum vm_seen libvirt_stats_seen(const virTypedParameter *params, uint32_t n)
{
	uint64_t state = VIR_DOMAIN_NOSTATE, reason = 0;
	enum vm_seen seen;

	(void)find(params, n, "state.state", &state);   /* not told: no state */
	(void)find(params, n, "state.reason", &reason); /* 0 is "unknown" for every state */
	seen = seen_of(state, reason);
	return seen == VM_SEEN_INCOMING && libvirt_stats_answered(params, n) ? VM_SEEN_PAUSED
	                                                                     : seen;
}

static void read_state(const virTypedParameter *params, uint32_t n, struct vm_report *ret)
{
	uint64_t state = VIR_DOMAIN_NOSTATE, reason = 0;
	bool paused = find(params, n, "state.state", &state) && state == VIR_DOMAIN_PAUSED &&
	              find(params, n, "state.reason", &reason);

	ret->seen = libvirt_stats_seen(params, n);
	ret->pause_io_error = paused && reason == VIR_DOMAIN_PAUSED_IOERROR;
	ret->job_active = paused && reason == VIR_DOMAIN_PAUSED_MIGRATION;
}

static bool has_huge_pages(const struct vm_config *c)
{
	for (uint32_t i = 0; i < c->n_blockers; i++)
		if (c->blockers[i].kind == BLOCKER_HUGE_PAGES)
			return true;
	return false;
}

/*
 * The resident set is what the host gives; it leaves huge pages out, and so the balloon's size
 * stands for it there, as where it is not told.
 */
static void read_memory(const virTypedParameter *params, uint32_t n, struct vm_report *ret)
{
	double available, unused;

	if (has_huge_pages(&ret->config) || !find_kib(params, n, "balloon.rss", &ret->mem_bytes))
		(void)find_kib(params, n, "balloon.current", &ret->mem_bytes);
	/* "usable" counts the guest's caches as free, which "unused" does not. */
	if (find_kib(params, n, "balloon.available", &available) &&
	    (find_kib(params, n, "balloon.usable", &unused) ||
	     find_kib(params, n, "balloon.unused", &unused)) &&
	    unused <= available)
		ret->mem_bytes_used = available - unused;
}

static void read_dirty_rate(const virTypedParameter *params, uint32_t n, struct vm_report *ret)
{
	uint64_t status, mib_per_s;

	if (find(params, n, "dirtyrate.calc_status", &status) &&
	    status == VIR_DOMAIN_DIRTYRATE_MEASURED &&
	    find(params, n, "dirtyrate.megabytes_per_second", &mib_per_s))
		ret->dirty_bytes_per_s = (double)mib_per_s * BYTES_PER_MIB;
}

void libvirt_stats_read(const virTypedParameter *params, uint32_t n, struct vm_report *ret)
{
	read_state(params, n, ret);
	/* Of a VM that is off QEMU's driver tells the CPU time of what else is in its cgroup. */
	if (ret->seen == VM_SEEN_SHUT_OFF) {
		ret->mem_bytes = 0;
		return;
	}
	(void)find(params, n, "cpu.time", &ret->cpu_ns); /* not told: stays so */
	read_memory(params, n, ret);
	read_devices(params, n, ret);
	read_dirty_rate(params, n, ret);
}

void libvirt_stats_job(const virDomainJobInfo *job, struct vm_report *ret)
{
	ret->job_active =
	        job->type == VIR_DOMAIN_JOB_BOUNDED || job->type == VIR_DOMAIN_JOB_UNBOUNDED;
	/* Pages of zeros are never sent: what remains tells more than what was sent. */
	if (ret->job_active && job->dataTotal > 0 && job->dataRemaining <= job->dataTotal)
		ret->job_done_ratio = 1 - (double)job->dataRemaining / (double)job->dataTotal;
}

void libvirt_stats_cpu(const virNodeCPUStats *params, uint32_t n, struct host_report *ret)
{
	static const char *const busy[] = {VIR_NODE_CPU_STATS_KERNEL, VIR_NODE_CPU_STATS_USER,
	                                   VIR_NODE_CPU_STATS_INTR};
	static const char *const idle[] = {VIR_NODE_CPU_STATS_IDLE, VIR_NODE_CPU_STATS_IOWAIT};
	uint64_t busy_ns = 0, idle_ns = 0;
	bool told_busy = false, told_idle = false;

	for (uint32_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof(busy) / sizeof(busy[0]); k++)
			if (strcmp(params[i].field, busy[k]) == 0) {
				busy_ns += params[i].value;
				told_busy = true;
			}
		for (size_t k = 0; k < sizeof(idle) / sizeof(idle[0]); k++)
			if (strcmp(params[i].field, idle[k]) == 0) {
				idle_ns += params[i].value;
				told_idle = true;
			}
	}
	if (told_busy && told_idle) {
		ret->cpu_busy_ns = busy_ns;
		ret->cpu_idle_ns = idle_ns;
	}
}

static double node_kib(const virNodeMemoryStats *params, uint32_t n, const char *field)
{
	for (uint32_t i = 0; i < n; i++)
		if (strcmp(params[i].field, field) == 0)
			return (double)params[i].value * BYTES_PER_KIB;
	return NAN;
}

/*
 * The page cache can be taken back and counts as free. But memory that a VM shares with a device
 * process lies in the page cache as well: what VMs are known to hold is never free.
 */
void libvirt_stats_memory(const virNodeMemoryStats *params, uint32_t n, struct host_report *ret)
{
	double total = node_kib(params, n, VIR_NODE_MEMORY_STATS_TOTAL);
	double left = node_kib(params, n, VIR_NODE_MEMORY_STATS_FREE);
	double buffers = node_kib(params, n, VIR_NODE_MEMORY_STATS_BUFFERS);
	double cached = node_kib(params, n, VIR_NODE_MEMORY_STATS_CACHED);
	double held = 0;

	if (!isnan(total))
		ret->mem_bytes = total;
	if (isnan(left))
		return;
	left += (isnan(buffers) ? 0 : buffers) + (isnan(cached) ? 0 : cached);
	for (uint32_t i = 0; i < ret->n_vms; i++)
		if (!isnan(ret->vms[i].mem_bytes))
			held += ret->vms[i].mem_bytes;
	if (!isnan(ret->mem_bytes))
		left = fmax(0, fmin(left, ret->mem_bytes - held));
	ret->mem_bytes_free = left;
}
