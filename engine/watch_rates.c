/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From two reports to rates. A difference counts only between counters of one life: the same VM on
 * the same host, and not below what it was; else it is not known, and never zero.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/watch.h"

static double delta(uint64_t before, uint64_t now)
{
	if (before == REPORT_NONE || now == REPORT_NONE || now < before)
		return NAN;
	return (double)(now - before);
}

/* Seconds between the two looks, NAN if there are not two. */
static double interval_s(const struct watch_host *h)
{
	if (h->before.at_us < 0 || h->now.at_us <= h->before.at_us)
		return NAN;
	return usec_to_sec(h->now.at_us - h->before.at_us);
}

static int compare_uuid(const void *key, const void *vm)
{
	return strcmp(key, ((const struct vm_report *)vm)->config.uuid);
}

static const struct vm_report *find_before(const struct watch_host *h, const struct vm_report *vm)
{
	if (!h->before.n_vms)
		return NULL;
	return bsearch(vm->config.uuid, h->before.vms, h->before.n_vms, sizeof(*h->before.vms),
	               compare_uuid);
}

double watch_host_cpu_ratio(const struct watch_host *h)
{
	double busy = delta(h->before.cpu_busy_ns, h->now.cpu_busy_ns);
	double idle = delta(h->before.cpu_idle_ns, h->now.cpu_idle_ns);

	if (isnan(interval_s(h)) || !(busy + idle > 0))
		return NAN;
	return busy / (busy + idle);
}

double watch_vm_cpu_cores(const struct watch_host *h, const struct vm_report *vm)
{
	const struct vm_report *old = find_before(h, vm);

	return old ? delta(old->cpu_ns, vm->cpu_ns) / 1e9 / interval_s(h) : NAN;
}

double watch_vm_disk_bytes_per_s(const struct watch_host *h, const struct vm_report *vm)
{
	const struct vm_report *old = find_before(h, vm);

	return old ? delta(old->disk_bytes, vm->disk_bytes) / interval_s(h) : NAN;
}

double watch_vm_net_bytes_per_s(const struct watch_host *h, const struct vm_report *vm)
{
	const struct vm_report *old = find_before(h, vm);

	return old ? delta(old->net_bytes, vm->net_bytes) / interval_s(h) : NAN;
}
