/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of manual pages; see page.h. */
#include "tests/support/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void page_entry_help(const struct param *row, char *ret_text, size_t size)
{
	char first = row->help[0];
	/* "a host ..." becomes "A host ..."; names ("x86-64", "r of ...") stay as they are. */
	int is_word = first >= 'a' && first <= 'z' && strncmp(row->help, "x86", 3) != 0 &&
	              strncmp(row->help, "r of", 4) != 0;

	(void)snprintf(ret_text, size, "\n.It Cm %s\n%c%s.\n", row->name,
	               is_word ? first - ('a' - 'A') : first, row->help + 1);
}

static void choices(const struct param *row, const char *def, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "One of");

	for (int i = 0; row->choices[i]; i++)
		len += (size_t)snprintf(text + len, size - len, "%s %s", i ? "," : "",
		                        row->choices[i]);
	(void)snprintf(text + len, size - len, "; default %s.\n", def);
}

static void bounds(const struct param *row, char *text, size_t size)
{
	char min[64], max[64], def[64];
	int has_unit = row->unit && row->unit[0] &&
	               (row->type == PARAM_NUMBER || row->type == PARAM_INTEGER);

	param_format_number(row, row->def, def, sizeof(def));
	if (row->type == PARAM_CHOICE) {
		choices(row, def, text, size);
		return;
	}
	if (row->type == PARAM_SWITCH) {
		(void)snprintf(text, size, "Default %s.\n", def);
		return;
	}
	param_format_number(row, row->min, min, sizeof(min));
	param_format_number(row, row->max, max, sizeof(max));
	(void)snprintf(text, size, "%s to %s%s%s; default %s.\n", min, max, has_unit ? " " : "",
	               has_unit ? row->unit : "", def);
}

void page_entry_full(const struct param *row, char *ret_text, size_t size)
{
	size_t len;

	page_entry_help(row, ret_text, size);
	len = strlen(ret_text);
	bounds(row, ret_text + len, size - len);
}

char *page_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1u << 20);
	size_t n;

	if (!f || !text) {
		free(text);
		return NULL;
	}
	n = fread(text, 1, (1u << 20) - 1, f);
	text[n] = '\0';
	(void)fclose(f);
	return text;
}
