/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_REFERENCE_SELECTOR_H
#define POLICIES_REFERENCE_SELECTOR_H
/*
 * Which VM leaves an overloaded host first? It is asked again until the host is not overloaded
 * any more.
 */
#include <stdbool.h>

#include "core/base/rng.h"
#include "policies/reference/correlation.h"
#include "policies/reference/demand_log.h"

struct selector_input {
	const struct fleet *fleet;
	const uint32_t *vms;  /* those that may leave, in order of the host's list */
	uint32_t n_vms;       /* > 0 */
	const double *demand; /* by VM, MIPS now */
	const struct demand_log *log;
	struct correlation *correlation; /* work space of mc, NULL for the others */
	struct rng *rng;
};

struct selector_ops {
	const char *name; /* "mmt" */
	bool needs_ratio; /* the log has to keep shares, and correlation is there */
	uint32_t (*select)(const struct selector_input *in); /* one of vms */
};

extern const struct selector_ops selector_mmt, selector_mu, selector_rs, selector_mc;

#endif
