/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_METERS_H
#define SIM_METERS_H
/*
 * What a world measures while it runs: sums over hosts and VMs, the timeline and the heat map.
 * The world decides how a quantity develops between two of its events (constant, or a trapezoid)
 * and hands in finished joules, MIPS x s and seconds; the meters only add, sort into bins and
 * divide at the end. So both worlds share the definitions of sim/result.h and not the physics.
 *
 * Four kinds of entries, independent of each other:
 *   host    per host, energy by state and the time it was active and overloaded
 *   work    over VMs, what was wanted, got, and lost to migration
 *   span    of the fleet as a whole, for the timeline, the lower bound and the mean of hosts on
 *   counts  things that happen at an instant
 * Times never run backwards between two calls of the same kind.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/units.h"
#include "core/model/snapshot.h"
#include "sim/result.h"

struct meters;

/* bin_us: width of a timeline bin to begin with (the sampling interval), > 0. */
struct meters *meters_new(uint32_t n_hosts, usec_t bin_us);
void meters_free(struct meters *m); /* accepts NULL */

/* A stretch of time of one host in one state and under one load. */
struct meters_host {
	uint32_t host;
	enum host_state state; /* ACTIVE and DRAINING count as active time */
	bool overloaded;       /* active, and delivers less than is asked of it */
	double seconds;
	double energy_j;
};

void meters_add_host(struct meters *m, const struct meters_host *h);

/* MIPS x s, over any VMs and any stretch of time. */
struct meters_work {
	double demanded;
	double delivered;
	double lost_migrating; /* part of demanded - delivered: because the VM was migrating */
};

void meters_add_work(struct meters *m, const struct meters_work *w);

/* n VMs that got less than they asked for in an interval; ratio_sum: of their shares missing. */
void meters_add_short(struct meters *m, uint64_t n, double ratio_sum);

/* Means of the whole fleet over [from_us, to_us). */
struct meters_span {
	usec_t from_us, to_us;
	double power_w, lower_bound_w;
	double demand_mips, delivered_mips;
	double hosts_on, hosts_waking, hosts_overloaded;
};

void meters_add_span(struct meters *m, const struct meters_span *s);

enum meters_count {
	METERS_MIGRATIONS, /* begun */
	METERS_MIGRATIONS_FAILED,
	METERS_POWER_UPS, /* off to on, not those of the first placement: the power cycles */
	METERS_POWER_DOWNS,
	METERS_HOST_CRASHES,
	METERS_WAKE_FAILURES,
	METERS_COUNT_COUNT
};

void meters_count(struct meters *m, enum meters_count what, usec_t at_us);
void meters_add_bytes(struct meters *m, double bytes);
void meters_add_steps(struct meters *m, uint64_t vm_steps); /* VMs with a value, once a tick */
void meters_note_pending(struct meters *m, uint64_t vms);   /* keeps the greatest */

/*
 * The load of all hosts at one instant, once a tick: demand / capacity of an active host (above 1:
 * overloaded), negative: off. load[n_hosts].
 */
void meters_add_heat(struct meters *m, usec_t at_us, const float *load);

/*
 * Fills everything of ret that the meters know; the world adds or overrides the rest (policy,
 * rules, counts of VMs and hosts, cloudsim's own figures) afterwards:
 *   energy_kwh, energy_by_state_kwh, lower_bound_kwh, slatah, pdm, slav, esv, unserved_ratio,
 *   overall_sla (= unserved_ratio), average_sla (by meters_add_short), migrations(_failed),
 *   bytes_moved, host_power_cycles (= METERS_POWER_UPS), mean_hosts_on, host_crashes,
 *   wake_failures, vms_pending_max, vm_steps, simulated_us, timeline.
 * end_us: where the run ended; the timeline is cut there. Call once.
 */
void meters_finish(struct meters *m, usec_t end_us, struct sim_result *ret);

#endif
