/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_PLAN_CHECK_H
#define TESTS_SUPPORT_PLAN_CHECK_H
/*
 * What every plan of the default policy must keep to, whatever it wants: hard rules, memory,
 * limits, one move for each VM, a reason for each action, and an order that can be carried out.
 */
#include "core/model/plan.h"
#include "core/model/snapshot.h"

/* CU_ASSERTs each action of p, decided on s, in order. */
void plan_check(const struct snapshot *s, const struct plan *p);

/* CU_ASSERTs that both plans are the same in every field. */
void plan_check_same(const struct plan *a, const struct plan *b);

#endif
