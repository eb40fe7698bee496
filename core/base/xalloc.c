/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation that cannot fail; see xalloc.h. */
#include "core/base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		abort();
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / size)
		abort();
	p = realloc(p, n > 0 && size > 0 ? n * size : 1);
	if (!p)
		abort();
	return p;
}

char *xstrdup(const char *s)
{
	return xmemdup(s, strlen(s) + 1, 1);
}

void *xmemdup(const void *p, size_t n, size_t size)
{
	void *copy = xcalloc(n, size);

	if (n)
		memcpy(copy, p, n * size);
	return copy;
}
