/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_RULES_H
#define SIM_RULES_H
/*
 * By which rules the simulated world runs.
 *  real      boot, shutdown and standby cost time and energy, memory binds, migrations share links
 *            and copy dirty pages, a sample reports the past interval
 *  ideal     the reference experiment's clock, sharing, migration model and power, without its
 *            artefacts; a sample is the demand that begins now
 *  cloudsim  CloudSim 3.0.3 to the printed digit, artefacts and all; for validation only
 */
#include <stdint.h>

#include "core/base/param.h"
#include "core/base/units.h"

enum rules { RULES_REAL, RULES_IDEAL, RULES_CLOUDSIM };

const char *rules_name(enum rules r);
int rules_parse(const char *text, enum rules *ret, struct err *err);

/* Where a host goes that is powered down. */
enum world_sleep { WORLD_SLEEP_OFF, WORLD_SLEEP_STANDBY };

/* World settings, "world.*"; sim/rules.c holds the table. Only `real` uses those marked (r). */
struct world_cfg {
	double migration_link_ratio;     /* share of the NIC that migrations get: 0.5 */
	double migration_overhead_ratio; /* CPU lost on the source, and added on the target: 0.1 */
	double dirty_bps_per_mips;       /* (r) memory dirtied by each MIPS of work, bytes/s */
	double dirty_ratio_max;          /* (r) of the copy rate, where auto-converge throttles */
	double wake_failure_probability; /* (r) each wake */
	usec_t crash_mtbf_us;            /* (r) of one active host; 0 = never */
	usec_t crash_repair_us;          /* (r) until it is off and can be woken */
	int host_sleep;                  /* (r) enum world_sleep */
};

extern const struct param_table world_params;

#endif
