/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_XALLOC_H
#define CORE_BASE_XALLOC_H
/*
 * Allocation that cannot fail: out of memory aborts the process. The store makes a restart safe,
 * and no caller could do better than stop (docs/decisions/003).
 */
#include <stddef.h>

/* Zeroed array of n elements of size bytes; n = 0 gives a valid pointer. Overflow aborts. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));

/* Resizes to n elements of size bytes; new bytes are undefined. Overflow aborts. */
void *xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));

char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));

/* Copy of n elements of size bytes. */
void *xmemdup(const void *p, size_t n, size_t size) __attribute__((malloc, returns_nonnull));

#endif
