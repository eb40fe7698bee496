/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of resources; see resource.h. */
#include "core/model/resource.h"

#include <assert.h>

const char *resource_name(enum resource r)
{
	static const char *const names[RES_COUNT] = {
	        [RES_CPU] = "cpu",
	        [RES_MEM] = "memory",
	        [RES_DISK_BPS] = "disk throughput",
	        [RES_DISK_IOPS] = "disk operations",
	        [RES_NET_BPS] = "network",
	};

	assert(r < RES_COUNT);
	return names[r];
}
