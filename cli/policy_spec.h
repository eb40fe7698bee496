/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_POLICY_SPEC_H
#define CLI_POLICY_SPEC_H
/*
 * How a policy is named on the command line: "NAME" or "NAME:key=value,key=value".
 */
#include "engine/config.h"

/*
 * Chooses the policy and sets its options in c. A policy that c has already keeps what a
 * configuration file said about it. On failure c is as it was, up to the policy's options.
 */
int policy_spec_apply(const char *spec, struct config *c, struct err *err);

/* "key=value", as --set takes it. -EINVAL if it is not of that form or config_set refuses it. */
int policy_spec_set(const char *assignment, struct config *c, struct err *err);

#endif
