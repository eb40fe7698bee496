/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option parser: what it takes, in any order, and what it refuses. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

struct values {
	const char *fleet, *json;
	struct option_list sets, operands;
	bool yes;
	uint64_t seed;
	usec_t until_us;
};

#define AT(field) .offset = offsetof(struct values, field)

static const struct option_row rows[] = {
        {.name = "fleet",
         .letter = 'f',
         .kind = OPTION_TEXT,
         AT(fleet),
         .arg = "FILE",
         .help = "hosts",
         .required = true},
        {.name = "json", .kind = OPTION_MAYBE_TEXT, AT(json), .arg = "FILE", .help = "result"},
        {.name = "set", .kind = OPTION_LIST, AT(sets), .arg = "K=V", .help = "one option"},
        {.name = "yes", .letter = 'y', .kind = OPTION_FLAG, AT(yes), .help = "do it"},
        {.name = "seed", .kind = OPTION_COUNT, AT(seed), .arg = "N", .help = "of chance"},
        {.name = "until", .kind = OPTION_DURATION, AT(until_us), .arg = "T", .help = "stop"},
};

static const struct option_spec plain = {
        .command = "try", .summary = "Tries.", .rows = rows, .n_rows = 6};
static const struct option_spec with_operands = {
        .command = "try",
        .summary = "Tries.",
        .operands = "NAME...",
        .operands_min = 1,
        .operands_max = 2,
        .operands_offset = offsetof(struct values, operands),
        .rows = rows,
        .n_rows = 6,
};

/* What went to stderr (or stdout) while the parser ran. */
static char said[4096];

static int parse_to(const struct option_spec *spec, int fd, char **argv, struct values *v)
{
	int saved, pipes[2], argc = 0, status;
	ssize_t n;

	while (argv[argc])
		argc++;
	*v = (struct values){0};
	(void)fflush(NULL);
	saved = dup(fd);
	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	(void)dup2(pipes[1], fd);
	status = options_parse(spec, argc, argv, v);
	(void)fflush(NULL);
	(void)dup2(saved, fd);
	(void)close(saved);
	(void)close(pipes[1]);
	n = read(pipes[0], said, sizeof(said) - 1);
	(void)close(pipes[0]);
	said[n > 0 ? n : 0] = '\0';
	return status;
}

static int parse(const struct option_spec *spec, char **argv, struct values *v)
{
	return parse_to(spec, STDERR_FILENO, argv, v);
}

#define ARGS(...) ((char *[]){(char[]){"try"}, __VA_ARGS__, NULL})

static void release(struct values *v)
{
	options_free_list(&v->sets);
	options_free_list(&v->operands);
}

static void every_kind_is_taken(void)
{
	struct values v;
	char a[] = "--fleet", b[] = "x.yaml", c[] = "--set=a=1", d[] = "--set", e[] = "b=2";
	char f[] = "-y", g[] = "--seed=7", h[] = "--until", i[] = "2h", j[] = "--json";

	CU_ASSERT_EQUAL(parse(&plain, ARGS(a, b, c, d, e, f, g, h, i, j), &v), OPTIONS_GO);
	CU_ASSERT_STRING_EQUAL(v.fleet, "x.yaml");
	CU_ASSERT_EQUAL_FATAL(v.sets.n, 2);
	CU_ASSERT_STRING_EQUAL(v.sets.items[0], "a=1");
	CU_ASSERT_STRING_EQUAL(v.sets.items[1], "b=2");
	CU_ASSERT_TRUE(v.yes);
	CU_ASSERT_EQUAL(v.seed, 7);
	CU_ASSERT_EQUAL(v.until_us, 7200 * USEC_PER_SEC);
	CU_ASSERT_STRING_EQUAL(v.json, "-");
	release(&v);
}

