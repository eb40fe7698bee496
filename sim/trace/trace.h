/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_TRACE_H
#define SIM_TRACE_TRACE_H
/*
 * A trace is a table of VMs and, for each sampling interval, one column with a value for each VM.
 * Readers turn every file format into that; memory is bounded by the number of VMs, never by the
 * length of the trace. Inputs may be plain, gzip or zstd; the content decides, not the name.
 *
 * VM index = rank of the name in byte order, and is the VM's id in the fleet built from the
 * table. Column k covers [k, k + 1) x interval. Within a column, NAN = the VM does not exist then
 * (before its first and after its last sample) or has no sample (a gap).
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/units.h"

enum trace_cpu_unit {
	TRACE_CPU_RATIO, /* of the VM's CPU allocation, 1 = all of it */
	TRACE_CPU_MIPS   /* absolute */
};

struct trace_vm {
	const char *name;     /* owned by the trace */
	const char *type;     /* flavour if the format has one, else "" */
	uint32_t vcpus;       /* 0 = not in the trace */
	double cpu_mips;      /* allocation, all vCPUs; 0 = not in the trace */
	double mem_bytes;     /* allocation; 0 = not in the trace */
	uint64_t first, last; /* column in which it arrives; first column in which it is gone */
};

struct trace_info {
	usec_t interval_us;
	uint64_t n_columns; /* UINT64_MAX where it is not known beforehand (endless generator) */
	uint32_t n_vms;
	const struct trace_vm *vms;
	enum trace_cpu_unit cpu_unit;
	bool has_mem; /* columns carry memory in use */
};

struct trace_column {
	uint64_t index;
	const double *cpu;       /* n_vms values, in cpu_unit; NAN = none */
	const double *mem_bytes; /* n_vms values, or NULL if !has_mem; NAN = none */
};

struct trace;

/* What one format implements. open reports errors as "file:line: what; remedy". */
struct trace_format {
	const char *name; /* "planetlab" */
	const char *help; /* one line: what PATH is */
	int (*open)(const char *path, uint64_t seed, struct trace **ret, struct err *err);
};

/* Implementations embed this as their first member. */
struct trace {
	const struct trace_ops *ops;
	struct trace_info info;
};

struct trace_ops {
	/* 1: a column (valid until the next call); 0: the end; -errno with err: bad input. */
	int (*next)(struct trace *t, struct trace_column *ret, struct err *err);
	void (*close)(struct trace *t);
};

/* spec = "FORMAT:PATH". Unknown formats: -EINVAL with "did you mean". seed: generator only. */
int trace_open(const char *spec, uint64_t seed, struct trace **ret, struct err *err);
int trace_next(struct trace *t, struct trace_column *ret, struct err *err);
void trace_close(struct trace *t); /* accepts NULL */

const struct trace_format *trace_format_at(uint32_t i); /* NULL behind the last */

#endif
