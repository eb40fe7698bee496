/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outputs; see out.h. A file under construction has no name at all (O_TMPFILE), so that nothing
 * is left behind however the process ends; only file systems that cannot do that get a temporary
 * name. The new file takes the place of the old by rename, which is atomic.
 */
#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/xalloc.h"

struct out_file {
	FILE *stream;
	char *path;      /* final; NULL for stdout and devices */
	char *temp_path; /* where it has a name before it is final; NULL: it has none */
	const char *given;
};

#define NEW_FILE_MODE 0666 /* cut by the umask, as any tool does */

static struct out_file *wrap(FILE *stream, const char *given)
{
	struct out_file *o = xcalloc(1, sizeof(*o));

	o->stream = stream;
	o->given = given;
	return o;
}

/* The folder of path; the caller frees it. */
static char *folder_of(const char *path)
{
	char *copy = xstrdup(path);
	char *folder = xstrdup(dirname(copy));

	free(copy);
	return folder;
}

/* A fresh name beside path; mkstemp fills it in. */
static char *temp_name(const char *path)
{
	size_t size = strlen(path) + 16;
	char *name = xcalloc(size, 1);

	(void)snprintf(name, size, "%s.XXXXXX", path); /* fits */
	return name;
}

static int open_named(struct out_file *o)
{
	mode_t mask = umask(0);
	int fd;

	(void)umask(mask);
	o->temp_path = temp_name(o->path);
	fd = mkstemp(o->temp_path);
	if (fd < 0) {
		free(o->temp_path);
		o->temp_path = NULL;
		return -errno;
	}
	(void)fchmod(fd, NEW_FILE_MODE & ~mask); /* 0600 serves too */
	return fd;
}

static int open_beside(struct out_file *o)
{
	char *folder = folder_of(o->path);
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, NEW_FILE_MODE);

	free(folder);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
		return open_named(o);
	return fd < 0 ? -errno : fd;
}

static void free_out(struct out_file *o)
{
	free(o->path);
	free(o->temp_path);
	free(o);
}

static int open_path(struct out_file *o, const char *path)
{
	struct stat st;
	int fd;

	if (!path[0])
		return -ENOENT;
	if (path[strlen(path) - 1] == '/' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return -EISDIR;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	/* Through a symbolic link to the file it names: a link is not to be replaced. */
	o->path = realpath(path, NULL);
	if (!o->path)
		o->path = xstrdup(path);
	return open_beside(o);
}

int out_open(const char *path, struct out_file **ret, struct err *err)
{
	struct out_file *o;
	int fd;

	if (strcmp(path, "-") == 0) {
		*ret = wrap(stdout, path);
		return 0;
	}
	o = wrap(NULL, path);
	fd = open_path(o, path);
	if (fd < 0) {
		free_out(o);
		return err_set(err, fd, "%s: cannot write: %s", path, strerror(-fd));
	}
	o->stream = fdopen(fd, "w");
	if (!o->stream)
		abort(); /* out of memory, as in xalloc */
	*ret = o;
	return 0;
}

FILE *out_stream(const struct out_file *o)
{
	return o->stream;
}

/* Gives a nameless file a temporary name, because a link cannot replace a file. */
static int give_name(struct out_file *o, int fd)
{
	char source[64];
	int placeholder, r;

	(void)snprintf(source, sizeof(source), "/proc/self/fd/%d", fd); /* fits */
	o->temp_path = temp_name(o->path);
	placeholder = mkstemp(o->temp_path);
	if (placeholder < 0)
		return -errno;
	(void)close(placeholder);   /* only its name was wanted */
	(void)unlink(o->temp_path); /* linkat tells if it is still there */
	r = linkat(AT_FDCWD, source, AT_FDCWD, o->temp_path, AT_SYMLINK_FOLLOW);
	return r < 0 ? -errno : 0;
}

static int put_in_place(struct out_file *o)
{
	int fd = fileno(o->stream);
	int r = 0;

	if (fflush(o->stream) != 0 || ferror(o->stream))
		return errno ? -errno : -EIO;
	if (!o->path)
		return 0;
	/* Before the rename: after a crash there is the old file or the whole new one. */
	if (fsync(fd) < 0)
		return -errno;
	if (!o->temp_path)
		r = give_name(o, fd);
	if (r == 0 && rename(o->temp_path, o->path) < 0)
		r = -errno;
	return r;
}

int out_commit(struct out_file *o, struct err *err)
{
	int r;

	errno = 0;
	r = put_in_place(o);
	if (r < 0) {
		(void)err_set(err, r, "%s: cannot write: %s", o->given, strerror(-r));
		out_abort(o);
		return r;
	}
	if (o->stream != stdout)
		(void)fclose(o->stream); /* flushed and synced above */
	free_out(o);
	return 0;
}

void out_abort(struct out_file *o)
{
	if (!o)
		return;
	if (o->stream != stdout)
		(void)fclose(o->stream); /* dropped on purpose */
	if (o->temp_path)
		(void)unlink(o->temp_path); /* nothing to do if it is gone */
	free_out(o);
}

int out_flush_stdout(struct err *err)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_set(err, -EIO, "standard output: cannot write: %s",
	               strerror(errno ? errno : EIO));
}

bool out_wants_colour(FILE *stream)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fileno(stream)) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
}
