/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_TEMP_H
#define TESTS_SUPPORT_TEMP_H
/* Files that live as long as one test. */
#include <stddef.h>

#define TEMP_PATH_MAX 64

/* Writes text to a new file and its path to ret_path. */
void temp_write(const char *text, char ret_path[TEMP_PATH_MAX]);
void temp_remove(const char *path);

#endif
