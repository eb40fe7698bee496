/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Option tables; see options.h. */
#include "cli/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"

#define HELP_COLUMN_MAX 28 /* a longer option has its help on the next line */

int options_refuse(const struct option_spec *spec, const char *fmt, ...)
{
	va_list ap;

	(void)fprintf(stderr, "ebb %s: ", spec->command); /* nobody to tell if stderr fails */
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fprintf(stderr, " (\"ebb %s --help\" explains)\n", spec->command);
	return EXIT_USAGE;
}

/* "--fleet FILE" with all its decorations; returns its length. */
static int describe_option(const struct option_row *row, char *text, size_t size)
{
	char letter[8] = "";

	if (row->letter)
		(void)snprintf(letter, sizeof(letter), "-%c, ", row->letter); /* fits */
	if (row->kind == OPTION_MAYBE_TEXT)
		return snprintf(text, size, "%s--%s[=%s]", letter, row->name, row->arg);
	return snprintf(text, size, "%s--%s%s%s", letter, row->name, row->arg ? " " : "",
	                row->arg ? row->arg : "");
}

static void print_usage(const struct option_spec *spec)
{
	char text[128];

	printf("usage: ebb %s", spec->command);
	for (size_t i = 0; i < spec->n_rows; i++)
		if (spec->rows[i].required)
			printf(" --%s %s", spec->rows[i].name, spec->rows[i].arg);
	printf("%s%s%s\n\n%s\n", spec->n_rows ? " [options]" : "", spec->operands ? " " : "",
	       spec->operands ? spec->operands : "", spec->summary);
	for (size_t i = 0; i < spec->n_rows; i++) {
		const struct option_row *row = &spec->rows[i];
		int len = describe_option(row, text, sizeof(text));

		printf("%s  %-*s", i ? "" : "\n", HELP_COLUMN_MAX, text);
		if (len > HELP_COLUMN_MAX)
			printf("\n  %*s", HELP_COLUMN_MAX, "");
		printf("  %s%s\n", row->help, row->kind == OPTION_LIST ? "; may be repeated" : "");
	}
}

static void list_add(struct option_list *list, const char *item)
{
	list->items = xreallocarray(list->items, (size_t)list->n + 1, sizeof(*list->items));
	list->items[list->n++] = item;
}

void options_free_list(struct option_list *list)
{
	free(list->items);
	*list = (struct option_list){0};
}

static int store_count(const struct option_spec *spec, const struct option_row *row,
                       const char *text, uint64_t *at)
{
	int64_t n;

	if (text_to_int64(text, &n) < 0 || n < 0)
		return options_refuse(spec, "--%s: \"%s\" is not a whole number from 0", row->name,
		                      text);
	*at = (uint64_t)n;
	return OPTIONS_GO;
}

static int store_duration(const struct option_spec *spec, const struct option_row *row,
                          const char *text, usec_t *at)
{
	usec_t t_us;

	if (text_to_duration(text, &t_us) < 0 || t_us < 0)
		return options_refuse(spec, "--%s: \"%s\" is not a duration such as 300s, 12h, 2d",
		                      row->name, text);
	*at = t_us;
	return OPTIONS_GO;
}

/* One command line on its way through. */
struct walk {
	const struct option_spec *spec;
	int argc, next;
	char **argv;
	char *values; /* the command's struct */
	bool *given;  /* by row */
};

static int store(struct walk *w, const struct option_row *row, const char *text)
{
	void *at = w->values + row->offset;

	w->given[row - w->spec->rows] = true;
	switch (row->kind) {
	case OPTION_TEXT:
	case OPTION_MAYBE_TEXT: *(const char **)at = text; break;
	case OPTION_LIST: list_add(at, text); break;
	case OPTION_FLAG: *(bool *)at = true; break;
	case OPTION_COUNT: return store_count(w->spec, row, text, at);
	case OPTION_DURATION: return store_duration(w->spec, row, text, at);
	}
	return OPTIONS_GO;
}

/* The value of row: behind "=", else the next argument where one is due. NULL: none there. */
static const char *take_value(struct walk *w, const struct option_row *row, const char *attached)
{
	const char *next = w->next < w->argc ? w->argv[w->next] : NULL;

	if (attached)
		return attached;
	if (row->kind == OPTION_MAYBE_TEXT) {
		bool free_to_take =
		        next && !w->spec->operands && (next[0] != '-' || next[1] == '\0');

		if (!free_to_take)
			return "-";
	}
	if (next)
		w->next++;
	return next;
}

