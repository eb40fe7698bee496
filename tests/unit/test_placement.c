/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Placement: order of arrival, counts, and transactions that leave no trace. */
#include "core/model/placement.h"

#include "tests/support/test.h"

/* Are the VMs of host exactly the n given, in that order, in both directions? */
static int holds(const struct placement *p, uint32_t host, uint32_t n, const uint32_t *vms)
{
	uint32_t i = 0, back = p->last[host];

	if (p->count[host] != n)
		return 0;
	placement_foreach_vm (p, host, vm)
		if (i >= n || vms[i++] != vm || p->host_of[vm] != host)
			return 0;
	while (back != ID_NONE)
		if (i == 0 || vms[--i] != back)
			return 0;
		else
			back = p->prev[back];
	return i == 0;
}

#define HOLDS(p, host, ...)                                                  \
	holds(p, host, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), \
	      (uint32_t[]){__VA_ARGS__})

static struct placement *three_on_first(void)
{
	struct placement *p = placement_new(4, 2);

	for (uint32_t vm = 0; vm < 3; vm++)
		placement_move(p, vm, 0);
	return p;
}

static void vms_stand_in_order_of_arrival(void)
{
	struct placement *p = three_on_first();

	CU_ASSERT_TRUE(HOLDS(p, 0, 0, 1, 2));
	placement_move(p, 0, 0);
	CU_ASSERT_TRUE(HOLDS(p, 0, 1, 2, 0));
	placement_free(p);
}

static void a_move_takes_from_any_position(void)
{
	struct placement *p = three_on_first();

	placement_move(p, 1, 1);
	CU_ASSERT_TRUE(HOLDS(p, 0, 0, 2));
	placement_move(p, 0, 1);
	placement_move(p, 2, 1);
	CU_ASSERT_EQUAL(p->count[0], 0);
	CU_ASSERT_EQUAL(p->first[0], ID_NONE);
	CU_ASSERT_TRUE(HOLDS(p, 1, 1, 0, 2));
	placement_free(p);
}

static void a_vm_can_be_nowhere(void)
{
	struct placement *p = three_on_first();

	placement_move(p, 2, ID_NONE);
	placement_move(p, 3, ID_NONE);
	CU_ASSERT_EQUAL(p->host_of[2], ID_NONE);
	CU_ASSERT_TRUE(HOLDS(p, 0, 0, 1));
	placement_free(p);
}

static void rollback_restores_position(void)
{
	struct placement *p = three_on_first();
	uint32_t mark = placement_begin(p);

	placement_move(p, 1, 1);
	placement_move(p, 3, 0);
	placement_move(p, 1, 0);
	placement_move(p, 0, ID_NONE);
	placement_rollback(p, mark);
	CU_ASSERT_TRUE(HOLDS(p, 0, 0, 1, 2));
	CU_ASSERT_EQUAL(p->host_of[3], ID_NONE);
	CU_ASSERT_EQUAL(p->depth, 0);
	placement_free(p);
}

static void inner_rollback_keeps_outer_moves(void)
{
	struct placement *p = three_on_first();
	uint32_t outer = placement_begin(p), inner;

	placement_move(p, 0, 1);
	inner = placement_begin(p);
	placement_move(p, 1, 1);
	placement_rollback(p, inner);
	CU_ASSERT_TRUE(HOLDS(p, 1, 0));
	CU_ASSERT_TRUE(HOLDS(p, 0, 1, 2));
	placement_rollback(p, outer);
	CU_ASSERT_TRUE(HOLDS(p, 0, 0, 1, 2));
	placement_free(p);
}

static void outer_rollback_undoes_what_an_inner_commit_kept(void)
{
	struct placement *p = three_on_first();
	uint32_t outer = placement_begin(p), inner = placement_begin(p);

	placement_move(p, 1, 1);
	placement_commit(p, inner);
	placement_rollback(p, outer);
	CU_ASSERT_TRUE(HOLDS(p, 0, 0, 1, 2));
	placement_free(p);
}

static void commit_keeps_and_forgets_the_log(void)
{
	struct placement *p = three_on_first();
	uint32_t mark = placement_begin(p);

	placement_move(p, 1, 1);
	placement_commit(p, mark);
	CU_ASSERT_TRUE(HOLDS(p, 1, 1));
	CU_ASSERT_EQUAL(p->log_len, 0);
	placement_free(p);
}

static void clone_is_equal_and_apart(void)
{
	struct placement *p = three_on_first(), *clone = placement_clone(p);

	placement_move(p, 0, 1);
	CU_ASSERT_TRUE(HOLDS(clone, 0, 0, 1, 2));
	placement_copy(clone, p);
	CU_ASSERT_TRUE(HOLDS(clone, 0, 1, 2));
	placement_free(p);
	placement_free(clone);
}

TEST_MAIN("placement", TEST(vms_stand_in_order_of_arrival), TEST(a_move_takes_from_any_position),
          TEST(a_vm_can_be_nowhere), TEST(rollback_restores_position),
          TEST(inner_rollback_keeps_outer_moves),
          TEST(outer_rollback_undoes_what_an_inner_commit_kept),
          TEST(commit_keeps_and_forgets_the_log), TEST(clone_is_equal_and_apart))
