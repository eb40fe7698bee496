/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ebb pack`: vector bin packing alone; bins, a proven lower bound, and who lies where. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/out.h"
#include "core/base/xalloc.h"
#include "policies/binpack/binpack.h"
#include "sim/output/json.h"
#include "sim/vbp.h"

#define EFFORT_MAX 1000000 /* days of work; keeps the number of steps far from overflow */

static_assert(VBP_DIMS_MAX <= BINPACK_DIMS_MAX, "what is read can be packed");
static_assert(VBP_ITEMS_MAX <= BINPACK_ITEMS_MAX, "what is read can be packed");

struct pack_options {
	const char *json, *assignment;
	uint64_t seed, effort;
	struct option_list instance;
};

#define AT(field) .offset = offsetof(struct pack_options, field)

static const struct option_row rows[] = {
        {.name = "json",
         .kind = OPTION_MAYBE_TEXT,
         AT(json),
         .arg = "FILE",
         .help = "the result as JSON, to a file or standard output"},
        {.name = "assignment",
         .kind = OPTION_TEXT,
         AT(assignment),
         .arg = "FILE.csv",
         .help = "write which item lies in which bin; - is stdout"},
        {.name = "effort",
         .kind = OPTION_COUNT,
         AT(effort),
         .arg = "N",
         .help = "N times the steps of the default; default 1"},
        {.name = "seed",
         .kind = OPTION_COUNT,
         AT(seed),
         .arg = "N",
         .help = "seed of all chance; default 1"},
};

static const struct option_spec spec = {
        .command = "pack",
        .summary = "Packs items of several dimensions into the fewest bins (.vbp, plain or "
                   "compressed).",
        .operands = "INSTANCE",
        .operands_min = 1,
        .operands_max = 1,
        .operands_offset = offsetof(struct pack_options, instance),
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};

/* Everything about one run of the command. */
struct pack {
	const struct pack_options *options;
	const char *path;
	struct vbp vbp;
	struct binpack_instance instance; /* the vbp with all items of a kind told one by one */
	struct binpack_result result;
	double wall_seconds;
};

static double seconds_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int64_t *list_items(const struct vbp *v)
{
	int64_t *size = xcalloc((size_t)v->n_items * v->n_dims, sizeof(*size)), *to = size;

	for (uint32_t k = 0; k < v->n_kinds; k++)
		for (uint32_t i = 0; i < v->demand[k]; i++, to += v->n_dims)
			memcpy(to, v->size + (size_t)k * v->n_dims, v->n_dims * sizeof(*to));
	return size;
}

static void show_progress(void *ctx, const struct binpack_progress *now)
{
	out_progress_set(ctx, (double)now->steps / (double)now->steps_max);
}

static int solve(struct pack *p, const int64_t *size, struct err *err)
{
	struct out_progress bar;
	struct binpack_opts opts = {
	        .seed = p->options->seed,
	        .steps_max = p->options->effort * BINPACK_STEPS_DEFAULT,
	        .progress = show_progress,
	        .progress_ctx = &bar,
	};
	double start = seconds_now();
	int r;

	p->instance = (struct binpack_instance){
	        .n_dims = p->vbp.n_dims,
	        .n_items = p->vbp.n_items,
	        .capacity = p->vbp.capacity,
	        .size = size,
	};
	out_progress_begin(&bar, "packing");
	r = binpack_solve(&p->instance, &opts, &p->result, err);
	out_progress_end(&bar);
	p->wall_seconds = seconds_now() - start;
	if (r < 0)
		err_prefix(err, "%s", p->path);
	else
		assert(binpack_is_valid(&p->instance, p->result.bin_of, p->result.n_bins));
	return r;
}

static bool is_optimal(const struct pack *p)
{
	return p->result.n_bins == p->result.lower_bound;
}

static double gap_ratio(const struct pack *p)
{
	return p->result.lower_bound == 0
	               ? 0
	               : (double)p->result.n_bins / (double)p->result.lower_bound - 1;
}

static void print_text(FILE *f, const struct pack *p)
{
	struct out_table *t = out_table_new("ll");

	out_table_cell(t, "instance");
	out_table_cell(t, "%s: %u items of %u kinds in %u dimensions", p->path, p->vbp.n_items,
	               p->vbp.n_kinds, p->vbp.n_dims);
	out_table_cell(t, "bins");
	out_table_cell(t, "%u", p->result.n_bins);
	out_table_cell(t, "lower bound");
	out_table_cell(t, "%u, proven by %s", p->result.lower_bound,
	               binpack_proof_name(p->result.lower_bound_by));
	out_table_cell(t, "gap");
	if (is_optimal(p))
		out_table_cell(t, "none: no packing has fewer bins");
	else
		out_table_cell(t, "%.2f %%; --effort %llu may close it", 100 * gap_ratio(p),
		               (unsigned long long)p->options->effort * 10);
	out_table_cell(t, "time");
	out_table_cell(t, "%.3f s, %.0f million steps, seed %llu", p->wall_seconds,
	               (double)p->result.steps / 1e6, (unsigned long long)p->options->seed);
	out_table_print(t, f);
	out_table_free(t);
}

static void print_json(FILE *f, const struct pack *p)
{
	struct json *o = json_new_object();

	json_put_text(o, "instance", p->path);
	json_put_count(o, "dims", p->vbp.n_dims);
	json_put_count(o, "items", p->vbp.n_items);
	json_put_count(o, "bins", p->result.n_bins);
	json_put_count(o, "lower_bound", p->result.lower_bound);
	json_put_text(o, "lower_bound_by", binpack_proof_name(p->result.lower_bound_by));
	json_put_number(o, "gap_ratio", gap_ratio(p));
	json_put_truth(o, "proven_optimal", is_optimal(p));
	json_put_count(o, "steps", p->result.steps);
	json_put_number(o, "wall_seconds", p->wall_seconds);
	json_put_count(o, "seed", p->options->seed);
	(void)json_print(f, o, JSON_FOR_PEOPLE); /* a lost write shows at out_commit() */
	(void)fputc('\n', f);
}

/* Kinds, their items and bins count from 1; kinds in the order of the file. */
static void print_assignment(FILE *f, const struct pack *p)
{
	const uint32_t *bin = p->result.bin_of;

	(void)fputs("kind,item,bin\n", f); /* a lost write shows at out_commit() */
	for (uint32_t k = 0; k < p->vbp.n_kinds; k++)
		for (uint32_t i = 0; i < p->vbp.demand[k]; i++)
			(void)fprintf(f, "%u,%u,%u\n", k + 1, i + 1, *bin++ + 1);
}

/* Where results go: opened before the work, so that a path that cannot be written costs none. */
struct outputs {
	struct out_file *json, *assignment;
};

static int open_outputs(const struct pack_options *o, struct outputs *out, struct err *err)
{
	int r = 0;

	if (o->json && o->assignment && strcmp(o->json, o->assignment) == 0)
		return err_set(err, -EINVAL, "two outputs go to %s; give each its own file",
		               o->json);
	if (o->json)
		r = out_open(o->json, &out->json, err);
	if (r == 0 && o->assignment)
		r = out_open(o->assignment, &out->assignment, err);
	return r;
}

/* Commits one output, whether or not it is wanted; it is gone afterwards. */
static int commit(struct out_file **out, struct err *err)
{
	struct out_file *o = *out;

	*out = NULL;
	return o ? out_commit(o, err) : 0;
}

static int write_outputs(const struct pack *p, struct outputs *out, struct err *err)
{
	const struct pack_options *o = p->options;
	bool text_hidden = (o->json && strcmp(o->json, "-") == 0) ||
	                   (o->assignment && strcmp(o->assignment, "-") == 0);
	int r;

	if (out->json)
		print_json(out_stream(out->json), p);
	if (out->assignment)
		print_assignment(out_stream(out->assignment), p);
	r = commit(&out->json, err);
	if (r == 0)
		r = commit(&out->assignment, err);
	if (r == 0 && !text_hidden)
		print_text(stdout, p);
	return r;
}

static int run(struct pack *p, struct outputs *out, struct err *err)
{
	int64_t *size;
	int r = open_outputs(p->options, out, err);

	if (r == 0)
		r = vbp_read(p->path, &p->vbp, err);
	if (r < 0)
		return r;
	size = list_items(&p->vbp);
	r = solve(p, size, err);
	if (r == 0)
		r = write_outputs(p, out, err);
	free(size);
	return r;
}

int cmd_pack(int argc, char **argv)
{
	struct pack_options o = {.seed = 1, .effort = 1};
	struct pack p = {.options = &o};
	struct outputs out = {0};
	struct err err = {""};
	int status = options_parse(&spec, argc, argv, &o);

	if (status == OPTIONS_GO && (o.effort == 0 || o.effort > EFFORT_MAX))
		status = options_refuse(&spec, "--effort %llu is out of bounds; give 1 to %d",
		                        (unsigned long long)o.effort, EFFORT_MAX);
	if (status == OPTIONS_GO) {
		p.path = o.instance.items[0];
		status = run(&p, &out, &err) < 0 ? EXIT_FAILED : EXIT_DONE;
		if (status == EXIT_FAILED)
			(void)fprintf(stderr, "ebb pack: %s\n", err.text);
		out_abort(out.json);
		out_abort(out.assignment);
		vbp_done(&p.vbp);
		binpack_result_done(&p.result);
	}
	options_free_list(&o.instance);
	return status;
}
