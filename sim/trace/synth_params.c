/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The defaults describe a general-purpose cloud as published traces show it: mean CPU of 12-20 %
 * of what is allocated, a few busy VMs and many idle ones, day and night (E. Cortez et al.,
 * "Resource Central", SOSP 2017; S. Shen et al., CCGrid 2015).
 */
#include "sim/trace/synth_params.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/trace/cells.h"
#include "sim/trace/input.h"

#define VMS_MAX     10000000 /* 100 bytes each: a gigabyte */
#define COLUMNS_MAX 100000000
#define DAYS_MAX    36600

static const char *const flavours_names[] = {"mixed", "small", "large", NULL};

#define AT(field) offsetof(struct synth_cfg, field)

static const struct param rows[] = {
        {"vms", PARAM_INTEGER, AT(vms), "VMs", 1, VMS_MAX, 400, NULL, "number of VMs"},
        {"days", PARAM_NUMBER, AT(days), "days", 0.001, DAYS_MAX, 1, NULL,
         "length; the first day is a Monday"},
        {"columns", PARAM_INTEGER, AT(columns), "columns", 0, COLUMNS_MAX, 0, NULL,
         "length in samples; 0 = as days says"},
        {"interval", PARAM_DURATION, AT(interval_us), "s", 10, 3600, 300, NULL,
         "time between samples; must divide a day"},
        {"demand", PARAM_RATIO, AT(demand_ratio), "ratio", 0, 0.9, 0.15, NULL,
         "mean CPU demand of a VM, bursts aside, of its allocation"},
        {"spread", PARAM_NUMBER, AT(spread), "", 0, 3, 0.8, NULL,
         "how unequal VMs are: standard deviation of the logarithm of their demand"},
        {"diurnal", PARAM_RATIO, AT(diurnal_ratio), "ratio", 0, 1, 0.5, NULL,
         "mean swing between day and night, of the mean demand"},
        {"weekly", PARAM_RATIO, AT(weekly_ratio), "ratio", 0, 1, 0.3, NULL,
         "drop at the weekend, of the swing"},
        {"noise", PARAM_RATIO, AT(noise_ratio), "ratio", 0, 1, 0.25, NULL,
         "standard deviation from sample to sample, of the mean demand"},
        {"correlation", PARAM_RATIO, AT(correlation_ratio), "ratio", 0, 1, 0.3, NULL,
         "share of the noise that is common to a group"},
        {"group", PARAM_INTEGER, AT(group), "VMs", 1, 100000, 8, NULL,
         "VMs of one application, which peak together"},
        {"bursty", PARAM_RATIO, AT(bursty_ratio), "ratio", 0, 1, 0.2, NULL,
         "share of VMs that have bursts"},
        {"burst_rate", PARAM_NUMBER, AT(burst_rate), "1/day", 0, 1000, 4, NULL,
         "bursts a day of such a VM"},
        {"burst_size", PARAM_RATIO, AT(burst_size_ratio), "ratio", 0, 1, 0.4, NULL,
         "mean height of a burst, of the allocation"},
        {"burst_length", PARAM_DURATION, AT(burst_length_us), "s", 1, 86400, 1200, NULL,
         "mean length of a burst"},
        {"churn", PARAM_RATIO, AT(churn_ratio), "ratio", 0, 1, 0, NULL,
         "share of VMs that arrive and leave during the trace"},
        {"life", PARAM_DURATION, AT(life_us), "s", 60, 31536000, 28800, NULL,
         "mean life of such a VM"},
        {"flavours", PARAM_CHOICE, AT(flavours), "", 0, 2, SYNTH_FLAVOURS_MIXED, flavours_names,
         "sizes of VMs: 1 to 8 vCPUs, or all small (1), or all large (8)"},
        {"mips", PARAM_NUMBER, AT(mips), "MIPS", 1, 1e6, 2000, NULL, "speed of one vCPU"},
};

