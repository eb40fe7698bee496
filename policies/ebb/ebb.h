/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_EBB_EBB_H
#define POLICIES_EBB_EBB_H
/*
 * The default policy. See ebb.c for the idea and the order of its steps.
 */
#include "policies/policy.h"

extern const struct policy_ops ebb_policy;

#endif
