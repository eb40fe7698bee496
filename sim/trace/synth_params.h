/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_SYNTH_PARAMS_H
#define SIM_TRACE_SYNTH_PARAMS_H
/*
 * What can be asked of the trace generator: "vms=1000,days=7,churn=10%". The option table says
 * what each key means; synth.c says how the values are made.
 */
#include "core/base/param.h"
#include "core/base/units.h"

enum synth_flavours { SYNTH_FLAVOURS_MIXED, SYNTH_FLAVOURS_SMALL, SYNTH_FLAVOURS_LARGE };

struct synth_cfg {
	int64_t vms;
	double days;
	int64_t columns; /* 0: as days says */
	usec_t interval_us;
	double demand_ratio;
	double spread;
	double diurnal_ratio, weekly_ratio;
	double noise_ratio;
	double correlation_ratio;
	int64_t group;
	double bursty_ratio, burst_rate, burst_size_ratio;
	usec_t burst_length_us;
	double churn_ratio;
	usec_t life_us;
	int flavours; /* enum synth_flavours */
	double mips;
};

extern const struct param_table synth_params;

/*
 * Defaults, then every "key=value" of spec, separated by commas. "file=PATH" takes them from the
 * lines of a file, which may also be written "key: value" (flat YAML), with # comments.
 */
int synth_parse(const char *spec, struct synth_cfg *ret, struct err *err);

#endif
