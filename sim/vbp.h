/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_VBP_H
#define SIM_VBP_H
/*
 * Instances of vector bin packing in the .vbp format of VPSolver and Vectorpack:
 *
 *     3                     dimensions
 *     1000 1000 1000        capacity of a bin, one number a dimension
 *     2                     kinds of items
 *     397 125 209 1         size of the kind in each dimension, then its number of items
 *     286 118 174 5
 *
 * Whole numbers, separated by blanks. Sizes may be negative or 0 (published sets have both).
 */
#include <stdint.h>

#include "core/base/err.h"

#define VBP_DIMS_MAX  64
#define VBP_ITEMS_MAX 1000000 /* of all kinds together */

struct vbp {
	uint32_t n_dims;
	int64_t *capacity; /* n_dims */
	uint32_t n_kinds;
	int64_t *size;    /* n_kinds rows of n_dims */
	uint32_t *demand; /* n_kinds */
	uint32_t n_items; /* sum of demands */
};

/*
 * Reads a plain, gzip or zstd file; "-" is standard input. 0, or -errno with err
 * ("file:line: what; remedy") and ret untouched.
 */
int vbp_read(const char *path, struct vbp *ret, struct err *err);
void vbp_done(struct vbp *v);

#endif
