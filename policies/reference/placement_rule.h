/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_PLACEMENT_RULE_H
#define POLICIES_REFERENCE_PLACEMENT_RULE_H
/*
 * Which of the hosts that have room takes a VM? The least score wins, the least id among equals.
 */
#include "policies/reference/board.h"

struct placement_ops {
	const char *name; /* "pabfd" */
	/* load_after: MIPS on host with the VM, demand: the VM's part of it. */
	double (*score)(const struct board *b, uint32_t host, double load_after, double demand);
};

extern const struct placement_ops placement_ff, placement_bf, placement_pabfd;

#endif
