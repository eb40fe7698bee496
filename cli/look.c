/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two looks at every host; see look.h. */
#include "cli/look.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "cli/out.h"
#include "collectors/collector.h"

#define INTERVAL_MIN_US 100000 /* counters of some hypervisors move in steps of 10 ms */
#define INTERVAL_MAX_US (3600 * USEC_PER_SEC)

#define AT(field) .offset = offsetof(struct look_options, field)

const struct option_row look_rows[] = {
        {.name = "inventory",
         .letter = 'i',
         .kind = OPTION_TEXT,
         AT(inventory),
         .arg = "FILE",
         .help = "the hosts; default " LOOK_INVENTORY},
        {.name = "interval",
         .kind = OPTION_DURATION,
         AT(interval_us),
         .arg = "DURATION",
         .help = "time between the two looks that rates are made of; default 1s"},
        {.name = "timeout",
         .kind = OPTION_DURATION,
         AT(timeout_us),
         .arg = "DURATION",
         .help = "how long a host may take for a look; default 10s"},
        {.name = "json",
         .kind = OPTION_MAYBE_TEXT,
         AT(json),
         .arg = "FILE",
         .help = "the result as JSON, to a file or standard output"},
};
const size_t look_rows_len = sizeof(look_rows) / sizeof(look_rows[0]);

static void wait_us(usec_t t_us)
{
	struct timespec t = {.tv_sec = t_us / USEC_PER_SEC, .tv_nsec = t_us % USEC_PER_SEC * 1000};

	(void)nanosleep(&t, NULL); /* cut short by a signal: the rate is of a shorter time */
}

/* EXIT_DONE, or a status after a message on stderr, like those below. */
static int check(const char *command, const struct look_options *o)
{
	if (o->interval_us < INTERVAL_MIN_US || o->interval_us > INTERVAL_MAX_US) {
		(void)fprintf(stderr, "ebb %s: --interval must be from 100ms to 1h\n", command);
		return EXIT_USAGE;
	}
	if (o->timeout_us < INTERVAL_MIN_US || o->timeout_us > INTERVAL_MAX_US) {
		(void)fprintf(stderr, "ebb %s: --timeout must be from 100ms to 1h\n", command);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

static int begin(const char *command, const struct look_options *o, struct look *ret)
{
	struct err err = {""};
	int status = check(command, o);

	*ret = (struct look){0};
	if (status != EXIT_DONE)
		return status;
	if (inventory_load(o->inventory, &ret->inventory, &err) < 0) {
		(void)fprintf(stderr, "ebb %s: %s\n", command, err.text);
		return EXIT_BADCONFIG;
	}
	if (watch_new(ret->inventory, collector_find("libvirt"), &ret->watch, &err) < 0) {
		(void)fprintf(stderr, "ebb %s: %s\n", command, err.text);
		return EXIT_FAILED;
	}
	watch_look(ret->watch, o->timeout_us);
	wait_us(o->interval_us);
	watch_look(ret->watch, o->timeout_us);
	return EXIT_DONE;
}

static void end(struct look *l)
{
	watch_free(l->watch);
	inventory_free(l->inventory);
}

static int status_of(const char *command, const struct look *l)
{
	uint32_t missing = 0;

	for (uint32_t i = 0; i < l->inventory->n_hosts; i++) {
		const struct watch_host *h = watch_host_at(l->watch, i);

		if (h->state == WATCH_FRESH)
			continue;
		missing++;
		if (h->state == WATCH_FAILED)
			(void)fprintf(stderr, "ebb %s: %s\n", command, h->error.text);
		else
			(void)fprintf(stderr,
			              "ebb %s: host \"%s\" did not answer in time at %s; is "
			              "libvirtd alive there? --timeout waits longer\n",
			              command, l->inventory->hosts[i].name,
			              l->inventory->hosts[i].libvirt);
	}
	if (!missing)
		return EXIT_DONE;
	return missing < l->inventory->n_hosts ? EXIT_PARTIAL : EXIT_FAILED;
}

static int show(const struct look_options *o, const struct look *l, const struct look_views *views,
                struct err *err)
{
	struct out_file *out;
	int r = out_open(o->json ? o->json : "-", &out, err);

	if (r < 0)
		return r;
	if (o->json)
		views->json(out_stream(out), l);
	else
		views->text(out_stream(out), l);
	return out_commit(out, err);
}

int look_run(const struct option_spec *spec, int argc, char **argv, const struct look_views *views)
{
	struct look_options o = {
	        .inventory = LOOK_INVENTORY,
	        .interval_us = 1 * USEC_PER_SEC,
	        .timeout_us = 10 * USEC_PER_SEC,
	};
	struct err err = {""};
	struct look l;
	int status = options_parse(spec, argc, argv, &o);

	if (status != OPTIONS_GO)
		return status;
	status = begin(spec->command, &o, &l);
	if (status == EXIT_DONE) {
		int r = show(&o, &l, views, &err);

		status = status_of(spec->command, &l);
		if (r < 0) {
			(void)fprintf(stderr, "ebb %s: %s\n", spec->command, err.text);
			status = EXIT_FAILED;
		}
	}
	end(&l);
	return status;
}

void look_bytes(double bytes, char *ret_text, size_t size)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	size_t unit = 0;

	if (isnan(bytes)) {
		(void)snprintf(ret_text, size, "?");
		return;
	}
	while (bytes >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		bytes /= 1024;
		unit++;
	}
	(void)snprintf(ret_text, size, bytes < 10 && unit ? "%.1f %s" : "%.0f %s", bytes,
	               units[unit]);
}
