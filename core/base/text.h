/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_TEXT_H
#define CORE_BASE_TEXT_H
/*
 * Parsing of the few scalar notations users write: numbers, durations, sizes; and the edit
 * distance behind "did you mean". All parsers take the whole string or fail, never read locale,
 * and write the result only on success.
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/units.h"

/* Finite decimal number. 0 or -EINVAL (-ERANGE if it overflows). */
int text_to_double(const char *text, double *ret);

/* As text_to_double for text[0..len), which needs no terminator. The fast path of every reader. */
int text_to_double_n(const char *text, size_t len, double *ret);

int text_to_int64(const char *text, int64_t *ret);

/* "300", "300s", "5min", "2h", "1d", "7d12h", "500ms"; a bare number is seconds. */
int text_to_duration(const char *text, usec_t *ret_us);

/* "512", "613MB", "4GiB", "1.5TB". */
int text_to_bytes(const char *text, double *ret_bytes);

/* "5%" or "0.05". */
int text_to_ratio(const char *text, double *ret);

/* Levenshtein distance, cut off at limit + 1 (cost O(len * limit)). */
size_t text_edit_distance(const char *a, const char *b, size_t limit);

/* The nearest of n candidates within a third of key's length (at least 1), or NULL. */
const char *text_suggest(const char *key, const char *const *candidates, size_t n);

#endif
