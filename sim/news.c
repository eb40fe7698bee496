/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events stay readable after a poll until the next one is emitted or polled for, as env.h promises.
 */
#include "sim/news.h"

#include <stdlib.h>

#include "core/base/xalloc.h"

void news_done(struct news *n)
{
	free(n->events);
}

static void forget_given(struct news *n)
{
	if (n->given)
		n->n = 0;
	n->given = false;
}

void news_emit(struct news *n, const struct env_event *ev, usec_t now_us)
{
	forget_given(n);
	if (n->n == n->cap) {
		n->cap = n->cap ? 2 * n->cap : 256;
		n->events = xreallocarray(n->events, n->cap, sizeof(*n->events));
	}
	n->events[n->n] = *ev;
	n->events[n->n++].at_us = now_us;
}

bool news_waits(const struct news *n)
{
	return !n->given && n->n > 0;
}

struct sample_set news_poll(struct news *n)
{
	forget_given(n);
	n->given = true;
	return (struct sample_set){.events = n->events, .n_events = n->n};
}

void news_tell(const struct news *n, const struct sim_event *ev, usec_t now_us)
{
	struct sim_event copy = *ev;

	if (!n->sink.event)
		return;
	copy.at_us = now_us;
	n->sink.event(n->sink.ctx, &copy);
}

int news_record(const struct news *n, const struct record *r)
{
	if (n->sink.record)
		n->sink.record(n->sink.ctx, r);
	return 0;
}
