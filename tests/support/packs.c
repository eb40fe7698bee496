/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small instances of vector bin packing; see packs.h. */
#include "tests/support/packs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

static void start(struct packs *p, uint32_t n_dims, int64_t capacity, uint32_t n_items)
{
	assert(n_dims <= BINPACK_DIMS_MAX);
	p->size = xcalloc((size_t)n_items * n_dims, sizeof(*p->size));
	for (uint32_t d = 0; d < n_dims; d++)
		p->capacity[d] = capacity;
	p->instance = (struct binpack_instance){
	        .n_dims = n_dims,
	        .n_items = n_items,
	        .capacity = p->capacity,
	        .size = p->size,
	};
}

void packs_make(struct packs *p, uint32_t n_dims, int64_t capacity, const int64_t *size,
                uint32_t n_items)
{
	start(p, n_dims, capacity, n_items);
	memcpy(p->size, size, (size_t)n_items * n_dims * sizeof(*size));
}

static int64_t draw_between(struct rng *rng, int64_t least, int64_t most)
{
	return least + (int64_t)rng_below(rng, (uint64_t)(most - least + 1));
}

void packs_draw(struct packs *p, const struct packs_draw *d, struct rng *rng)
{
	start(p, d->n_dims, d->capacity, d->n_items);
	for (uint32_t i = 0; i < d->n_items; i++) {
		int64_t *row = p->size + (size_t)i * d->n_dims;

		if (i > 0 && rng_double(rng) < d->duplicates) {
			memcpy(row, p->size + rng_below(rng, i) * d->n_dims,
			       d->n_dims * sizeof(*row));
			continue;
		}
		for (uint32_t k = 0; k < d->n_dims; k++)
			row[k] = draw_between(rng, d->least, d->most);
	}
}

void packs_triplets(struct packs *p, uint32_t n_dims, uint32_t n_bins, struct rng *rng)
{
	uint32_t *place = xcalloc((size_t)3 * n_bins, sizeof(*place));

	start(p, n_dims, 1000, 3 * n_bins);
	for (uint32_t i = 0; i < 3 * n_bins; i++)
		place[i] = i;
	rng_shuffle(rng, place, 3 * n_bins);
	for (uint32_t b = 0; b < n_bins; b++)
		for (uint32_t d = 0; d < n_dims; d++) {
			int64_t first = draw_between(rng, 380, 490);
			int64_t second = draw_between(rng, 251, 1000 - first - 251);

			const uint32_t *at = place + (size_t)3 * b;

			p->size[(size_t)at[0] * n_dims + d] = first;
			p->size[(size_t)at[1] * n_dims + d] = second;
			p->size[(size_t)at[2] * n_dims + d] = 1000 - first - second;
		}
	free(place);
}

void packs_done(struct packs *p)
{
	free(p->size);
}

/* Whether the item's bin may still become valid; negative sizes of later items may go there. */
static bool fits(const struct packs *p, const uint32_t *bin_of, uint32_t item)
{
	uint32_t n_dims = p->instance.n_dims;

	for (uint32_t d = 0; d < n_dims; d++) {
		int64_t load = 0;

		for (uint32_t i = 0; i <= item; i++)
			if (bin_of[i] == bin_of[item])
				load += p->size[(size_t)i * n_dims + d];
		for (uint32_t i = item + 1; i < p->instance.n_items; i++)
			if (p->size[(size_t)i * n_dims + d] < 0)
				load += p->size[(size_t)i * n_dims + d];
		if (load > p->capacity[d])
			return false;
	}
	return true;
}

uint32_t packs_optimum(const struct packs *p)
{
	uint32_t n = p->instance.n_items, best = n, item = 0;
	uint32_t *bin_of = xcalloc((size_t)n + 1, sizeof(*bin_of));
	uint32_t *used = xcalloc((size_t)n + 1, sizeof(*used)); /* bins before the item */

	/* bin_of[item] counts up through the bins in use and one new one; then back one item. */
	while (n > 0) {
		bool ok = bin_of[item] <= used[item] && bin_of[item] < n && used[item] <= best;

		if (!ok) {
			if (item == 0)
				break;
			bin_of[--item]++;
			continue;
		}
		used[item + 1] = used[item] + (bin_of[item] == used[item]);
		if (!fits(p, bin_of, item) || used[item + 1] > best) {
			bin_of[item]++;
		} else if (item + 1 == n) {
			if (binpack_is_valid(&p->instance, bin_of, used[n]))
				best = used[n];
			bin_of[item]++;
		} else {
			bin_of[++item] = 0;
		}
	}
	free(bin_of);
	free(used);
	return best;
}

struct binpack_result packs_solve(const struct packs *p, uint64_t seed, uint64_t divisor)
{
	struct binpack_opts opts = {.seed = seed, .steps_max = BINPACK_STEPS_DEFAULT / divisor};
	struct binpack_result r = {0};
	struct err err = {""};
	int status = binpack_solve(&p->instance, &opts, &r, &err);

	assert(status == 0);
	assert(binpack_is_valid(&p->instance, r.bin_of, r.n_bins));
	assert(r.lower_bound <= r.n_bins);
	return r;
}
