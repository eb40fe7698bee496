/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision log and the answers made from it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output/decision_log.h"
#include "sim/output/explain.h"
#include "tests/support/made_up.h"
#include "tests/support/test.h"

static const char *const hosts[] = {"h1", "h2", "h3", NULL};
static const char *const vms[] = {"web-1", "web-2", NULL};

static struct record record(enum record_kind kind, action_id id, usec_t at_s)
{
	return (struct record){
	        .kind = kind,
	        .id = id,
	        .tick = (uint64_t)at_s / 300,
	        .at_us = at_s * USEC_PER_SEC,
	        .action = {ACTION_MIGRATE, 0, 0, 1, {REASON_UNDERLOAD, {0.25, 3, 90, 0}}},
	};
}

/* A log of two moves of web-1 (one waits), a refusal that comes thrice, and a wake of h3. */
static void write_log(FILE *f, const struct fleet *fleet)
{
	struct record wake = record(RECORD_DECISION, 3, 900);
	struct record no = record(RECORD_REFUSED, 0, 600);
	const struct record moves[] = {
	        record(RECORD_DECISION, 1, 300), record(RECORD_DECISION, 2, 300),
	        record(RECORD_BEGIN, 1, 300),    record(RECORD_DONE, 1, 310),
	        record(RECORD_BEGIN, 2, 320),    record(RECORD_FAILED, 2, 330),
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		decision_log_write(f, fleet, &moves[i]);
	no.action.vm = 1;
	for (int i = 0; i < 3; i++, no.at_us += 300 * USEC_PER_SEC)
		decision_log_write(f, fleet, &no);
	wake.action = (struct action){ACTION_HOST_ON, ID_NONE, ID_NONE, 2, {REASON_RESERVE, {0}}};
	decision_log_write(f, fleet, &wake);
}

struct answer {
	int ret;
	char *text; /* "" if there is none */
	struct err err;
};

static struct answer ask_text(const struct explain_query *q, char *log, size_t log_len)
{
	struct answer a = {0};
	size_t len = 0;
	FILE *in = fmemopen(log, log_len, "r"), *out = open_memstream(&a.text, &len);

	a.ret = explain(q, in, "run.jsonl", out, &a.err);
	(void)fclose(out);
	(void)fclose(in);
	return a;
}

static struct answer ask(const struct explain_query *q)
{
	struct fleet *fleet = made_up_fleet(hosts, vms);
	char *log = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&log, &len);
	struct answer a;

	write_log(f, fleet);
	(void)fclose(f);
	a = ask_text(q, log, len);
	free(log);
	fleet_free(fleet);
	return a;
}

static void line_survives_the_log(void)
{
	struct fleet *fleet = made_up_fleet(hosts, vms);
	const struct record r = record(RECORD_FAILED, 7, 300);
	struct decision_line l = {0};
	struct err err = {{0}};
	char *log = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&log, &len);

	decision_log_write(f, fleet, &r);
	(void)fclose(f);
	CU_ASSERT_EQUAL_FATAL(decision_line_parse(log, len, &l, &err), 0);
	CU_ASSERT_EQUAL(l.id, 7);
	CU_ASSERT_EQUAL(l.tick, 1);
	CU_ASSERT_EQUAL(l.at_us, 300 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(l.kind, ACTION_MIGRATE);
	CU_ASSERT_EQUAL(l.outcome, OUTCOME_FAILED);
	CU_ASSERT_STRING_EQUAL(l.vm, "web-1");
	CU_ASSERT_STRING_EQUAL(l.from, "h1");
	CU_ASSERT_STRING_EQUAL(l.to, "h2");
	CU_ASSERT_STRING_EQUAL(l.reason, "underload");
	decision_line_done(&l);
	free(log);
	fleet_free(fleet);
}

static void vm_gets_its_moves_with_outcomes_oldest_first(void)
{
	struct answer a = ask(&(struct explain_query){.kind = EXPLAIN_VM, .name = "web-1"});
	const char *done, *failed;

	CU_ASSERT_EQUAL(a.ret, 0);
	CU_ASSERT_EQUAL(strncmp(a.text, "vm web-1: 2 decisions\n", 22), 0);
	done = strstr(a.text, "00:05:00  #1 move vm web-1 from h1 to h2: done after 10.0 s\n");
	failed =
	        strstr(a.text,
	               "#2 move vm web-1 from h1 to h2: FAILED after 30.0 s, having waited 20.0 s");
	CU_ASSERT_PTR_NOT_NULL_FATAL(done);
	CU_ASSERT_PTR_NOT_NULL_FATAL(failed);
	CU_ASSERT_TRUE(done < failed);
	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "because underload"));
	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "it is on h2"));
	free(a.text);
}

