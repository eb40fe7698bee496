/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SIM_OPTIONS_H
#define CLI_SIM_OPTIONS_H
/*
 * The options of `ebb sim` and `ebb compare`: one table, of which compare takes the first part.
 */
#include "cli/options.h"

struct sim_options {
	const char *fleet, *trace, *config, *rules;
	struct option_list policies, sets;
	uint64_t seed;
	usec_t until_us;
	const char *json, *report;
	const char *events, *decisions, *record; /* sim only */
};

#define SIM_OPTION_ROWS     13
#define COMPARE_OPTION_ROWS 10

extern const struct option_row sim_option_rows[SIM_OPTION_ROWS];

/* Values before parsing. */
struct sim_options sim_options_defaults(void);
void sim_options_done(struct sim_options *o);

#endif
