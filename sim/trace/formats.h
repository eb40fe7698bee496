/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_FORMATS_H
#define SIM_TRACE_FORMATS_H
/*
 * The trace formats; registry.c lists them, trace.h opens them by name.
 */
#include "sim/trace/trace.h"

extern const struct trace_format trace_format_planetlab;
extern const struct trace_format trace_format_bitbrains;
extern const struct trace_format trace_format_azure;
extern const struct trace_format trace_format_ebb;
extern const struct trace_format trace_format_synth;

#endif
