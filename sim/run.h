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
	const struct config *config;   /* policy, its parameters, limits */
	const struct world_cfg *world; /* a section of config; see world_params */
	enum rules rules;
	uint64_t seed;
	usec_t until_us;
	struct sim_sink sink;
	/* Called a few times a second with the share done in [0, 1]; NULL: no progress. */
	void (*progress)(void *ctx, double done_ratio);
	void *progress_ctx;
};

/* 0 or -errno with err. ret must be initialised; valid only on success. */
int sim_run(const struct sim_opts *o, struct sim_result *ret, struct err *err);

#endif
