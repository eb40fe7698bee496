/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_NAME_PATTERN_H
#define ENGINE_NAME_PATTERN_H
/*
 * Names of many hosts in one entry of a file: "h%03d" is h001, h002, ... A pattern is never handed
 * to printf: it is taken apart here, and may hold one %d.
 */
#include "engine/yaml.h"

/* "h%03d" = "h", width 3, "". No %d: only prefix. Points into the document. */
struct name_pattern {
	const char *prefix, *suffix;
	int prefix_len, width;
	bool numbered;
};

/* The text of a scalar node. -EINVAL: more than one number, or other than %d and %01d to %09d. */
int name_pattern_parse(const struct yaml_node *n, struct name_pattern *ret, struct err *err);

/* The caller frees it. */
char *name_pattern_expand(const struct name_pattern *p, int64_t number);

#endif
