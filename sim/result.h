/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_RESULT_H
#define SIM_RESULT_H
/*
 * What a run measured. Ratios are ratios (0.01 = 1 %). Definitions:
 *   slatah   sum over hosts of time active and overloaded / sum of time active
 *   pdm      work lost by VMs because they were migrating / work they asked for
 *   slav     slatah x pdm;  esv = energy (kWh) x slav   (Beloglazov and Buyya 2012, section 6.2)
 *   unserved 1 - delivered / demanded work, over all VMs and time
 */
#include <stdint.h>

#include "core/base/digest.h"
#include "core/base/units.h"
#include "core/model/plan.h"
#include "core/model/snapshot.h"
#include "sim/rules.h"

/* One bin of the timeline: means over its ticks, counts summed. */
struct timeline_bin {
	double power_w, lower_bound_w;
	double demand_mips, delivered_mips;
	double hosts_on, hosts_waking; /* active or draining; on their way up */
	double hosts_overloaded;
	double migrations, power_ups, power_downs;
};

#define TIMELINE_BINS_MAX 576 /* two days of 5 min; longer runs merge neighbours */
#define HEAT_ROWS_MAX     128 /* hosts shown; more are merged by rank of energy used */

struct timeline {
	uint32_t n_bins;
	usec_t bin_us;
	struct timeline_bin bins[TIMELINE_BINS_MAX];
	/*
	 * Load of hosts over time: heat[row * TIMELINE_BINS_MAX + bin], 0..1 load of an active
	 * host, above 1 overloaded (demand / capacity), negative: off. Rows: the hosts that were
	 * ever on, most used first, at most HEAT_ROWS_MAX; row_host names them.
	 */
	uint32_t n_rows;
	uint32_t row_host[HEAT_ROWS_MAX];
	float *heat;
};

struct sim_result {
	char policy[64];
	enum rules rules;
	uint32_t n_vms, n_hosts;
	usec_t simulated_us;
	double energy_kwh, lower_bound_kwh;
	double energy_by_state_kwh[HOST_STATE_COUNT]; /* sums to energy_kwh */
	double slatah, pdm, slav, esv;
	double unserved_ratio;
	double overall_sla, average_sla; /* as CloudSim prints them */
	uint64_t migrations, migrations_failed;
	double bytes_moved;
	uint64_t host_power_cycles; /* real, ideal: off to on after the first
	                               placement; cloudsim: "host shutdowns" */
	double mean_hosts_on;
	double mean_time_to_shutdown_s; /* cloudsim only */
	uint64_t host_crashes, wake_failures;
	uint64_t vms_pending_max;
	uint64_t vm_steps;
	double wall_seconds, vm_steps_per_second;
	uint64_t peak_rss_bytes;
	uint64_t seed;
	char config_digest[DIGEST_TEXT_LEN], decision_digest[DIGEST_TEXT_LEN];
	uint64_t actions_by_reason[REASON_COUNT];
	struct timeline timeline;
};

void sim_result_init(struct sim_result *r);
void sim_result_done(struct sim_result *r); /* frees timeline.heat */

#endif
