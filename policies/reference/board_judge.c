/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The detector on the board.
 *
 *     r    = sum over the host's VMs of what they ask for / capacity
 *     h[k] = sum over the host's VMs of (what they asked for k samples ago / capacity)
 *
 * h is that of the VMs which are on the host now, so it changes with every provisional move. It is
 * kept by host and brought up to date when somebody asks: VMs appended since the last time are
 * added at the end of the sum, anything else (a VM taken away, an undo) starts it afresh.
 */
#include <math.h>
#include <string.h>

#include "policies/reference/board.h"

/* The share of a host's network that migrations get in the reference. */
#define MIGRATION_LINK_RATIO 0.5

/* The window's values of vm, oldest first. */
static const double *window_of(const struct board *b, uint32_t vm)
{
	return demand_log_mips(b->log, vm) + DEMAND_LOG_LEN - b->detector->window;
}

static double *sums_of(struct board *b, uint32_t host)
{
	return b->sums + (size_t)host * DEMAND_LOG_LEN;
}

static void add_to_sums(struct board *b, uint32_t host, uint32_t vm)
{
	const double *values = window_of(b, vm);
	double *sums = sums_of(b, host), capacity = b->capacity_mips[host];

	for (uint32_t k = 0; k < b->detector->window; k++)
		sums[k] += values[k] / capacity;
	if (b->log->len[vm] > b->sums_len[host])
		b->sums_len[host] = b->log->len[vm];
	b->sums_last[host] = vm;
	b->sums_n[host]++;
}

static void update_sums(struct board *b, uint32_t host)
{
	const struct placement *p = b->placement;
	uint32_t vm;

	if (b->sums_n[host] == 0) {
		memset(sums_of(b, host), 0, DEMAND_LOG_LEN * sizeof(*b->sums));
		b->sums_len[host] = 0;
	}
	vm = b->sums_n[host] == 0 ? p->first[host] : p->next[b->sums_last[host]];
	for (; vm != ID_NONE; vm = p->next[vm])
		add_to_sums(b, host, vm);
}

/* Samples that copying so many bytes takes, rounded up. */
static double lookahead(const struct board *b, uint32_t host, double bytes)
{
	const struct host_class *c = fleet_class_of(b->fleet, host);
	double per_sample =
	        c->capacity.v[RES_NET_BPS] * MIGRATION_LINK_RATIO * usec_to_sec(b->s->interval_us);

	return per_sample > 0 ? fmax(1, ceil(bytes / per_sample)) : 1;
}

/* history: the window of h, len: its length without the zeros at the old end. */
static struct verdict judge(const struct board *b, struct detector_input *in, const double *history,
                            uint32_t len)
{
	uint32_t window = b->detector->window;

	in->n_history = len;
	in->history = history + (len < window ? window - len : 0);
	return b->detector->judge(in, b->parameter);
}

struct verdict board_judge(struct board *b, uint32_t host)
{
	struct detector_input in = {.demand_ratio = b->asked_mips[host] / b->capacity_mips[host]};

	if (b->detector->window == 0)
		return b->detector->judge(&in, b->parameter);
	update_sums(b, host);
	in.lookahead = lookahead(b, host, b->copy_bytes[host]);
	return judge(b, &in, sums_of(b, host), b->sums_len[host]);
}

struct verdict board_judge_with(struct board *b, uint32_t host, uint32_t vm)
{
	double capacity = b->capacity_mips[host];
	/* A VM that is being started counts, though it has asked for nothing yet. */
	double asked = b->s->vm_state[vm] == VM_PENDING ? b->demand[vm] : b->asked[vm];
	struct detector_input in = {.demand_ratio = (b->asked_mips[host] + asked) / capacity};
	double history[DEMAND_LOG_LEN];
	const double *values, *sums;
	uint32_t len = b->log->len[vm];

	if (b->detector->window == 0)
		return b->detector->judge(&in, b->parameter);
	update_sums(b, host);
	sums = sums_of(b, host);
	values = window_of(b, vm);
	for (uint32_t k = 0; k < b->detector->window; k++)
		history[k] = sums[k] + values[k] / capacity;
	if (b->sums_len[host] > len)
		len = b->sums_len[host];
	in.lookahead =
	        lookahead(b, host,
	                  fmax(b->copy_bytes[host], b->fleet->vms[vm].allocation.v[RES_MEM]));
	return judge(b, &in, history, len);
}
