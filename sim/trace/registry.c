/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of trace formats, and opening by "FORMAT:PATH". */
#include "sim/trace/trace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "sim/trace/formats.h"

static const struct trace_format *const formats[] = {
        &trace_format_planetlab, &trace_format_bitbrains, &trace_format_azure,
        &trace_format_ebb,       &trace_format_synth,
};

#define FORMATS         (sizeof(formats) / sizeof(formats[0]))
#define NAMES_TEXT_MAX  128
#define FORMAT_NAME_MAX 32

const struct trace_format *trace_format_at(uint32_t i)
{
	return i < FORMATS ? formats[i] : NULL;
}

/* "a, b, c" */
static void list_names(char ret_text[NAMES_TEXT_MAX])
{
	size_t len = 0;

	for (size_t i = 0; i < FORMATS && len < NAMES_TEXT_MAX; i++)
		len += (size_t)snprintf(ret_text + len, NAMES_TEXT_MAX - len, "%s%s",
		                        i > 0 ? ", " : "", formats[i]->name);
}

static int fail_unknown(const char *spec, const char *name, struct err *err)
{
	const char *names[FORMATS], *nearest;
	char all[NAMES_TEXT_MAX];

	for (size_t i = 0; i < FORMATS; i++)
		names[i] = formats[i]->name;
	nearest = text_suggest(name, names, FORMATS);
	if (nearest)
		return err_set(err, -EINVAL, "trace %s: unknown format \"%s\"; did you mean %s?",
		               spec, name, nearest);
	list_names(all);
	return err_set(err, -EINVAL, "trace %s: unknown format \"%s\"; there are: %s", spec, name,
	               all);
}

int trace_open(const char *spec, uint64_t seed, struct trace **ret, struct err *err)
{
	const char *colon = strchr(spec, ':');
	char name[FORMAT_NAME_MAX], all[NAMES_TEXT_MAX];

	if (!colon) {
		list_names(all);
		return err_set(err, -EINVAL,
		               "trace %s: no format; write FORMAT:PATH with one of: %s", spec, all);
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)(colon - spec < 100 ? colon - spec : 100),
	               spec); /* cut names are unknown names */
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i]->open(colon + 1, seed, ret, err);
	return fail_unknown(spec, name, err);
}

int trace_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	return t->ops->next(t, ret, err);
}

void trace_close(struct trace *t)
{
	if (t)
		t->ops->close(t);
}
