/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_TRACE_RIG_H
#define TESTS_SUPPORT_TRACE_RIG_H
/*
 * A folder of files that lives as long as one test, and traces opened from it.
 *
 *     struct trace_rig r;
 *     trace_rig_init(&r);
 *     trace_rig_file(&r, "day.csv", "a,1,2\nb,3,4\n");
 *     trace_rig_open(&r, "planetlab", "day.csv");          CU_ASSERTs success
 *     trace_rig_next(&r); ... r.column.cpu[0] ...
 *     trace_rig_done(&r);
 */
#include <stdbool.h>
#include <stddef.h>

#include "sim/trace/trace.h"

enum trace_rig_packing { TRACE_RIG_PLAIN, TRACE_RIG_GZIP, TRACE_RIG_ZSTD };

struct trace_rig_bytes {
	const void *data;
	size_t len;
	enum trace_rig_packing packing;
	size_t cut; /* bytes left out at the end of the (packed) file */
};

struct trace_rig {
	char folder[64];
	char path[256]; /* of the file last written or opened */
	struct trace *trace;
	struct trace_column column;
	struct err err;
};

void trace_rig_init(struct trace_rig *r);
void trace_rig_done(struct trace_rig *r);

/* name may contain folders, which are made. */
void trace_rig_file(struct trace_rig *r, const char *name, const char *text);
void trace_rig_write(struct trace_rig *r, const char *name, const struct trace_rig_bytes *bytes);

/* Opens FORMAT:folder/name (name "" = the folder) with seed 1; CU_ASSERTs that it works. */
void trace_rig_open(struct trace_rig *r, const char *format, const char *name);

/* The next column, CU_ASSERTed to be there. */
void trace_rig_next(struct trace_rig *r);

/* CU_ASSERTs that opening, or reading to the end, fails with code and that message in err. */
void trace_rig_refuse(struct trace_rig *r, const char *spec, int code, const char *message);

/* Bit for bit: tells 0.0 and -0.0 apart. */
bool trace_rig_same(double a, double b);

/* Number of open descriptors, to see whether some were forgotten. */
int trace_rig_descriptors(void);

#endif