const struct param_table synth_params = {rows, sizeof(rows) / sizeof(rows[0])};

static int set(struct synth_cfg *cfg, const char *key, const char *value, struct err *err)
{
	const struct param *row = param_find(&synth_params, key);
	const char *nearest;

	if (row)
		return param_parse(row, cfg, value, err);
	nearest = param_suggest(&synth_params, key);
	if (nearest)
		return err_set(err, -EINVAL, "%.64s: unknown key; did you mean %s?", key, nearest);
	return err_set(err, -EINVAL, "%.64s: unknown key; see docs/traces.md for the keys", key);
}

/* Takes key=value, or key: value as in YAML, apart in place. */
static int set_pair(struct synth_cfg *cfg, char *pair, struct err *err)
{
	char *value = strpbrk(pair, "=:"), *key_end = value;

	if (!value)
		return err_set(err, -EINVAL, "\"%.64s\" has no value; write key=value", pair);
	while (key_end > pair && key_end[-1] == ' ')
		key_end--;
	value += 1 + strspn(value + 1, " ");
	*key_end = '\0';
	return set(cfg, pair, value, err);
}

/* A copy of a trimmed cell, to be freed; NULL when nothing but blanks is in it. */
static char *copy_cell(struct cell cell)
{
	char *text;

	cell = cell_trim(cell);
	if (cell.len == 0)
		return NULL;
	text = xcalloc(cell.len + 1, 1);
	memcpy(text, cell.text, cell.len);
	return text;
}

/* "key=value,key=value" without "file=". */
static int set_list(struct synth_cfg *cfg, const char *text, struct err *err)
{
	struct cells cells;
	struct cell cell;
	int r = 0;

	cells_init(&cells, text, strlen(text), ',');
	while (r == 0 && cells_next(&cells, &cell)) {
		char *pair = copy_cell(cell);

		if (pair)
			r = set_pair(cfg, pair, err);
		free(pair);
	}
	return r;
}

static int set_from_file(struct synth_cfg *cfg, const char *path, struct err *err)
{
	struct input *in;
	char *line;
	size_t len;
	int r = input_open(path, UNPACK_ONCE, &in, err);

	if (r < 0)
		return r;
	while ((r = input_line(in, &line, &len, err)) > 0) {
		line[strcspn(line, "#")] = '\0';
		r = set_list(cfg, line, err);
		if (r < 0) {
			err_prefix(err, "%s:%llu", input_name(in),
			           (unsigned long long)input_line_number(in));
			break;
		}
	}
	input_close(in);
	return r;
}

static int check(struct synth_cfg *cfg, struct err *err)
{
	if (USEC_PER_DAY % cfg->interval_us != 0)
		return err_set(err, -EINVAL,
		               "synth: interval: does not divide a day; take 60s, 300s or 900s");
	if (cfg->columns == 0)
		cfg->columns = llround(cfg->days * (double)USEC_PER_DAY / (double)cfg->interval_us);
	if (cfg->columns == 0)
		return err_set(err, -EINVAL,
		               "synth: days: shorter than one interval; raise days or columns");
	return 0;
}

int synth_parse(const char *spec, struct synth_cfg *ret, struct err *err)
{
	struct synth_cfg cfg;
	struct cells cells;
	struct cell cell;
	int r = 0;

	param_set_defaults(&synth_params, &cfg);
	cells_init(&cells, spec, strlen(spec), ',');
	while (r == 0 && cells_next(&cells, &cell)) {
		char *pair = copy_cell(cell);

		if (!pair)
			continue;
		if (strncmp(pair, "file=", strlen("file=")) == 0) {
			r = set_from_file(&cfg, pair + strlen("file="), err);
		} else {
			r = set_pair(&cfg, pair, err);
			if (r < 0)
				err_prefix(err, "synth");
		}
		free(pair);
	}
	if (r == 0)
		r = check(&cfg, err);
	if (r == 0)
		*ret = cfg;
	return r;
}
