/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_PARAMS_H
#define POLICIES_EBB_PARAMS_H
/*
 * The options of the default policy. The rows (params.c) say what each means; constants that no
 * operator should need to touch stand in the files that use them, with where they come from.
 */
#include <stdint.h>

#include "core/base/param.h"

struct ebb_params {
	double overload_ratio;    /* target: share of host-time in which demand exceeds capacity */
	double cpu_reserve_ratio; /* fixed headroom of every host, CPU */
	double mem_reserve_ratio; /* and memory */
	double growth_ratio;      /* plan as if all demand were larger by this */
	int64_t reserve_hosts;    /* capacity kept free for so many failed hosts */
	double move_j;            /* what a migration costs besides the work it delays */
	double saving_factor;     /* emptying must save so many times what it costs */
};

#define EBB_PARAM_COUNT 7

extern const struct param ebb_param_rows[EBB_PARAM_COUNT];

#endif
