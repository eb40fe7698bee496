/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One buffer of raw bytes, and a decoder that takes from it. A decoder that stands inside a
 * member or frame when the raw bytes end has a truncated file: downloads of traces break off
 * often, and half a trace must not pass for a whole one.
 */
#include "sim/trace/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "core/base/xalloc.h"
#include "sim/trace/tempfile.h"

#define RAW_SIZE         65536     /* a few of them fit L2; larger gains nothing */
#define MAGIC_LEN        4         /* enough to tell the formats apart */
#define GZIP_WINDOW_BITS (15 + 16) /* zlib's largest window, gzip wrapping */

enum kind { KIND_PLAIN, KIND_GZIP, KIND_ZSTD };

struct unpack {
	char *path;
	int fd;
	enum kind kind;
	bool inside; /* a member or frame has begun and not ended */
	uint64_t taken;
	size_t raw_pos, raw_len;
	z_stream gzip;
	ZSTD_DStream *zstd;
	uint8_t *raw; /* RAW_SIZE bytes */
};

static const char *kind_name(enum kind kind)
{
	return kind == KIND_GZIP ? "gzip" : "zstd";
}

static const char *remedy(int code)
{
	switch (code) {
	case -ENOENT: return "check the path";
	case -EACCES: return "check its permissions";
	case -EISDIR: return "name a file in it";
	default: return "check the file and its disk";
	}
}

static int fail(const struct unpack *u, int code, struct err *err)
{
	return err_set(err, code, "%s: cannot read: %s; %s", u->path, strerror(-code),
	               remedy(code));
}

