/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SIM_REQUEST_H
#define CLI_SIM_REQUEST_H
/*
 * What `ebb sim` and `ebb compare` have in common: a fleet, a trace, rules, options; and one run
 * of one policy on them.
 */
#include "engine/config.h"
#include "sim/result.h"
#include "sim/run.h"

struct sim_request {
	const char *fleet, *trace;
	const char *config;      /* file; NULL: defaults */
	const char *const *sets; /* "key=value" */
	uint32_t n_sets;
	enum rules rules;
	uint64_t seed;
	usec_t until_us; /* USEC_NEVER: to the end of the trace */
	struct sim_sink sink;
	void (*progress)(void *ctx, double done_ratio); /* NULL: none */
	void *progress_ctx;
};

/* All that one run is configured by. */
struct sim_setup {
	struct config config;
	struct world_cfg world; /* a section of config: do not move or copy the setup */
};

/*
 * Makes the setup of one run: defaults, then the file, then policy ("NAME:key=value,..."; NULL:
 * as configured), then the sets. A set that only other policies know is skipped and not counted;
 * ret_sets_taken[i] is set for each that was taken. The caller ends it in any case.
 */
int sim_setup_init(struct sim_setup *s, const struct sim_request *r, const char *policy,
                   bool *ret_sets_taken, struct err *err);
void sim_setup_done(struct sim_setup *s);

/* Runs it. ret must be initialised. label, if not NULL, replaces the policy's name in ret. */
int sim_request_run(const struct sim_request *r, const struct sim_setup *s, const char *label,
                    struct sim_result *ret, struct err *err);

#endif
