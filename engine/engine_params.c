/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The executor's limits as options; see engine.h. They bind every policy alike: a policy says what
 * it wants, the limits say how fast and how far that may go.
 */
#include "engine/engine.h"

#define ROW(field, ...) .offset = offsetof(struct engine_cfg, field), __VA_ARGS__

static const struct param rows[] = {
        {
                .name = "limits.migrations_per_host",
                .type = PARAM_INTEGER,
                .unit = "migrations",
                ROW(migrations_per_host, .max = 1000, .def = 2),
                .help = "migrations at once in and out of one host; 0 = no limit",
        },
        {
                .name = "limits.migrations_total",
                .type = PARAM_INTEGER,
                .unit = "migrations",
                ROW(migrations_total, .max = 1e6, .def = 0),
                .help = "migrations at once in the fleet; 0 = no limit",
        },
        {
                .name = "limits.migrations_per_vm",
                .type = PARAM_INTEGER,
                .unit = "migrations",
                ROW(migrations_per_vm, .min = 1, .max = 8, .def = 1),
                .help = "migrations at once of one VM; above 1 only to repeat a published "
                        "experiment",
        },
        {
                .name = "limits.moves_per_hour",
                .type = PARAM_INTEGER,
                .unit = "migrations",
                ROW(moves_per_hour, .max = 1e9, .def = 0),
                .help = "migrations begun in any hour, fleet-wide; 0 = no limit",
        },
        {
                .name = "limits.host_off_ratio_max",
                .type = PARAM_RATIO,
                .unit = "ratio",
                ROW(host_off_ratio_max, .max = 1, .def = 1),
                .help = "share of the hosts that may be off or on their way there",
        },
        {
                .name = "limits.hosts_on_min",
                .type = PARAM_INTEGER,
                .unit = "hosts",
                ROW(hosts_on_min, .max = 1e6, .def = 1),
                .help = "hosts that stay on whatever the load",
        },
        {
                .name = "limits.host_offs_per_day",
                .type = PARAM_INTEGER,
                .unit = "power-downs",
                ROW(host_offs_per_day, .max = 1000, .def = 8),
                .help = "times one host may be powered down in a day (wear); 0 = no limit",
        },
        {
                .name = "limits.host_min_on",
                .type = PARAM_DURATION,
                .unit = "s",
                ROW(host_min_on_us, .max = 2592000, .def = 900),
                .help = "a host just woken is not emptied before",
        },
        {
                .name = "limits.vm_cooldown",
                .type = PARAM_DURATION,
                .unit = "s",
                ROW(vm_cooldown_us, .max = 2592000, .def = 1800),
                .help = "a VM just moved is not moved to empty a host before",
        },
};

const struct param_table engine_params = {rows, sizeof(rows) / sizeof(rows[0])};
