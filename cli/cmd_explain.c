/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ebb explain`: what happened to a host or a VM, and why, from a decision log. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "core/base/text.h"
#include "sim/output/explain.h"

#define LAST_DEFAULT 20 /* fits a screen with the reason of each */

struct explain_options {
	const char *log;
	uint64_t last;
	struct option_list subject;
};

#define AT(field) .offset = offsetof(struct explain_options, field)

static const struct option_row rows[] = {
        {.name = "log",
         .kind = OPTION_TEXT,
         AT(log),
         .arg = "FILE.jsonl",
         .help = "written by \"ebb sim --decisions\"; - is stdin",
         .required = true},
        {.name = "last",
         .kind = OPTION_COUNT,
         AT(last),
         .arg = "N",
         .help = "tell only the newest N; 0: all; default 20"},
};

static const struct option_spec spec = {
        .command = "explain",
        .summary = "Tells what was decided about a host or a VM, what became of it, and why.",
        .operands = "host NAME|vm NAME|decision ID|plan TICK",
        .operands_min = 2,
        .operands_max = 2,
        .operands_offset = offsetof(struct explain_options, subject),
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};

static int take_number(const char *text, struct explain_query *q)
{
	int64_t n;

	if (text_to_int64(text, &n) < 0 || n < 0)
		return options_refuse(&spec, "\"%s\" is not a number", text);
	q->number = (uint64_t)n;
	return OPTIONS_GO;
}

static int take_subject(const struct explain_options *o, struct explain_query *q)
{
	static const struct {
		const char *word;
		enum explain_kind kind;
	} words[] = {
	        {"host", EXPLAIN_HOST},
	        {"vm", EXPLAIN_VM},
	        {"decision", EXPLAIN_DECISION},
	        {"plan", EXPLAIN_PLAN},
	};
	const char *word = o->subject.items[0], *name = o->subject.items[1];

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i].word) != 0)
			continue;
		q->kind = words[i].kind;
		if (q->kind == EXPLAIN_DECISION || q->kind == EXPLAIN_PLAN)
			return take_number(name, q);
		q->name = name;
		return OPTIONS_GO;
	}
	return options_refuse(&spec, "\"%s\" is not one of host, vm, decision, plan", word);
}

static int run(const struct explain_options *o, const struct explain_query *q)
{
	const int is_stdin = strcmp(o->log, "-") == 0;
	FILE *log = is_stdin ? stdin : fopen(o->log, "re");
	struct err err = {""};
	int ret;

	if (!log) {
		(void)fprintf(stderr, "ebb explain: %s: %s\n", o->log, strerror(errno));
		return EXIT_FAILED;
	}
	ret = explain(q, log, o->log, stdout, &err);
	if (ret)
		(void)fprintf(stderr, "ebb explain: %s\n", err.text);
	if (!is_stdin)
		(void)fclose(log); /* only read */
	return ret ? EXIT_FAILED : EXIT_DONE;
}

int cmd_explain(int argc, char **argv)
{
	struct explain_options o = {.last = LAST_DEFAULT};
	struct explain_query q = {0};
	int status = options_parse(&spec, argc, argv, &o);

	if (status == OPTIONS_GO)
		status = take_subject(&o, &q);
	if (status == OPTIONS_GO) {
		q.last = o.last > UINT32_MAX ? 0 : (uint32_t)o.last;
		status = run(&o, &q);
	}
	options_free_list(&o.subject);
	return status;
}
