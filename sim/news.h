/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_NEWS_H
#define SIM_NEWS_H
/*
 * What a world has to say: events to the engine, which it gets at its next poll, and facts to
 * whoever listens to the run, at once.
 */
#include "sim/world.h"

struct news {
	struct env_event *events; /* since the last poll, or those it was given */
	uint32_t n, cap;
	bool given;
	struct sim_sink sink;
};

void news_done(struct news *n);

/* An event for the engine, at the time given. */
void news_emit(struct news *n, const struct env_event *ev, usec_t now_us);

/* Is there something the engine has not heard of? */
bool news_waits(const struct news *n);

/* Hands the events over, in a sample set without a sample. */
struct sample_set news_poll(struct news *n);

/* A fact for the listener, at the time given. */
void news_tell(const struct news *n, const struct sim_event *ev, usec_t now_us);

/* What the engine persists. */
int news_record(const struct news *n, const struct record *r);

#endif
