/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_BOARD_H
#define POLICIES_REFERENCE_BOARD_H
/*
 * The board on which one decision is played through: where every VM would be after the moves
 * chosen so far, and what that leaves of each host. It starts as the snapshot and is thrown away
 * with the decision.
 *
 * Three things stay as they were at the last sample for the whole decision, however the VMs
 * move: a host's utilisation, its power, and whether it counts as off. So a host that got a VM
 * looks dearer than it is; that is how the published algorithm spreads VMs.
 */
#include <stdbool.h>

#include "policies/reference/demand_log.h"
#include "policies/reference/detector.h"

struct placement_ops;

/* What a decision can choose among. Sets of hosts are ascending lists of ids. */
struct candidates {
	uint32_t *hosts, n; /* looked at one by one */
	/*
	 * Hosts without load are alike within a class: of each class only the first, blank[first
	 * of the class + used], is looked at. Constrained fleets have no blanks.
	 */
	uint32_t *blank;
	uint32_t *blank_first, *blank_end; /* by class, in blank */
};

/* One VM more on a host, taken back in reverse order. */
struct board_undo {
	uint32_t host;
	double free_mips, load_mips, asked_mips, mem_bytes, copy_bytes;
};

struct board {
	const struct fleet *fleet;
	const struct snapshot *s;
	const struct demand_log *log;
	const struct detector_ops *detector; /* NULL: any host that has room will do */
	double parameter;                    /* of the detector */
	const struct placement_ops *rule;
	struct placement *placement;
	struct candidates candidates;

	/* by VM */
	double *demand; /* MIPS that count for room and load: unknown counts as the allocation */
	double *asked;  /* MIPS that the detector sees: unknown counts as nothing */
	double *vcpus;  /* at least 1 */

	/* by host; the first two are the class's */
	double *capacity_mips, *core_mips;
	double *free_mips;  /* capacity less demand, one VM after the other */
	double *load_mips;  /* delivered: demand, or whole MIPS of a share when there is too much */
	double *asked_mips; /* sum of asked */
	double *mem_bytes;
	double *copy_bytes; /* memory of the VM that takes longest to migrate */
	double *power_w;    /* at the last sample */
	bool *is_off;       /* utilisation 0 at the last sample */
	bool *has_incoming; /* a migration from an earlier decision is on its way here */

	/* sums over a host's VMs of their logs, over its capacity; see board_judge.c */
	double *sums;
	uint32_t *sums_n, *sums_last; /* VMs that are in, the last of them */
	uint8_t *sums_len;

	struct board_undo *undo;
	uint32_t undo_len, undo_cap;
};

/* The fleet, log and ops outlive the board. */
struct board *board_new(const struct fleet *f, const struct demand_log *log);
void board_free(struct board *b); /* accepts NULL */

enum board_demand { BOARD_DEMAND_SAMPLED, BOARD_DEMAND_ALLOCATED };

/* Starts a decision: everything as in s. All usable hosts are candidates. */
void board_begin(struct board *b, const struct snapshot *s, enum board_demand demand);

/* Moves vm onto host, or away from where it is. put: host has room (board_find_target). */
void board_put(struct board *b, uint32_t vm, uint32_t host);
void board_take(struct board *b, uint32_t vm);

/* A load that is not in any list: a VM on its way, or waiting for host to wake. */
void board_reserve(struct board *b, uint32_t vm, uint32_t host);

/* put, tentatively: the mark is given to exactly one of commit and rollback. */
uint32_t board_try(struct board *b);
void board_commit(struct board *b, uint32_t mark);
void board_rollback(struct board *b, uint32_t mark);

/* May vm be moved: it runs, its demand is known, it is not on its way, nothing pins it. */
bool board_is_movable(const struct board *b, uint32_t vm);

/* May host be given VMs: active, or can be made so. */
bool board_is_usable(const struct board *b, uint32_t host);

/* board_judge.c: the detector's verdict on host as it stands, and with vm added. */
struct verdict board_judge(struct board *b, uint32_t host);
struct verdict board_judge_with(struct board *b, uint32_t host, uint32_t vm);

/* board_target.c */
void board_exclude(struct board *b, uint32_t host);
void board_exclude_off(struct board *b); /* hosts that count as off, and all blanks */
/* The best candidate for vm by the placement rule, ID_NONE if none will do. */
uint32_t board_find_target(struct board *b, uint32_t vm);

/*
 * For a VM that no host has room for by what VMs were promised: the host with the greatest share of
 * CPU free (on a tie the fewest VMs, then the least id) that has the memory. ID_NONE: none has.
 */
uint32_t board_find_roomiest(struct board *b, uint32_t vm);

/* The most that vm can use of host: all its vCPUs at the speed of host's cores. */
static inline double board_ceiling(const struct board *b, uint32_t vm, uint32_t host)
{
	return b->vcpus[vm] * b->core_mips[host];
}

#endif
