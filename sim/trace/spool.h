/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_SPOOL_H
#define SIM_TRACE_SPOOL_H
/*
 * Turns rows (one VM, all its samples) into columns (one sample of all VMs). Files come in rows,
 * the simulator wants columns, and a month of thousands of VMs need not fit into memory. Values
 * come back as they went in, bit for bit (any NAN comes back as some NAN).
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* Rows are kept in memory up to this size, and in a temporary file beyond it. */
#define SPOOL_MEMORY_MAX ((size_t)64 << 20)

struct spool;

/* A row: values[0..len) belong to the columns from first on; all others are NAN. */
struct spool_row_values {
	uint64_t first, len;
	const double *values;
};

struct spool *spool_new(size_t memory_max);
void spool_free(struct spool *s);

int spool_add(struct spool *s, const struct spool_row_values *row, struct err *err);

/*
 * No more rows. order[i] = number of the row (0, 1, 2, ... as added) that comes out at place i;
 * it is copied.
 */
int spool_seal(struct spool *s, const uint32_t *order, struct err *err);

/*
 * One value of each row, valid until the next call. Any column may be asked for; ascending order
 * is fast.
 */
const double *spool_column(struct spool *s, uint64_t column);

uint32_t spool_len(const struct spool *s);

#endif
