/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H
/*
 * The options of a command as a table: parsing, usage text and "did you mean" are made from it.
 *
 *     struct values { const char *fleet; struct option_list sets; bool yes; };
 *     static const struct option_row rows[] = {
 *             {.name = "fleet", .kind = OPTION_TEXT, .offset = offsetof(struct values, fleet),
 *              .arg = "FILE", .help = "hosts and rules", .required = true}, ...
 *     };
 *     int cmd_sim(int argc, char **argv)
 *     {
 *             struct values v = {0};
 *             int status = options_parse(&spec, argc, argv, &v);
 *
 *             if (status != OPTIONS_GO)
 *                     return status;
 *
 * Options and operands mix in any order; "--" ends the options. Own code rather than getopt_long,
 * which keeps its state in globals, accepts abbreviations (a new option can then break a script)
 * and cannot suggest.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/units.h"

/* Exit codes, docs/man/ebb.1. */
#define EXIT_DONE      0
#define EXIT_FAILED    1
#define EXIT_PENDING   2
#define EXIT_REFUSED   3
#define EXIT_PARTIAL   4
#define EXIT_STALE     5
#define EXIT_USAGE     64
#define EXIT_BADCONFIG 78

/* options_parse: go on, no exit yet. */
#define OPTIONS_GO (-1)

enum option_kind {
	OPTION_TEXT,     /* const char *; the last one counts */
	OPTION_LIST,     /* struct option_list; may be repeated */
	OPTION_FLAG,     /* bool */
	OPTION_COUNT,    /* uint64_t */
	OPTION_DURATION, /* usec_t */
	/*
	 * const char *: "--json" alone gives "-". The value is written --json=FILE, or --json FILE
	 * in commands without operands.
	 */
	OPTION_MAYBE_TEXT
};

struct option_row {
	const char *name; /* "fleet" for --fleet */
	char letter;      /* 'o' for -o as well, 0 = none */
	enum option_kind kind;
	size_t offset;    /* of the value in the command's struct */
	const char *arg;  /* "FILE", for the usage text; NULL for flags */
	const char *help; /* one line */
	bool required;
};

/* Items are the arguments themselves. Freed by options_free_list. */
struct option_list {
	const char **items;
	uint32_t n;
};

struct option_spec {
	const char *command;  /* "sim" */
	const char *summary;  /* one line */
	const char *operands; /* "INSTANCE", for the usage text; NULL = none are taken */
	uint32_t operands_min, operands_max;
	size_t operands_offset; /* of a struct option_list, if operands are taken */
	const struct option_row *rows;
	size_t n_rows;
};

/*
 * argv[0] is the command. Values not given stay as they are. OPTIONS_GO, or the status to exit
 * with: 0 after --help, EXIT_USAGE after a message on stderr.
 */
int options_parse(const struct option_spec *spec, int argc, char **argv, void *values);

void options_free_list(struct option_list *list);

/* "ebb sim: text" on stderr; returns EXIT_USAGE. */
int options_refuse(const struct option_spec *spec, const char *fmt, ...)
        __attribute__((format(printf, 2, 3)));

#endif