/* Appends raw bytes until there are want of them or the file ends. */
static int fill(struct unpack *u, size_t want, struct err *err)
{
	if (u->raw_pos == u->raw_len)
		u->raw_pos = u->raw_len = 0;
	while (u->raw_len - u->raw_pos < want) {
		ssize_t n = read(u->fd, u->raw + u->raw_len, RAW_SIZE - u->raw_len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(u, -errno, err);
		if (n == 0)
			break;
		u->raw_len += (size_t)n;
	}
	return 0;
}

static enum kind detect(const uint8_t *raw, size_t len)
{
	static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
	static const uint8_t skippable[] = {0x2a, 0x4d, 0x18}; /* behind 0x50..0x5f */

	if (len >= 2 && raw[0] == 0x1f && raw[1] == 0x8b)
		return KIND_GZIP;
	if (len >= MAGIC_LEN && memcmp(raw, zstd, sizeof(zstd)) == 0)
		return KIND_ZSTD;
	if (len >= MAGIC_LEN && raw[0] >> 4 == 5 &&
	    memcmp(raw + 1, skippable, sizeof(skippable)) == 0)
		return KIND_ZSTD;
	return KIND_PLAIN;
}

/* A pipe cannot be read twice: its bytes go to a temporary file, which takes its place. */
static int make_seekable(struct unpack *u, struct err *err)
{
	int copy, r;

	if (lseek(u->fd, 0, SEEK_CUR) >= 0)
		return 0;
	copy = tempfile_open(err);
	if (copy < 0)
		return copy;
	for (;;) {
		r = fill(u, 1, err);
		if (r < 0 || u->raw_len == 0)
			break;
		r = tempfile_write(copy, u->raw, u->raw_len, err);
		if (r < 0)
			break;
		u->raw_len = 0;
	}
	if (r == 0 && lseek(copy, 0, SEEK_SET) < 0)
		r = fail(u, -errno, err);
	if (r < 0) {
		(void)close(copy); /* nothing of it is wanted */
		return r;
	}
	(void)close(u->fd); /* was only read */
	u->fd = copy;
	return 0;
}

static int start_decoder(struct unpack *u, struct err *err)
{
	int r = fill(u, MAGIC_LEN, err);

	if (r < 0)
		return r;
	u->kind = detect(u->raw, u->raw_len);
	if (u->kind == KIND_ZSTD)
		u->zstd = ZSTD_createDStream();
	if ((u->kind == KIND_ZSTD && !u->zstd) ||
	    (u->kind == KIND_GZIP && inflateInit2(&u->gzip, GZIP_WINDOW_BITS) != Z_OK))
		return err_set(err, -ENOMEM, "%s: no memory to decompress it", u->path);
	return 0;
}

static void stop_decoder(struct unpack *u)
{
	if (u->kind == KIND_GZIP)
		(void)inflateEnd(&u->gzip); /* only complains about a stream cut short */
	(void)ZSTD_freeDStream(u->zstd);    /* never fails; accepts NULL */
	u->zstd = NULL;
	u->gzip = (z_stream){.next_in = NULL};
	u->kind = KIND_PLAIN;
	u->inside = false;
	u->taken = 0;
}

int unpack_open(const char *path, enum unpack_mode mode, struct unpack **ret, struct err *err)
{
	struct unpack *u = xcalloc(1, sizeof(*u));
	bool is_stdin = strcmp(path, "-") == 0;
	int r = 0;

	/* Not zeroed: that would cost more than reading a small file. */
	u->raw = xreallocarray(NULL, RAW_SIZE, 1);
	u->path = xstrdup(is_stdin ? "<stdin>" : path);
	u->fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
	                 : open(path, O_RDONLY | O_CLOEXEC);
	if (u->fd < 0)
		r = fail(u, -errno, err);
	if (r == 0 && mode == UNPACK_AGAIN)
		r = make_seekable(u, err);
	if (r == 0)
		r = start_decoder(u, err);
	if (r < 0) {
		unpack_close(u);
		return r;
	}
	*ret = u;
	return 0;
}

void unpack_close(struct unpack *u)
{
	if (!u)
		return;
	stop_decoder(u);
	if (u->fd >= 0)
		(void)close(u->fd); /* was only read */
	free(u->path);
	free(u->raw);
	free(u);
}

int unpack_rewind(struct unpack *u, struct err *err)
{
	stop_decoder(u);
	u->raw_pos = u->raw_len = 0;
	if (lseek(u->fd, 0, SEEK_SET) < 0)
		return fail(u, -errno, err);
	return start_decoder(u, err);
}

static int fail_corrupt(const struct unpack *u, struct err *err)
{
	return err_set(err, -EIO, "%s: corrupt %s stream near byte %llu; copy the file again",
	               u->path, kind_name(u->kind), (unsigned long long)u->taken);
}

/* Decodes from raw to buf, returns the bytes made, or -EIO; keeps inside up to date. */
static int64_t decode_gzip(struct unpack *u, void *buf, size_t size, struct err *err)
{
	size_t room = size < UINT32_MAX ? size : UINT32_MAX;
	int r;

	if (!u->inside && inflateReset(&u->gzip) != Z_OK)
		return fail_corrupt(u, err);
	u->inside = true;
	u->gzip.next_in = u->raw + u->raw_pos;
	u->gzip.avail_in = (uInt)(u->raw_len - u->raw_pos);
	u->gzip.next_out = buf;
	u->gzip.avail_out = (uInt)room;
	r = inflate(&u->gzip, Z_NO_FLUSH);
	if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
		return fail_corrupt(u, err);
	u->inside = r != Z_STREAM_END;
	u->taken += u->raw_len - u->raw_pos - u->gzip.avail_in;
	u->raw_pos = u->raw_len - u->gzip.avail_in;
	return (int64_t)(room - u->gzip.avail_out);
}

static int64_t decode_zstd(struct unpack *u, void *buf, size_t size, struct err *err)
{
	ZSTD_inBuffer in = {u->raw + u->raw_pos, u->raw_len - u->raw_pos, 0};
	ZSTD_outBuffer out = {buf, size, 0};
	size_t r = ZSTD_decompressStream(u->zstd, &out, &in);

	if (ZSTD_isError(r))
		return fail_corrupt(u, err);
	u->inside = r != 0;
	u->taken += in.pos;
	u->raw_pos += in.pos;
	return (int64_t)out.pos;
}

static int64_t decode_plain(struct unpack *u, void *buf, size_t size)
{
	size_t n = u->raw_len - u->raw_pos;

	n = n < size ? n : size;
	memcpy(buf, u->raw + u->raw_pos, n);
	u->raw_pos += n;
	return (int64_t)n;
}

static int64_t decode(struct unpack *u, void *buf, size_t size, struct err *err)
{
	switch (u->kind) {
	case KIND_GZIP: return decode_gzip(u, buf, size, err);
	case KIND_ZSTD: return decode_zstd(u, buf, size, err);
	case KIND_PLAIN: break;
	}
	return decode_plain(u, buf, size);
}

int64_t unpack_read(struct unpack *u, void *buf, size_t size, struct err *err)
{
	for (;;) {
		bool ended;
		int64_t n;
		int r = u->raw_pos == u->raw_len ? fill(u, 1, err) : 0;

		if (r < 0)
			return r;
		/* A decoder may still hold output when all raw bytes are taken. */
		ended = u->raw_pos == u->raw_len;
		n = ended && !u->inside ? 0 : decode(u, buf, size, err);
		if (n != 0 || (ended && !u->inside))
			return n;
		if (ended)
			return err_set(err, -EIO,
			               "%s: truncated %s stream after %llu bytes; copy the file "
			               "again",
			               u->path, kind_name(u->kind), (unsigned long long)u->taken);
	}
}
