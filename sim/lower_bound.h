/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_LOWER_BOUND_H
#define SIM_LOWER_BOUND_H
/*
 * The least power with which any policy, however clairvoyant, could serve a total CPU demand and
 * back a total of memory: VMs may be split at will, migrate for nothing, hosts switch in no time.
 * See lower_bound.c for the linear program and its dual.
 */
#include "core/model/fleet.h"

struct lower_bound;

struct lower_bound *lower_bound_new(const struct fleet *f);
void lower_bound_free(struct lower_bound *lb);

/*
 * Watts. mem_bytes = 0 leaves memory out (rules ideal and cloudsim). Demand above the fleet's
 * capacity counts as the capacity. off_counts: hosts that are off draw their off_w.
 */
double lower_bound_power(struct lower_bound *lb, double cpu_mips, double mem_bytes,
                         bool off_counts);

#endif
