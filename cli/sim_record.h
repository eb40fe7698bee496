/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SIM_RECORD_H
#define CLI_SIM_RECORD_H
/* `--record`: the trace of a simulation as a recording. */
#include <stdio.h>

#include "cli/sim_request.h"

/*
 * Reads the trace of r once more, up to r->until_us, and writes it to stream, which is path. The
 * trace must be one that can be read twice.
 */
int sim_record(const struct sim_request *r, FILE *stream, const char *path, struct err *err);

#endif
