/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sums behind sim/meters.h.
 *
 * The timeline must not grow with the length of a run. It begins with bins as wide as the sampling
 * interval; whenever time reaches the end of the last possible bin, neighbours are merged in pairs
 * and the width doubles. A bin holds integrals (J, MIPS x s, host seconds) until the end, so that
 * merging is adding and no mean is taken of means.
 *
 * The heat map is different: it is a picture. Its columns hold means over the ticks in which a
 * host was on; merging takes the mean of two columns where both have a value. It is stored column
 * by column, since a column is written at once, and is turned round at the end for the rows shown.
 */
#include "sim/meters.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define HEAT_OFF -1.0f

struct meters {
	uint32_t n_hosts;
	usec_t bin_us;
	double energy_j[HOST_STATE_COUNT];
	double active_s, overloaded_s;
	double *host_active_j; /* energy by host while active: the rank in the heat map */
	struct meters_work work;
	uint64_t n_short;
	double short_ratio_sum;
	uint64_t counts[METERS_COUNT_COUNT];
	double bytes;
	uint64_t steps, pending_max;
	double lower_bound_j, on_s, span_s;

	struct timeline_bin bins[TIMELINE_BINS_MAX]; /* integrals; see above */

	float *heat; /* [bin][host], n_columns closed columns of the n_columns_cap allocated */
	uint32_t n_columns, n_columns_cap;
	uint32_t heat_bin; /* the column being summed */
	float *heat_sum;   /* by host */
	uint32_t *heat_n;  /* by host: ticks of heat_bin in which it was on */
	bool heat_open;
};

struct meters *meters_new(uint32_t n_hosts, usec_t bin_us)
{
	struct meters *m = xcalloc(1, sizeof(*m));

	assert(bin_us > 0);
	m->n_hosts = n_hosts;
	m->bin_us = bin_us;
	m->host_active_j = xcalloc(n_hosts, sizeof(*m->host_active_j));
	m->heat_sum = xcalloc(n_hosts, sizeof(*m->heat_sum));
	m->heat_n = xcalloc(n_hosts, sizeof(*m->heat_n));
	return m;
}

void meters_free(struct meters *m)
{
	if (!m)
		return;
	free(m->host_active_j);
	free(m->heat_sum);
	free(m->heat_n);
	free(m->heat);
	free(m);
}

static void bin_add(struct timeline_bin *to, const struct timeline_bin *b)
{
	to->power_w += b->power_w;
	to->lower_bound_w += b->lower_bound_w;
	to->demand_mips += b->demand_mips;
	to->delivered_mips += b->delivered_mips;
	to->hosts_on += b->hosts_on;
	to->hosts_waking += b->hosts_waking;
	to->hosts_overloaded += b->hosts_overloaded;
	to->migrations += b->migrations;
	to->power_ups += b->power_ups;
	to->power_downs += b->power_downs;
}

static float heat_mean(float a, float b)
{
	if (a < 0)
		return b;
	if (b < 0)
		return a;
	return (a + b) / 2;
}

/* Appends one column and returns it. */
static float *heat_column(struct meters *m)
{
	if (m->n_columns == m->n_columns_cap) {
		m->n_columns_cap = m->n_columns_cap ? 2 * m->n_columns_cap : 16;
		m->heat = xreallocarray(m->heat, (size_t)m->n_columns_cap * m->n_hosts,
		                        sizeof(*m->heat));
	}
	return m->heat + (size_t)m->n_columns++ * m->n_hosts;
}

/* Stores the column being summed, and empty ones for bins in which no tick fell. */
static void heat_close(struct meters *m)
{
	float *column;

	if (!m->heat_open)
		return;
	while (m->n_columns < m->heat_bin) {
		column = heat_column(m);
		for (uint32_t h = 0; h < m->n_hosts; h++)
			column[h] = HEAT_OFF;
	}
	column = heat_column(m);
	for (uint32_t h = 0; h < m->n_hosts; h++)
		column[h] = m->heat_n[h] ? m->heat_sum[h] / (float)m->heat_n[h] : HEAT_OFF;
	memset(m->heat_sum, 0, m->n_hosts * sizeof(*m->heat_sum));
	memset(m->heat_n, 0, m->n_hosts * sizeof(*m->heat_n));
	m->heat_open = false;
}

