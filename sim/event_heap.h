/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_EVENT_HEAP_H
#define SIM_EVENT_HEAP_H
/*
 * What is due next, among things of which each has at most one event waiting (a migration: its
 * end; a host: the end of its transition, or its crash). Things are named by small numbers, so
 * that an event can be moved or dropped in place and the heap never holds stale ones.
 *
 * Order: time, then kind, then the order in which the events were set.
 */
#include <stdint.h>

#include "core/base/units.h"

struct event {
	usec_t at_us;
	uint32_t kind;
	uint32_t id;
	uint64_t sequence;
};

struct event_heap {
	struct event *events;
	uint32_t len, cap;
	uint32_t *position; /* by id: index in events, ID_NONE = nothing waits */
	uint32_t n_ids;
	uint64_t sequence;
};

/* A zeroed heap is empty and valid. */
void event_heap_done(struct event_heap *q);

/* Sets or moves the event of id. */
void event_heap_set(struct event_heap *q, uint32_t id, uint32_t kind, usec_t at_us);

/* Drops the event of id, if there is one. */
void event_heap_drop(struct event_heap *q, uint32_t id);

/* The first event, NULL if none waits; valid until the next change. */
const struct event *event_heap_first(const struct event_heap *q);

#endif
