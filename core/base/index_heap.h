/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_INDEX_HEAP_H
#define CORE_BASE_INDEX_HEAP_H
/*
 * A binary min-heap of small integers (ids below a capacity), each with a key that may change.
 * Equal keys: the lesser id comes first, so the order never depends on history.
 */
#include <stdbool.h>
#include <stdint.h>

struct index_heap {
	uint32_t *ids;   /* heap order */
	uint32_t *where; /* by id: position in ids, UINT32_MAX = not in the heap */
	double *keys;    /* by id */
	uint32_t len, capacity;
};

void index_heap_init(struct index_heap *h, uint32_t capacity);
void index_heap_done(struct index_heap *h);
void index_heap_clear(struct index_heap *h);

/* Puts id in, or changes its key. O(log n). */
void index_heap_set(struct index_heap *h, uint32_t id, double key);

/* Takes id out, if it is in. O(log n). */
void index_heap_remove(struct index_heap *h, uint32_t id);

/* The id of least key, UINT32_MAX if the heap is empty. */
uint32_t index_heap_first(const struct index_heap *h);

bool index_heap_has(const struct index_heap *h, uint32_t id);

#endif