static void heat_halve(struct meters *m)
{
	size_t n = m->n_hosts;

	heat_close(m);
	for (uint32_t c = 0; c < m->n_columns; c += 2) {
		const float *a = m->heat + c * n;
		const float *b = c + 1 < m->n_columns ? a + n : a;
		float *to = m->heat + c / 2 * n;

		for (size_t h = 0; h < n; h++)
			to[h] = heat_mean(a[h], b[h]);
	}
	m->n_columns = (m->n_columns + 1) / 2;
}

/* Index of the bin that holds at_us; merges bins until there is one. */
static uint32_t bin_at(struct meters *m, usec_t at_us)
{
	assert(at_us >= 0);
	while (at_us / m->bin_us >= TIMELINE_BINS_MAX) {
		for (uint32_t b = 0; b < TIMELINE_BINS_MAX; b += 2) {
			struct timeline_bin sum = m->bins[b];

			bin_add(&sum, &m->bins[b + 1]);
			m->bins[b / 2] = sum;
		}
		memset(&m->bins[TIMELINE_BINS_MAX / 2], 0, sizeof(m->bins) / 2);
		heat_halve(m);
		m->bin_us *= 2;
	}
	return (uint32_t)(at_us / m->bin_us);
}

void meters_add_host(struct meters *m, const struct meters_host *h)
{
	m->energy_j[h->state] += h->energy_j;
	if (h->state != HOST_ACTIVE && h->state != HOST_DRAINING)
		return;
	m->host_active_j[h->host] += h->energy_j;
	m->active_s += h->seconds;
	if (h->overloaded)
		m->overloaded_s += h->seconds;
}

void meters_add_work(struct meters *m, const struct meters_work *w)
{
	m->work.demanded += w->demanded;
	m->work.delivered += w->delivered;
	m->work.lost_migrating += w->lost_migrating;
}

void meters_add_short(struct meters *m, uint64_t n, double ratio_sum)
{
	m->n_short += n;
	m->short_ratio_sum += ratio_sum;
}

void meters_add_span(struct meters *m, const struct meters_span *s)
{
	usec_t from_us = s->from_us;
	double seconds = usec_to_sec(s->to_us - s->from_us);

	m->lower_bound_j += s->lower_bound_w * seconds;
	m->on_s += s->hosts_on * seconds;
	m->span_s += seconds;
	while (from_us < s->to_us) {
		uint32_t b = bin_at(m, from_us);
		usec_t end_us = (b + 1) * m->bin_us;
		usec_t to_us = end_us < s->to_us ? end_us : s->to_us;
		double dt = usec_to_sec(to_us - from_us);

		bin_add(&m->bins[b], &(struct timeline_bin){
		                             .power_w = s->power_w * dt,
		                             .lower_bound_w = s->lower_bound_w * dt,
		                             .demand_mips = s->demand_mips * dt,
		                             .delivered_mips = s->delivered_mips * dt,
		                             .hosts_on = s->hosts_on * dt,
		                             .hosts_waking = s->hosts_waking * dt,
		                             .hosts_overloaded = s->hosts_overloaded * dt,
		                     });
		from_us = to_us;
	}
}

void meters_count(struct meters *m, enum meters_count what, usec_t at_us)
{
	uint32_t b = bin_at(m, at_us);

	m->counts[what]++;
	switch (what) {
	case METERS_MIGRATIONS: m->bins[b].migrations += 1; break;
	case METERS_POWER_UPS: m->bins[b].power_ups += 1; break;
	case METERS_POWER_DOWNS: m->bins[b].power_downs += 1; break;
	case METERS_MIGRATIONS_FAILED:
	case METERS_HOST_CRASHES:
	case METERS_WAKE_FAILURES:
	case METERS_COUNT_COUNT: break;
	}
}

void meters_add_bytes(struct meters *m, double bytes)
{
	m->bytes += bytes;
}

void meters_add_steps(struct meters *m, uint64_t vm_steps)
{
	m->steps += vm_steps;
}

void meters_note_pending(struct meters *m, uint64_t vms)
{
	if (vms > m->pending_max)
		m->pending_max = vms;
}

void meters_add_heat(struct meters *m, usec_t at_us, const float *load)
{
	uint32_t bin = bin_at(m, at_us);

	if (m->heat_open && bin != m->heat_bin)
		heat_close(m);
	m->heat_bin = bin;
	m->heat_open = true;
	for (uint32_t h = 0; h < m->n_hosts; h++) {
		bool on = load[h] >= 0;

		m->heat_sum[h] += on ? load[h] : 0;
		m->heat_n[h] += on;
	}
}

