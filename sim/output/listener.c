/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One sink, several readers. Callbacks that nobody needs stay NULL, so that a run without
 * --events and --decisions pays nothing for them.
 */
#include "sim/output/listener.h"

#include <stdlib.h>

#include "core/base/xalloc.h"
#include "sim/output/decision_log.h"

void listener_init(struct listener *l, FILE *events, FILE *decisions)
{
	*l = (struct listener){.events = events, .decisions = decisions};
}

static void forget_names(struct listener *l)
{
	for (uint32_t i = 0; i < l->n_host_names; i++)
		free(l->host_names[i]);
	free(l->host_names);
	l->host_names = NULL;
	l->n_host_names = 0;
}

void listener_done(struct listener *l)
{
	forget_names(l);
}

static void begin(void *ctx, const struct fleet *f)
{
	struct listener *l = ctx;

	forget_names(l);
	l->fleet = f;
	l->host_names = xcalloc(f->n_hosts, sizeof(*l->host_names));
	for (uint32_t i = 0; i < f->n_hosts; i++)
		l->host_names[i] = xstrdup(f->hosts[i].name);
	l->n_host_names = f->n_hosts;
	if (!l->events)
		return;
	l->csv.f = l->events;
	events_csv_begin(&l->csv, f);
}

static void event(void *ctx, const struct sim_event *ev)
{
	struct listener *l = ctx;

	events_csv_event(&l->csv, ev);
}

static void record(void *ctx, const struct record *r)
{
	struct listener *l = ctx;

	decision_log_write(l->decisions, l->fleet, r);
}

struct sim_sink listener_sink(struct listener *l)
{
	return (struct sim_sink){
	        .begin = begin,
	        .event = l->events ? event : NULL,
	        .record = l->decisions ? record : NULL,
	        .ctx = l,
	};
}
