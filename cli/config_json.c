/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configurations and policies as JSON; see config_json.h. */
#include "cli/config_json.h"

#include <string.h>

#define VALUE_TEXT_MAX 64

static void put_bounds(struct json *o, const struct param *p)
{
	char text[VALUE_TEXT_MAX];
	struct json *list;

	if (p->type == PARAM_SWITCH)
		return;
	if (p->type != PARAM_CHOICE) {
		param_format_number(p, p->min, text, sizeof(text));
		json_put_text(o, "min", text);
		param_format_number(p, p->max, text, sizeof(text));
		json_put_text(o, "max", text);
		return;
	}
	list = json_new_list();
	for (int i = 0; p->choices[i]; i++)
		json_add_text(list, p->choices[i]);
	json_put(o, "choices", list);
}

struct json *config_to_json(const struct config *c, const struct config *defaults,
                            enum config_json_rows which)
{
	struct json *o = json_new_object(), *options = json_new_object();
	char value[VALUE_TEXT_MAX], def[VALUE_TEXT_MAX], digest[DIGEST_TEXT_LEN];
	struct config_row mine, theirs;

	config_digest(c, digest);
	json_put_text(o, "policy", c->policy->name);
	json_put_text(o, "digest", digest);
	for (uint32_t i = 0; config_row_at(c, i, &mine) && config_row_at(defaults, i, &theirs);
	     i++) {
		struct json *option;

		param_format(mine.param, mine.object, value, sizeof(value));
		param_format(theirs.param, theirs.object, def, sizeof(def));
		if (which == CONFIG_JSON_CHANGED && strcmp(value, def) == 0)
			continue;
		option = json_new_object();
		json_put_text(option, "value", value);
		json_put_text(option, "default", def);
		json_put_text(option, "help", mine.param->help);
		put_bounds(option, mine.param);
		json_put(options, mine.param->name, option);
	}
	json_put(o, "options", options);
	return o;
}

struct json *policies_to_json(void)
{
	struct json *list = json_new_list();

	for (uint32_t i = 0; policy_at(i); i++) {
		struct json *policy = json_new_object();

		json_put_text(policy, "name", policy_at(i)->name);
		json_put_text(policy, "help", policy_at(i)->help);
		json_put_text(policy, "source", policy_at(i)->source);
		json_add(list, policy);
	}
	return list;
}
