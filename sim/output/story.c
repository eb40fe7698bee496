/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One action in words. The sentence follows the outcome, not the intention: "moved" is said only
 * of what was verified done; what was refused, failed or never begun says so first.
 */
#include "sim/output/story.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/output/field.h"

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

struct story story_begin(const struct decision_line *l)
{
	return (struct story){
	        .id = l->id,
	        .tick = l->tick,
	        .kind = l->kind,
	        .outcome = l->outcome,
	        .decided_us = l->at_us,
	        .begun_us = l->at_us,
	        .ended_us = l->at_us,
	        .times = 1,
	        .vm = copy_or_null(l->vm),
	        .from = copy_or_null(l->from),
	        .to = copy_or_null(l->to),
	        .reason = xstrdup(l->reason),
	        .text = xstrdup(l->text),
	};
}

void story_done(struct story *s)
{
	free(s->vm);
	free(s->from);
	free(s->to);
	free(s->reason);
	free(s->text);
	*s = (struct story){0};
}

void story_follow(struct story *s, const struct decision_line *l)
{
	s->outcome = l->outcome;
	s->ended_us = l->at_us;
	if (l->outcome == OUTCOME_BEGUN)
		s->begun_us = l->at_us;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool story_repeats(const struct story *s, const struct decision_line *l)
{
	return s->outcome == OUTCOME_REFUSED && l->outcome == OUTCOME_REFUSED &&
	       s->kind == l->kind && same(s->vm, l->vm) && same(s->from, l->from) &&
	       same(s->to, l->to) && same(s->reason, l->reason);
}

void story_repeat(struct story *s, const struct decision_line *l)
{
	s->times++;
	s->ended_us = l->at_us;
}

static const char *name_of(const char *name)
{
	return name ? name : "nowhere"; /* a log written by hand may leave it out */
}

/* The infinitive: "move vm a from b to c". */
static void write_intent(FILE *f, const struct story *s)
{
	switch (s->kind) {
	case ACTION_PLACE:
		(void)fprintf(f, "place vm %s on %s", name_of(s->vm), name_of(s->to));
		break;
	case ACTION_MIGRATE:
		(void)fprintf(f, "move vm %s from %s to %s", name_of(s->vm), name_of(s->from),
		              name_of(s->to));
		break;
	case ACTION_HOST_ON: (void)fprintf(f, "wake host %s", name_of(s->to)); break;
	case ACTION_HOST_OFF:
		(void)fprintf(f, "empty host %s and power it down", name_of(s->from));
		break;
	case ACTION_HOST_KEEP: (void)fprintf(f, "keep host %s on", name_of(s->from)); break;
	case ACTION_KIND_COUNT: assert(s->kind < ACTION_KIND_COUNT); break;
	}
}

static void write_span(FILE *f, const char *before, usec_t span_us)
{
	(void)fprintf(f, "%s %.1f s", before, usec_to_sec(span_us));
}

static void write_outcome(FILE *f, const struct story *s)
{
	char clock[FIELD_TIME_LEN];

	switch (s->outcome) {
	case OUTCOME_DECIDED:
		(void)fputs(s->kind == ACTION_HOST_KEEP ? "decided" : "never begun", f);
		break;
	case OUTCOME_BEGUN: (void)fputs("begun, not ended when the log ends", f); break;
	case OUTCOME_DONE: write_span(f, "done after", s->ended_us - s->decided_us); break;
	case OUTCOME_FAILED: write_span(f, "FAILED after", s->ended_us - s->decided_us); break;
	case OUTCOME_REFUSED: (void)fputs("REFUSED by a limit or a rule", f); break;
	case OUTCOME_COUNT: assert(s->outcome < OUTCOME_COUNT); break;
	}
	if (s->begun_us > s->decided_us)
		write_span(f, ", having waited", s->begun_us - s->decided_us);
	if (s->times > 1) {
		field_clock(s->ended_us, clock);
		(void)fprintf(f, ", %" PRIu32 " times until %s", s->times, clock);
	}
}

void story_write(FILE *f, const struct story *s)
{
	char clock[FIELD_TIME_LEN];

	field_clock(s->decided_us, clock);
	(void)fprintf(f, "  %s  ", clock);
	if (s->id)
		(void)fprintf(f, "#%" PRIu64 " ", s->id);
	write_intent(f, s);
	(void)fputs(": ", f);
	write_outcome(f, s);
	(void)fprintf(f, "\n  %*s  because %s\n", (int)strlen(clock), "", s->text);
}
