/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rings of samples. All VMs are written in the same slot, so that one number says where every
 * window begins; each value is written twice, DEMAND_LOG_LEN apart, so that a window never wraps
 * and the sums over it are straight loops.
 */
#include "policies/reference/demand_log.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define RING_LEN ((size_t)2 * DEMAND_LOG_LEN)

struct demand_log *demand_log_new(const struct fleet *f, bool with_ratio)
{
	struct demand_log *log = xcalloc(1, sizeof(*log));

	log->fleet = f;
	log->newest = DEMAND_LOG_LEN - 1;
	log->mips = xcalloc(f->n_vms * RING_LEN, sizeof(*log->mips));
	if (with_ratio)
		log->ratio = xcalloc(f->n_vms * RING_LEN, sizeof(*log->ratio));
	log->known = xcalloc(f->n_vms, sizeof(*log->known));
	log->len = xcalloc(f->n_vms, sizeof(*log->len));
	return log;
}

void demand_log_free(struct demand_log *log)
{
	if (!log)
		return;
	free(log->mips);
	free(log->ratio);
	free(log->known);
	free(log->len);
	free(log);
}

static void ring_write(double *rings, uint32_t vm, uint32_t slot, double value)
{
	double *ring = rings + vm * RING_LEN;

	ring[slot] = ring[slot + DEMAND_LOG_LEN] = value;
}

static double ring_read(const double *rings, uint32_t vm, uint32_t slot)
{
	return rings[vm * RING_LEN + slot];
}

static void forget(struct demand_log *log, uint32_t vm)
{
	if (!log->known[vm])
		return;
	memset(log->mips + vm * RING_LEN, 0, RING_LEN * sizeof(*log->mips));
	if (log->ratio)
		memset(log->ratio + vm * RING_LEN, 0, RING_LEN * sizeof(*log->ratio));
	log->known[vm] = log->len[vm] = 0;
}

/* The sampled share where there is one; else the demand over the allocation. */
static double ratio_of(const struct demand_log *log, const struct snapshot *s, uint32_t vm)
{
	double allocation = log->fleet->vms[vm].allocation.v[RES_CPU];

	if (s->vm_cpu_ratio && !isnan(s->vm_cpu_ratio[vm]))
		return s->vm_cpu_ratio[vm];
	return allocation > 0 ? s->vm_cpu_demand[vm] / allocation : 0;
}

/* Length of the window without the zeros at its old end. */
static uint8_t trimmed_len(const double *window)
{
	int i = 0;

	while (i < DEMAND_LOG_LEN && window[i] == 0)
		i++;
	return (uint8_t)(DEMAND_LOG_LEN - i);
}

static void take(struct demand_log *log, const struct snapshot *s, uint32_t vm, uint32_t before)
{
	double mips = s->vm_cpu_demand[vm];
	bool missing = isnan(mips);

	if (missing && !log->known[vm])
		return;
	ring_write(log->mips, vm, log->newest, missing ? ring_read(log->mips, vm, before) : mips);
	if (log->ratio)
		ring_write(log->ratio, vm, log->newest,
		           missing ? ring_read(log->ratio, vm, before) : ratio_of(log, s, vm));
	if (log->known[vm] < DEMAND_LOG_LEN)
		log->known[vm]++;
	log->len[vm] = trimmed_len(demand_log_mips(log, vm));
}

void demand_log_observe(struct demand_log *log, const struct snapshot *s)
{
	uint32_t before = log->newest;

	log->newest = (before + 1) % DEMAND_LOG_LEN;
	for (uint32_t vm = 0; vm < log->fleet->n_vms; vm++) {
		if (s->vm_state[vm] == VM_ABSENT)
			forget(log, vm);
		else
			take(log, s, vm, before);
	}
}
