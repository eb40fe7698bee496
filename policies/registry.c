/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only list of policies: this project's first, then the published ones to compare with. */
#include <string.h>

#include "policies/ebb/ebb.h"
#include "policies/policy.h"
#include "policies/reference/reference.h"

const struct policy_ops *policy_at(uint32_t i)
{
	return i == 0 ? &ebb_policy : reference_policy_at(i - 1);
}

const struct policy_ops *policy_find(const char *name)
{
	const struct policy_ops *ops;

	for (uint32_t i = 0; (ops = policy_at(i)); i++)
		if (strcmp(ops->name, name) == 0)
			return ops;
	return NULL;
}
