/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run as the command line asks for it. The order of sources is the order of closeness to the
 * person: defaults, file, --policy, --set; each overrules the ones before it.
 *
 * Several policies share one list of --set. An option that one of them does not have is no
 * mistake as long as another one has it; the caller finds those that nobody took.
 */
#include "cli/sim_request.h"

#include <stdio.h>
#include <string.h>

#include "cli/policy_spec.h"

/* Is the key of "key=value" an option of this configuration? */
static bool is_known(const struct config *c, const char *assignment)
{
	const size_t len = strcspn(assignment, "=");
	struct config_row row;

	if (len == strlen("policy") && strncmp(assignment, "policy", len) == 0)
		return true;
	for (uint32_t i = 0; config_row_at(c, i, &row); i++) {
		if (strlen(row.param->name) == len &&
		    strncmp(row.param->name, assignment, len) == 0)
			return true;
	}
	return false;
}

int sim_setup_init(struct sim_setup *s, const struct sim_request *r, const char *policy,
                   bool *ret_sets_taken, struct err *err)
{
	int ret = 0;

	config_init(&s->config);
	config_add_section(&s->config, &world_params, &s->world);
	if (r->config)
		ret = config_load(&s->config, r->config, err);
	if (!ret && policy)
		ret = policy_spec_apply(policy, &s->config, err);
	for (uint32_t i = 0; !ret && i < r->n_sets; i++) {
		if (strchr(r->sets[i], '=') && !is_known(&s->config, r->sets[i]))
			continue;
		ret = policy_spec_set(r->sets[i], &s->config, err);
		if (ret)
			err_prefix(err, "--set %s", r->sets[i]);
		ret_sets_taken[i] = true;
	}
	return ret;
}

void sim_setup_done(struct sim_setup *s)
{
	config_done(&s->config);
}

int sim_request_run(const struct sim_request *r, const struct sim_setup *s, const char *label,
                    struct sim_result *ret, struct err *err)
{
	const struct sim_opts opts = {
	        .fleet_path = r->fleet,
	        .trace_spec = r->trace,
	        .config = &s->config,
	        .world = &s->world,
	        .rules = r->rules,
	        .seed = r->seed,
	        .until_us = r->until_us,
	        .sink = r->sink,
	        .progress = r->progress,
	        .progress_ctx = r->progress_ctx,
	};
	const int rc = sim_run(&opts, ret, err);

	if (!rc && label)
		(void)snprintf(ret->policy, sizeof(ret->policy), "%s", label);
	return rc;
}
