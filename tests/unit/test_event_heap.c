/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Order of events, and moving and dropping them in place. */
#include "sim/event_heap.h"

#include "core/base/rng.h"
#include "tests/support/test.h"

static uint32_t take(struct event_heap *q)
{
	const struct event *ev = event_heap_first(q);
	uint32_t id = ev ? ev->id : ID_NONE;

	if (ev)
		event_heap_drop(q, id);
	return id;
}

static void order_is_time_then_kind_then_sequence(void)
{
	struct event_heap q = {0};

	event_heap_set(&q, 1, 2, 10);
	event_heap_set(&q, 2, 1, 10);
	event_heap_set(&q, 4, 1, 10);
	event_heap_set(&q, 3, 1, 10);
	event_heap_set(&q, 5, 9, 5);
	CU_ASSERT_EQUAL(take(&q), 5);
	CU_ASSERT_EQUAL(take(&q), 2);
	CU_ASSERT_EQUAL(take(&q), 4);
	CU_ASSERT_EQUAL(take(&q), 3);
	CU_ASSERT_EQUAL(take(&q), 1);
	CU_ASSERT_EQUAL(take(&q), ID_NONE);
	event_heap_done(&q);
}

static void setting_again_moves_the_event(void)
{
	struct event_heap q = {0};

	event_heap_set(&q, 1, 0, 10);
	event_heap_set(&q, 2, 0, 20);
	event_heap_set(&q, 1, 0, 30);
	CU_ASSERT_EQUAL(q.len, 2);
	CU_ASSERT_EQUAL(event_heap_first(&q)->id, 2);
	event_heap_set(&q, 1, 0, 5);
	CU_ASSERT_EQUAL(event_heap_first(&q)->id, 1);
	event_heap_done(&q);
}

static void dropping_what_does_not_wait_is_nothing(void)
{
	struct event_heap q = {0};

	event_heap_drop(&q, 1000);
	event_heap_set(&q, 1000, 0, 1);
	event_heap_drop(&q, 3);
	CU_ASSERT_EQUAL(take(&q), 1000);
	event_heap_drop(&q, 1000);
	CU_ASSERT_PTR_NULL(event_heap_first(&q));
	event_heap_done(&q);
}

#define IDS    200
#define ROUNDS 300

static void change_at_random(struct event_heap *q, usec_t due[IDS], struct rng *rng)
{
	uint32_t id = (uint32_t)rng_below(rng, IDS);

	if (rng_below(rng, 3)) {
		due[id] = (usec_t)rng_below(rng, 1000);
		event_heap_set(q, id, 0, due[id]);
	} else {
		due[id] = USEC_NEVER;
		event_heap_drop(q, id);
	}
}

/* Against a plain table: nothing lost, nothing twice, never backwards. */
static void random_changes_agree_with_a_table(void)
{
	struct event_heap q = {0};
	usec_t due[IDS];
	struct rng rng;

	rng_init(&rng, 7, 7);
	for (int i = 0; i < IDS; i++)
		due[i] = USEC_NEVER;
	for (int round = 0; round < ROUNDS; round++) {
		usec_t last = 0;
		uint32_t id;

		for (int i = 0; i < 2 * IDS; i++)
			change_at_random(&q, due, &rng);
		while ((id = take(&q)) != ID_NONE) {
			CU_ASSERT(due[id] != USEC_NEVER && due[id] >= last);
			last = due[id];
			due[id] = USEC_NEVER;
		}
		for (int i = 0; i < IDS; i++)
			CU_ASSERT_EQUAL(due[i], USEC_NEVER);
	}
	event_heap_done(&q);
}

TEST_MAIN("event_heap", TEST(order_is_time_then_kind_then_sequence),
          TEST(setting_again_moves_the_event), TEST(dropping_what_does_not_wait_is_nothing),
          TEST(random_changes_agree_with_a_table))
