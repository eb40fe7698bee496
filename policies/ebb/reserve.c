/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reserve for failed hosts: were the k hosts with the greatest need to fail at once, what is
 * free on the others would hold their VMs, in CPU need (mean and two deviations) and in memory.
 * This is the aggregate test of Ganeti's N+1 kind: necessary, and nearly sufficient where VMs are
 * small against hosts.
 */
#include <math.h>

#include "policies/ebb/state.h"

struct room {
	double cpu_free, mem_free;
};

static double cpu_free(const struct book *b, uint32_t h)
{
	return fmax(b->capacity[h] - b->hosts[h].need, 0);
}

static double mem_free(const struct book *b, uint32_t h)
{
	return fmax(b->mem_capacity[h] - b->hosts[h].mem, 0);
}

static struct room total_room(const struct ebb *e, uint32_t except)
{
	const struct book *b = e->book;
	struct room sum = {0};

	for (uint32_t i = 0; i < b->n_up; i++) {
		if (b->up[i] == except)
			continue;
		sum.cpu_free += cpu_free(b, b->up[i]);
		sum.mem_free += mem_free(b, b->up[i]);
	}
	return sum;
}

/* The host of greatest need that comes after `after` in the order (need descending, id). */
static uint32_t next_by_need(const struct book *b, uint32_t except, uint32_t after)
{
	uint32_t best = ID_NONE;

	for (uint32_t i = 0; i < b->n_up; i++) {
		uint32_t h = b->up[i];
		double need = b->hosts[h].need;

		if (h == except || h == after)
			continue;
		if (after != ID_NONE &&
		    (need > b->hosts[after].need || (need >= b->hosts[after].need && h < after)))
			continue;
		if (best == ID_NONE || need > b->hosts[best].need ||
		    (need >= b->hosts[best].need && h < best))
			best = h;
	}
	return best;
}

bool reserve_holds(const struct ebb *e, uint32_t except)
{
	const struct book *b = e->book;
	struct room room;
	uint32_t lost = ID_NONE;

	if (e->params.reserve_hosts <= 0)
		return true;
	room = total_room(e, except);
	for (int64_t k = 0; k < e->params.reserve_hosts; k++) {
		lost = next_by_need(b, except, lost);
		if (lost == ID_NONE)
			break;
		room.cpu_free -= cpu_free(b, lost) + b->hosts[lost].need;
		room.mem_free -= mem_free(b, lost) + b->hosts[lost].mem;
	}
	return room.cpu_free >= 0 && (!b->mem_counts || room.mem_free >= 0);
}
