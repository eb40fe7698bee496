/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_STORY_H
#define SIM_OUTPUT_STORY_H
/*
 * What became of one action, put together from the lines of a decision log, and told in plain
 * words with its numbers.
 */
#include <stdio.h>

#include "sim/output/decision_log.h"

struct story {
	uint64_t id; /* 0: refused before it became an action */
	uint64_t tick;
	enum action_kind kind;
	enum decision_outcome outcome; /* the last one told of */
	usec_t decided_us, begun_us, ended_us;
	uint32_t times;       /* how often in a row the same was refused; else 1 */
	char *vm, *from, *to; /* NULL: none */
	char *reason, *text;
};

/* From its first line, which must be DECIDED or REFUSED. */
struct story story_begin(const struct decision_line *l);
void story_done(struct story *s);

/* A later line of the same action. */
void story_follow(struct story *s, const struct decision_line *l);

/* Is l once more the refusal that s tells of? Such lines are counted, not told again. */
bool story_repeats(const struct story *s, const struct decision_line *l);
void story_repeat(struct story *s, const struct decision_line *l);

/* Two lines: when, what and with which outcome; and why. */
void story_write(FILE *f, const struct story *s);

#endif
