/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short-lived files; see temp.h. */
#include "tests/support/temp.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void temp_write(const char *text, char ret_path[TEMP_PATH_MAX])
{
	size_t len = strlen(text);
	ssize_t written;
	int fd;

	(void)snprintf(ret_path, TEMP_PATH_MAX, "/tmp/ebb-test-XXXXXX"); /* fits */
	fd = mkstemp(ret_path);
	assert(fd >= 0);
	written = write(fd, text, len);
	assert(written == (ssize_t)len);
	(void)close(fd); /* the data is read back by the test */
}

void temp_remove(const char *path)
{
	(void)unlink(path); /* a test that removed it itself is fine */
}
