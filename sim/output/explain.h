/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_EXPLAIN_H
#define SIM_OUTPUT_EXPLAIN_H
/*
 * Answers "why?" from a decision log: what was decided about a host, a VM, in one tick, or under
 * one number; what became of it; and the reason with its numbers. Oldest first.
 */
#include <stdint.h>
#include <stdio.h>

#include "core/base/err.h"

enum explain_kind { EXPLAIN_HOST, EXPLAIN_VM, EXPLAIN_DECISION, EXPLAIN_PLAN };

struct explain_query {
	enum explain_kind kind;
	const char *name; /* of the host or VM */
	uint64_t number;  /* of the decision, or the tick of the plan */
	uint32_t last;    /* tell only so many, the newest; 0: all */
};

/*
 * Reads log (path is its name for messages) and writes the answer. -EINVAL: a line is not of a
 * decision log; -ENOENT: nothing there is about what was asked.
 */
int explain(const struct explain_query *q, FILE *log, const char *path, FILE *out, struct err *err);

#endif
