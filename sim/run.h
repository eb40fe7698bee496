/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_RUN_H
#define SIM_RUN_H
/*
 * One simulation: a fleet, a trace, a policy, rules; the engine and a world; a result.
 */
#include "engine/config.h"
#include "sim/result.h"
#include "sim/world.h"

struct sim_opts {
	const char *fleet_path;
	const char *trace_spec;
	const struct config *config; /* policy, its parameters, limits, world */
	enum rules rules;
	uint64_t seed;
	usec_t until_us;
	struct sim_sink sink;
	/* Every decision as it is begun or refused; NULL: nobody listens. */
	void (*decision)(void *ctx, const struct fleet *f, const struct record *r);
	void *decision_ctx;
	/* Called a few times a second with the share done in [0, 1]; NULL: no progress. */
	void (*progress)(void *ctx, double done_ratio);
	void *progress_ctx;
	/* Told once, before the first event, so that sinks know the names. NULL: not needed. */
	void (*begin)(void *ctx, const struct fleet *f);
	void *begin_ctx;
};

/* 0 or -errno with err. ret must be initialised; valid only on success. */
int sim_run(const struct sim_opts *o, struct sim_result *ret, struct err *err);

#endif
