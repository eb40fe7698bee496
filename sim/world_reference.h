/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_WORLD_REFERENCE_H
#define SIM_WORLD_REFERENCE_H
/*
 * The world of rules `ideal` and `cloudsim`; see docs/validation.md. Made by world_new.
 */
#include "sim/world.h"

/* As world_new. */
int world_reference_new(const struct world_opts *o, const struct fleet *f, struct trace *t,
                        struct world **ret, struct err *err);

#endif
