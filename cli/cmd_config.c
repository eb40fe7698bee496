/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `ebb config`: is a configuration good (check), what is in force (show), what differs from the
 * defaults (diff), which policies there are (policies). configs/ebb.yaml is the output of
 * `ebb config show --defaults`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/config_json.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/policy_spec.h"
#include "core/base/xalloc.h"
#include "engine/config.h"
#include "sim/rules.h"

#define VALUE_TEXT_MAX 64

struct config_options {
	const char *config, *policy, *json;
	struct option_list sets, what;
	bool defaults;
};

#define AT(field) .offset = offsetof(struct config_options, field)

static const struct option_row rows[] = {
        {.name = "config",
         .kind = OPTION_TEXT,
         AT(config),
         .arg = "FILE",
         .help = "the configuration; without it the defaults"},
        {.name = "policy",
         .kind = OPTION_TEXT,
         AT(policy),
         .arg = "NAME[:KEY=VALUE,...]",
         .help = "the policy, over that of the file"},
        {.name = "set",
         .kind = OPTION_LIST,
         AT(sets),
         .arg = "KEY=VALUE",
         .help = "one option, over the file"},
        {.name = "json",
         .kind = OPTION_MAYBE_TEXT,
         AT(json),
         .arg = "FILE",
         .help = "as JSON, to a file or standard output"},
        {.name = "defaults",
         .kind = OPTION_FLAG,
         AT(defaults),
         .help = "show: leave file, policy and sets out"},
};

static const struct option_spec spec = {
        .command = "config",
        .summary = "Checks, shows and compares configurations.",
        .operands = "check|show|diff|policies",
        .operands_min = 1,
        .operands_max = 1,
        .operands_offset = offsetof(struct config_options, what),
        .rows = rows,
        .n_rows = sizeof(rows) / sizeof(rows[0]),
};

/* A configuration with all sections; do not move it, config points into it. */
struct setup {
	struct config config;
	struct world_cfg world;
};

static void setup_init(struct setup *s)
{
	config_init(&s->config);
	config_add_section(&s->config, &world_params, &s->world);
}

static int setup_apply(struct setup *s, const struct config_options *o, struct err *err)
{
	int r = 0;

	if (o->config)
		r = config_load(&s->config, o->config, err);
	if (r == 0 && o->policy)
		r = policy_spec_apply(o->policy, &s->config, err);
	for (uint32_t i = 0; i < o->sets.n && r == 0; i++)
		r = policy_spec_set(o->sets.items[i], &s->config, err);
	return r;
}

/* Bytes of the part before the first dot; 0 if there is none. */
static size_t section_len(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? (size_t)(dot - name) : 0;
}

static void print_bounds(const struct param *p)
{
	char min[VALUE_TEXT_MAX], max[VALUE_TEXT_MAX];
	bool has_unit =
	        p->unit && p->unit[0] && (p->type == PARAM_NUMBER || p->type == PARAM_INTEGER);

	if (p->type == PARAM_CHOICE) {
		for (int i = 0; p->choices[i]; i++)
			printf("%s%s", i ? ", " : " (", p->choices[i]);
		printf(")\n");
		return;
	}
	if (p->type == PARAM_SWITCH) {
		printf("\n");
		return;
	}
	param_format_number(p, p->min, min, sizeof(min));
	param_format_number(p, p->max, max, sizeof(max));
	printf(" (%s to %s%s%s)\n", min, max, has_unit ? " " : "", has_unit ? p->unit : "");
}

static void print_option(const struct config_row *row)
{
	size_t len = section_len(row->param->name);
	const char *indent = len ? "  " : "";
	char value[VALUE_TEXT_MAX];

	param_format(row->param, row->object, value, sizeof(value));
	printf("%s# %s", indent, row->param->help);
	print_bounds(row->param);
	printf("%s%s: %s\n", indent, row->param->name + (len ? len + 1 : 0), value);
}

/* Is row i the first of its section? */
static bool is_first(const struct config *c, uint32_t i, const char *name)
{
	struct config_row row;
	size_t len = section_len(name);

	for (uint32_t k = 0; k < i && config_row_at(c, k, &row); k++)
		if (section_len(row.param->name) == len && memcmp(row.param->name, name, len) == 0)
			return false;
	return true;
}

/* The whole section that begins at row i, wherever its rows stand. */
static void print_section(const struct config *c, uint32_t i, const char *name)
{
	struct config_row row;
	size_t len = section_len(name);

	if (len)
		printf("\n%.*s:\n", (int)len, name);
	else
		printf("\n");
	for (; config_row_at(c, i, &row); i++)
		if (section_len(row.param->name) == len && memcmp(row.param->name, name, len) == 0)
			print_option(&row);
}

static int show(const struct config *c)
{
	struct config_row row;

	printf("# %s\n# \"ebb config policies\" lists the others; each has options of its own.\n"
	       "policy: %s\n",
	       c->policy->help, c->policy->name);
	for (uint32_t i = 0; config_row_at(c, i, &row); i++)
		if (is_first(c, i, row.param->name))
			print_section(c, i, row.param->name);
	return EXIT_DONE;
}

