/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_LIBVIRT_STATS_H
#define COLLECTORS_LIBVIRT_STATS_H
/*
 * The pure part of collectors/libvirt.c: from libvirt's typed parameters to reports. No call here
 * reaches a daemon.
 */
#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "core/model/report.h"

/* What virConnectGetAllDomainStats is asked for. */
struct stats_request {
	unsigned groups, flags;
};

struct stats_request libvirt_stats_request(void);

/* Leaves out the next thing that an old driver may not know; false: nothing is left to leave. */
bool libvirt_stats_narrow(struct stats_request *r);

enum vm_seen libvirt_stats_seen(const virTypedParameter *params, uint32_t n);

/*
 * Reads one record of the bulk call. ret->config must be filled: with huge pages memory is counted
 * in another way. What the record does not tell stays as it is in ret.
 */
void libvirt_stats_read(const virTypedParameter *params, uint32_t n, struct vm_report *ret);

/* Whether the driver could ask the hypervisor itself, which it can only when no job holds the VM.
 */
bool libvirt_stats_answered(const virTypedParameter *params, uint32_t n);

void libvirt_stats_job(const virDomainJobInfo *job, struct vm_report *ret);
void libvirt_stats_cpu(const virNodeCPUStats *params, uint32_t n, struct host_report *ret);

/* After the VMs: what they hold bounds what can be free. */
void libvirt_stats_memory(const virNodeMemoryStats *params, uint32_t n, struct host_report *ret);

#endif
