/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_DEMAND_LOG_H
#define POLICIES_REFERENCE_DEMAND_LOG_H
/*
 * The last samples of every VM. They belong to the VM and move with it: a host's history is that
 * of the VMs which are on it now, whoever ran there before.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/snapshot.h"

#define DEMAND_LOG_LEN 30 /* samples a VM keeps; the reference's PowerVm.HISTORY_LENGTH */

struct demand_log {
	const struct fleet *fleet;
	uint32_t newest; /* slot of the last sample in the first half of each ring */
	double *mips;  /* by VM 2 x DEMAND_LOG_LEN: each value twice, so that a window is one run */
	double *ratio; /* the same of the allocation; NULL if nobody needs it */
	uint8_t *known; /* by VM: samples since it arrived, at most DEMAND_LOG_LEN */
	uint8_t *len;   /* by VM: the same, the oldest left out as long as they are exactly 0 */
};

struct demand_log *demand_log_new(const struct fleet *f, bool with_ratio);
void demand_log_free(struct demand_log *log); /* accepts NULL */

/* Takes one sample of each VM that exists; a VM without a value repeats its last one. */
void demand_log_observe(struct demand_log *log, const struct snapshot *s);

/* DEMAND_LOG_LEN values in MIPS, oldest first; those before the VM's arrival are 0. */
static inline const double *demand_log_mips(const struct demand_log *log, uint32_t vm)
{
	return log->mips + (size_t)vm * 2 * DEMAND_LOG_LEN + log->newest + 1;
}

/* The same as share of the VM's allocation. */
static inline const double *demand_log_ratio(const struct demand_log *log, uint32_t vm)
{
	return log->ratio + (size_t)vm * 2 * DEMAND_LOG_LEN + log->newest + 1;
}

#endif
