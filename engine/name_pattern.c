/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns of names; see name_pattern.h. */
#include "engine/name_pattern.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/xalloc.h"

#define WIDTH_MAX  9
#define NUMBER_MAX 20 /* digits and sign of an int64_t */

int name_pattern_parse(const struct yaml_node *n, struct name_pattern *ret, struct err *err)
{
	const char *percent = strchr(n->text, '%'), *p;
	int width = 0;

	*ret = (struct name_pattern){.prefix = n->text,
	                             .prefix_len = (int)strlen(n->text),
	                             .suffix = ""};
	if (!percent)
		return 0;
	p = percent + 1;
	if (p[0] == '0' && p[1] >= '1' && p[1] <= '0' + WIDTH_MAX) {
		width = p[1] - '0';
		p += 2;
	}
	if (*p != 'd' || strchr(p, '%'))
		return yaml_error(n, -EINVAL, err,
		                  "\"%s\" is not a pattern; write the number once, as %%d or %%03d",
		                  n->text);
	ret->prefix_len = (int)(percent - n->text);
	ret->suffix = p + 1;
	ret->width = width;
	ret->numbered = true;
	return 0;
}

char *name_pattern_expand(const struct name_pattern *p, int64_t number)
{
	size_t size;
	char *text;

	if (!p->numbered)
		return xstrdup(p->prefix);
	size = (size_t)p->prefix_len + NUMBER_MAX + strlen(p->suffix) + 1;
	text = xcalloc(size, 1);
	(void)snprintf(text, size, "%.*s%0*lld%s", p->prefix_len, p->prefix, p->width,
	               (long long)number, p->suffix); /* fits: width is at most 9 */
	return text;
}
