/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One buffer of bytes that were handed in, one of compressed bytes, one descriptor. The first
 * error is remembered and everything after it is dropped.
 */
#include "sim/trace/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "core/base/xalloc.h"

#define BUFFER_SIZE 65536
#define ZSTD_LEVEL  3 /* zstd's default: 4 times faster than 9, and 10 % larger on recordings */

struct pack {
	char *path, *part; /* part = NULL: the file is somebody else's */
	int fd;
	int failed; /* -errno of the first failure */
	ZSTD_CStream *zstd;
	size_t used;
	uint8_t buffer[BUFFER_SIZE], packed[BUFFER_SIZE];
};

static bool ends_in(const char *path, const char *suffix)
{
	size_t len = strlen(path), n = strlen(suffix);

	return len > n && strcmp(path + len - n, suffix) == 0;
}

static int open_part(struct pack *p, struct err *err)
{
	size_t len = strlen(p->path) + sizeof(".part");

	p->part = xcalloc(len, 1);
	(void)snprintf(p->part, len, "%s.part", p->path); /* fits by construction */
	p->fd = open(p->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (p->fd < 0) {
		int code = -errno;

		free(p->part);
		p->part = NULL;
		return err_set(err, code, "%s: cannot write: %s; check the folder", p->path,
		               strerror(-code));
	}
	return 0;
}

static int open_stream(struct pack *p, FILE *stream, struct err *err)
{
	p->fd = fcntl(fileno(stream), F_DUPFD_CLOEXEC, 0);
	if (p->fd < 0)
		return err_set(err, -errno, "%s: cannot write: %s; choose another place", p->path,
		               strerror(errno));
	return 0;
}

static int open_pack(FILE *stream, const char *path, struct pack **ret, struct err *err)
{
	struct pack *p;
	int r;

	if (ends_in(path, ".gz"))
		return err_set(err, -EINVAL, "%s: gzip is only read; write a .zst file", path);
	p = xcalloc(1, sizeof(*p));
	p->path = xstrdup(path);
	p->fd = -1;
	r = stream ? open_stream(p, stream, err) : open_part(p, err);
	if (r == 0 && ends_in(path, ".zst")) {
		p->zstd = ZSTD_createCStream();
		if (!p->zstd || ZSTD_isError(ZSTD_initCStream(p->zstd, ZSTD_LEVEL)))
			r = err_set(err, -ENOMEM, "%s: no memory to compress it", path);
	}
	if (r < 0) {
		pack_abort(p);
		return r;
	}
	*ret = p;
	return 0;
}

int pack_open(const char *path, struct pack **ret, struct err *err)
{
	return open_pack(strcmp(path, "-") == 0 ? stdout : NULL, path, ret, err);
}

int pack_open_stream(FILE *stream, const char *path, struct pack **ret, struct err *err)
{
	return open_pack(stream, path, ret, err);
}

static void write_out(struct pack *p, const uint8_t *data, size_t len)
{
	while (len > 0 && p->failed == 0) {
		ssize_t n = write(p->fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			p->failed = n < 0 ? -errno : -ENOSPC;
			return;
		}
		data += n;
		len -= (size_t)n;
	}
}

/* Empties the buffer; mode is ZSTD_e_continue, or ZSTD_e_end at the end. */
static void flush(struct pack *p, ZSTD_EndDirective mode)
{
	ZSTD_inBuffer in = {p->buffer, p->used, 0};
	size_t rest = 1;

	if (!p->zstd)
		write_out(p, p->buffer, p->used);
	while (p->zstd && p->failed == 0 && rest > 0) {
		ZSTD_outBuffer out = {p->packed, sizeof(p->packed), 0};

		rest = ZSTD_compressStream2(p->zstd, &out, &in, mode);
		if (ZSTD_isError(rest))
			p->failed = -EIO;
		else
			write_out(p, p->packed, out.pos);
		if (mode == ZSTD_e_continue && in.pos == in.size)
			break;
	}
	p->used = 0;
}

void pack_write(struct pack *p, const void *data, size_t len)
{
	const uint8_t *from = data;

	while (len > 0) {
		size_t n = sizeof(p->buffer) - p->used;

		n = n < len ? n : len;
		memcpy(p->buffer + p->used, from, n);
		p->used += n;
		from += n;
		len -= n;
		if (p->used == sizeof(p->buffer))
			flush(p, ZSTD_e_continue);
	}
}

/* The part file is removed unless it got its name. */
void pack_abort(struct pack *p)
{
	if (!p)
		return;
	(void)ZSTD_freeCStream(p->zstd); /* never fails; accepts NULL */
	if (p->fd >= 0)
		(void)close(p->fd); /* what it says no longer matters */
	if (p->part)
		(void)unlink(p->part); /* gone already after a rename */
	free(p->path);
	free(p->part);
	free(p);
}

int pack_close(struct pack *p, struct err *err)
{
	int r;

	flush(p, ZSTD_e_end);
	if (p->failed == 0 && close(p->fd) < 0)
		p->failed = -errno;
	else if (p->failed == 0)
		p->fd = -1;
	if (p->failed == 0 && p->part && rename(p->part, p->path) < 0)
		p->failed = -errno;
	r = p->failed;
	if (r < 0)
		(void)err_set(err, r, "%s: cannot write: %s; free space or choose another place",
		              p->path, strerror(-r));
	pack_abort(p);
	return r;
}
