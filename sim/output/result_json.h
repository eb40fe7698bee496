/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_RESULT_JSON_H
#define SIM_OUTPUT_RESULT_JSON_H
/*
 * Results as JSON for scripts. Keys are those of struct sim_result with their units in the name;
 * ratios are ratios; what does not apply is null. The set of keys is a contract: keys are added,
 * never renamed.
 */
#include <stdio.h>

#include "sim/output/json.h"
#include "sim/result.h"

/* One run without its timeline; the caller's to free. */
struct json *result_json(const struct sim_result *r);

/* One object and a line end. 0 or -EIO. */
int result_json_write(FILE *f, const struct sim_result *r);

/* {"runs": [...]} and a line end. 0 or -EIO. */
int result_json_write_runs(FILE *f, const struct sim_result *runs, uint32_t n_runs);

#endif
