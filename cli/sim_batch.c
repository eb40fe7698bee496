/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a command line to results. Whatever can be refused is refused before the first run: all
 * configurations are made and all files opened first. Runs come one after the other, so that
 * their times compare.
 */
#include "cli/sim_batch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command_text.h"
#include "cli/out.h"
#include "cli/policy_spec.h"
#include "cli/sim_outputs.h"
#include "cli/sim_record.h"
#include "cli/sim_request.h"
#include "cli/version.h"
#include "core/base/xalloc.h"
#include "sim/output/listener.h"
#include "sim/output/report.h"

struct batch {
	const struct sim_batch_kind *kind;
	struct sim_options options;
	struct sim_request request;
	uint32_t n;
	struct sim_setup *setups;
	struct sim_result *runs;
	struct sim_outputs outputs;
	struct listener listener;
	struct out_progress bar;
	char *command;
};

static const char *policy_at_index(const struct batch *b, uint32_t i)
{
	return i < b->options.policies.n ? b->options.policies.items[i] : NULL;
}

static int check_options(struct batch *b)
{
	const struct sim_batch_kind *kind = b->kind;
	const struct sim_options *o = &b->options;
	struct err err = {""};

	if (o->policies.n < kind->policies_min || o->policies.n > kind->policies_max)
		return options_refuse(kind->spec, "%s", kind->policies_help);
	if (rules_parse(o->rules, &b->request.rules, &err) < 0)
		return options_refuse(kind->spec, "--rules: %s", err.text);
	if (o->until_us == 0)
		return options_refuse(kind->spec, "--until: nothing happens in no time");
	b->request.fleet = o->fleet;
	b->request.trace = o->trace;
	b->request.config = o->config;
	b->request.sets = o->sets.items;
	b->request.n_sets = o->sets.n;
	b->request.seed = o->seed;
	b->request.until_us = o->until_us;
	b->n = o->policies.n ? o->policies.n : 1;
	return OPTIONS_GO;
}

/* A set that no run took is a mistake; config_set says which and what may be meant. */
static int check_sets(struct batch *b, const bool *taken, struct err *err)
{
	for (uint32_t i = 0; i < b->request.n_sets; i++) {
		const char *set = b->request.sets[i];
		int ret;

		if (taken[i])
			continue;
		ret = policy_spec_set(set, &b->setups[0].config, err);
		err_prefix(err, "--set %s", set);
		return ret ? ret : -EINVAL;
	}
	return 0;
}

static int make_setups(struct batch *b, struct err *err)
{
	bool *taken = xcalloc(b->request.n_sets, sizeof(*taken));
	uint32_t made = 0;
	int ret = 0;

	b->setups = xcalloc(b->n, sizeof(*b->setups));
	while (!ret && made < b->n) {
		ret = sim_setup_init(&b->setups[made], &b->request, policy_at_index(b, made), taken,
		                     err);
		made++;
	}
	if (!ret)
		ret = check_sets(b, taken, err);
	b->n = ret ? made : b->n; /* only these are to be ended */
	free(taken);
	return ret;
}

static void show_progress(void *ctx, double done_ratio)
{
	out_progress_set(ctx, done_ratio);
}

static int run_all(struct batch *b, struct err *err)
{
	int ret = 0;

	listener_init(&b->listener, sim_outputs_stream(&b->outputs, OUTPUT_EVENTS),
	              sim_outputs_stream(&b->outputs, OUTPUT_DECISIONS));
	b->request.sink = listener_sink(&b->listener);
	b->request.progress = show_progress;
	b->request.progress_ctx = &b->bar;
	for (uint32_t i = 0; !ret && i < b->n; i++) {
		const char *policy = policy_at_index(b, i);

		sim_result_init(&b->runs[i]);
		out_progress_begin(&b->bar, b->setups[i].config.policy->name);
		ret = sim_request_run(&b->request, &b->setups[i], policy, &b->runs[i], err);
		out_progress_end(&b->bar);
	}
	return ret;
}

static int write_results(struct batch *b, struct err *err)
{
	FILE *json = sim_outputs_stream(&b->outputs, OUTPUT_JSON);
	FILE *page = sim_outputs_stream(&b->outputs, OUTPUT_REPORT);
	const struct report report = {
	        .runs = b->runs,
	        .n_runs = b->n,
	        .host_names = (const char *const *)b->listener.host_names,
	        .n_host_names = b->listener.n_host_names,
	        .fleet = b->options.fleet,
	        .trace = b->options.trace,
	        .command = b->command,
	        .program = "ebb " EBB_VERSION,
	};

	if (json && b->kind->write_json(json, b->runs, b->n) < 0)
		return err_set(err, -EIO, "%s: cannot write", b->options.json);
	if (page && report_write(page, &report) < 0)
		return err_set(err, -EIO, "%s: cannot write", b->options.report);
	return 0;
}

static bool stdout_is_taken(const struct sim_options *o)
{
	const char *const paths[] = {o->json, o->report, o->events, o->decisions, o->record};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (paths[i] && strcmp(paths[i], "-") == 0)
			return true;
	}
	return false;
}

/* After the configurations are good. */
static int run(struct batch *b, struct err *err)
{
	const struct sim_options *o = &b->options;
	int ret = sim_outputs_open(&b->outputs, o, err);

	ret = ret ? ret : run_all(b, err);
	ret = ret ? ret : write_results(b, err);
	if (!ret && o->record)
		ret = sim_record(&b->request, sim_outputs_stream(&b->outputs, OUTPUT_RECORD),
		                 o->record, err);
	ret = ret ? ret : sim_outputs_check(&b->outputs, o, err);
	ret = ret ? ret : sim_outputs_commit(&b->outputs, err);
	if (!ret && !stdout_is_taken(o))
		b->kind->print(stdout, b->runs, b->n);
	sim_outputs_abort(&b->outputs);
	return ret;
}

static int configure_and_run(struct batch *b)
{
	struct err err = {""};
	int status = EXIT_BADCONFIG;

	b->runs = xcalloc(b->n, sizeof(*b->runs));
	if (make_setups(b, &err) == 0)
		status = run(b, &err) == 0 ? EXIT_DONE : EXIT_FAILED;
	if (status != EXIT_DONE)
		(void)fprintf(stderr, "ebb %s: %s\n", b->kind->spec->command, err.text);
	for (uint32_t i = 0; i < b->n; i++) {
		sim_result_done(&b->runs[i]);
		sim_setup_done(&b->setups[i]);
	}
	free(b->runs);
	free(b->setups);
	listener_done(&b->listener);
	return status;
}

int sim_batch_main(const struct sim_batch_kind *kind, int argc, char **argv)
{
	struct batch b = {.kind = kind, .options = sim_options_defaults()};
	int status = options_parse(kind->spec, argc, argv, &b.options);

	if (status == OPTIONS_GO)
		status = check_options(&b);
	if (status == OPTIONS_GO) {
		b.command = command_text(argc, argv);
		status = configure_and_run(&b);
		free(b.command);
	}
	sim_options_done(&b.options);
	return status;
}
