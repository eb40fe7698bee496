/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random moves in random nested transactions: after a rollback every array is as it was at the
 * mark, and at all times lists, counts and host_of agree.
 */
#include "core/model/placement.h"

#include <string.h>

#include "core/base/rng.h"
#include "tests/support/test.h"

#define N_VMS   40
#define N_HOSTS 7
#define ROUNDS  300
#define MOVES   30

static int is_equal(const struct placement *a, const struct placement *b)
{
	return memcmp(a->host_of, b->host_of, N_VMS * sizeof(uint32_t)) == 0 &&
	       memcmp(a->next, b->next, N_VMS * sizeof(uint32_t)) == 0 &&
	       memcmp(a->prev, b->prev, N_VMS * sizeof(uint32_t)) == 0 &&
	       memcmp(a->first, b->first, N_HOSTS * sizeof(uint32_t)) == 0 &&
	       memcmp(a->last, b->last, N_HOSTS * sizeof(uint32_t)) == 0 &&
	       memcmp(a->count, b->count, N_HOSTS * sizeof(uint32_t)) == 0;
}

static int is_sound(const struct placement *p)
{
	uint32_t listed = 0, placed = 0;

	for (uint32_t host = 0; host < N_HOSTS; host++) {
		uint32_t n = 0, last = ID_NONE;

		placement_foreach_vm (p, host, vm) {
			if (p->host_of[vm] != host || p->prev[vm] != last || n > N_VMS)
				return 0;
			last = vm;
			n++;
		}
		if (n != p->count[host] || last != p->last[host])
			return 0;
		listed += n;
	}
	for (uint32_t vm = 0; vm < N_VMS; vm++)
		placed += p->host_of[vm] != ID_NONE;
	return listed == placed;
}

static void move_at_random(struct placement *p, struct rng *rng)
{
	uint64_t n = rng_below(rng, MOVES);

	for (uint64_t i = 0; i < n; i++) {
		uint32_t host = (uint32_t)rng_below(rng, N_HOSTS + 1);

		placement_move(p, (uint32_t)rng_below(rng, N_VMS),
		               host == N_HOSTS ? ID_NONE : host);
	}
}

/* One transaction with one nested in it, each ended by a toss. */
static void transact(struct placement *p, struct rng *rng)
{
	struct placement *before = placement_clone(p), *middle;
	uint32_t outer = placement_begin(p), inner;

	move_at_random(p, rng);
	middle = placement_clone(p);
	inner = placement_begin(p);
	move_at_random(p, rng);
	if (rng_below(rng, 2)) {
		placement_rollback(p, inner);
		CU_ASSERT_TRUE(is_equal(p, middle));
	} else {
		placement_commit(p, inner);
	}
	if (rng_below(rng, 2)) {
		placement_rollback(p, outer);
		CU_ASSERT_TRUE(is_equal(p, before));
	} else {
		placement_commit(p, outer);
	}
	placement_free(before);
	placement_free(middle);
}

static void rollback_restores_every_array(void)
{
	struct placement *p = placement_new(N_VMS, N_HOSTS);
	struct rng rng;

	rng_init(&rng, 1, 1);
	for (int i = 0; i < ROUNDS; i++) {
		move_at_random(p, &rng);
		transact(p, &rng);
		CU_ASSERT_TRUE(is_sound(p));
		CU_ASSERT_EQUAL(p->log_len, 0);
	}
	placement_free(p);
}

TEST_MAIN("placement property", TEST(rollback_restores_every_array))
