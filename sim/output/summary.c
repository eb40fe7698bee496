/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text tables. Columns are as wide as their widest cell; numbers are set flush right so that
 * magnitudes show. A cell is made first and measured afterwards, which keeps one format per
 * value, not one per width.
 */
#include "sim/output/summary.h"

#include <inttypes.h>
#include <string.h>

#include "sim/output/field.h"

#define CELL_MAX     72 /* the longest is a policy's name, 63 bytes */
#define SIZE_MAX_LEN 24

enum column {
	COL_POLICY,
	COL_ENERGY,
	COL_BOUND,
	COL_SLATAH,
	COL_UNSERVED,
	COL_MIGRATIONS,
	COL_CYCLES,
	COL_HOSTS_ON,
	COL_TIME,
	COL_COUNT
};

static const char *const heads[COL_COUNT] = {
        [COL_POLICY] = "policy",       [COL_ENERGY] = "energy kWh",
        [COL_BOUND] = "x bound",       [COL_SLATAH] = "SLATAH %",
        [COL_UNSERVED] = "unserved %", [COL_MIGRATIONS] = "migrations",
        [COL_CYCLES] = "power cycles", [COL_HOSTS_ON] = "hosts on",
        [COL_TIME] = "time s",
};

/* "x bound", or a dash where there is no bound to compare with. */
static void format_bound(const struct sim_result *r, char *ret_text, size_t size)
{
	if (r->lower_bound_kwh > 0)
		(void)snprintf(ret_text, size, "%.3f", r->energy_kwh / r->lower_bound_kwh);
	else
		(void)snprintf(ret_text, size, "-");
}

/* "1.2 TB": powers of 1000, as networks and disks are sold. */
static void format_bytes(double bytes, char *ret_text, size_t size)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
	size_t i = 0;

	while (bytes >= 999.5 && i + 1 < sizeof(units) / sizeof(units[0])) {
		bytes /= 1000;
		i++;
	}
	(void)snprintf(ret_text, size, i == 0 ? "%.0f %s" : "%.3g %s", bytes, units[i]);
}

static void format_cell(const struct sim_result *r, enum column c, char ret_text[CELL_MAX])
{
	switch (c) {
	case COL_POLICY: (void)snprintf(ret_text, CELL_MAX, "%s", r->policy); break;
	case COL_ENERGY: (void)snprintf(ret_text, CELL_MAX, "%.2f", r->energy_kwh); break;
	case COL_BOUND: format_bound(r, ret_text, CELL_MAX); break;
	case COL_SLATAH: (void)snprintf(ret_text, CELL_MAX, "%.3f", r->slatah * 100); break;
	case COL_UNSERVED:
		(void)snprintf(ret_text, CELL_MAX, "%.4f", r->unserved_ratio * 100);
		break;
	case COL_MIGRATIONS: (void)snprintf(ret_text, CELL_MAX, "%" PRIu64, r->migrations); break;
	case COL_CYCLES:
		(void)snprintf(ret_text, CELL_MAX, "%" PRIu64, r->host_power_cycles);
		break;
	case COL_HOSTS_ON: (void)snprintf(ret_text, CELL_MAX, "%.1f", r->mean_hosts_on); break;
	case COL_TIME: (void)snprintf(ret_text, CELL_MAX, "%.2f", r->wall_seconds); break;
	case COL_COUNT: ret_text[0] = '\0'; break;
	}
}

static void measure(const struct sim_result *runs, uint32_t n_runs, int ret_widths[COL_COUNT])
{
	char cell[CELL_MAX];

	for (int c = 0; c < COL_COUNT; c++) {
		ret_widths[c] = (int)strlen(heads[c]);
		for (uint32_t i = 0; i < n_runs; i++) {
			format_cell(&runs[i], (enum column)c, cell);
			if ((int)strlen(cell) > ret_widths[c])
				ret_widths[c] = (int)strlen(cell);
		}
	}
}

