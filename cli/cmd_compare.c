/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ebb compare`: several policies on the same fleet and trace. */
#include "cli/commands.h"
#include "cli/sim_batch.h"
#include "sim/output/result_json.h"
#include "sim/output/summary.h"

#define POLICIES_MAX 64 /* a run keeps about 330 kB of timeline until the end */

static const struct option_spec spec = {
        .command = "compare",
        .summary = "Simulates several policies in turn and sets their results side by side.",
        .rows = sim_option_rows,
        .n_rows = COMPARE_OPTION_ROWS,
};

int cmd_compare(int argc, char **argv)
{
	static const struct sim_batch_kind kind = {
	        .spec = &spec,
	        .policies_min = 1,
	        .policies_max = POLICIES_MAX,
	        .policies_help = "give --policy from 1 to 64 times",
	        .print = summary_write_runs,
	        .write_json = result_json_write_runs,
	};

	return sim_batch_main(&kind, argc, argv);
}
