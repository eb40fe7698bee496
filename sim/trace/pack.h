/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_PACK_H
#define SIM_TRACE_PACK_H
/*
 * Writing a file that is there as a whole or not at all: bytes go to "PATH.part", which takes the
 * name PATH when it is complete. A path ending in ".zst" is compressed; "-" is standard output.
 */
#include <stddef.h>
#include <stdio.h>

#include "core/base/err.h"

struct pack;

int pack_open(const char *path, struct pack **ret, struct err *err);

/*
 * Writes to a stream that stays its owner's and on which nothing was written; path tells only the
 * form and the name in messages.
 */
int pack_open_stream(FILE *stream, const char *path, struct pack **ret, struct err *err);

/* Errors are kept and told by pack_close, so that writers of many small pieces stay readable. */
void pack_write(struct pack *p, const void *data, size_t len);

/* Completes and renames the file; on failure nothing of it is left. Frees p in any case. */
int pack_close(struct pack *p, struct err *err);

/* Throws away what was written. Accepts NULL. */
void pack_abort(struct pack *p);

#endif
