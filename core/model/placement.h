/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_PLACEMENT_H
#define CORE_MODEL_PLACEMENT_H
/*
 * Which VM is on which host, and each host's VMs as a list in order of arrival (newest last;
 * the order breaks ties in some published policies, so it is part of the model). Every operation
 * is O(1); an undo log turns a tentative series of moves into a transaction.
 *
 * Undo puts a VM back in its old position of its old list, provided moves are undone in reverse
 * order, which placement_rollback does.
 */
#include <stdint.h>

#include "core/base/units.h"

struct placement {
	uint32_t n_vms, n_hosts;
	uint32_t *host_of;      /* by VM; ID_NONE = nowhere */
	uint32_t *next, *prev;  /* by VM; ID_NONE at the ends */
	uint32_t *first, *last; /* by host */
	uint32_t *count;        /* VMs on each host */
	struct placement_undo {
		uint32_t vm, host, prev;
	} * log;
	uint32_t log_len, log_cap;
	uint32_t depth; /* open transactions; > 0: moves are logged */
};

struct placement *placement_new(uint32_t n_vms, uint32_t n_hosts);
struct placement *placement_clone(const struct placement *p);            /* without its log */
void placement_copy(struct placement *to, const struct placement *from); /* equal sizes */
void placement_free(struct placement *p);

/* Takes vm off where it is (if anywhere) and appends it to host (ID_NONE: nowhere). */
void placement_move(struct placement *p, uint32_t vm, uint32_t host);

/* Begins a transaction (they nest); the mark is given back to commit or rollback. */
uint32_t placement_begin(struct placement *p);
void placement_commit(struct placement *p, uint32_t mark);
void placement_rollback(struct placement *p, uint32_t mark);

/* for (vm = first; vm != ID_NONE; vm = next): do not move vm inside the loop. */
#define placement_foreach_vm(p, host, vm) \
	for (uint32_t vm = (p)->first[host]; vm != ID_NONE; vm = (p)->next[vm])

#endif
