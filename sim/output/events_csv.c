/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * World events as CSV. A change of host state is an event of its own name (host_on, host_off,
 * ...), so that a reader needs no further column and `cut -d, -f2 | sort | uniq -c` already
 * counts power-ups.
 */
#include "sim/output/events_csv.h"

#include <assert.h>

#include "sim/output/field.h"

#define REASON_TEXT_MAX 256 /* the longest sentence of plan.c is about half of it */

static const char *const kind_names[SIM_EVENT_KIND_COUNT] = {
        [SIM_PLACE] = "place",
        [SIM_DEPART] = "depart",
        [SIM_MIGRATE_BEGIN] = "migrate_begin",
        [SIM_MIGRATE_END] = "migrate_end",
        [SIM_MIGRATE_FAIL] = "migrate_fail",
        [SIM_HOST_STATE] = "host_state",
        [SIM_OVERLOAD_BEGIN] = "overload_begin",
        [SIM_OVERLOAD_END] = "overload_end",
};

static const char *const state_names[HOST_STATE_COUNT] = {
        [HOST_ACTIVE] = "host_on",
        [HOST_DRAINING] = "host_draining",
        [HOST_SUSPENDING] = "host_suspending",
        [HOST_STANDBY] = "host_standby",
        [HOST_OFF] = "host_off",
        [HOST_WAKING] = "host_waking",
        [HOST_FAILED] = "host_failed",
        [HOST_UNKNOWN] = "host_unknown",
};

const char *events_csv_name(const struct sim_event *ev)
{
	assert(ev->kind < SIM_EVENT_KIND_COUNT);
	if (ev->kind != SIM_HOST_STATE)
		return kind_names[ev->kind];
	assert(ev->state < HOST_STATE_COUNT);
	return state_names[ev->state];
}

static const char *host_name(const struct fleet *f, uint32_t host)
{
	return host < f->n_hosts ? f->hosts[host].name : NULL;
}

static void write_reason(FILE *f, const struct reason *why)
{
	char text[REASON_TEXT_MAX], field[REASON_TEXT_MAX + 64];

	if (!why || why->code == REASON_NONE)
		return;
	reason_describe(why, text, sizeof(text));
	(void)snprintf(field, sizeof(field), "%s: %s", reason_code_name(why->code), text);
	field_csv(f, field);
}

void events_csv_begin(void *ctx, const struct fleet *f)
{
	struct events_csv *csv = ctx;

	csv->fleet = f;
	(void)fputs("time_s,event,vm,from,to,reason\n", csv->f);
}

void events_csv_event(void *ctx, const struct sim_event *ev)
{
	const struct events_csv *csv = ctx;
	const struct fleet *fleet = csv->fleet;
	char time[FIELD_TIME_LEN];

	assert(fleet);
	field_seconds(ev->at_us, time);
	(void)fprintf(csv->f, "%s,%s,", time, events_csv_name(ev));
	field_csv(csv->f, ev->vm < fleet->n_vms ? fleet->vms[ev->vm].name : NULL);
	(void)fputc(',', csv->f);
	field_csv(csv->f, host_name(fleet, ev->from));
	(void)fputc(',', csv->f);
	field_csv(csv->f, host_name(fleet, ev->to));
	(void)fputc(',', csv->f);
	write_reason(csv->f, ev->reason);
	(void)fputc('\n', csv->f);
}
