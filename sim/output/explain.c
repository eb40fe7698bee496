/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over the log. A decision that the question is about opens a story; later lines with
 * its id continue it. Ids rise through a log, so stories are found by bisection. Only matching
 * stories are kept: memory follows the answer, not the log.
 *
 * If nothing matches, the nearest name that was seen is offered: a name is compared only until
 * the first match, so the usual question pays nothing for it.
 */
#include "sim/output/explain.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "sim/output/story.h"

#define LINE_BYTES_MAX 65536 /* a line is about 300 bytes; names are the only unbounded part */

struct explainer {
	const struct explain_query *q;
	struct story *stories;
	size_t len, cap;
	char *nearest; /* name, as long as nothing matches */
};

static bool is(const char *name, const char *wanted)
{
	return name && strcmp(name, wanted) == 0;
}

static bool is_asked_for(const struct explain_query *q, const struct decision_line *l)
{
	switch (q->kind) {
	case EXPLAIN_HOST: return is(l->from, q->name) || is(l->to, q->name);
	case EXPLAIN_VM: return is(l->vm, q->name);
	case EXPLAIN_DECISION: return l->id == q->number && l->id != 0;
	case EXPLAIN_PLAN: return l->tick == q->number;
	}
	return false;
}

static void remember_nearest(struct explainer *x, const struct decision_line *l)
{
	const bool vm = x->q->kind == EXPLAIN_VM;
	const char *candidates[3];
	const char *best;
	size_t n = 0;

	if (x->len || !x->q->name)
		return;
	if (x->nearest)
		candidates[n++] = x->nearest;
	if (vm ? l->vm : l->from)
		candidates[n++] = vm ? l->vm : l->from;
	if (!vm && l->to)
		candidates[n++] = l->to;
	best = text_suggest(x->q->name, candidates, n);
	if (!best || best == x->nearest)
		return;
	free(x->nearest);
	x->nearest = xstrdup(best);
}

static struct story *find_story(struct explainer *x, uint64_t id)
{
	size_t low = 0, high = x->len;

	while (low < high) { /* refused stories (id 0) take the id of the one before them */
		const size_t mid = low + (high - low) / 2;
		size_t at = mid;

		while (at > low && x->stories[at].id == 0)
			at--;
		if (x->stories[at].id == id && id != 0)
			return &x->stories[at];
		if (x->stories[at].id < id)
			low = mid + 1;
		else
			high = at;
	}
	return NULL;
}

static void open_story(struct explainer *x, const struct decision_line *l)
{
	if (x->len && story_repeats(&x->stories[x->len - 1], l)) {
		story_repeat(&x->stories[x->len - 1], l);
		return;
	}
	if (x->len == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 64;
		x->stories = xreallocarray(x->stories, x->cap, sizeof(*x->stories));
	}
	x->stories[x->len++] = story_begin(l);
}

static void take_line(struct explainer *x, const struct decision_line *l)
{
	struct story *s;

	if (l->outcome == OUTCOME_DECIDED || l->outcome == OUTCOME_REFUSED) {
		if (is_asked_for(x->q, l))
			open_story(x, l);
		else
			remember_nearest(x, l);
		return;
	}
	s = find_story(x, l->id);
	if (s)
		story_follow(s, l);
}

static int read_log(struct explainer *x, FILE *log, const char *path, struct err *err)
{
	char *text = xcalloc(LINE_BYTES_MAX, 1);
	struct decision_line l = {0};
	uint64_t line = 0;
	int ret = 0;

	while (!ret && fgets(text, LINE_BYTES_MAX, log)) {
		const size_t len = strlen(text);

		line++;
		if (len + 1 == LINE_BYTES_MAX)
			ret = err_set(err, -EINVAL, "line is longer than %d bytes",
			              LINE_BYTES_MAX - 2);
		else if (strspn(text, " \t\r\n") < len)
			ret = decision_line_parse(text, len, &l, err);
		else
			continue;
		if (!ret) {
			take_line(x, &l);
			decision_line_done(&l);
		}
	}
	free(text);
	if (ret) {
		err_prefix(err, "%s:%" PRIu64, path, line);
		return ret;
	}
	return ferror(log) ? err_set(err, -EIO, "%s: cannot be read to its end", path) : 0;
}

