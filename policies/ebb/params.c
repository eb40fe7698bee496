/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the default policy; see params.h. */
#include "policies/ebb/params.h"

#define AT(field) offsetof(struct ebb_params, field)

const struct param ebb_param_rows[EBB_PARAM_COUNT] = {
        {"headroom.overload_probability", PARAM_RATIO, AT(overload_ratio), "ratio", 1e-4, 0.3,
         0.0033, NULL, "share of host-time in which a host's demand may exceed its capacity"},
        {"headroom.cpu", PARAM_RATIO, AT(cpu_reserve_ratio), "ratio", 0, 0.9, 0, NULL,
         "CPU of every host that is kept free on top, for bursts no sample has shown"},
        {"headroom.memory", PARAM_RATIO, AT(mem_reserve_ratio), "ratio", 0, 0.9, 0, NULL,
         "memory of every host that is kept free"},
        {"headroom.growth", PARAM_RATIO, AT(growth_ratio), "ratio", 0, 10, 0, NULL,
         "plan as if all demand were larger by this share"},
        {"headroom.failed_hosts", PARAM_INTEGER, AT(reserve_hosts), "hosts", 0, 1000, 0, NULL,
         "hosts that may fail or be in maintenance: the others that are on can take their VMs"},
        {"cost.migration", PARAM_NUMBER, AT(move_j), "J", 0, 1e9, 1500, NULL,
         "what a migration costs besides the work it delays"},
        {"cost.saving_factor", PARAM_NUMBER, AT(saving_factor), "", 0, 1000, 1, NULL,
         "emptying a host must save this many times the energy it costs"},
};
