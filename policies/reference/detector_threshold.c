/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * THR, the static threshold.
 *
 *     overloaded  <=>  r > T
 *
 * r is the demand of the host's VMs over its capacity, T the threshold (0.8). The rule knows no
 * past, so it wastes 1 - T of quiet hosts and is late on restless ones; the adaptive detectors of
 * the same family set T from the history. They fall back on this one with T = 0.7 for as long as
 * the history is too short.
 *
 * Beloglazov, Buyya: Optimal online deterministic algorithms and adaptive heuristics for energy
 * and performance efficient dynamic consolidation of virtual machines in cloud data centers,
 * Concurrency and Computation: Practice and Experience 24(13), 2012 (host overload detection).
 */
#include "policies/reference/detector.h"

/* The published implementation's fallback. */
#define FALLBACK_THRESHOLD 0.7

static struct verdict judge(const struct detector_input *in, double threshold)
{
	return (struct verdict){
	        .overloaded = in->demand_ratio > threshold,
	        .statistic = in->demand_ratio,
	        .threshold = threshold,
	};
}

struct verdict detector_fallback(const struct detector_input *in)
{
	return judge(in, FALLBACK_THRESHOLD);
}

const struct detector_ops detector_thr = {
        .name = "thr",
        .judge = judge,
};
