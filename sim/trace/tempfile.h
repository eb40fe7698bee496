/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_TEMPFILE_H
#define SIM_TRACE_TEMPFILE_H
/*
 * Temporary files without a name: they lie in $TMPDIR (else /tmp) and vanish with their
 * descriptor, also when the program is killed.
 */
#include <stddef.h>

#include "core/base/err.h"

/* A descriptor open for reading and writing, or -errno. */
int tempfile_open(struct err *err);

/* Writes all of data, or fails; a full disk is told with the folder and the way out. */
int tempfile_write(int fd, const void *data, size_t len, struct err *err);

#endif
