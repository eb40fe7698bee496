/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_FLEET_FILE_H
#define ENGINE_FLEET_FILE_H
/*
 * Fleet files (YAML): host classes, hosts, VM types, VMs, rules. The format is described in
 * docs/fleet-file.md. In a simulation the trace brings the VMs; the file says what they are made
 * of (by type, by quarter of the ids, by name pattern, or as the trace says).
 */
#include "core/base/err.h"
#include "core/model/fleet.h"

/* What is known of a VM before the fleet file adds to it. */
struct vm_seed {
	const char *name;
	const char *type; /* "" = none */
	uint32_t vcpus;   /* 0 = unknown */
	double cpu_mips;  /* 0 = unknown */
	double mem_bytes; /* 0 = unknown */
};

/*
 * Reads path and builds a sealed fleet with the given VMs, which must be in byte order of their
 * names; their ids are their indices. All errors are of the form "file:line: what; remedy".
 */
int fleet_file_load(const char *path, const struct vm_seed *vms, uint32_t n_vms, struct fleet **ret,
                    struct err *err);

#endif
