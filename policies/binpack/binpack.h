/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_BINPACK_H
#define POLICIES_BINPACK_BINPACK_H
/*
 * Vector bin packing: the fewest identical bins that hold all items, where a bin holds a set of
 * items if their sizes add up to at most its capacity in every dimension. It is the problem under
 * "how few hosts can carry these VMs", without time, migration or chance.
 *
 * binpack_solve() is pure and deterministic: the same instance, seed and limit of steps give the
 * same packing, on every machine, and the same number of bins in whatever order the items come.
 * Work is counted in steps (about a nanosecond or two each), never in seconds.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

#define BINPACK_DIMS_MAX  64      /* the published sets have at most 20 */
#define BINPACK_ITEMS_MAX 1000000 /* 100,000 VMs is the target of planning; ten times that */

/* Steps of effort 1: about a third of a second on a server core of 2023. */
#define BINPACK_STEPS_DEFAULT ((uint64_t)350000000)

struct binpack_instance {
	uint32_t n_dims;
	uint32_t n_items;
	const int64_t *capacity; /* n_dims, each above 0 */
	const int64_t *size;     /* n_items rows of n_dims; may be negative, see problem.h */
};

/* Where the search stands; for a progress bar. */
struct binpack_progress {
	uint64_t steps, steps_max;
	uint32_t n_bins, lower_bound;
};

struct binpack_opts {
	uint64_t seed;
	uint64_t steps_max;
	void (*progress)(void *ctx, const struct binpack_progress *now); /* may be NULL */
	void *progress_ctx;
};

/* What proved the lower bound. */
enum binpack_proof {
	BINPACK_PROOF_VOLUME,        /* sum of sizes in one dimension */
	BINPACK_PROOF_DUAL_FEASIBLE, /* dual feasible function in one dimension */
	BINPACK_PROOF_CLIQUE,        /* items of which no two fit together */
	BINPACK_PROOF_PATTERNS       /* prices of items at which no bin is worth more than one */
};

struct binpack_result {
	uint32_t n_bins;
	uint32_t *bin_of; /* n_items; bins are numbered by their first item; the result owns it */
	uint32_t lower_bound;
	enum binpack_proof lower_bound_by;
	uint64_t steps;
};

/*
 * 0, -EINVAL (no dimension or too many, a capacity of 0 or less, an item that fits no bin) or
 * -ERANGE (sizes whose sum needs more than 62 bits). ret: on success only, for
 * binpack_result_done().
 */
int binpack_solve(const struct binpack_instance *inst, const struct binpack_opts *opts,
                  struct binpack_result *ret, struct err *err);

void binpack_result_done(struct binpack_result *result);

/* Whether bin_of puts every item into a bin below n_bins and overfills none. */
bool binpack_is_valid(const struct binpack_instance *inst, const uint32_t *bin_of, uint32_t n_bins);

/* "volume", "dual feasible function", "clique", "patterns". */
const char *binpack_proof_name(enum binpack_proof proof);

#endif
