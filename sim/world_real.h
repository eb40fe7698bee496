/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_WORLD_REAL_H
#define SIM_WORLD_REAL_H
/*
 * The world of rules `real`; see docs/simulation.md for its physics. Made by world_new.
 */
#include "sim/world.h"

/* As world_new. */
int world_real_new(const struct world_opts *o, const struct fleet *f, struct trace *t,
                   struct world **ret, struct err *err);

#endif
