/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules are whose. */
#include "sim/world.h"

#include "sim/world_real.h"
#include "sim/world_reference.h"

int world_new(const struct world_opts *o, const struct fleet *f, struct trace *t,
              struct world **ret, struct err *err)
{
	if (o->rules == RULES_REAL)
		return world_real_new(o, f, t, ret, err);
	return world_reference_new(o, f, t, ret, err);
}
