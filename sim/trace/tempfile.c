/* SPDX-License-Identifier: GPL-2.0-or-later */
/* O_TMPFILE where the file system has it; else a name that is removed at once. */
#include "sim/trace/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BUFFER 4096 /* PATH_MAX of Linux */

static const char *folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

static int open_named(void)
{
	char path[PATH_BUFFER];
	int fd, len = snprintf(path, sizeof(path), "%s/ebb-XXXXXX", folder());

	if (len >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	(void)unlink(path); /* failing leaves a stray file, which harms nobody */
	return fd;
}

int tempfile_open(struct err *err)
{
	int fd = open(folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fd = open_named();
	if (fd < 0)
		return err_set(err, fd,
		               "%s: cannot make a temporary file: %s; set TMPDIR to a folder with "
		               "room",
		               folder(), strerror(-fd));
	return fd;
}

int tempfile_write(int fd, const void *data, size_t len, struct err *err)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int code = n < 0 ? -errno : -ENOSPC;

			return err_set(err, code,
			               "%s: cannot write a temporary file: %s; set TMPDIR to a "
			               "folder with room",
			               folder(), strerror(-code));
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}
