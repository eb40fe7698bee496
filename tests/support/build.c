/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builders of small fleets; see build.h. */
#include "tests/support/build.h"

#include <assert.h>
#include <stdio.h>

#include "core/base/xalloc.h"

struct build_spec build_defaults(uint32_t n_hosts, uint32_t n_vms)
{
	return (struct build_spec){
	        .n_hosts = n_hosts,
	        .n_vms = n_vms,
	        .host_mips = 1000,
	        .host_mem_bytes = 10000,
	        .vm_mips = 100,
	        .vm_mem_bytes = 1000,
	};
}

static uint32_t add_class(struct fleet *f, const struct build_spec *spec)
{
	struct host_class c = {
	        .name = xstrdup("class"),
	        .cores = 2,
	        .core_mips = spec->host_mips / 2,
	        .power = {.kind = POWER_LINEAR, .idle_w = 100, .max_w = 200},
	        .off_w = 5,
	        .standby_w = 8,
	        .boot = {.duration_us = 180 * USEC_PER_SEC, .power_w = 180},
	        .shutdown = {.duration_us = 60 * USEC_PER_SEC, .power_w = 100},
	        .suspend = {.duration_us = 10 * USEC_PER_SEC, .power_w = 100},
	        .resume = {.duration_us = 20 * USEC_PER_SEC, .power_w = 150},
	        .arch = ARCH_X86_64,
	        .hw_virt = true,
	        .emulation_factor = 1,
	};

	c.capacity.v[RES_CPU] = spec->host_mips;
	c.capacity.v[RES_MEM] = spec->host_mem_bytes;
	c.capacity.v[RES_NET_BPS] = 1000;
	return fleet_add_class(f, &c);
}

struct fleet *build_fleet(const struct build_spec *spec)
{
	struct fleet *f = fleet_new();
	uint32_t cls = add_class(f, spec);
	struct err err = {0};
	char name[16];
	int ret;

	for (uint32_t i = 0; i < spec->n_hosts; i++) {
		struct host h = {.cls = cls};

		(void)snprintf(name, sizeof(name), "h%03u", i); /* fits: ids are small in tests */
		h.name = xstrdup(name);
		(void)fleet_add_host(f, &h);
	}
	for (uint32_t i = 0; i < spec->n_vms; i++) {
		struct vm vm = {.vcpus = 1, .vcpu_mips = spec->vm_mips};

		(void)snprintf(name, sizeof(name), "v%03u", i); /* fits: ids are small in tests */
		vm.name = xstrdup(name);
		vm.allocation.v[RES_CPU] = spec->vm_mips;
		vm.allocation.v[RES_MEM] = spec->vm_mem_bytes;
		(void)fleet_add_vm(f, &vm);
	}
	ret = fleet_seal(f, &err);
	assert(ret == 0);
	(void)ret;
	return f;
}
