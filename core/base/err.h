/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_ERR_H
#define CORE_BASE_ERR_H
/*
 * The user-facing half of an error: one line that says where, what and what to do about it.
 * The other half is the -errno that the failing function returns.
 */

#define ERR_TEXT_MAX 512

struct err {
	char text[ERR_TEXT_MAX]; /* empty: no error was described */
};

/*
 * Stores the formatted text (cut at ERR_TEXT_MAX - 1 bytes, control characters as '?', so that it
 * is one line whatever it quotes) and returns code, so that a failing function can say `return
 * err_set(err, -EINVAL, "%s:%d: ...", ...)`. err may be NULL.
 */
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Puts "context: " in front of the text that is already there. err may be NULL. */
void err_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
