/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SIM_BATCH_H
#define CLI_SIM_BATCH_H
/*
 * The course of `ebb sim` and `ebb compare`: options, configurations, runs in turn, outputs. The
 * two differ in how many policies they take and in how results are shown.
 */
#include <stdio.h>

#include "cli/sim_options.h"
#include "sim/result.h"

struct sim_batch_kind {
	const struct option_spec *spec;
	uint32_t policies_min, policies_max;
	const char *policies_help; /* said when there are too few or too many */
	void (*print)(FILE *f, const struct sim_result *runs, uint32_t n_runs);
	int (*write_json)(FILE *f, const struct sim_result *runs, uint32_t n_runs);
};

/* The exit status. */
int sim_batch_main(const struct sim_batch_kind *kind, int argc, char **argv);

#endif
