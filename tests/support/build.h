/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_BUILD_H
#define TESTS_SUPPORT_BUILD_H
/*
 * Builders of small fleets for tests: hosts h000, h001, ... of one class and VMs v000, v001, ...
 * Capacities are round numbers so that a test can state its sums.
 */
#include "core/model/fleet.h"

struct build_spec {
	uint32_t n_hosts, n_vms;
	double host_mips, host_mem_bytes; /* of each host; 2 cores */
	double vm_mips, vm_mem_bytes;     /* allocation of each VM; 1 vCPU */
};

/* 1000 MIPS and 10000 bytes a host, 100 MIPS and 1000 bytes a VM; 100 W idle, 200 W full. */
struct build_spec build_defaults(uint32_t n_hosts, uint32_t n_vms);

/* Sealed; the caller frees it. */
struct fleet *build_fleet(const struct build_spec *spec);

#endif
