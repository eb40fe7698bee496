/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ebb sim`: one policy on a fleet and a trace. */
#include "cli/commands.h"
#include "cli/sim_batch.h"
#include "sim/output/result_json.h"
#include "sim/output/summary.h"

static const struct option_spec spec = {
        .command = "sim",
        .summary = "Simulates a policy on a fleet and a trace; the engine is the real one.",
        .rows = sim_option_rows,
        .n_rows = SIM_OPTION_ROWS,
};

static void print(FILE *f, const struct sim_result *runs, uint32_t n_runs)
{
	(void)n_runs; /* one */
	summary_write(f, &runs[0]);
}

static int write_json(FILE *f, const struct sim_result *runs, uint32_t n_runs)
{
	(void)n_runs; /* one */
	return result_json_write(f, &runs[0]);
}

int cmd_sim(int argc, char **argv)
{
	static const struct sim_batch_kind kind = {
	        .spec = &spec,
	        .policies_min = 0,
	        .policies_max = 1,
	        .policies_help = "--policy is given twice; \"ebb compare\" takes several",
	        .print = print,
	        .write_json = write_json,
	};

	return sim_batch_main(&kind, argc, argv);
}
