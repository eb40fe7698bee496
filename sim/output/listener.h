/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_LISTENER_H
#define SIM_OUTPUT_LISTENER_H
/*
 * Listens to a run for everybody who wants to: events to a CSV file, decisions to a log, and the
 * names of the hosts for the report, which is written when the fleet is gone already.
 */
#include <stdio.h>

#include "sim/output/events_csv.h"
#include "sim/world.h"

struct listener {
	FILE *events, *decisions; /* the caller's; NULL: not wanted */
	char **host_names;        /* by id, of the last run; owned */
	uint32_t n_host_names;
	struct events_csv csv;
	const struct fleet *fleet; /* while the run lasts */
};

void listener_init(struct listener *l, FILE *events, FILE *decisions);
void listener_done(struct listener *l);

/* For sim_opts. A listener may hear several runs of one fleet in turn. */
struct sim_sink listener_sink(struct listener *l);

#endif
