/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a fleet file: a sealed and checked fleet, or one line that says where and why. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/model/constraint.h"
#include "engine/fleet_file_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct yaml_source source = {.path = "f.yaml", .root_name = "fleet"};

/* The VMs of configs/fleets/lab.yaml, some with sizes. */
static const struct vm_seed seeds[] = {
        {.name = "backup", .type = "", .vcpus = 2, .cpu_mips = 900, .mem_bytes = 1e9},
        {.name = "build-1", .type = "db"},
        {.name = "build-2", .type = "db"},
        {.name = "db-1", .type = "db"},
        {.name = "db-2", .type = ""},
        {.name = "db-licence", .type = ""},
        {.name = "web-1", .type = "web", .mem_bytes = 2e9},
        {.name = "web-2", .type = ""},
        {.name = "web-bank1", .type = "", .cpu_mips = 9},
        {.name = "web-bank2", .type = "", .vcpus = 3},
        {.name = "web-cache", .type = ""},
        {.name = "web-shop", .type = ""},
};
#define N_SEEDS ((uint32_t)(sizeof(seeds) / sizeof(seeds[0])))

/* A fleet that was accepted must answer every question that is asked of it later. */
static void use(const struct fleet *f)
{
	struct placement *p = placement_new(f->n_vms, f->n_hosts);

	assert(f->n_hosts > 0);
	assert(f->n_vms == N_SEEDS);
	for (uint32_t vm = 0; vm < f->n_vms; vm++)
		for (uint32_t host = 0; host < f->n_hosts && host < 8; host++) {
			if (constraint_allows(f, p, vm, host, NULL))
				placement_move(p, vm, host);
			assert(constraint_soft_cost(f, p, vm, host) >= 0);
			assert(constraint_cpu_factor(f, vm, host) >= 1);
			assert(power_at(&fleet_class_of(f, host)->power, 0.5) >= 0);
		}
	placement_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {""};
	struct fleet_reader r = {.seeds = seeds, .n_seeds = N_SEEDS, .err = &err};
	struct yaml_doc *doc = NULL;
	struct fleet *f = NULL;
	int e = yaml_doc_parse(&source, (const char *)data, size, &doc, &err);

	if (e == 0)
		e = fleet_doc_build(doc, &r, &f);
	if (e == 0)
		use(f);
	else
		assert(strncmp(err.text, "f.yaml:", 7) == 0);
	fleet_free(f);
	yaml_doc_free(doc);
	return 0;
}
