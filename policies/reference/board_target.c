/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where to put a VM. A host will do if
 *
 *   - its cores are fast enough for the VM, and CPU and memory enough for it are free,
 *   - the constraints of the fleet allow it,
 *   - (load + demand) / capacity is not above 1 (possible by rounding only), and
 *   - if it has load, the detector does not call it overloaded with the VM added.
 *
 * Among those the placement rule's least score wins, then the least id. The tests are pure, so
 * their order is free: the cheap ones come first, then the score (most hosts are no better than
 * the best so far), and the detector only judges the few that would win.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/model/constraint.h"
#include "policies/reference/placement_rule.h"

struct best {
	uint32_t host;
	double score;
};

static bool has_room(const struct board *b, uint32_t host, uint32_t vm)
{
	double demand = b->demand[vm], mem_bytes = b->s->vm_mem_bytes[vm];

	if (b->free_mips[host] < demand || board_ceiling(b, vm, host) < demand)
		return false;
	if ((b->load_mips[host] + demand) / b->capacity_mips[host] > 1)
		return false;
	return b->mem_bytes[host] + mem_bytes <=
	       fleet_class_of(b->fleet, host)->capacity.v[RES_MEM];
}

static void consider(struct board *b, uint32_t host, uint32_t vm, struct best *best)
{
	double demand = b->demand[vm], score;

	if (!has_room(b, host, vm))
		return;
	score = b->rule->score(b, host, b->load_mips[host] + demand, demand);
	if (score > best->score || (score == best->score && host > best->host))
		return;
	if (!constraint_allows(b->fleet, b->placement, vm, host, NULL))
		return;
	if (b->detector && b->load_mips[host] != 0 && board_judge_with(b, host, vm).overloaded)
		return;
	*best = (struct best){host, score};
}

static void insert_candidate(struct candidates *c, uint32_t host)
{
	uint32_t i = c->n++;

	for (; i > 0 && c->hosts[i - 1] > host; i--)
		c->hosts[i] = c->hosts[i - 1];
	c->hosts[i] = host;
}

/* The host found may be a blank: it will have load, so it is looked at by itself from now on. */
static void use_blank(struct board *b, uint32_t host)
{
	struct candidates *c = &b->candidates;
	uint32_t k = b->fleet->hosts[host].cls;

	if (c->blank_first[k] == c->blank_end[k] || c->blank[c->blank_first[k]] != host)
		return;
	c->blank_first[k]++;
	insert_candidate(c, host);
}

uint32_t board_find_target(struct board *b, uint32_t vm)
{
	const struct candidates *c = &b->candidates;
	struct best best = {ID_NONE, INFINITY};

	for (uint32_t k = 0; k < b->fleet->n_classes; k++)
		if (c->blank_first[k] < c->blank_end[k])
			consider(b, c->blank[c->blank_first[k]], vm, &best);
	for (uint32_t i = 0; i < c->n; i++)
		consider(b, c->hosts[i], vm, &best);
	if (best.host != ID_NONE)
		use_blank(b, best.host);
	return best.host;
}

void board_exclude(struct board *b, uint32_t host)
{
	struct candidates *c = &b->candidates;
	uint32_t lo = 0, hi = c->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->hosts[mid] < host)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == c->n || c->hosts[lo] != host)
		return;
	c->n--;
	memmove(c->hosts + lo, c->hosts + lo + 1, (c->n - lo) * sizeof(*c->hosts));
}

void board_exclude_off(struct board *b)
{
	struct candidates *c = &b->candidates;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < c->n; i++)
		if (!b->is_off[c->hosts[i]])
			c->hosts[kept++] = c->hosts[i];
	c->n = kept;
	memcpy(c->blank_first, c->blank_end, b->fleet->n_classes * sizeof(*c->blank_end));
}

uint32_t board_find_roomiest(struct board *b, uint32_t vm)
{
	uint32_t best = ID_NONE;
	double best_share = 0;

	for (uint32_t h = 0; h < b->fleet->n_hosts; h++) {
		double mem = b->mem_bytes[h] + b->s->vm_mem_bytes[vm];
		double share = b->free_mips[h] / b->capacity_mips[h];
		enum host_state state = b->s->host_state[h];

		if (state == HOST_FAILED || state == HOST_UNKNOWN || state == HOST_DRAINING ||
		    mem > fleet_class_of(b->fleet, h)->capacity.v[RES_MEM] ||
		    !constraint_allows(b->fleet, b->placement, vm, h, NULL))
			continue;
		if (best == ID_NONE || share > best_share ||
		    (share >= best_share && b->placement->count[h] < b->placement->count[best])) {
			best = h;
			best_share = share;
		}
	}
	if (best != ID_NONE)
		use_blank(b, best);
	return best;
}
