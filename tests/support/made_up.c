/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A day with one peak in the afternoon: the lower bound follows the load, the policy stays above
 * it, and totals are sums of the timeline, so that a report of them is consistent.
 */
#include "tests/support/made_up.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/base/xalloc.h"

#define BINS     288
#define BIN_S    300.0
#define BUSY_W   180.0 /* of a host as the policy loads it */
#define LEAN_W   140.0 /* of a host in the bound */
#define PI_TWICE 6.283185307179586

static double load_at(uint32_t bin)
{
	return 0.10 + 0.07 * sin(PI_TWICE * ((double)bin / BINS - 0.3));
}

static void fill_bin(const struct made_up *m, uint32_t i, struct rng *rng, struct timeline *t)
{
	struct timeline_bin *b = &t->bins[i];
	const double before = i ? t->bins[i - 1].hosts_on : NAN;
	const double need = load_at(i) * m->n_hosts;

	b->lower_bound_w = need * LEAN_W;
	b->hosts_on = fmin(m->n_hosts, ceil(need * m->waste + rng_double(rng) * 3));
	b->power_w = b->hosts_on * (BUSY_W + 12 * rng_normal(rng) / sqrt(b->hosts_on + 1));
	b->power_w = fmax(b->power_w, b->lower_bound_w * 1.02);
	b->hosts_waking = b->hosts_on > before ? 1 : 0;
	b->hosts_overloaded =
	        rng_double(rng) < 0.25 / m->waste ? floor(rng_exponential(rng) * 2) : 0;
	b->migrations = floor(rng_exponential(rng) * 14 / m->waste);
	b->power_ups = fmax(0, b->hosts_on - before);
	b->power_downs = fmax(before - b->hosts_on, 0);
}

static void fill_heat(const struct made_up *m, struct rng *rng, struct timeline *t)
{
	t->n_rows = m->n_hosts < HEAT_ROWS_MAX ? m->n_hosts : HEAT_ROWS_MAX;
	t->heat = xcalloc((size_t)t->n_rows * TIMELINE_BINS_MAX, sizeof(*t->heat));
	for (uint32_t row = 0; row < t->n_rows; row++) {
		const double base = 0.82 - 0.35 * row / t->n_rows;
		double drift = 0;

		t->row_host[row] = row;
		for (uint32_t i = 0; i < t->n_bins; i++) {
			float *cell = &t->heat[row * TIMELINE_BINS_MAX + i];
			const bool on = row < t->bins[i].hosts_on;

			drift = 0.9 * drift + 0.05 * rng_normal(rng);
			*cell = on ? (float)fmax(base + drift, 0.02) : -1.0F;
		}
	}
}

static void add_up(const struct made_up *m, struct sim_result *r)
{
	const struct timeline *t = &r->timeline;

	for (uint32_t i = 0; i < t->n_bins; i++) {
		const struct timeline_bin *b = &t->bins[i];

		r->energy_kwh += b->power_w * BIN_S / JOULES_PER_KWH;
		r->lower_bound_kwh += b->lower_bound_w * BIN_S / JOULES_PER_KWH;
		r->mean_hosts_on += b->hosts_on / t->n_bins;
		r->migrations += (uint64_t)b->migrations;
		r->host_power_cycles += i ? (uint64_t)b->power_ups : 0;
		r->slatah += b->hosts_overloaded / fmax(b->hosts_on, 1) / t->n_bins;
	}
	r->energy_by_state_kwh[HOST_ACTIVE] = r->energy_kwh * 0.955;
	r->energy_by_state_kwh[HOST_OFF] = r->energy_kwh * 0.031;
	r->energy_by_state_kwh[HOST_WAKING] = r->energy_kwh * 0.011;
	r->energy_by_state_kwh[HOST_SUSPENDING] = r->energy_kwh * 0.003;
	r->actions_by_reason[REASON_FIRST_PLACEMENT] = m->n_vms;
	r->actions_by_reason[REASON_OVERLOAD_RISK] = r->migrations / 3;
	r->actions_by_reason[REASON_EMPTY_HOST] = r->migrations - r->migrations / 3;
	r->actions_by_reason[REASON_WAKE_FOR_LOAD] = r->host_power_cycles;
}

void made_up_result(const struct made_up *m, struct sim_result *ret)
{
	struct rng rng;

	rng_init(&rng, m->seed, 1);
	sim_result_init(ret);
	(void)snprintf(ret->policy, sizeof(ret->policy), "%s", m->policy);
	ret->n_hosts = m->n_hosts;
	ret->n_vms = m->n_vms;
	ret->simulated_us = USEC_PER_DAY;
	ret->seed = m->seed;
	ret->timeline.n_bins = BINS;
	ret->timeline.bin_us = (usec_t)BIN_S * USEC_PER_SEC;
	for (uint32_t i = 0; i < BINS; i++)
		fill_bin(m, i, &rng, &ret->timeline);
	fill_heat(m, &rng, &ret->timeline);
	add_up(m, ret);
	ret->pdm = ret->slatah / 40;
	ret->slav = ret->slatah * ret->pdm;
	ret->esv = ret->energy_kwh * ret->slav;
	ret->unserved_ratio = ret->slatah / 12;
	ret->bytes_moved = 7.5e8 * (double)ret->migrations;
	ret->vm_steps = (uint64_t)m->n_vms * BINS;
	ret->wall_seconds = 0.25;
	ret->vm_steps_per_second = (double)ret->vm_steps / ret->wall_seconds;
	ret->peak_rss_bytes = 21000000;
	(void)strcpy(ret->config_digest, "0123456789abcdef");
	(void)strcpy(ret->decision_digest, "fedcba9876543210");
}

struct fleet *made_up_fleet(const char *const *hosts, const char *const *vms)
{
	struct fleet *f = fleet_new();
	struct host_class c = {
	        .name = xstrdup("c"),
	        .capacity.v = {[RES_CPU] = 4000, [RES_MEM] = 8e9},
	        .cores = 2,
	        .core_mips = 2000,
	        .power = {.kind = POWER_LINEAR, .idle_w = 90, .max_w = 150},
	        .hw_virt = true,
	};
	uint32_t cls = fleet_add_class(f, &c);
	struct err err = {{0}};

	for (; *hosts; hosts++)
		(void)fleet_add_host(f, &(struct host){.name = xstrdup(*hosts), .cls = cls});
	for (; *vms; vms++)
		(void)fleet_add_vm(f,
		                   &(struct vm){.name = xstrdup(*vms),
		                                .allocation.v = {[RES_CPU] = 1000, [RES_MEM] = 1e9},
		                                .vcpus = 1,
		                                .vcpu_mips = 1000});
	if (fleet_seal(f, &err)) {
		fleet_free(f);
		(void)fprintf(stderr, "made_up_fleet: %s\n", err.text);
		return NULL;
	}
	return f;
}
