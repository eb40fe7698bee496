/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_FOLDER_H
#define SIM_TRACE_FOLDER_H
/*
 * The files of a folder in byte order of their names, whatever order the file system has.
 */
#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

struct folder {
	char *path;
	char **names;
	size_t len;
};

/* Names of all but sub-folders and names that begin with a dot. -ENOENT: there are none. */
int folder_open(const char *path, struct folder *ret, struct err *err);
void folder_close(struct folder *f);

bool path_is_folder(const char *path);

/* "folder/name"; the caller frees it. */
char *path_join(const char *folder, const char *name);

/* Length of name without ".gz" or ".zst" at its end. */
size_t path_unpacked_len(const char *name);

/* Does name end in suffix, once ".gz" or ".zst" is taken off? */
bool path_has_suffix(const char *name, const char *suffix);

#endif