static void optional_value_is_taken_where_nothing_else_could_stand(void)
{
	struct values v;
	char f[] = "-fx", j[] = "--json", file[] = "out.json", y[] = "-y", eq[] = "--json=o";

	CU_ASSERT_EQUAL(parse(&plain, ARGS(f, j, file), &v), OPTIONS_GO);
	CU_ASSERT_STRING_EQUAL(v.json, "out.json");
	CU_ASSERT_EQUAL(parse(&plain, ARGS(f, j, y), &v), OPTIONS_GO);
	CU_ASSERT_STRING_EQUAL(v.json, "-");
	CU_ASSERT_TRUE(v.yes);
	CU_ASSERT_EQUAL(parse(&with_operands, ARGS(f, j, file), &v), OPTIONS_GO);
	CU_ASSERT_STRING_EQUAL(v.json, "-");
	CU_ASSERT_EQUAL(v.operands.n, 1);
	release(&v);
	CU_ASSERT_EQUAL(parse(&with_operands, ARGS(f, eq, file), &v), OPTIONS_GO);
	CU_ASSERT_STRING_EQUAL(v.json, "o");
	release(&v);
}

static void operands_mix_with_options_and_follow_a_double_dash(void)
{
	struct values v;
	char one[] = "one", f[] = "-fx", dashes[] = "--", two[] = "--yes";

	CU_ASSERT_EQUAL(parse(&with_operands, ARGS(one, f, dashes, two), &v), OPTIONS_GO);
	CU_ASSERT_EQUAL_FATAL(v.operands.n, 2);
	CU_ASSERT_STRING_EQUAL(v.operands.items[1], "--yes");
	CU_ASSERT_FALSE(v.yes);
	release(&v);
}

static void refuses(const struct option_spec *spec, char **argv, const char *words)
{
	struct values v;

	CU_ASSERT_EQUAL(parse(spec, argv, &v), EXIT_USAGE);
	if (!strstr(said, words))
		printf("got: %s", said);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, words));
	CU_ASSERT_EQUAL(strncmp(said, "ebb try: ", 9), 0);
	CU_ASSERT_PTR_EQUAL(strchr(said, '\n'), strrchr(said, '\n'));
	release(&v);
}

static void bad_lines_are_refused(void)
{
	char f[] = "-fx", flet[] = "--flet", q[] = "-q", fleet[] = "--fleet", yes[] = "--yes=1";
	char seed[] = "--seed=-1", word[] = "--seed=many", until[] = "--until=soon", x[] = "x";
	char odd[] = "--purple", pre[] = "--flee";

	refuses(&plain, ARGS(flet, x), "there is no option --flet; did you mean --fleet?");
	refuses(&plain, ARGS(pre, x), "there is no option --flee; did you mean --fleet?");
	refuses(&plain, ARGS(odd), "there is no option --purple");
	refuses(&plain, ARGS(q), "there is no option -q");
	refuses(&plain, ARGS(fleet), "--fleet needs FILE");
	refuses(&plain, ARGS(yes), "--yes takes no value");
	refuses(&plain, ARGS(f, seed), "\"-1\" is not a whole number");
	refuses(&plain, ARGS(f, word), "\"many\" is not a whole number");
	refuses(&plain, ARGS(f, until), "\"soon\" is not a duration");
	refuses(&plain, ARGS(f, x), "\"x\" is too much: no operands are taken");
	refuses(&with_operands, ARGS(f), "give NAME...");
	refuses(&with_operands, ARGS(f, x, x, x), "\"x\" is too much: give NAME...");
	refuses(&with_operands, ARGS(x), "--fleet is missing");
}

static void help_lists_every_option_and_succeeds(void)
{
	struct values v;
	char help[] = "--help";

	CU_ASSERT_EQUAL(parse_to(&with_operands, STDOUT_FILENO, ARGS(help), &v), EXIT_DONE);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "usage: ebb try --fleet FILE [options] NAME..."));
	for (size_t i = 0; i < 6; i++)
		CU_ASSERT_PTR_NOT_NULL(strstr(said, rows[i].help));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "-f, --fleet FILE"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "--json[=FILE]"));
	release(&v);
}

TEST_MAIN("options", TEST(every_kind_is_taken),
          TEST(optional_value_is_taken_where_nothing_else_could_stand),
          TEST(operands_mix_with_options_and_follow_a_double_dash), TEST(bad_lines_are_refused),
          TEST(help_lists_every_option_and_succeeds))
