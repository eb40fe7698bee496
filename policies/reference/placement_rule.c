/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FF, BF and PABFD.
 *
 *   FF     first fit: all scores are equal, so the least id wins
 *   BF     best fit: the host on which least CPU is left free
 *   PABFD  power-aware best fit (decreasing): the least rise of power,
 *              P((load + demand) / capacity) - P(u)
 *          u is the host's utilisation at the last sample, P its class's power curve. A host that
 *          is off counts with P(0), its idle power, not with 0 W: waking it is not charged for.
 *
 * "Decreasing" is the caller's part: VMs are placed in order of falling demand.
 *
 * Beloglazov, Abawajy, Buyya: Energy-aware resource allocation heuristics for efficient management
 * of data centers for cloud computing, FGCS 28(5), 2012, algorithm 1 (MBFD); CCPE 24(13), 2012,
 * algorithm 2 (PABFD).
 */
#include "policies/reference/placement_rule.h"

#include "core/model/power_model.h"

static double score_ff(const struct board *b, uint32_t host, double load_after, double demand)
{
	(void)b;
	(void)host;
	(void)load_after;
	(void)demand;
	return 0;
}

static double score_bf(const struct board *b, uint32_t host, double load_after, double demand)
{
	(void)load_after;
	return b->free_mips[host] - demand;
}

static double score_pabfd(const struct board *b, uint32_t host, double load_after, double demand)
{
	const struct power_model *power = &fleet_class_of(b->fleet, host)->power;

	(void)demand;
	return power_at(power, load_after / b->capacity_mips[host]) - b->power_w[host];
}

const struct placement_ops placement_ff = {.name = "ff", .score = score_ff};
const struct placement_ops placement_bf = {.name = "bf", .score = score_bf};
const struct placement_ops placement_pabfd = {.name = "pabfd", .score = score_pabfd};
