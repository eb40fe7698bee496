/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of the rules, and the table of the world's settings. Defaults are those of the reference
 * experiment where it has the quantity (link share, migration overhead); the others are noted.
 */
#include "sim/rules.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "core/base/text.h"

static const char *const names[] = {
        [RULES_REAL] = "real",
        [RULES_IDEAL] = "ideal",
        [RULES_CLOUDSIM] = "cloudsim",
};

#define N_RULES (sizeof(names) / sizeof(names[0]))

const char *rules_name(enum rules r)
{
	return names[r];
}

int rules_parse(const char *text, enum rules *ret, struct err *err)
{
	const char *near;

	for (size_t i = 0; i < N_RULES; i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret = (enum rules)i;
			return 0;
		}
	}
	near = text_suggest(text, names, N_RULES);
	if (near)
		return err_set(err, -EINVAL, "rules: \"%s\" is unknown; did you mean \"%s\"?", text,
		               near);
	return err_set(err, -EINVAL, "rules: \"%s\" is unknown; give real, ideal or cloudsim",
	               text);
}

static const char *const sleep_choices[] = {"off", "standby", NULL};

static const struct param rows[] = {
        {
                .name = "world.migration_link_ratio",
                .type = PARAM_RATIO,
                .offset = offsetof(struct world_cfg, migration_link_ratio),
                .unit = "ratio",
                .min = 0.01,
                .max = 1,
                .def = 0.5,
                .help = "share of a host's network that live migrations get",
        },
        {
                .name = "world.migration_overhead_ratio",
                .type = PARAM_RATIO,
                .offset = offsetof(struct world_cfg, migration_overhead_ratio),
                .unit = "ratio",
                .min = 0,
                .max = 0.9,
                .def = 0.1,
                .help = "CPU a migrating VM loses on its source and costs on its target",
        },
        /*
         * 10 kB/s for each MIPS is 25 MB/s for a core of 2500 MIPS that is fully busy: between an
         * idle guest (nearly nothing) and a memory benchmark (some 100 MB/s).
         */
        {
                .name = "world.dirty_rate_per_mips",
                .type = PARAM_BYTES,
                .offset = offsetof(struct world_cfg, dirty_bps_per_mips),
                .unit = "bytes/s",
                .min = 0,
                .max = 1e9,
                .def = 10e3,
                .help = "real: memory that each MIPS of work dirties in a second",
        },
        /* Auto-converge slows a guest down until its copy gets ahead of it. */
        {
                .name = "world.dirty_ratio_max",
                .type = PARAM_RATIO,
                .offset = offsetof(struct world_cfg, dirty_ratio_max),
                .unit = "ratio",
                .min = 0,
                .max = 0.95,
                .def = 0.8,
                .help = "real: of the copy rate, above which a guest is throttled",
        },
        {
                .name = "world.host_sleep",
                .type = PARAM_CHOICE,
                .offset = offsetof(struct world_cfg, host_sleep),
                .unit = "",
                .min = 0,
                .max = WORLD_SLEEP_STANDBY,
                .def = WORLD_SLEEP_OFF,
                .choices = sleep_choices,
                .help = "real: where a host goes that is powered down: off, or suspended to RAM",
        },
        {
                .name = "world.wake_failure_probability",
                .type = PARAM_RATIO,
                .offset = offsetof(struct world_cfg, wake_failure_probability),
                .unit = "ratio",
                .min = 0,
                .max = 1,
                .def = 0,
                .help = "real: chance that a host that is woken does not come up",
        },
        {
                .name = "world.crash_mtbf",
                .type = PARAM_DURATION,
                .offset = offsetof(struct world_cfg, crash_mtbf_us),
                .unit = "s",
                .min = 0,
                .max = 3.2e9,
                .def = 0,
                .help = "real: mean time between crashes of one active host; 0 = never",
        },
        {
                .name = "world.crash_repair",
                .type = PARAM_DURATION,
                .offset = offsetof(struct world_cfg, crash_repair_us),
                .unit = "s",
                .min = 0,
                .max = 3.2e7,
                .def = 1800,
                .help = "real: until a host that crashed or did not wake can be woken",
        },
};

const struct param_table world_params = {rows, sizeof(rows) / sizeof(rows[0])};
