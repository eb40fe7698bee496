/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A binary heap with changeable keys (Sedgewick's indexed priority queue); see index_heap.h. */
#include "core/base/index_heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define NOWHERE UINT32_MAX

void index_heap_init(struct index_heap *h, uint32_t capacity)
{
	h->ids = xcalloc(capacity, sizeof(*h->ids));
	h->where = xcalloc(capacity, sizeof(*h->where));
	h->keys = xcalloc(capacity, sizeof(*h->keys));
	h->capacity = capacity;
	h->len = 0;
	memset(h->where, 0xff, capacity * sizeof(*h->where));
}

void index_heap_done(struct index_heap *h)
{
	free(h->ids);
	free(h->where);
	free(h->keys);
}

void index_heap_clear(struct index_heap *h)
{
	for (uint32_t i = 0; i < h->len; i++)
		h->where[h->ids[i]] = NOWHERE;
	h->len = 0;
}

static bool comes_before(const struct index_heap *h, uint32_t a, uint32_t b)
{
	if (h->keys[a] < h->keys[b])
		return true;
	return !(h->keys[b] < h->keys[a]) && a < b;
}

static void put_at(struct index_heap *h, uint32_t at, uint32_t id)
{
	h->ids[at] = id;
	h->where[id] = at;
}

static void sift_up(struct index_heap *h, uint32_t at)
{
	uint32_t id = h->ids[at];

	while (at > 0 && comes_before(h, id, h->ids[(at - 1) / 2])) {
		put_at(h, at, h->ids[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put_at(h, at, id);
}

static void sift_down(struct index_heap *h, uint32_t at)
{
	uint32_t id = h->ids[at];

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= h->len)
			break;
		if (child + 1 < h->len && comes_before(h, h->ids[child + 1], h->ids[child]))
			child++;
		if (!comes_before(h, h->ids[child], id))
			break;
		put_at(h, at, h->ids[child]);
		at = child;
	}
	put_at(h, at, id);
}

void index_heap_set(struct index_heap *h, uint32_t id, double key)
{
	assert(id < h->capacity);
	h->keys[id] = key;
	if (h->where[id] == NOWHERE)
		put_at(h, h->len++, id);
	sift_up(h, h->where[id]);
	sift_down(h, h->where[id]);
}

void index_heap_remove(struct index_heap *h, uint32_t id)
{
	uint32_t at, last;

	assert(id < h->capacity);
	at = h->where[id];
	if (at == NOWHERE)
		return;
	h->where[id] = NOWHERE;
	last = h->ids[--h->len];
	if (last == id)
		return;
	put_at(h, at, last);
	sift_up(h, at);
	sift_down(h, h->where[last]);
}

uint32_t index_heap_first(const struct index_heap *h)
{
	return h->len ? h->ids[0] : NOWHERE;
}

bool index_heap_has(const struct index_heap *h, uint32_t id)
{
	return h->where[id] != NOWHERE;
}
