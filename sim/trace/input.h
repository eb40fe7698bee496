/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_INPUT_H
#define SIM_TRACE_INPUT_H
/*
 * Lines of a text file, plain or compressed (unpack.h), with the place for messages. A byte
 * order mark, carriage returns at line ends and blank lines are tolerated and never seen by the
 * caller; line numbers count them all the same.
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "sim/trace/unpack.h"

/* A year of 5-minute samples written with 17 digits is 2.6 MB; more is the wrong file. */
#define INPUT_LINE_MAX ((size_t)16 << 20)

struct input;

int input_open(const char *path, enum unpack_mode mode, struct input **ret, struct err *err);
void input_close(struct input *in);

/*
 * 1: a line, which is the caller's to change and valid until the next call; it ends with a
 * terminator and holds no other. 0: the end. -errno: unreadable, truncated, too long, not text.
 */
int input_line(struct input *in, char **ret_line, size_t *ret_len, struct err *err);

int input_rewind(struct input *in, struct err *err);

/* Of the line last read; 0 before the first. */
uint64_t input_line_number(const struct input *in);
const char *input_name(const struct input *in);

/* Describes "name:line: text" and returns code. */
int input_fail(const struct input *in, struct err *err, int code, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));

#endif
