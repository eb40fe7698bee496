/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SIM_OUTPUTS_H
#define CLI_SIM_OUTPUTS_H
/*
 * The files of a simulation. All are opened before it starts, so that a path that cannot be
 * written costs no run. Each appears whole or not at all, and none appears unless all could be
 * written to their end; only a failure of the very last step (sync, rename) of one file can come
 * after another has appeared.
 */
#include <stdio.h>

#include "cli/out.h"
#include "cli/sim_options.h"

enum sim_output {
	OUTPUT_JSON,
	OUTPUT_REPORT,
	OUTPUT_EVENTS,
	OUTPUT_DECISIONS,
	OUTPUT_RECORD,
	OUTPUT_COUNT
};

struct sim_outputs {
	struct out_file *files[OUTPUT_COUNT]; /* NULL: not wanted */
};

/* On failure nothing is open. */
int sim_outputs_open(struct sim_outputs *o, const struct sim_options *options, struct err *err);

/* NULL: not wanted. */
FILE *sim_outputs_stream(const struct sim_outputs *o, enum sim_output which);

/* Has everything reached the files so far? To be asked before the first of them appears. */
int sim_outputs_check(const struct sim_outputs *o, const struct sim_options *options,
                      struct err *err);

int sim_outputs_commit(struct sim_outputs *o, struct err *err);
void sim_outputs_abort(struct sim_outputs *o); /* after commit: does nothing */

#endif