/* r = NULL: the head. */
static void write_row(FILE *f, const struct sim_result *r, const int widths[COL_COUNT])
{
	char cell[CELL_MAX];

	for (int c = 0; c < COL_COUNT; c++) {
		if (r)
			format_cell(r, (enum column)c, cell);
		else
			(void)snprintf(cell, sizeof(cell), "%s", heads[c]);
		if (c == COL_POLICY)
			(void)fprintf(f, "%-*s", widths[c], cell);
		else
			(void)fprintf(f, "  %*s", widths[c], cell);
	}
	(void)fputc('\n', f);
}

void summary_write_runs(FILE *f, const struct sim_result *runs, uint32_t n_runs)
{
	int widths[COL_COUNT];
	char clock[FIELD_TIME_LEN];

	if (n_runs == 0)
		return;
	measure(runs, n_runs, widths);
	field_clock(runs[0].simulated_us, clock);
	(void)fprintf(f,
	              "%" PRIu32 " VMs on %" PRIu32 " hosts, %s simulated, rules %s, seed %" PRIu64
	              ", lower bound %.2f kWh\n\n",
	              runs[0].n_vms, runs[0].n_hosts, clock, rules_name(runs[0].rules),
	              runs[0].seed, runs[0].lower_bound_kwh);
	write_row(f, NULL, widths);
	for (uint32_t i = 0; i < n_runs; i++)
		write_row(f, &runs[i], widths);
}

static void write_energy(FILE *f, const struct sim_result *r)
{
	char bound[CELL_MAX];

	format_bound(r, bound, sizeof(bound));
	(void)fprintf(f, "  energy           %12.2f kWh  %s x the lower bound of %.2f kWh\n",
	              r->energy_kwh, bound, r->lower_bound_kwh);
	(void)fprintf(f, "  hosts on         %12.1f      of %" PRIu32 ", on average\n",
	              r->mean_hosts_on, r->n_hosts);
}

static void write_service(FILE *f, const struct sim_result *r)
{
	(void)fprintf(f, "  unserved demand  %12.4f %%    of the CPU work asked for\n",
	              r->unserved_ratio * 100);
	(void)fprintf(f, "  SLATAH           %12.3f %%    PDM %.3f %%, SLAV %.3g, ESV %.3g\n",
	              r->slatah * 100, r->pdm * 100, r->slav, r->esv);
}

static void write_activity(FILE *f, const struct sim_result *r)
{
	char moved[SIZE_MAX_LEN];

	format_bytes(r->bytes_moved, moved, sizeof(moved));
	(void)fprintf(f, "  migrations       %12" PRIu64 "      %" PRIu64 " failed, %s copied\n",
	              r->migrations, r->migrations_failed, moved);
	(void)fprintf(f,
	              "  power cycles     %12" PRIu64 "      %" PRIu64 " wakes failed, %" PRIu64
	              " hosts crashed\n",
	              r->host_power_cycles, r->wake_failures, r->host_crashes);
}

static void write_reasons(FILE *f, const struct sim_result *r)
{
	const char *sep = "\n  why              ";

	for (int i = 0; i < REASON_COUNT; i++) {
		if (!r->actions_by_reason[i])
			continue;
		(void)fprintf(f, "%s%s %" PRIu64, sep, reason_code_name((enum reason_code)i),
		              r->actions_by_reason[i]);
		sep = ", ";
	}
	if (sep[0] == ',')
		(void)fputc('\n', f);
}

void summary_write(FILE *f, const struct sim_result *r)
{
	char clock[FIELD_TIME_LEN], memory[SIZE_MAX_LEN];

	field_clock(r->simulated_us, clock);
	format_bytes((double)r->peak_rss_bytes, memory, sizeof(memory));
	(void)fprintf(f, "%s: %" PRIu32 " VMs on %" PRIu32 " hosts, %s simulated, rules %s\n\n",
	              r->policy, r->n_vms, r->n_hosts, clock, rules_name(r->rules));
	write_energy(f, r);
	write_service(f, r);
	write_activity(f, r);
	write_reasons(f, r);
	(void)fprintf(f, "\n  seed %" PRIu64 ", config %s, decisions %s\n", r->seed,
	              r->config_digest, r->decision_digest);
	(void)fprintf(f, "  %.2f s, %.3g VM steps/s, %s of memory\n", r->wall_seconds,
	              r->vm_steps_per_second, memory);
}
