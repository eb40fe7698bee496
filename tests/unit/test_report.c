/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report page: complete, self-contained, and safe against what names may hold. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/output/assets.h"
#include "sim/output/report.h"
#include "tests/support/made_up.h"
#include "tests/support/test.h"

/* Not inlined: gcc 12 at -O3 then takes the text for the variable that points to it. */
__attribute__((noinline)) static char *write_report(const struct report *r)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	CU_ASSERT_EQUAL(report_write(f, r), 0);
	(void)fclose(f);
	return text;
}

static unsigned count(const char *text, const char *part)
{
	unsigned n = 0;

	for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
		n++;
	return n;
}

/* A report of one run whose every name is set to name. */
static char *report_named(const char *name)
{
	const char *names[3] = {name, name, name};
	struct sim_result run;
	char *text;

	made_up_result(&(struct made_up){name, 3, 9, 1.5, 1}, &run);
	text = write_report(&(struct report){.runs = &run,
	                                     .n_runs = 1,
	                                     .host_names = names,
	                                     .n_host_names = 3,
	                                     .fleet = name,
	                                     .trace = name,
	                                     .command = name});
	sim_result_done(&run);
	return text;
}

static void page_is_whole_and_asks_for_nothing(void)
{
	char *text = report_named("plain");

	CU_ASSERT_EQUAL(strncmp(text, "<!doctype html>", 15), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "</html>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "default-src 'none'"));
	CU_ASSERT_EQUAL(count(text, "@@"), 0);
	CU_ASSERT_EQUAL(count(text, "<link"), 0);
	CU_ASSERT_EQUAL(count(text, " src="), 0);
	CU_ASSERT_EQUAL(count(text, "url("), 0);
	CU_ASSERT_EQUAL(count(text, "http://") + count(text, "https://"),
	                count(text, "http://www.w3.org/2000/svg")); /* a name, not an address */
	free(text);
}

static void names_cannot_leave_the_data(void)
{
	char *plain = report_named("plain");
	char *text = report_named("</script><script>alert(1)</script><!--\"&'\n");

	CU_ASSERT_EQUAL(count(text, "<script"), count(plain, "<script"));
	CU_ASSERT_EQUAL(count(text, "</script"), count(plain, "</script"));
	CU_ASSERT_EQUAL(count(text, "<!--"), count(plain, "<!--"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\u003c/script>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<title>&lt;/script&gt;"));
	free(plain);
	free(text);
}

static void page_names_only_tokens_that_are_known(void)
{
	const size_t len = (size_t)(asset_page_end - asset_page);
	char *page = strndup(asset_page, len);

	CU_ASSERT_EQUAL(count(page, "@@"), 10);
	CU_ASSERT_EQUAL(count(page, "@@title@@"), 2);
	CU_ASSERT_EQUAL(count(page, "@@css@@"), 1);
	CU_ASSERT_EQUAL(count(page, "@@data@@"), 1);
	CU_ASSERT_EQUAL(count(page, "@@js@@"), 1);
	free(page);
}

static void check_cell(float load, char expected)
{
	char *text, *cell;
	struct sim_result run;

	made_up_result(&(struct made_up){"p", 1, 1, 1, 1}, &run);
	run.timeline.n_bins = 2;
	run.timeline.n_rows = 1;
	run.timeline.heat[0] = load;
	run.timeline.heat[1] = -1;
	text = write_report(&(struct report){.runs = &run, .n_runs = 1});
	cell = strstr(text, "\"rows\":[\"");
	CU_ASSERT_PTR_NOT_NULL_FATAL(cell);
	CU_ASSERT_EQUAL(cell[9], expected);
	CU_ASSERT_EQUAL(cell[10], '.');
	CU_ASSERT_EQUAL(cell[11], '"');
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"hosts\":[\"host 0\"]"));
	free(text);
	sim_result_done(&run);
}

static void heat_cells_are_one_character(void)
{
	check_cell(0, '0');
	check_cell(0.1F, '5');
	check_cell(0.2F, 'A');
	check_cell(1, 'o');
	check_cell(1.001F, 'p'); /* any overload shows as one */
	check_cell(9, 'z');
	check_cell(-1, '.');
	check_cell(NAN, '.');
}

static void every_run_is_in_the_data(void)
{
	struct sim_result runs[3];
	char *text;

	for (unsigned i = 0; i < 3; i++)
		made_up_result(&(struct made_up){"p", 5, 9, 1.5, i}, &runs[i]);
	text = write_report(&(struct report){.runs = runs, .n_runs = 3});
	CU_ASSERT_EQUAL(count(text, "\"timeline\":{"), 3);
	CU_ASSERT_EQUAL(count(text, "\"heat\":{"), 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<title>3 policies"));
	free(text);
	for (unsigned i = 0; i < 3; i++)
		sim_result_done(&runs[i]);
}

static void run_without_a_timeline_is_shown(void)
{
	struct sim_result run;
	char *text;

	sim_result_init(&run);
	text = write_report(&(struct report){.runs = &run, .n_runs = 1});
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"power_w\":[]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"rows\":[]"));
	free(text);
}

static void full_disk_is_an_error(void)
{
	struct sim_result run;
	FILE *f = fopen("/dev/full", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	sim_result_init(&run);
	CU_ASSERT_TRUE(report_write(f, &(struct report){.runs = &run, .n_runs = 1}) < 0);
	(void)fclose(f);
}

TEST_MAIN("report", TEST(page_is_whole_and_asks_for_nothing), TEST(names_cannot_leave_the_data),
          TEST(page_names_only_tokens_that_are_known), TEST(heat_cells_are_one_character),
          TEST(every_run_is_in_the_data), TEST(run_without_a_timeline_is_shown),
          TEST(full_disk_is_an_error))
