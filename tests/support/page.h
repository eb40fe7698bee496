/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_PAGE_H
#define TESTS_SUPPORT_PAGE_H
/* Rows of option tables as they stand in manual pages. */
#include <stddef.h>

#include "core/base/param.h"

/* ".It Cm name" and the help as a sentence. */
void page_entry_help(const struct param *row, char *ret_text, size_t size);

/* The same with a line of bounds and default. */
void page_entry_full(const struct param *row, char *ret_text, size_t size);

/* The whole file; the caller frees it. NULL if it cannot be read. */
char *page_read(const char *path);

#endif
