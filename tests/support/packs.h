/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_PACKS_H
#define TESTS_SUPPORT_PACKS_H
/* Small instances of vector bin packing, written down or drawn, and their optimum. */
#include "core/base/rng.h"
#include "policies/binpack/binpack.h"

struct packs {
	struct binpack_instance instance; /* points into the arrays below */
	int64_t capacity[BINPACK_DIMS_MAX];
	int64_t *size;
};

/* All capacities alike; sizes in rows of n_dims, copied. */
void packs_make(struct packs *p, uint32_t n_dims, int64_t capacity, const int64_t *size,
                uint32_t n_items);

/* Sizes uniform in [least, most]; duplicates make each item equal to an earlier one that often. */
struct packs_draw {
	uint32_t n_dims, n_items;
	int64_t capacity, least, most;
	double duplicates;
};
void packs_draw(struct packs *p, const struct packs_draw *d, struct rng *rng);

/* Items that fill n_bins bins exactly, three a bin, in every dimension; shuffled. */
void packs_triplets(struct packs *p, uint32_t n_dims, uint32_t n_bins, struct rng *rng);

void packs_done(struct packs *p);

/* The fewest bins, by trying everything; for about ten items. */
uint32_t packs_optimum(const struct packs *p);

/* Solves with the default effort divided by divisor; the packing must be valid (checked). */
struct binpack_result packs_solve(const struct packs *p, uint64_t seed, uint64_t divisor);

#endif
