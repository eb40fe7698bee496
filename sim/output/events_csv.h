/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_EVENTS_CSV_H
#define SIM_OUTPUT_EVENTS_CSV_H
/*
 * The facts of a run as CSV, one a line, in the order in which they happened:
 *
 *     time_s,event,vm,from,to,reason
 *     300,migrate_begin,web-1,h007,h002,overload: ...
 *
 * Everything a run reports about hosts that are on, overloads and migrations can be computed
 * again from this file alone. Both callbacks fit struct sim_opts; errors stay in the stream's
 * error flag, which the owner of the stream checks when closing it.
 */
#include <stdio.h>

#include "sim/world.h"

struct events_csv {
	FILE *f;                   /* the caller's */
	const struct fleet *fleet; /* set by events_csv_begin */
};

/* Writes the header and keeps the fleet for the names. ctx: struct events_csv. */
void events_csv_begin(void *ctx, const struct fleet *f);

void events_csv_event(void *ctx, const struct sim_event *ev);

/* "place", "migrate_begin", "host_on", ... */
const char *events_csv_name(const struct sim_event *ev);

#endif
