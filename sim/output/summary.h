/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_SUMMARY_H
#define SIM_OUTPUT_SUMMARY_H
/*
 * Results as text for people: one run as a short list, several runs as a table with one row a
 * policy. Plain ASCII without colour, so that it can be pasted anywhere.
 */
#include <stdio.h>

#include "sim/result.h"

void summary_write(FILE *f, const struct sim_result *r);
void summary_write_runs(FILE *f, const struct sim_result *runs, uint32_t n_runs);

#endif