static int show_defaults(void)
{
	struct setup s;

	setup_init(&s);
	printf("# Ebb's configuration with every option at its default, as \"ebb config show "
	       "--defaults\"\n# prints it. Keep the lines you change; what is left out is at its "
	       "default.\n\n");
	(void)show(&s.config); /* always EXIT_DONE */
	config_done(&s.config);
	return EXIT_DONE;
}

/* Against the defaults of the policy in force. */
static int diff(const struct config *c)
{
	struct setup d;
	struct config_row mine, theirs;
	char value[VALUE_TEXT_MAX], def[VALUE_TEXT_MAX];
	int r;

	setup_init(&d);
	if (d.config.policy != c->policy)
		printf("policy: %s  # default %s\n", c->policy->name, d.config.policy->name);
	r = config_set_policy(&d.config, c->policy->name, NULL);
	for (uint32_t i = 0; r == 0 && config_row_at(c, i, &mine); i++) {
		if (!config_row_at(&d.config, i, &theirs))
			break;
		param_format(mine.param, mine.object, value, sizeof(value));
		param_format(theirs.param, theirs.object, def, sizeof(def));
		if (strcmp(value, def) != 0)
			printf("%s: %s  # default %s\n", mine.param->name, value, def);
	}
	config_done(&d.config);
	return EXIT_DONE;
}

static int check(const struct config *c, const struct config_options *o)
{
	char digest[DIGEST_TEXT_LEN];

	config_digest(c, digest);
	printf("%s: good; policy %s, digest %s\n", o->config ? o->config : "defaults",
	       c->policy->name, digest);
	return EXIT_DONE;
}

static int list_policies(void)
{
	struct out_table *t = out_table_new("lll");

	for (uint32_t i = 0; policy_at(i); i++) {
		out_table_cell(t, "%s", policy_at(i)->name);
		out_table_cell(t, "%s", policy_at(i)->help);
		out_table_cell(t, "%s", policy_at(i)->source);
	}
	out_table_print(t, stdout);
	out_table_free(t);
	return EXIT_DONE;
}

/* To o->json, in place of the text. The value is taken over. */
static int print_json(const struct config_options *o, struct json *v)
{
	struct out_file *out;
	struct err err = {""};

	if (out_open(o->json, &out, &err) < 0) {
		json_free(v);
		(void)fprintf(stderr, "ebb config: %s\n", err.text);
		return EXIT_FAILED;
	}
	(void)json_print(out_stream(out), v, JSON_FOR_PEOPLE); /* out_commit tells of errors */
	(void)fputc('\n', out_stream(out));
	if (out_commit(out, &err) < 0) {
		(void)fprintf(stderr, "ebb config: %s\n", err.text);
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static int print_config_json(const struct config_options *o, const struct config *c)
{
	bool only_changed = strcmp(o->what.items[0], "diff") == 0;
	struct setup d;
	int status = EXIT_FAILED;

	setup_init(&d);
	if (config_set_policy(&d.config, c->policy->name, NULL) == 0)
		status = print_json(o, config_to_json(c, &d.config,
		                                      only_changed ? CONFIG_JSON_CHANGED
		                                                   : CONFIG_JSON_ALL));
	config_done(&d.config);
	return status;
}

/* The verb is one of the three that need a configuration. */
static int run_on(const struct config_options *o, const struct config *c)
{
	const char *what = o->what.items[0];

	if (o->json)
		return print_config_json(o, c);
	if (strcmp(what, "check") == 0)
		return check(c, o);
	return strcmp(what, "show") == 0 ? show(c) : diff(c);
}

static int run(const struct config_options *o)
{
	static const struct config_options nothing = {0};
	const char *what = o->what.items[0];
	bool is_show = strcmp(what, "show") == 0;
	struct setup s;
	struct err err = {""};
	int status = EXIT_BADCONFIG;

	if (strcmp(what, "policies") == 0)
		return o->json ? print_json(o, policies_to_json()) : list_policies();
	if (!is_show && strcmp(what, "check") != 0 && strcmp(what, "diff") != 0)
		return options_refuse(&spec, "\"%s\" is not one of %s", what, spec.operands);
	if (is_show && o->defaults && !o->json)
		return show_defaults();
	setup_init(&s);
	if (setup_apply(&s, is_show && o->defaults ? &nothing : o, &err) < 0)
		(void)fprintf(stderr, "ebb config: %s\n", err.text);
	else
		status = run_on(o, &s.config);
	config_done(&s.config);
	return status;
}

int cmd_config(int argc, char **argv)
{
	struct config_options o = {0};
	int status = options_parse(&spec, argc, argv, &o);

	if (status == OPTIONS_GO)
		status = run(&o);
	options_free_list(&o.sets);
	options_free_list(&o.what);
	return status;
}
