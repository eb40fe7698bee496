/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_SIM_RECORD_H
#define CLI_SIM_RECORD_H
/* `--record`: the trace of a simulation as a recording. */
#include "cli/sim_request.h"

/*
 * Reads the trace of r once more, up to r->until_us, and writes it to path. The trace must be one
 * that can be read twice. On failure no file is left.
 */
int sim_record(const struct sim_request *r, const char *path, struct err *err);

#endif
