/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines from plain and packed files: same bytes whatever the packing, and clear ends. */
#include "sim/trace/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

#define BIG_LINES 60000

/* Numbered lines of changing length, half a megabyte in all. */
static char *big_text(size_t *ret_len)
{
	char *text = malloc((size_t)BIG_LINES * 40);
	size_t len = 0;

	if (!text)
		abort();
	for (int i = 0; i < BIG_LINES; i++)
		len += (size_t)sprintf(text + len, "%d%.*s\n", i, i % 23,
		                       "abcdefghijklmnopqrstuvwxyz");
	*ret_len = len;
	return text;
}

static void expect_big_text(const char *path, enum unpack_mode mode)
{
	struct err err;
	struct input *in;
	char *line, expected[64];
	size_t len;
	int wrong = 0;

	CU_ASSERT_EQUAL_FATAL(input_open(path, mode, &in, &err), 0);
	for (int i = 0; i < BIG_LINES; i++) {
		if (input_line(in, &line, &len, &err) != 1) {
			wrong++;
			break;
		}
		(void)snprintf(expected, sizeof(expected), "%d%.*s", i, i % 23,
		               "abcdefghijklmnopqrstuvwxyz");
		wrong += strcmp(line, expected) != 0 || len != strlen(expected);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 0);
	CU_ASSERT_EQUAL(input_line_number(in), BIG_LINES);
	input_close(in);
}

static void all_packings_give_the_same_lines(void)
{
	struct trace_rig r;
	size_t len;
	char *text = big_text(&len);

	trace_rig_init(&r);
	for (int p = TRACE_RIG_PLAIN; p <= TRACE_RIG_ZSTD; p++) {
		char name[2] = {(char)('a' + p), '\0'};

		trace_rig_write(&r, name,
		                &(struct trace_rig_bytes){.data = text,
		                                          .len = len,
		                                          .packing = (enum trace_rig_packing)p});
		expect_big_text(r.path, UNPACK_ONCE);
	}
	free(text);
	trace_rig_done(&r);
}

static void members_and_frames_behind_each_other_are_one_stream(void)
{
	struct trace_rig r;
	size_t len, half;
	char *text = big_text(&len);

	trace_rig_init(&r);
	half = len / 2;
	for (int p = TRACE_RIG_GZIP; p <= TRACE_RIG_ZSTD; p++) {
		char name[2] = {(char)('a' + p), '\0'};
		struct trace_rig_bytes b = {.data = text,
		                            .len = half,
		                            .packing = (enum trace_rig_packing)p};

		trace_rig_write(&r, name, &b);
		b.data = text + half;
		b.len = len - half;
		trace_rig_write(&r, name, &b);
		expect_big_text(r.path, UNPACK_ONCE);
	}
	free(text);
	trace_rig_done(&r);
}

/* The message of reading path to its end, which must fail with -EIO. */
static void expect_failure(const char *path, const char *message)
{
	struct err err = {{0}};
	struct input *in;
	char *line;
	size_t len;
	int ret, before = trace_rig_descriptors();

	CU_ASSERT_EQUAL_FATAL(input_open(path, UNPACK_ONCE, &in, &err), 0);
	while ((ret = input_line(in, &line, &len, &err)) > 0)
		continue;
	input_close(in);
	CU_ASSERT_EQUAL(ret, -EIO);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, message));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "copy the file again"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, path));
	CU_ASSERT_EQUAL(trace_rig_descriptors(), before);
}

static void a_truncated_stream_is_an_error_wherever_it_is_cut(void)
{
	static const size_t cuts[] = {1, 4, 9, 100, 5000};
	struct trace_rig r;
	size_t len;
	char *text = big_text(&len);

	trace_rig_init(&r);
	for (int p = TRACE_RIG_GZIP; p <= TRACE_RIG_ZSTD; p++)
		for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
			char name[16];

			(void)snprintf(name, sizeof(name), "%d%zu", p, i);
			trace_rig_write(&r, name,
			                &(struct trace_rig_bytes){.data = text,
			                                          .len = len,
			                                          .packing =
			                                                  (enum trace_rig_packing)p,
			                                          .cut = cuts[i]});
			expect_failure(r.path, p == TRACE_RIG_GZIP ? "truncated gzip stream after"
			                                           : "truncated zstd stream after");
		}
	free(text);
	trace_rig_done(&r);
}

static void a_damaged_stream_is_an_error(void)
{
	struct trace_rig r;
	FILE *f;

	trace_rig_init(&r);
	trace_rig_write(&r, "x",
	                &(struct trace_rig_bytes){
	                        .data = "1\n2\n3\n", .len = 6, .packing = TRACE_RIG_GZIP});
	f = fopen(r.path, "r+");
	if (!f || fseek(f, 12, SEEK_SET) != 0 || fwrite("\xff\xff\xff", 3, 1, f) != 1 ||
	    fclose(f) != 0)
		abort();
	expect_failure(r.path, "corrupt gzip stream near byte");
	trace_rig_write(&r, "y",
	                &(struct trace_rig_bytes){
	                        .data = "1\n2\n3\n", .len = 6, .packing = TRACE_RIG_ZSTD});
	trace_rig_write(&r, "y", &(struct trace_rig_bytes){.data = "rubbish", .len = 7});
	expect_failure(r.path, "corrupt zstd stream near byte");
	trace_rig_done(&r);
}

