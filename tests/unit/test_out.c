/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outputs appear whole or not at all; tables line up. */
#include "cli/out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test.h"

/* A folder of its own for each test. */
struct scene {
	char dir[32], path[64];
};

static void scene_init(struct scene *s)
{
	strcpy(s->dir, "/tmp/ebb-out-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(s->dir));
	(void)snprintf(s->path, sizeof(s->path), "%s/file", s->dir);
}

/* Names in the folder; removes all of them and the folder. */
static int scene_done(const struct scene *s)
{
	DIR *dir = opendir(s->dir);
	char path[512];
	int n = 0;

	for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", s->dir, e->d_name);
		(void)unlink(path);
		n++;
	}
	(void)closedir(dir);
	(void)rmdir(s->dir);
	return n;
}

static void write_file(const char *path, const char *text)
{
	struct out_file *o = NULL;

	CU_ASSERT_EQUAL_FATAL(out_open(path, &o, NULL), 0);
	(void)fputs(text, out_stream(o));
	CU_ASSERT_EQUAL(out_commit(o, NULL), 0);
}

static void file_holds(const char *path, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	(void)fclose(f);
	CU_ASSERT_STRING_EQUAL(got, text);
}

static void a_file_appears_at_commit(void)
{
	struct scene s;
	struct out_file *o = NULL;

	scene_init(&s);
	CU_ASSERT_EQUAL_FATAL(out_open(s.path, &o, NULL), 0);
	(void)fputs("hello", out_stream(o));
	(void)fflush(out_stream(o));
	CU_ASSERT_EQUAL(access(s.path, F_OK), -1);
	CU_ASSERT_EQUAL(out_commit(o, NULL), 0);
	file_holds(s.path, "hello");
	CU_ASSERT_EQUAL(scene_done(&s), 1);
}

static void commit_replaces_and_keeps_to_the_umask(void)
{
	struct scene s;
	struct stat st;

	scene_init(&s);
	write_file(s.path, "old and long");
	write_file(s.path, "new");
	file_holds(s.path, "new");
	CU_ASSERT_EQUAL(stat(s.path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0600, 0600);
	CU_ASSERT_EQUAL(st.st_mode & 0111, 0);
	CU_ASSERT_EQUAL(scene_done(&s), 1);
}

static void abort_leaves_the_old_file(void)
{
	struct scene s;
	struct out_file *o = NULL;

	scene_init(&s);
	write_file(s.path, "old");
	CU_ASSERT_EQUAL_FATAL(out_open(s.path, &o, NULL), 0);
	(void)fputs("half", out_stream(o));
	out_abort(o);
	file_holds(s.path, "old");
	CU_ASSERT_EQUAL(scene_done(&s), 1);
	out_abort(NULL);
}

static void links_are_followed_not_replaced(void)
{
	struct scene s;
	struct stat st;
	char link[64];

	scene_init(&s);
	(void)snprintf(link, sizeof(link), "%s/link", s.dir);
	write_file(s.path, "old");
	CU_ASSERT_EQUAL_FATAL(symlink(s.path, link), 0);
	write_file(link, "new");
	file_holds(s.path, "new");
	CU_ASSERT_EQUAL(lstat(link, &st), 0);
	CU_ASSERT_TRUE(S_ISLNK(st.st_mode));
	CU_ASSERT_EQUAL(scene_done(&s), 2);
}

/* Never on a real device: broken code, run by root, would take the device's place. */
static void pipes_are_written_directly(void)
{
	struct scene s;
	struct stat st;
	char got[8] = "";
	ssize_t n;
	int reader;

	scene_init(&s);
	CU_ASSERT_EQUAL_FATAL(mkfifo(s.path, 0600), 0);
	reader = open(s.path, O_RDWR | O_NONBLOCK);
	write_file(s.path, "hello");
	CU_ASSERT_EQUAL(lstat(s.path, &st), 0);
	CU_ASSERT_TRUE(S_ISFIFO(st.st_mode));
	n = read(reader, got, sizeof(got) - 1);
	CU_ASSERT_EQUAL(n, 5);
	CU_ASSERT_STRING_EQUAL(got, "hello");
	(void)close(reader);
	CU_ASSERT_EQUAL(scene_done(&s), 1);
}

/* A file size limit stands for a full disk. */
static void a_full_disk_leaves_the_old_file(void)
{
	struct rlimit old, tight;
	struct scene s;
	struct out_file *o = NULL;
	struct err err = {""};

	scene_init(&s);
	write_file(s.path, "old");
	(void)signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = (struct rlimit){.rlim_cur = 4, .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(out_open(s.path, &o, NULL), 0);
	(void)fputs("too much", out_stream(o));
	(void)setrlimit(RLIMIT_FSIZE, &tight);
	CU_ASSERT_EQUAL(out_commit(o, &err), -EFBIG);
	(void)setrlimit(RLIMIT_FSIZE, &old);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/file: cannot write"));
	file_holds(s.path, "old");
	CU_ASSERT_EQUAL(scene_done(&s), 1);
}

static void impossible_paths_are_refused(void)
{
	struct out_file *o = NULL;
	struct err err = {""};

	CU_ASSERT_EQUAL(out_open("/nonexistent/file", &o, &err), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "/nonexistent/file: cannot write"));
	CU_ASSERT_EQUAL(out_open("/tmp", &o, &err), -EISDIR);
	CU_ASSERT_EQUAL(out_open("", &o, &err), -ENOENT);
	CU_ASSERT_PTR_NULL(o);
}

static void tables_align_by_characters(void)
{
	struct out_table *t = out_table_new("lr");
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	out_table_cell(t, "name");
	out_table_cell(t, "kWh");
	out_table_cell(t, "m\u00fcller");
	out_table_cell(t, "%.1f", 3.25);
	out_table_print(t, f);
	(void)fclose(f);
	CU_ASSERT_STRING_EQUAL(text, "name    kWh\nm\u00fcller  3.2\n");
	free(text);
	out_table_free(t);
	out_table_free(NULL);
}

TEST_MAIN("out", TEST(a_file_appears_at_commit), TEST(commit_replaces_and_keeps_to_the_umask),
          TEST(abort_leaves_the_old_file), TEST(links_are_followed_not_replaced),
          TEST(pipes_are_written_directly), TEST(a_full_disk_leaves_the_old_file),
          TEST(impossible_paths_are_refused), TEST(tables_align_by_characters))
