/* SPDX-License-Identifier: GPL-2.0-or-later */
/* POSIX shell quoting: single quotes around what is not plain, each ' in it as '\''. */
#include "cli/command_text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                            "-_=+:,./@%";

static void write_argument(FILE *f, const char *text)
{
	if (text[0] && strspn(text, plain) == strlen(text)) {
		(void)fprintf(f, " %s", text); /* into memory */
		return;
	}
	(void)fputs(" '", f);
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", f);
		else
			(void)fputc(*text, f);
	}
	(void)fputc('\'', f);
}

char *command_text(int argc, char *const *argv)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert(f);
	(void)fputs("ebb", f);
	for (int i = 0; i < argc; i++)
		write_argument(f, argv[i]);
	(void)fclose(f);
	return text;
}
