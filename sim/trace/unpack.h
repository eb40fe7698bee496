/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_UNPACK_H
#define SIM_TRACE_UNPACK_H
/*
 * The bytes of a file, decompressed on the way if it is gzip or zstd. What the file begins with
 * decides, never its name. Several gzip members or zstd frames behind each other are one stream.
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum unpack_mode {
	UNPACK_ONCE,
	UNPACK_AGAIN /* unpack_rewind will be called: a pipe is first copied to a temporary file */
};

struct unpack;

/* path "-" is standard input. */
int unpack_open(const char *path, enum unpack_mode mode, struct unpack **ret, struct err *err);
void unpack_close(struct unpack *u);

/* Up to size > 0 bytes into buf; returns how many, 0 at the end. -EIO: truncated or corrupt. */
int64_t unpack_read(struct unpack *u, void *buf, size_t size, struct err *err);

/* Back to the first byte. */
int unpack_rewind(struct unpack *u, struct err *err);

#endif
