/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options; what compare does not take stands last. */
#include "cli/sim_options.h"

#define SEED_DEFAULT 1

#define AT(field) .offset = offsetof(struct sim_options, field)

const struct option_row sim_option_rows[SIM_OPTION_ROWS] = {
        {.name = "fleet",
         .kind = OPTION_TEXT,
         AT(fleet),
         .arg = "FLEET.yaml",
         .help = "hosts, classes, VM types, rules",
         .required = true},
        {.name = "trace",
         .kind = OPTION_TEXT,
         AT(trace),
         .arg = "FORMAT:PATH",
         .help = "demand of the VMs over time",
         .required = true},
        {.name = "policy",
         .kind = OPTION_LIST,
         AT(policies),
         .arg = "NAME[:KEY=VALUE,...]",
         .help = "the policy, over that of the configuration"},
        {.name = "config",
         .kind = OPTION_TEXT,
         AT(config),
         .arg = "FILE",
         .help = "configuration; without it the defaults"},
        {.name = "set",
         .kind = OPTION_LIST,
         AT(sets),
         .arg = "KEY=VALUE",
         .help = "one option, over the configuration"},
        {.name = "rules",
         .kind = OPTION_TEXT,
         AT(rules),
         .arg = "real|ideal|cloudsim",
         .help = "how the simulated world behaves; default real"},
        {.name = "seed",
         .kind = OPTION_COUNT,
         AT(seed),
         .arg = "N",
         .help = "of all chance; default 1"},
        {.name = "until",
         .kind = OPTION_DURATION,
         AT(until_us),
         .arg = "DURATION",
         .help = "stop after so much virtual time"},
        {.name = "json",
         .kind = OPTION_MAYBE_TEXT,
         AT(json),
         .arg = "FILE",
         .help = "the result as JSON; alone or -: on stdout, instead of the text"},
        {.name = "report",
         .kind = OPTION_TEXT,
         AT(report),
         .arg = "FILE.html",
         .help = "a page with charts, self-contained"},
        {.name = "events",
         .kind = OPTION_TEXT,
         AT(events),
         .arg = "FILE.csv",
         .help = "what happened in the world"},
        {.name = "decisions",
         .kind = OPTION_TEXT,
         AT(decisions),
         .arg = "FILE.jsonl",
         .help = "what was decided and why, for \"ebb explain\""},
        {.name = "record",
         .kind = OPTION_TEXT,
         AT(record),
         .arg = "FILE",
         .help = "the trace as it was replayed, in Ebb's own format"},
};

struct sim_options sim_options_defaults(void)
{
	return (struct sim_options){
	        .rules = "real",
	        .seed = SEED_DEFAULT,
	        .until_us = USEC_NEVER,
	};
}

void sim_options_done(struct sim_options *o)
{
	options_free_list(&o->policies);
	options_free_list(&o->sets);
}
