/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_ROSTER_H
#define SIM_TRACE_ROSTER_H
/*
 * The VMs of a trace: collected in the order of the file, then sorted by name, because a VM's
 * index is the rank of its name. The roster owns names and types.
 */
#include "core/base/err.h"
#include "sim/trace/trace.h"

/* Names longer than this are refused: they come from a wrong file, not from a hypervisor. */
#define ROSTER_NAME_MAX 1024

struct roster {
	struct trace_vm *vms;
	uint64_t *line;  /* where each was declared; 0 = a file of its own */
	uint32_t *order; /* by rank: the number under which it was added; after roster_sort */
	uint32_t len, cap;
};

/* Name and type are copied (NULL type = ""); returns the number of the VM, 0, 1, 2, ... */
uint32_t roster_add(struct roster *r, const struct trace_vm *vm, uint64_t line);

/* Sorts vms and line by name. -EEXIST: a name appears twice, told with path and both lines. */
int roster_sort(struct roster *r, const char *path, struct err *err);

void roster_done(struct roster *r);

#endif
