/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies and options as they are written on the command line. */
#include "cli/policy_spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

int policy_spec_set(const char *assignment, struct config *c, struct err *err)
{
	const char *equals = strchr(assignment, '=');
	char *key;
	int ret;

	if (!equals || equals == assignment)
		return err_set(err, -EINVAL, "'%.100s' is not of the form key=value", assignment);
	key = xstrdup(assignment);
	key[equals - assignment] = '\0';
	ret = config_set(c, key, equals + 1, err);
	free(key);
	return ret;
}

static int apply_assignments(char *list, struct config *c, struct err *err)
{
	char *state = NULL;

	for (char *one = strtok_r(list, ",", &state); one; one = strtok_r(NULL, ",", &state)) {
		const int ret = policy_spec_set(one, c, err);

		if (ret)
			return ret;
	}
	return 0;
}

int policy_spec_apply(const char *spec, struct config *c, struct err *err)
{
	char *copy = xstrdup(spec);
	char *colon = strchr(copy, ':');
	int ret = 0;

	if (colon)
		*colon = '\0';
	if (strcmp(c->policy->name, copy) != 0)
		ret = config_set_policy(c, copy, err);
	if (!ret && colon)
		ret = apply_assignments(colon + 1, c, err);
	if (ret)
		err_prefix(err, "--policy %s", spec);
	free(copy);
	return ret;
}
