/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_CONFIG_H
#define ENGINE_CONFIG_H
/*
 * The configuration: which policy, its parameters, the executor's limits, and tables that other
 * layers register (the simulator's world.*). Read from YAML (configs/ebb.yaml shows every option
 * at its default), then overridden by --set key=value. Unknown keys are errors with a suggestion;
 * a new configuration is parsed and checked as a whole before it replaces the old one.
 */
#include "core/base/digest.h"
#include "core/base/err.h"
#include "engine/engine.h"

/* A table that somebody else owns: its rows appear in the configuration under their names. */
struct config_section {
	const struct param_table *table;
	void *object; /* of the struct the rows describe; owned by the caller */
};

#define CONFIG_SECTIONS_MAX 4

struct config {
	const struct policy_ops *policy;
	void *policy_params; /* of policy->params_size bytes; owned */
	struct engine_cfg engine;
	struct config_section sections[CONFIG_SECTIONS_MAX];
	uint32_t n_sections;
};

/* Defaults of everything; the policy is the registry's first. */
void config_init(struct config *c);
void config_done(struct config *c);
void config_add_section(struct config *c, const struct param_table *table, void *object);

/* Chooses the policy and resets its parameters to their defaults. -EINVAL: did you mean. */
int config_set_policy(struct config *c, const char *name, struct err *err);

/* key = "policy" or a row's name ("limits.moves_per_hour", "headroom.growth"). */
int config_set(struct config *c, const char *key, const char *value, struct err *err);

/* Nothing of c is changed unless the whole file is good. */
int config_load(struct config *c, const char *path, struct err *err);

/* One option of all tables, in order: the policy's, the limits, the sections. */
struct config_row {
	const struct param *param;
	const void *object;
};

/* The i-th; false behind the last. */
bool config_row_at(const struct config *c, uint32_t i, struct config_row *ret);

/* The nearest of all option names, or NULL. */
const char *config_suggest(const struct config *c, const char *key);

void config_digest(const struct config *c, char ret_text[DIGEST_TEXT_LEN]);

#endif
