/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_FILLS_H
#define POLICIES_BINPACK_FILLS_H
/*
 * The sets of at most three items that fill a bin exactly, in every dimension.
 */
#include "policies/binpack/budget.h"
#include "policies/binpack/problem.h"

#define FILL_MAX  3 /* items of a bin */
#define FILL_NONE UINT32_MAX

/* Kinds rise; the same kind several times means several items; unused places are FILL_NONE. */
struct fill {
	uint32_t kind[FILL_MAX];
};

struct fills {
	struct fill *fill;
	uint32_t n;
};

/* False: too many, or the budget ran out; ret is then untouched. */
bool fills_find(const struct problem *p, struct fills *ret, struct budget *budget);
void fills_done(struct fills *f);

#endif
