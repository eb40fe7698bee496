/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_RECORDING_H
#define SIM_TRACE_RECORDING_H
/*
 * Ebb's own trace format (docs/recording.md): text, in order of time, so that it can be written
 * while it happens and reads back exactly. This is the writer; the reader is trace format "ebb".
 *
 * Call recording_vm before the first sample of a VM, recording_column before the samples of a
 * column, and in the end recording_close or recording_abort. Write errors are told by close.
 */
#include <stdio.h>

#include "sim/trace/trace.h"

struct recording_opts {
	usec_t interval_us;
	enum trace_cpu_unit cpu_unit;
	bool has_mem;
	FILE *stream; /* NULL: path is opened; else it is written there, see pack_open_stream */
};

struct recording;

/* path: "-" is standard output; a name ending in .zst is compressed. */
int recording_open(const char *path, const struct recording_opts *opts, struct recording **ret,
                   struct err *err);

/* Name, type, vcpus, cpu_mips and mem_bytes of vm are written; returns the VM's number. */
uint32_t recording_vm(struct recording *rec, const struct trace_vm *vm);

/* column must rise; columns that are left out have no samples. */
void recording_column(struct recording *rec, uint64_t column);

/* NAN: not measured. mem_bytes is not looked at without has_mem. */
void recording_sample(struct recording *rec, uint32_t vm, double cpu, double mem_bytes);

/* n_columns, at least the last column + 1. On failure no file is left. Frees rec in any case. */
int recording_close(struct recording *rec, uint64_t n_columns, struct err *err);

/* Leaves no file. Accepts NULL. */
void recording_abort(struct recording *rec);

/* Writes all that is still to come of a trace; stream as in recording_opts. */
int recording_copy(struct trace *from, const char *path, struct err *err);
int recording_copy_stream(struct trace *from, FILE *stream, const char *path, struct err *err);

#endif
