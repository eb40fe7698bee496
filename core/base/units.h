/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_UNITS_H
#define CORE_BASE_UNITS_H
/*
 * Units shared by every layer.
 *
 * Time is counted in whole microseconds since an origin that only the env knows (start of the
 * simulation, or CLOCK_BOOTTIME). Quantities that are measured in integers by the kernel stay
 * integers; models (power, demand, statistics) compute in double, see docs/decisions/002.
 */
#include <stdint.h>

typedef int64_t usec_t;

#define USEC_PER_SEC  ((usec_t)1000000)
#define USEC_PER_HOUR (3600 * USEC_PER_SEC)
#define USEC_PER_DAY  (24 * USEC_PER_HOUR)
#define USEC_NEVER    INT64_MAX

#define JOULES_PER_KWH 3.6e6
#define BYTES_PER_MIB  1048576.0

static inline double usec_to_sec(usec_t t_us)
{
	return (double)t_us / 1e6;
}

/* Rounds to the nearest microsecond; for |seconds| up to about 9e12. */
usec_t usec_from_sec(double seconds);

/* Index of a host, VM or class in its fleet table. Ids are ranks in byte order of the names. */
#define ID_NONE UINT32_MAX

#endif
