/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H
/*
 * What `ebb hosts` and `ebb vms` have in common: options, and two looks at every host of the
 * inventory, an interval apart, so that counters become rates.
 */
#include <stdio.h>

#include "cli/options.h"
#include "engine/inventory.h"
#include "engine/watch.h"

#define LOOK_INVENTORY "/etc/ebb/inventory.yaml"

struct look_options {
	const char *inventory, *json;
	usec_t interval_us, timeout_us;
};

/* The rows of both commands, for struct look_options. */
extern const struct option_row look_rows[];
extern const size_t look_rows_len;

struct look {
	struct inventory *inventory;
	struct watch *watch;
};

/* How a command shows what was seen. */
struct look_views {
	void (*text)(FILE *f, const struct look *l);
	void (*json)(FILE *f, const struct look *l);
};

/*
 * The whole command: options, two looks, output. EXIT_PARTIAL or EXIT_FAILED if some or all hosts
 * did not answer; each is told on stderr, and the others are shown.
 */
int look_run(const struct option_spec *spec, int argc, char **argv, const struct look_views *views);

/* "12.5 GiB" etc.; "?" for NAN. Cut to size. */
void look_bytes(double bytes, char *ret_text, size_t size);

#endif
