/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_CONFIG_FILE_H
#define ENGINE_CONFIG_FILE_H
/*
 * The YAML form of a configuration: nested keys are parts of dotted names, so that
 *
 *     policy: ebb
 *     limits:
 *       moves_per_hour: 20
 *
 * sets "policy" and "limits.moves_per_hour". Called by config_load, which makes it all-or-nothing.
 */
#include "engine/config.h"
#include "engine/yaml.h"

/* Applies a file to c; after a failure c is half changed. */
int config_file_apply(struct config *c, const char *path, struct err *err);

/* The same for a document already read. */
int config_doc_apply(struct config *c, const struct yaml_doc *doc, struct err *err);

#endif
