/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_INVENTORY_H
#define ENGINE_INVENTORY_H
/*
 * The inventory: which real hosts there are and how each is reached. A YAML file that the operator
 * writes; docs/inventory.md describes it. What a host has (cores, memory, VMs) is not in it: that
 * is asked of the host.
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/units.h"

#define INVENTORY_HOSTS_MAX  10000 /* three times the largest site that Ebb is made for */
#define INVENTORY_SHARED_MAX 64

struct inventory_host {
	char *name;
	char *libvirt;     /* URI */
	char *cell, *rack; /* "" where not stated */
};

struct inventory {
	struct inventory_host *hosts; /* sorted by name */
	uint32_t n_hosts;
	char **shared_storage; /* paths below which all hosts see the same files */
	uint32_t n_shared_storage;
};

/* "file:line: what; remedy". *ret is written on success only; freed by inventory_free. */
int inventory_load(const char *path, struct inventory **ret, struct err *err);
/* The same from memory. */
int inventory_parse(const char *data, size_t len, struct inventory **ret, struct err *err);

void inventory_free(struct inventory *inv); /* accepts NULL */

#endif
