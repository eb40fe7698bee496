/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_CONSTRAINT_H
#define CORE_MODEL_CONSTRAINT_H
/*
 * May this VM run on that host? The handbook's conditions (architecture, Intel VT / AMD-V, CPU
 * level, storage, cores, cell) and the operator's rules, in one place, with the reason for a no.
 * Capacity and headroom are not constraints: they are the policies' business.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/model/fleet.h"
#include "core/model/placement.h"

enum constraint_code {
	CONSTRAINT_OK,
	CONSTRAINT_ARCH,    /* other architecture and no emulation */
	CONSTRAINT_HW_VIRT, /* host lacks VT-x / AMD-V */
	CONSTRAINT_VENDOR,
	CONSTRAINT_CPU_LEVEL,
	CONSTRAINT_STORAGE,
	CONSTRAINT_SPINDLES,
	CONSTRAINT_CORES,
	CONSTRAINT_CORE_SPEED, /* a core of the host is slower than the VM needs (vm.core_mips) */
	CONSTRAINT_CELL,
	CONSTRAINT_NOT_MOVABLE,
	CONSTRAINT_RULE, /* a hard rule: .rule tells which */
	CONSTRAINT_COUNT
};

struct constraint_why {
	enum constraint_code code;
	uint32_t rule;  /* CONSTRAINT_RULE: its index */
	uint32_t other; /* the VM in the way, or ID_NONE */
};

/*
 * May vm be put on host, given where all others are? p may hold vm anywhere, also nowhere (first
 * placement: then "not movable" and cell do not speak). why may be NULL; else always written.
 *
 * RULE_TOGETHER looks at the members that have a host: to move a whole group in one transaction,
 * take all its VMs off first (placement_move to ID_NONE), then put them down one by one. A host
 * without a rack is a rack of its own. What a host does not state satisfies no need.
 */
bool constraint_allows(const struct fleet *f, const struct placement *p, uint32_t vm, uint32_t host,
                       struct constraint_why *why);

/* Watts of soft rules that vm on host would break. */
double constraint_soft_cost(const struct fleet *f, const struct placement *p, uint32_t vm,
                            uint32_t host);

/* One line of English about a no, cut to size. */
void constraint_describe(const struct fleet *f, uint32_t vm, uint32_t host,
                         const struct constraint_why *why, char *ret_text, size_t size);

/* Hosts' CPU cost factor for vm: 1, or emulation_factor for a guest run by translation. */
double constraint_cpu_factor(const struct fleet *f, uint32_t vm, uint32_t host);

/*
 * Before anything runs: is every VM allowed on at least one host, and do the hard rules not
 * contradict each other in the ways that can be seen at once (pin and ban of the same hosts,
 * together and apart, more VMs apart than hosts)? -EINVAL with the first contradiction.
 */
int constraint_check_fleet(const struct fleet *f, struct err *err);

#endif
