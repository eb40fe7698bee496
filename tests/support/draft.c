/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builders of small fleets; see draft.h. */
#include "tests/support/draft.h"

#include <assert.h>
#include <stdio.h>

#include "core/base/xalloc.h"

struct host_class draft_class(const char *name)
{
	return (struct host_class){
	        .name = xstrdup(name),
	        .capacity = {{8000, 64e9, 500e6, 50e3, 125e6}},
	        .cores = 8,
	        .core_mips = 1000,
	        .power = {.kind = POWER_LINEAR, .idle_w = 100, .max_w = 200},
	        .off_w = 5,
	        .standby_w = 8,
	        .arch = ARCH_X86_64,
	        .vendor = VENDOR_INTEL,
	        .cpu_level = 3,
	        .hw_virt = true,
	        .storage = STORAGE_SSD,
	        .spindles = 4,
	};
}

static char *numbered(char letter, uint32_t i, uint32_t n)
{
	char name[16];

	assert(n <= 1000);
	(void)snprintf(name, sizeof(name), "%c%0*u", letter, n > 100 ? 3 : n > 10 ? 2 : 1, i);
	return xstrdup(name);
}

struct fleet *draft_fleet(uint32_t n_hosts, uint32_t n_vms)
{
	struct fleet *f = fleet_new();
	struct host_class c = draft_class("c");

	(void)fleet_add_class(f, &c);
	for (uint32_t i = 0; i < n_hosts; i++) {
		struct host h = {.name = numbered('h', i, n_hosts), .cls = 0};

		(void)fleet_add_host(f, &h);
	}
	for (uint32_t i = 0; i < n_vms; i++) {
		struct vm vm = {
		        .name = numbered('v', i, n_vms),
		        .allocation = {{1000, 4e9, 0, 0, 0}},
		        .vcpus = 2,
		        .vcpu_mips = 500,
		};

		(void)fleet_add_vm(f, &vm);
	}
	return f;
}

struct rule *draft_rule(struct fleet *f, enum rule_kind kind, uint32_t n, const uint32_t *vms)
{
	struct rule r = {
	        .name = numbered('r', f->n_rules, 10),
	        .kind = kind,
	        .hard = true,
	        .vms = xmemdup(vms, n, sizeof(*vms)),
	        .n_vms = n,
	};
	uint32_t id;

	id = fleet_add_rule(f, &r);
	return &f->rules[id];
}

void draft_rule_hosts(struct rule *r, uint32_t n, const uint32_t *hosts)
{
	r->hosts = xmemdup(hosts, n, sizeof(*hosts));
	r->n_hosts = n;
}

struct fleet *draft_seal(struct fleet *f)
{
	int r = fleet_seal(f, NULL);

	assert(r == 0);
	return f;
}
