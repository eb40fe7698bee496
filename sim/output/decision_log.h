/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_DECISION_LOG_H
#define SIM_OUTPUT_DECISION_LOG_H
/*
 * The decision log: one JSON object a line (JSON lines), one line for each thing that became of
 * an action: decided, begun, done, failed, refused. `ebb explain` reads it; so does jq:
 *
 *     {"id":12,"tick":3,"time_s":900,"kind":"migrate","vm":"web-1","from":"h007","to":"h002",
 *      "outcome":"decided","reason":"overload","numbers":[1,2,3,4],"text":"..."}
 *
 * id ties the lines of one action together; what was refused before it became an action has
 * id 0. Where an action has no vm, from or to, the value is null.
 */
#include <stdio.h>

#include "core/base/err.h"
#include "engine/env.h"
#include "sim/output/json.h"

#define DECISION_NUMBERS 4

/* Errors stay in the error flag of f, which its owner checks when closing it. */
void decision_log_write(FILE *f, const struct fleet *fleet, const struct record *r);

enum decision_outcome {
	OUTCOME_DECIDED,
	OUTCOME_BEGUN,
	OUTCOME_DONE,
	OUTCOME_FAILED,
	OUTCOME_REFUSED,
	OUTCOME_COUNT
};

/* One line read back. The strings live in json. */
struct decision_line {
	uint64_t id, tick;
	usec_t at_us;
	enum decision_outcome outcome;
	enum action_kind kind;
	const char *vm, *from, *to; /* NULL: none */
	const char *reason, *text;
	struct json *json;
};

/* -EINVAL: not a line of a decision log; err says what is wrong, without file and line. */
int decision_line_parse(const char *text, size_t len, struct decision_line *ret, struct err *err);
void decision_line_done(struct decision_line *l); /* accepts what was zeroed */

#endif