static int take_option(struct walk *w, const struct option_row *row, const char *attached)
{
	const char *value = NULL;

	if (row->kind == OPTION_FLAG && attached)
		return options_refuse(w->spec, "--%s takes no value", row->name);
	if (row->kind != OPTION_FLAG) {
		value = take_value(w, row, attached);
		if (!value)
			return options_refuse(w->spec, "--%s needs %s", row->name, row->arg);
	}
	return store(w, row, value);
}

static int refuse_unknown(const struct option_spec *spec, const char *name, size_t len)
{
	const char **names = xcalloc(spec->n_rows + 1, sizeof(*names));
	char key[64];
	const char *nearest;

	(void)snprintf(key, sizeof(key), "%.*s", (int)(len < 63 ? len : 63),
	               name); /* cut is fine */
	for (size_t i = 0; i < spec->n_rows; i++)
		names[i] = spec->rows[i].name;
	names[spec->n_rows] = "help";
	nearest = text_suggest(key, names, spec->n_rows + 1);
	free(names);
	if (nearest)
		return options_refuse(spec, "there is no option --%s; did you mean --%s?", key,
		                      nearest);
	return options_refuse(spec, "there is no option --%s", key);
}

/* "--name" or "--name=value", without the dashes. */
static int take_long(struct walk *w, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : strlen(text);

	if (len == 4 && memcmp(text, "help", 4) == 0) {
		print_usage(w->spec);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < w->spec->n_rows; i++) {
		const struct option_row *row = &w->spec->rows[i];

		if (strlen(row->name) == len && memcmp(row->name, text, len) == 0)
			return take_option(w, row, equals ? equals + 1 : NULL);
	}
	return refuse_unknown(w->spec, text, len);
}

/* "-o" or "-oFILE", without the dash. */
static int take_short(struct walk *w, const char *text)
{
	if (strcmp(text, "h") == 0) {
		print_usage(w->spec);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < w->spec->n_rows; i++)
		if (w->spec->rows[i].letter && w->spec->rows[i].letter == text[0])
			return take_option(w, &w->spec->rows[i], text[1] ? text + 1 : NULL);
	return options_refuse(w->spec, "there is no option -%c", text[0]);
}

static int take_operand(struct walk *w, const char *text)
{
	struct option_list *operands;

	if (!w->spec->operands)
		return options_refuse(w->spec, "\"%s\" is too much: no operands are taken", text);
	operands = (struct option_list *)(void *)(w->values + w->spec->operands_offset);
	if (operands->n >= w->spec->operands_max)
		return options_refuse(w->spec, "\"%s\" is too much: give %s", text,
		                      w->spec->operands);
	list_add(operands, text);
	return OPTIONS_GO;
}

static int check_all_there(const struct walk *w)
{
	const struct option_list *operands;

	for (size_t i = 0; i < w->spec->n_rows; i++)
		if (w->spec->rows[i].required && !w->given[i])
			return options_refuse(w->spec, "--%s is missing", w->spec->rows[i].name);
	if (!w->spec->operands)
		return OPTIONS_GO;
	operands = (const struct option_list *)(const void *)(w->values + w->spec->operands_offset);
	if (operands->n < w->spec->operands_min)
		return options_refuse(w->spec, "give %s", w->spec->operands);
	return OPTIONS_GO;
}

int options_parse(const struct option_spec *spec, int argc, char **argv, void *values)
{
	struct walk w = {.spec = spec, .argc = argc, .next = 1, .argv = argv, .values = values};
	bool options_over = false;
	int status = OPTIONS_GO;

	w.given = xcalloc(spec->n_rows, sizeof(*w.given));
	while (w.next < argc && status == OPTIONS_GO) {
		const char *text = argv[w.next++];

		if (options_over || text[0] != '-' || text[1] == '\0')
			status = take_operand(&w, text);
		else if (strcmp(text, "--") == 0)
			options_over = true;
		else if (text[1] == '-')
			status = take_long(&w, text + 2);
		else
			status = take_short(&w, text + 1);
	}
	if (status == OPTIONS_GO)
		status = check_all_there(&w);
	free(w.given);
	return status;
}
