/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A binary heap that knows where the event of each id is. Set, move and drop cost O(log n) in the
 * number of waiting events.
 */
#include "sim/event_heap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

void event_heap_done(struct event_heap *q)
{
	free(q->events);
	free(q->position);
	*q = (struct event_heap){0};
}

static bool is_before(const struct event *a, const struct event *b)
{
	if (a->at_us != b->at_us)
		return a->at_us < b->at_us;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	return a->sequence < b->sequence;
}

static void put(struct event_heap *q, uint32_t i, const struct event *ev)
{
	q->events[i] = *ev;
	q->position[ev->id] = i;
}

/* Both move the event at i to where it belongs; only one of them will have something to do. */
static void sift_up(struct event_heap *q, uint32_t i)
{
	struct event ev = q->events[i];

	while (i > 0 && is_before(&ev, &q->events[(i - 1) / 2])) {
		put(q, i, &q->events[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(q, i, &ev);
}

static void sift_down(struct event_heap *q, uint32_t i)
{
	struct event ev = q->events[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child + 1 < q->len && is_before(&q->events[child + 1], &q->events[child]))
			child++;
		if (child >= q->len || !is_before(&q->events[child], &ev))
			break;
		put(q, i, &q->events[child]);
		i = child;
	}
	put(q, i, &ev);
}

static void make_room_for_id(struct event_heap *q, uint32_t id)
{
	uint32_t n = q->n_ids ? q->n_ids : 64;

	if (id < q->n_ids)
		return;
	while (n <= id)
		n *= 2;
	q->position = xreallocarray(q->position, n, sizeof(*q->position));
	for (uint32_t i = q->n_ids; i < n; i++)
		q->position[i] = ID_NONE;
	q->n_ids = n;
}

void event_heap_set(struct event_heap *q, uint32_t id, uint32_t kind, usec_t at_us)
{
	struct event ev = {.at_us = at_us, .kind = kind, .id = id, .sequence = q->sequence++};
	uint32_t i;

	make_room_for_id(q, id);
	i = q->position[id];
	if (i == ID_NONE) {
		if (q->len == q->cap) {
			q->cap = q->cap ? 2 * q->cap : 64;
			q->events = xreallocarray(q->events, q->cap, sizeof(*q->events));
		}
		i = q->len++;
	}
	put(q, i, &ev);
	sift_up(q, i);
	sift_down(q, q->position[id]);
}

void event_heap_drop(struct event_heap *q, uint32_t id)
{
	uint32_t i = id < q->n_ids ? q->position[id] : ID_NONE;
	struct event last;

	if (i == ID_NONE)
		return;
	q->position[id] = ID_NONE;
	last = q->events[--q->len];
	if (last.id == id)
		return;
	put(q, i, &last);
	sift_up(q, i);
	sift_down(q, q->position[last.id]);
}

const struct event *event_heap_first(const struct event_heap *q)
{
	return q->len ? &q->events[0] : NULL;
}
