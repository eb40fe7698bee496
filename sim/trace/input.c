/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One growing buffer: lines are handed out in place, and what is left of the last one moves to
 * the front before more is read. Each byte is copied once, and searched by memchr once.
 */
#include "sim/trace/input.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define BUFFER_INITIAL ((size_t)64 << 10)

struct input {
	struct unpack *source;
	char *name;
	char *buf;
	size_t cap, pos, end; /* unread bytes are buf[pos..end) */
	size_t searched;      /* buf[pos..searched) holds no line end */
	uint64_t line;
	bool ended;
};

int input_open(const char *path, enum unpack_mode mode, struct input **ret, struct err *err)
{
	struct unpack *source;
	struct input *in;
	int r = unpack_open(path, mode, &source, err);

	if (r < 0)
		return r;
	in = xcalloc(1, sizeof(*in));
	in->source = source;
	in->name = xstrdup(strcmp(path, "-") == 0 ? "<stdin>" : path);
	in->cap = BUFFER_INITIAL;
	in->buf = xreallocarray(NULL, in->cap, 1);
	*ret = in;
	return 0;
}

void input_close(struct input *in)
{
	if (!in)
		return;
	unpack_close(in->source);
	free(in->name);
	free(in->buf);
	free(in);
}

int input_rewind(struct input *in, struct err *err)
{
	in->pos = in->end = in->searched = 0;
	in->line = 0;
	in->ended = false;
	return unpack_rewind(in->source, err);
}

uint64_t input_line_number(const struct input *in)
{
	return in->line;
}

const char *input_name(const struct input *in)
{
	return in->name;
}

int input_fail(const struct input *in, struct err *err, int code, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut is fine: it is a message */
	va_end(ap);
	/* Texts quote the file, which must not steer anybody's terminal. */
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			*p = '?';
	return err_set(err, code, "%s:%llu: %s", in->name, (unsigned long long)in->line, text);
}

/* Reads more behind what is there; room for a terminator always stays. */
static int read_more(struct input *in, struct err *err)
{
	size_t rest = in->end - in->pos;
	int64_t n;

	memmove(in->buf, in->buf + in->pos, rest);
	in->pos = 0;
	in->end = in->searched = rest;
	if (rest > INPUT_LINE_MAX) {
		in->line++;
		return input_fail(in, err, -EFBIG, "line is longer than %zu MiB; is this the file?",
		                  INPUT_LINE_MAX >> 20);
	}
	if (in->cap - in->end < in->cap / 2) {
		in->cap *= 2;
		in->buf = xreallocarray(in->buf, in->cap, 1);
	}
	n = unpack_read(in->source, in->buf + in->end, in->cap - in->end - 1, err);
	if (n < 0)
		return (int)n;
	in->ended = n == 0;
	in->end += (size_t)n;
	return 0;
}

/* The next line as it stands in the file, without its line end. */
static int take_line(struct input *in, char **ret_line, size_t *ret_len, struct err *err)
{
	char *nl;

	while (!(nl = memchr(in->buf + in->searched, '\n', in->end - in->searched))) {
		int r;

		if (in->ended)
			break;
		r = read_more(in, err);
		if (r < 0)
			return r;
	}
	if (!nl && in->pos == in->end)
		return 0;
	*ret_line = in->buf + in->pos;
	*ret_len = (size_t)((nl ? nl : in->buf + in->end) - *ret_line);
	in->pos += *ret_len + (nl ? 1 : 0);
	in->searched = in->pos;
	in->line++;
	return 1;
}

int input_line(struct input *in, char **ret_line, size_t *ret_len, struct err *err)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";

	for (;;) {
		char *line;
		size_t len;
		int r = take_line(in, &line, &len, err);

		if (r <= 0)
			return r;
		if (in->line == 1 && len >= 3 && memcmp(line, byte_order_mark, 3) == 0) {
			line += 3;
			len -= 3;
		}
		if (memchr(line, '\0', len))
			return input_fail(
			        in, err, -EINVAL,
			        "holds a NUL byte, so this is no text; is this the file?");
		while (len > 0 && line[len - 1] == '\r')
			len--;
		if (len == 0)
			continue;
		line[len] = '\0';
		*ret_line = line;
		*ret_len = len;
		return 1;
	}
}
