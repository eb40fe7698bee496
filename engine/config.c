/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration; see config.h. All options of all tables form one list (config_row_at), and
 * everything here is a walk along it: setting, suggesting, digesting. A file is read into a copy;
 * only when the last line was good do the values move over, so that a bad reload leaves what was
 * in force in force.
 */
#include "engine/config.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "engine/config_file.h"

void config_init(struct config *c)
{
	int r;

	*c = (struct config){0};
	param_set_defaults(&engine_params, &c->engine);
	assert(policy_at(0));
	r = config_set_policy(c, policy_at(0)->name, NULL);
	assert(r == 0);
}

void config_done(struct config *c)
{
	free(c->policy_params);
	*c = (struct config){0};
}

void config_add_section(struct config *c, const struct param_table *table, void *object)
{
	assert(c->n_sections < CONFIG_SECTIONS_MAX);
	param_set_defaults(table, object);
	c->sections[c->n_sections++] = (struct config_section){.table = table, .object = object};
}

static uint32_t count_policies(void)
{
	uint32_t n = 0;

	while (policy_at(n))
		n++;
	return n;
}

static int refuse_policy(const char *name, struct err *err)
{
	uint32_t n = count_policies();
	const char **names = xcalloc(n, sizeof(*names));
	const char *nearest;

	for (uint32_t i = 0; i < n; i++)
		names[i] = policy_at(i)->name;
	nearest = text_suggest(name, names, n);
	free(names);
	if (nearest)
		return err_set(err, -EINVAL, "policy: there is no \"%s\"; did you mean %s?", name,
		               nearest);
	return err_set(err, -EINVAL,
	               "policy: there is no \"%s\"; \"ebb config policies\" lists them", name);
}

int config_set_policy(struct config *c, const char *name, struct err *err)
{
	const struct policy_ops *policy = policy_find(name);

	if (!policy)
		return refuse_policy(name, err);
	free(c->policy_params);
	c->policy = policy;
	c->policy_params = xcalloc(1, policy->params_size);
	param_set_defaults(&policy->params, c->policy_params);
	return 0;
}

/* Tables in order: the policy's, the limits, the sections. NULL behind the last. */
static const struct param_table *table_at(const struct config *c, uint32_t t)
{
	if (t == 0)
		return &c->policy->params;
	if (t == 1)
		return &engine_params;
	return t - 2 < c->n_sections ? c->sections[t - 2].table : NULL;
}

/* The struct that table t describes. */
static void *object_at(struct config *c, uint32_t t)
{
	if (t == 0)
		return c->policy_params;
	return t == 1 ? &c->engine : c->sections[t - 2].object;
}

static const void *shown_at(const struct config *c, uint32_t t)
{
	if (t == 0)
		return c->policy_params;
	return t == 1 ? &c->engine : c->sections[t - 2].object;
}

bool config_row_at(const struct config *c, uint32_t i, struct config_row *ret)
{
	const struct param_table *table;

	for (uint32_t t = 0; (table = table_at(c, t)); t++) {
		if (i < table->len) {
			ret->param = &table->rows[i];
			ret->object = shown_at(c, t);
			return true;
		}
		i -= (uint32_t)table->len;
	}
	return false;
}

const char *config_suggest(const struct config *c, const char *key)
{
	struct config_row row;
	const char **names, *nearest;
	uint32_t n = 0;

	while (config_row_at(c, n, &row))
		n++;
	names = xcalloc((size_t)n + 1, sizeof(*names));
	for (uint32_t i = 0; config_row_at(c, i, &row); i++)
		names[i] = row.param->name;
	names[n] = "policy";
	nearest = text_suggest(key, names, (size_t)n + 1);
	free(names);
	return nearest;
}

/* Another policy that has an option of this name, or NULL. */
static const char *find_owner(const char *key)
{
	for (uint32_t i = 0; policy_at(i); i++)
		if (param_find(&policy_at(i)->params, key))
			return policy_at(i)->name;
	return NULL;
}

static int refuse_key(const struct config *c, const char *key, struct err *err)
{
	const char *owner = find_owner(key), *nearest = config_suggest(c, key);

	assert(c->policy);
	if (owner)
		return err_set(err, -EINVAL,
		               "%s: an option of policy %s, but the policy is %s; choose that "
		               "policy or remove the key",
		               key, owner, c->policy->name);
	if (nearest)
		return err_set(err, -EINVAL, "%s: unknown key; did you mean %s?", key, nearest);
	return err_set(err, -EINVAL, "%s: unknown key; \"ebb config show\" lists them", key);
}

int config_set(struct config *c, const char *key, const char *value, struct err *err)
{
	const struct param_table *table;

	if (strcmp(key, "policy") == 0)
		return config_set_policy(c, value, err);
	for (uint32_t t = 0; (table = table_at(c, t)); t++) {
		const struct param *row = param_find(table, key);

		if (row)
			return param_parse(row, object_at(c, t), value, err);
	}
	return refuse_key(c, key, err);
}

static size_t param_size(enum param_type type)
{
	switch (type) {
	case PARAM_RATIO:
	case PARAM_NUMBER:
	case PARAM_BYTES: return sizeof(double);
	case PARAM_INTEGER: return sizeof(int64_t);
	case PARAM_DURATION: return sizeof(usec_t);
	case PARAM_SWITCH: return sizeof(bool);
	case PARAM_CHOICE: return sizeof(int);
	}
	return 0;
}

/* Bytes of the object that the table's rows reach. */
static size_t table_extent(const struct param_table *table)
{
	size_t extent = 1;

	for (size_t i = 0; i < table->len; i++) {
		size_t end = table->rows[i].offset + param_size(table->rows[i].type);

		if (end > extent)
			extent = end;
	}
	return extent;
}

/* A copy that shares nothing that can be written. */
static void config_copy(struct config *to, const struct config *from)
{
	*to = *from;
	to->policy_params = xmemdup(from->policy_params, 1, from->policy->params_size);
	for (uint32_t i = 0; i < from->n_sections; i++)
		to->sections[i].object =
		        xmemdup(from->sections[i].object, 1, table_extent(from->sections[i].table));
}

/* Moves the values of copy into c. */
static void config_adopt(struct config *c, struct config *copy)
{
	free(c->policy_params);
	c->policy = copy->policy;
	c->policy_params = copy->policy_params;
	copy->policy_params = NULL;
	c->engine = copy->engine;
	for (uint32_t i = 0; i < c->n_sections; i++)
		memcpy(c->sections[i].object, copy->sections[i].object,
		       table_extent(c->sections[i].table));
}

static void config_copy_done(struct config *copy)
{
	for (uint32_t i = 0; i < copy->n_sections; i++)
		free(copy->sections[i].object);
	config_done(copy);
}

int config_load(struct config *c, const char *path, struct err *err)
{
	struct config copy;
	int r;

	config_copy(&copy, c);
	r = config_file_apply(&copy, path, err);
	if (r == 0)
		config_adopt(c, &copy);
	config_copy_done(&copy);
	return r;
}

void config_digest(const struct config *c, char ret_text[DIGEST_TEXT_LEN])
{
	struct digest d;

	digest_init(&d);
	digest_str(&d, c->policy->name);
	param_digest(&c->policy->params, c->policy_params, &d);
	param_digest(&engine_params, &c->engine, &d);
	for (uint32_t i = 0; i < c->n_sections; i++)
		param_digest(c->sections[i].table, c->sections[i].object, &d);
	digest_text(&d, ret_text);
}
