/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_RESOURCE_H
#define CORE_MODEL_RESOURCE_H
/*
 * The resource vector. Four quantities of it must not be confused:
 *   capacity    what a host has
 *   allocation  what a VM was promised (its flavour)
 *   demand      what a VM would use if nothing held it back
 *   usage       what it got
 *
 * CPU is counted in MIPS: the speed of one core times the number of cores, in one unit for the
 * whole fleet (MHz serves as well; a fleet file states core speeds, and readers of milli-CPU
 * multiply by the host's core speed, so that hosts of different speed compare).
 */

enum resource {
	RES_CPU,       /* MIPS */
	RES_MEM,       /* bytes */
	RES_DISK_BPS,  /* disk throughput, bytes/s */
	RES_DISK_IOPS, /* disk operations/s */
	RES_NET_BPS,   /* network, bytes/s */
	RES_COUNT
};

struct resvec {
	double v[RES_COUNT];
};

/* "cpu", "memory", "disk throughput", "disk operations", "network". */
const char *resource_name(enum resource r);

#endif