static void repeated_refusals_are_told_once(void)
{
	struct answer a = ask(&(struct explain_query){.kind = EXPLAIN_VM, .name = "web-2"});

	CU_ASSERT_EQUAL(strncmp(a.text, "vm web-2: 1 decision\n", 21), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "REFUSED"));
	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, ", 3 times until 00:20:00"));
	free(a.text);
}

static void host_is_asked_for_at_both_ends(void)
{
	struct answer a = ask(&(struct explain_query){.kind = EXPLAIN_HOST, .name = "h2"});
	struct answer b = ask(&(struct explain_query){.kind = EXPLAIN_HOST, .name = "h3"});

	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "host h2: 3 decisions"));
	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "1 VMs were brought here and 0 moved away"));
	CU_ASSERT_PTR_NOT_NULL(strstr(b.text, "#3 wake host h3: never begun"));
	free(a.text);
	free(b.text);
}

static void decision_and_plan_are_asked_for_by_number(void)
{
	struct answer a = ask(&(struct explain_query){.kind = EXPLAIN_DECISION, .number = 2});
	struct answer b = ask(&(struct explain_query){.kind = EXPLAIN_PLAN, .number = 1});

	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "decision 2: 1 decision\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(b.text, "plan 1: 2 decisions\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(b.text, "In all: 2 migrate.\n"));
	free(a.text);
	free(b.text);
}

static void last_keeps_the_newest(void)
{
	struct answer a =
	        ask(&(struct explain_query){.kind = EXPLAIN_VM, .name = "web-1", .last = 1});

	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "2 decisions, the last 1 of them"));
	CU_ASSERT_PTR_NULL(strstr(a.text, "#1 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(a.text, "#2 "));
	free(a.text);
}

static void unknown_name_gets_a_suggestion_and_no_output(void)
{
	struct answer a = ask(&(struct explain_query){.kind = EXPLAIN_VM, .name = "web-l"});
	struct answer b = ask(&(struct explain_query){.kind = EXPLAIN_DECISION, .number = 99});

	CU_ASSERT_EQUAL(a.ret, -ENOENT);
	CU_ASSERT_STRING_EQUAL(a.text, "");
	CU_ASSERT_PTR_NOT_NULL(
	        strstr(a.err.text, "run.jsonl: nothing about vm web-l; did you mean web-"));
	CU_ASSERT_EQUAL(b.ret, -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(b.err.text, "nothing about decision 99"));
	free(a.text);
	free(b.text);
}

static void check_bad(const char *log, const char *message)
{
	char *copy = strdup(log);
	struct answer a = ask_text(&(struct explain_query){.kind = EXPLAIN_VM, .name = "v"}, copy,
	                           strlen(log));

	CU_ASSERT_EQUAL(a.ret, -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(a.err.text, message));
	if (!strstr(a.err.text, message))
		(void)fprintf(stderr, "got: %s\n", a.err.text);
	free(a.text);
	free(copy);
}

#define GOOD_START "{\"id\":1,\"tick\":1,\"time_s\":1,\"kind\":\"place\","

static void bad_lines_are_named_by_number(void)
{
	char *long_line = calloc(70000, 1);

	memset(long_line, 'x', 69999);
	check_bad("not json\n", "run.jsonl:1: not JSON");
	check_bad("\n\n[]\n", "run.jsonl:3: 'id' is missing");
	check_bad("{}\n", "run.jsonl:1: 'id' is missing");
	check_bad("{\"id\":-1}\n", "'id' is missing or not a count");
	check_bad("{\"id\":1,\"tick\":1,\"time_s\":-4}\n", "'time_s' is out of bounds");
	check_bad("{\"id\":1,\"tick\":1,\"time_s\":1e99}\n", "'time_s' is out of bounds");
	check_bad("{\"id\":1,\"tick\":1,\"time_s\":1,\"kind\":\"jump\"}\n",
	          "kind 'jump' is not known");
	check_bad(GOOD_START "\"outcome\":\"maybe\"}\n", "outcome 'maybe' is not known");
	check_bad(GOOD_START "\"outcome\":\"done\",\"vm\":3}\n", "'vm' is missing or not a text");
	check_bad(GOOD_START "\"outcome\":\"done\",\"vm\":\"v\"}\n", "'reason' is missing");
	check_bad(long_line, "run.jsonl:1: line is longer than");
	free(long_line);
}

TEST_MAIN("explain", TEST(line_survives_the_log),
          TEST(vm_gets_its_moves_with_outcomes_oldest_first), TEST(repeated_refusals_are_told_once),
          TEST(host_is_asked_for_at_both_ends), TEST(decision_and_plan_are_asked_for_by_number),
          TEST(last_keeps_the_newest), TEST(unknown_name_gets_a_suggestion_and_no_output),
          TEST(bad_lines_are_named_by_number))
