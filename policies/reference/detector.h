/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_DETECTOR_H
#define POLICIES_REFERENCE_DETECTOR_H
/*
 * Is a host overloaded? A detector is a pure function of numbers about one host: how much of its
 * capacity its VMs ask for now, and how much those same VMs asked for in the past.
 */
#include <stdbool.h>
#include <stdint.h>

struct detector_input {
	double demand_ratio; /* r: current demand of all VMs / capacity */
	/* h, oldest first: demand / capacity in the past; min(n_history, window) values */
	const double *history;
	uint32_t n_history; /* length of h, the oldest left out as long as they are 0 */
	double lookahead;   /* samples a migration of the host's largest VM takes, at least 1 */
};

struct verdict {
	bool overloaded;
	double statistic, threshold; /* what was compared: for the reason */
};

struct detector_ops {
	const char *name; /* "thr" */
	uint32_t window;  /* newest values of h it looks at; 0: none */
	/* parameter: the threshold (thr) or the safety parameter (all others) */
	struct verdict (*judge)(const struct detector_input *in, double parameter);
};

extern const struct detector_ops detector_thr, detector_iqr, detector_mad, detector_lr,
        detector_lrr;

/* The threshold of those that find too little history: 0.7. */
struct verdict detector_fallback(const struct detector_input *in);

#endif
