/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_CONFIG_JSON_H
#define CLI_CONFIG_JSON_H
/* What `ebb config` says, as JSON for programs. */
#include "engine/config.h"
#include "sim/output/json.h"

enum config_json_rows { CONFIG_JSON_ALL, CONFIG_JSON_CHANGED };

/*
 * {"policy", "digest", "options": {name: {"value", "default", "help", "min", "max" or "choices"}}};
 * values, bounds and defaults as they are written in files. defaults is a configuration of the
 * same policy with everything at its default.
 */
struct json *config_to_json(const struct config *c, const struct config *defaults,
                            enum config_json_rows which);

/* [{"name", "help", "source"}] */
struct json *policies_to_json(void);

#endif