static void line_numbers_count_blank_lines(void)
{
	struct trace_rig r;
	struct err err;
	struct input *in;
	char *line;
	size_t len;

	trace_rig_init(&r);
	trace_rig_file(&r, "x", "one\n\n\r\n\nfive\nsix");
	CU_ASSERT_EQUAL_FATAL(input_open(r.path, UNPACK_ONCE, &in, &err), 0);
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 1);
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 1);
	CU_ASSERT_STRING_EQUAL(line, "five");
	CU_ASSERT_EQUAL(input_line_number(in), 5);
	CU_ASSERT_EQUAL(input_fail(in, &err, -ERANGE, "too %s", "much"), -ERANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/x:5: too much"));
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 1);
	CU_ASSERT_STRING_EQUAL(line, "six");
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 0);
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 0);
	input_close(in);
	trace_rig_done(&r);
}

static void rewind_starts_over(void)
{
	struct trace_rig r;
	struct err err;
	struct input *in;
	char *line;
	size_t len;

	trace_rig_init(&r);
	trace_rig_write(
	        &r, "x",
	        &(struct trace_rig_bytes){.data = "a\nb\n", .len = 4, .packing = TRACE_RIG_ZSTD});
	CU_ASSERT_EQUAL_FATAL(input_open(r.path, UNPACK_AGAIN, &in, &err), 0);
	for (int pass = 0; pass < 3; pass++) {
		CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), 1);
		CU_ASSERT_STRING_EQUAL(line, "a");
		CU_ASSERT_EQUAL(input_line_number(in), 1);
		CU_ASSERT_EQUAL(input_rewind(in, &err), 0);
	}
	input_close(in);
	trace_rig_done(&r);
}

/* Makes standard input a pipe that a child fills. */
static void from_pipe(const char *text, size_t len)
{
	int fds[2];
	pid_t child;

	if (pipe(fds) < 0 || (child = fork()) < 0)
		abort();
	if (child == 0) {
		(void)close(fds[0]);
		for (ssize_t n; len > 0 && (n = write(fds[1], text, len)) > 0; len -= (size_t)n)
			text += n;
		_exit(0);
	}
	(void)close(fds[1]);
	(void)dup2(fds[0], STDIN_FILENO);
	(void)close(fds[0]);
}

static void a_pipe_can_be_read_again(void)
{
	struct err err;
	struct input *in;
	char *line;
	size_t len;
	char *text = big_text(&len);
	int lines = 0, saved = dup(STDIN_FILENO);

	from_pipe(text, len);
	CU_ASSERT_EQUAL_FATAL(input_open("-", UNPACK_AGAIN, &in, &err), 0);
	for (int pass = 0; pass < 2; pass++) {
		while (input_line(in, &line, &len, &err) > 0)
			lines++;
		CU_ASSERT_EQUAL(input_rewind(in, &err), 0);
	}
	CU_ASSERT_EQUAL(lines, 2 * BIG_LINES);
	CU_ASSERT_STRING_EQUAL(input_name(in), "<stdin>");
	input_close(in);
	(void)dup2(saved, STDIN_FILENO);
	(void)close(saved);
	free(text);
}

static void a_line_without_end_is_refused_at_the_bound(void)
{
	struct trace_rig r;
	struct err err;
	struct input *in;
	char *line, *text;
	size_t len = INPUT_LINE_MAX + 100000;

	trace_rig_init(&r);
	text = malloc(len);
	if (!text)
		abort();
	memset(text, '7', len);
	trace_rig_write(
	        &r, "x",
	        &(struct trace_rig_bytes){.data = text, .len = len, .packing = TRACE_RIG_ZSTD});
	free(text);
	CU_ASSERT_EQUAL_FATAL(input_open(r.path, UNPACK_ONCE, &in, &err), 0);
	CU_ASSERT_EQUAL(input_line(in, &line, &len, &err), -EFBIG);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/x:1: line is longer than 16 MiB"));
	input_close(in);
	trace_rig_done(&r);
}

TEST_MAIN("input", TEST(all_packings_give_the_same_lines),
          TEST(members_and_frames_behind_each_other_are_one_stream),
          TEST(a_truncated_stream_is_an_error_wherever_it_is_cut),
          TEST(a_damaged_stream_is_an_error), TEST(line_numbers_count_blank_lines),
          TEST(rewind_starts_over), TEST(a_pipe_can_be_read_again),
          TEST(a_line_without_end_is_refused_at_the_bound))