static void bin_finish(struct timeline_bin *b, double seconds)
{
	b->power_w /= seconds;
	b->lower_bound_w /= seconds;
	b->demand_mips /= seconds;
	b->delivered_mips /= seconds;
	b->hosts_on /= seconds;
	b->hosts_waking /= seconds;
	b->hosts_overloaded /= seconds;
}

static void finish_bins(struct meters *m, usec_t end_us, struct timeline *ret)
{
	uint32_t n = 0;

	ret->bin_us = m->bin_us;
	for (; n < TIMELINE_BINS_MAX && n * m->bin_us < end_us; n++) {
		usec_t from_us = n * m->bin_us;
		usec_t width_us = end_us - from_us < m->bin_us ? end_us - from_us : m->bin_us;

		ret->bins[n] = m->bins[n];
		bin_finish(&ret->bins[n], usec_to_sec(width_us));
	}
	ret->n_bins = n;
}

struct ranked {
	double energy_j;
	uint32_t host;
};

static int by_energy(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->energy_j != y->energy_j)
		return x->energy_j > y->energy_j ? -1 : 1;
	return x->host < y->host ? -1 : 1;
}

/* Mean load in one bin of those among the ranked hosts that are on. */
static float merged_load(const float *column, const struct ranked *r, size_t n)
{
	float sum = 0;
	uint32_t on = 0;

	for (size_t i = 0; i < n; i++) {
		float load = column[r[i].host];

		sum += load >= 0 ? load : 0;
		on += load >= 0;
	}
	return on ? sum / (float)on : HEAT_OFF;
}

/* A row is one host, or a run of neighbours in the rank where there are too many hosts. */
static void finish_heat(struct meters *m, struct timeline *ret)
{
	struct ranked *rank = xcalloc(m->n_hosts, sizeof(*rank));
	size_t n = 0, rows;

	heat_close(m);
	for (uint32_t h = 0; h < m->n_hosts; h++)
		if (m->host_active_j[h] > 0)
			rank[n++] = (struct ranked){m->host_active_j[h], h};
	qsort(rank, n, sizeof(*rank), by_energy);
	rows = n < HEAT_ROWS_MAX ? n : HEAT_ROWS_MAX;
	ret->n_rows = (uint32_t)rows;
	ret->heat = xcalloc(rows * TIMELINE_BINS_MAX, sizeof(*ret->heat));
	for (size_t r = 0; r < rows; r++) {
		size_t first = r * n / rows, end = (r + 1) * n / rows;
		float *row = ret->heat + r * TIMELINE_BINS_MAX;

		ret->row_host[r] = rank[first].host;
		for (uint32_t b = 0; b < ret->n_bins; b++)
			row[b] = b < m->n_columns ? merged_load(m->heat + (size_t)b * m->n_hosts,
			                                        rank + first, end - first)
			                          : HEAT_OFF;
	}
	free(rank);
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

void meters_finish(struct meters *m, usec_t end_us, struct sim_result *ret)
{
	ret->simulated_us = end_us;
	ret->energy_kwh = 0;
	for (int s = 0; s < HOST_STATE_COUNT; s++) {
		ret->energy_by_state_kwh[s] = m->energy_j[s] / JOULES_PER_KWH;
		ret->energy_kwh += ret->energy_by_state_kwh[s];
	}
	ret->lower_bound_kwh = m->lower_bound_j / JOULES_PER_KWH;
	ret->slatah = ratio(m->overloaded_s, m->active_s);
	ret->pdm = ratio(m->work.lost_migrating, m->work.demanded);
	ret->slav = ret->slatah * ret->pdm;
	ret->esv = ret->energy_kwh * ret->slav;
	/* Rounding may put the sums a last bit apart where all was delivered. */
	ret->unserved_ratio =
	        fmax(0, ratio(m->work.demanded - m->work.delivered, m->work.demanded));
	ret->overall_sla = ret->unserved_ratio;
	ret->average_sla = ratio(m->short_ratio_sum, (double)m->n_short);
	ret->migrations = m->counts[METERS_MIGRATIONS];
	ret->migrations_failed = m->counts[METERS_MIGRATIONS_FAILED];
	ret->host_power_cycles = m->counts[METERS_POWER_UPS];
	ret->host_crashes = m->counts[METERS_HOST_CRASHES];
	ret->wake_failures = m->counts[METERS_WAKE_FAILURES];
	ret->bytes_moved = m->bytes;
	ret->mean_hosts_on = ratio(m->on_s, m->span_s);
	ret->vms_pending_max = m->pending_max;
	ret->vm_steps = m->steps;
	finish_bins(m, end_us, &ret->timeline);
	finish_heat(m, &ret->timeline);
}
