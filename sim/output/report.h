/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_REPORT_H
#define SIM_OUTPUT_REPORT_H
/*
 * The report: one HTML file that holds its data, style and script, asks the network for nothing
 * and shows one run or several runs of the same fleet and trace. It is made to be looked at.
 */
#include <stdio.h>

#include "sim/result.h"

struct report {
	const struct sim_result *runs; /* at least one */
	uint32_t n_runs;
	const char *const *host_names; /* by host id, for the heat map */
	uint32_t n_host_names;         /* 0: the map shows ids */
	const char *fleet, *trace;     /* as given on the command line; NULL: not said */
	const char *command;           /* that makes this report again; NULL: not said */
	const char *program;           /* "ebb 0.1"; NULL: not said */
};

/* 0 or -EIO. */
int report_write(FILE *f, const struct report *r);

#endif
