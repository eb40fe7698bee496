/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recording is made from the trace, not from the run: the same spec and seed give the same
 * columns, and a run without --record pays nothing. A trace that is cut by --until stands behind
 * the interface of traces, as every trace does.
 */
#include "cli/sim_record.h"

#include <errno.h>
#include <string.h>

#include "sim/trace/recording.h"

struct cut_trace {
	struct trace trace; /* first: its ops cast back */
	struct trace *inner;
};

static int cut_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	struct cut_trace *cut = (struct cut_trace *)t;
	int rc = trace_next(cut->inner, ret, err);

	if (rc == 1 && ret->index >= t->info.n_columns)
		return 0;
	return rc;
}

static void cut_close(struct trace *t)
{
	(void)t; /* the inner trace is closed by who opened it */
}

static const struct trace_ops cut_ops = {.next = cut_next, .close = cut_close};

/* Columns that begin before until_us. */
static uint64_t columns_until(usec_t until_us, usec_t interval_us)
{
	return (uint64_t)(until_us / interval_us) + (until_us % interval_us != 0);
}

int sim_record(const struct sim_request *r, FILE *stream, const char *path, struct err *err)
{
	const size_t len = strlen(r->trace);
	struct cut_trace cut = {.trace = {.ops = &cut_ops}};
	uint64_t n_columns;
	int ret;

	if (len >= 2 && strcmp(r->trace + len - 2, ":-") == 0)
		return err_set(err, -EINVAL,
		               "--record: standard input cannot be read twice; store it in a file");
	ret = trace_open(r->trace, r->seed, &cut.inner, err);
	if (ret < 0)
		return ret;
	cut.trace.info = cut.inner->info;
	n_columns = columns_until(r->until_us, cut.inner->info.interval_us);
	if (n_columns < cut.trace.info.n_columns)
		cut.trace.info.n_columns = n_columns;
	ret = recording_copy_stream(&cut.trace, stream, path, err);
	trace_close(cut.inner);
	return ret;
}