static void describe_query(const struct explain_query *q, char *ret_text, size_t size)
{
	switch (q->kind) {
	case EXPLAIN_HOST: (void)snprintf(ret_text, size, "host %s", q->name); break;
	case EXPLAIN_VM: (void)snprintf(ret_text, size, "vm %s", q->name); break;
	case EXPLAIN_DECISION:
		(void)snprintf(ret_text, size, "decision %" PRIu64, q->number);
		break;
	case EXPLAIN_PLAN: (void)snprintf(ret_text, size, "plan %" PRIu64, q->number); break;
	}
}

static int refuse(const struct explainer *x, const char *path, struct err *err)
{
	char what[128];

	describe_query(x->q, what, sizeof(what));
	if (x->nearest)
		return err_set(err, -ENOENT, "%s: nothing about %s; did you mean %s?", path, what,
		               x->nearest);
	return err_set(err, -ENOENT, "%s: nothing about %s; is it the log of this run?", path,
	               what);
}

/* Where the last finished move left the VM. */
static void write_vm_end(const struct explainer *x, FILE *out)
{
	for (size_t i = x->len; i-- > 0;) {
		const struct story *s = &x->stories[i];

		if (s->outcome != OUTCOME_DONE || !s->to)
			continue;
		(void)fprintf(out, "\nWhen the log ends it is on %s, if it has not stopped.\n",
		              s->to);
		return;
	}
}

static void write_host_end(const struct explainer *x, FILE *out)
{
	uint32_t came = 0, left = 0, woken = 0, down = 0;

	for (size_t i = 0; i < x->len; i++) {
		const struct story *s = &x->stories[i];

		if (s->outcome != OUTCOME_DONE)
			continue;
		if (s->vm && is(s->to, x->q->name))
			came++;
		else if (s->vm)
			left++;
		woken += s->kind == ACTION_HOST_ON;
		down += s->kind == ACTION_HOST_OFF;
	}
	(void)fprintf(out,
	              "\nIn all %" PRIu32 " VMs were brought here and %" PRIu32
	              " moved away; it was woken %" PRIu32 " and powered down %" PRIu32 " times.\n",
	              came, left, woken, down);
}

static void write_plan_end(const struct explainer *x, FILE *out)
{
	uint32_t counts[ACTION_KIND_COUNT] = {0};
	const char *sep = "\nIn all:";

	for (size_t i = 0; i < x->len; i++)
		counts[x->stories[i].kind] += x->stories[i].times;
	for (int i = 0; i < ACTION_KIND_COUNT; i++) {
		if (!counts[i])
			continue;
		(void)fprintf(out, "%s %" PRIu32 " %s", sep, counts[i],
		              action_kind_name((enum action_kind)i));
		sep = ",";
	}
	(void)fputs(".\n", out);
}

static void write_end(const struct explainer *x, FILE *out)
{
	switch (x->q->kind) {
	case EXPLAIN_VM: write_vm_end(x, out); break;
	case EXPLAIN_HOST: write_host_end(x, out); break;
	case EXPLAIN_PLAN: write_plan_end(x, out); break;
	case EXPLAIN_DECISION: break;
	}
}

static void write_answer(const struct explainer *x, FILE *out)
{
	const size_t skip = x->q->last && x->len > x->q->last ? x->len - x->q->last : 0;
	char what[128];

	describe_query(x->q, what, sizeof(what));
	(void)fprintf(out, "%s: %zu decision%s", what, x->len, x->len == 1 ? "" : "s");
	if (skip)
		(void)fprintf(out, ", the last %" PRIu32 " of them", x->q->last);
	(void)fputs("\n\n", out);
	for (size_t i = skip; i < x->len; i++)
		story_write(out, &x->stories[i]);
	write_end(x, out);
}

int explain(const struct explain_query *q, FILE *log, const char *path, FILE *out, struct err *err)
{
	struct explainer x = {.q = q};
	int ret = read_log(&x, log, path, err);

	if (!ret && x.len == 0)
		ret = refuse(&x, path, err);
	if (!ret)
		write_answer(&x, out);
	for (size_t i = 0; i < x.len; i++)
		story_done(&x.stories[i]);
	free(x.stories);
	free(x.nearest);
	return ret;
}
