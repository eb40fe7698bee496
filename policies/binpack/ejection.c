/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ejection search: to save a bin, throw its items into a pool and find each a place elsewhere.
 *
 *   1. Take away the bin of least volume; its items form the pool, a stack.
 *   2. Pop item v. If a bin holds it, put it there (a random one of those that do).
 *   3. Else look for a chain: a bin where v fits in exchange for one item that fits elsewhere.
 *   4. Else v is hard: raise its penalty by 1. Of all sets of at most three items of one bin
 *      whose ejection makes room for v, eject one of least total penalty (ties at random), put v
 *      in and push the ejected onto the pool. So items that were hard before are left in peace.
 *   5. Shake: SHAKES random moves and exchanges that keep every bin valid.
 *   6. An empty pool is a packing with one bin less: keep it, reset the penalties, go to 1.
 *
 * The scheme is that of Y. Nagata and O. Braysy, "A powerful route minimization heuristic for the
 * vehicle routing problem with time windows", OR Letters 37, 2009, with bins for routes; the idea
 * of counting how often an item was in the way is older (breakout, squeaky wheel). Consistent
 * neighbourhood search (M. Buljubasic, M. Vasquez, Computers & Operations Research 76, 2016) is
 * the alternative; it needs a tabu list and a knapsack solver for about the same effect.
 *
 * Complexity of a step: O(n) for 2 and 3, O(m k^3) for 4 with m bins of k items at worst; the
 * bound by the least penalty found so far prunes nearly all of it.
 */
#include "policies/binpack/ejection.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define SHAKES      100 /* 20 is worse; 1000 is better on few items a bin, but dearer (measured) */
#define SHAKE_STEPS 32  /* a shake misses the cache several times */
#define EJECT_MAX   3

#define NOWHERE UINT32_MAX

struct bin {
	uint32_t n, size;
	uint32_t *item;
};

struct search {
	const struct problem *p;
	struct budget *budget;
	struct rng *rng;
	uint32_t n_bins;
	struct bin *bin;
	uint64_t *room;    /* n_bins rows of n_words */
	uint32_t *bin_of;  /* by item; NOWHERE in the pool */
	uint32_t *slot_of; /* by item: its place in the bin's list */
	uint32_t *pool;
	uint32_t n_pool;
	uint32_t *penalty; /* by item */
};

/* A set of items of one bin to be thrown out. */
struct ejection {
	uint32_t bin, n;
	uint32_t item[EJECT_MAX];
};

static const uint64_t *word_of(const struct search *s, uint32_t item)
{
	return problem_word(s->p, s->p->kind_at[item]);
}

static uint64_t *room_of(const struct search *s, uint32_t b)
{
	return s->room + (size_t)b * s->p->n_words;
}

static uint32_t draw(struct search *s, uint32_t n)
{
	return (uint32_t)(((rng_u64(s->rng) >> 32) * n) >> 32);
}

static void put(struct search *s, uint32_t item, uint32_t b)
{
	struct bin *bin = &s->bin[b];

	if (bin->n == bin->size) {
		bin->size = bin->size ? 2 * bin->size : 8;
		bin->item = xreallocarray(bin->item, bin->size, sizeof(*bin->item));
	}
	s->bin_of[item] = b;
	s->slot_of[item] = bin->n;
	bin->item[bin->n++] = item;
	room_take(s->p, room_of(s, b), word_of(s, item));
}

static void take(struct search *s, uint32_t item)
{
	struct bin *bin = &s->bin[s->bin_of[item]];
	uint32_t last = bin->item[--bin->n];

	room_give(s->p, room_of(s, s->bin_of[item]), word_of(s, item));
	bin->item[s->slot_of[item]] = last;
	s->slot_of[last] = s->slot_of[item];
	s->bin_of[item] = NOWHERE;
}

static bool insert_directly(struct search *s, uint32_t v)
{
	const uint64_t *need = word_of(s, v);
	uint32_t found = 0, choice = NOWHERE;

	for (uint32_t b = 0; b < s->n_bins; b++)
		if (room_holds(s->p, room_of(s, b), need) && draw(s, ++found) == 0)
			choice = b;
	s->budget->spent += (uint64_t)s->n_bins * s->p->n_words;
	if (choice == NOWHERE)
		return false;
	put(s, v, choice);
	return true;
}

/* A bin other than except that holds item, or NOWHERE. */
static uint32_t find_bin(struct search *s, uint32_t item, uint32_t except)
{
	const uint64_t *need = word_of(s, item);
	uint32_t b = 0;

	while (b < s->n_bins && (b == except || !room_holds(s->p, room_of(s, b), need)))
		b++;
	s->budget->spent += (uint64_t)b * s->p->n_words;
	return b < s->n_bins ? b : NOWHERE;
}

/* Puts v into b in exchange for an item of b that fits elsewhere. */
static bool insert_by_chain_in(struct search *s, uint32_t v, uint32_t b)
{
	const struct bin *bin = &s->bin[b];
	uint64_t room[BINPACK_DIMS_MAX];

	s->budget->spent += (uint64_t)bin->n * (2 + s->p->n_words);
	for (uint32_t x = 0; x < bin->n; x++) {
		uint32_t out = bin->item[x], to;

		memcpy(room, room_of(s, b), s->p->n_words * sizeof(*room));
		room_give(s->p, room, word_of(s, out));
		room_take(s->p, room, word_of(s, v));
		if (!room_is_valid(s->p, room))
			continue;
		to = find_bin(s, out, b);
		if (to == NOWHERE)
			continue;
		take(s, out);
		put(s, out, to);
		put(s, v, b);
		return true;
	}
	return false;
}

static bool insert_by_chain(struct search *s, uint32_t v)
{
	uint32_t from = draw(s, s->n_bins);

	for (uint32_t i = 0; i < s->n_bins; i++) {
		uint32_t b = from + i < s->n_bins ? from + i : from + i - s->n_bins;

		if (insert_by_chain_in(s, v, b))
			return true;
	}
	return false;
}

/* --- ejections --------------------------------------------------------------------------- */

struct finder {
	struct search *s;
	uint32_t best; /* least total penalty so far */
	uint32_t ties;
	struct ejection found;
};

static void note(struct finder *f, const struct ejection *e, uint32_t penalty)
{
	if (penalty < f->best) {
		f->best = penalty;
		f->ties = 0;
	}
	if (draw(f->s, ++f->ties) == 0)
		f->found = *e;
}

/*
 * Tries every set of items of bin e->bin that extends e by items from slot from on. room lacks v
 * and has the items of e given back. Recursion ends at EJECT_MAX levels.
 */
static void extend(struct finder *f, struct ejection *e, uint32_t from, const uint64_t *room)
{
	struct search *s = f->s;
	const struct bin *bin = &s->bin[e->bin];
	uint64_t wider[BINPACK_DIMS_MAX];
	uint32_t before = 0;

	for (uint32_t i = 0; i < e->n; i++)
		before += s->penalty[e->item[i]];
	s->budget->spent += (uint64_t)(bin->n - from) * (2 + s->p->n_words);
	for (uint32_t x = from; x < bin->n; x++) {
		uint32_t item = bin->item[x], penalty = before + s->penalty[item];

		if (penalty > f->best)
			continue;
		memcpy(wider, room, s->p->n_words * sizeof(*wider));
		room_give(s->p, wider, word_of(s, item));
		e->item[e->n++] = item;
		if (room_is_valid(s->p, wider))
			note(f, e, penalty);
		else if (e->n < EJECT_MAX)
			extend(f, e, x + 1, wider);
		e->n--;
	}
}

static bool insert_by_ejection(struct search *s, uint32_t v)
{
	struct finder f = {.s = s, .best = UINT32_MAX};
	uint64_t room[BINPACK_DIMS_MAX];

	s->penalty[v]++;
	for (uint32_t b = 0; b < s->n_bins; b++) {
		struct ejection e = {.bin = b};

		memcpy(room, room_of(s, b), s->p->n_words * sizeof(*room));
		room_take(s->p, room, word_of(s, v));
		extend(&f, &e, 0, room);
	}
	if (f.found.n == 0)
		return false;
	for (uint32_t i = 0; i < f.found.n; i++) {
		take(s, f.found.item[i]);
		s->pool[s->n_pool++] = f.found.item[i];
	}
	put(s, v, f.found.bin);
	return true;
}

/* --- shaking ----------------------------------------------------------------------------- */

/* Whether a may give i to b and get j (NOWHERE: nothing) for it. */
static bool exchange_is_valid(const struct search *s, uint32_t i, uint32_t b, uint32_t j)
{
	const uint64_t *out = word_of(s, i), *in = j == NOWHERE ? NULL : word_of(s, j);
	const uint64_t *mine = room_of(s, s->bin_of[i]), *other = room_of(s, b);

	for (uint32_t w = 0; w < s->p->n_words; w++) {
		uint64_t net = out[w] - (in ? in[w] : 0), guard = s->p->guard[w];

		if (((other[w] - net) & guard) != guard || ((mine[w] + net) & guard) != guard)
			return false;
	}
	return true;
}

static void shake_once(struct search *s)
{
	uint32_t i = draw(s, s->p->n_items), b = draw(s, s->n_bins), a = s->bin_of[i];
	uint32_t j = NOWHERE;

	if (a == NOWHERE || a == b)
		return;
	if (!exchange_is_valid(s, i, b, NOWHERE)) {
		if (s->bin[b].n == 0)
			return;
		j = s->bin[b].item[draw(s, s->bin[b].n)];
		if (!exchange_is_valid(s, i, b, j))
			return;
	}
	take(s, i);
	if (j != NOWHERE) {
		take(s, j);
		put(s, j, a);
	}
	put(s, i, b);
}

static void shake(struct search *s)
{
	for (uint32_t i = 0; i < SHAKES; i++)
		shake_once(s);
	s->budget->spent += (uint64_t)SHAKES * SHAKE_STEPS;
}

/* --- the search -------------------------------------------------------------------------- */

static void search_init(struct search *s, const struct packing *packing)
{
	const struct problem *p = s->p;

	s->n_bins = packing->n_bins;
	s->bin = xcalloc(s->n_bins, sizeof(*s->bin));
	s->room = xcalloc((size_t)s->n_bins * p->n_words, sizeof(*s->room));
	s->bin_of = xcalloc(p->n_items, sizeof(*s->bin_of));
	s->slot_of = xcalloc(p->n_items, sizeof(*s->slot_of));
	s->pool = xcalloc(p->n_items, sizeof(*s->pool));
	s->penalty = xcalloc(p->n_items, sizeof(*s->penalty));
	for (uint32_t b = 0; b < s->n_bins; b++)
		memcpy(room_of(s, b), p->empty, p->n_words * sizeof(*s->room));
	for (uint32_t i = 0; i < p->n_items; i++)
		put(s, i, packing->bin[i]);
}

static void search_done(struct search *s, uint32_t n_bins)
{
	for (uint32_t b = 0; b < n_bins; b++)
		free(s->bin[b].item);
	free(s->bin);
	free(s->room);
	free(s->bin_of);
	free(s->slot_of);
	free(s->pool);
	free(s->penalty);
}

static uint32_t least_bin(const struct search *s)
{
	uint32_t least = 0;
	double least_volume = 0;

	for (uint32_t b = 0; b < s->n_bins; b++) {
		double volume = 0;

		for (uint32_t x = 0; x < s->bin[b].n; x++)
			volume += s->p->volume[s->p->kind_at[s->bin[b].item[x]]];
		if (b == 0 || volume < least_volume) {
			least = b;
			least_volume = volume;
		}
	}
	return least;
}

/* Empties bin b into the pool and gives its number to the last bin. */
static void remove_bin(struct search *s, uint32_t b)
{
	uint32_t last = s->n_bins - 1;

	s->n_pool = 0;
	while (s->bin[b].n > 0) {
		uint32_t item = s->bin[b].item[s->bin[b].n - 1];

		take(s, item);
		s->pool[s->n_pool++] = item;
	}
	while (b != last && s->bin[last].n > 0) {
		uint32_t item = s->bin[last].item[s->bin[last].n - 1];

		take(s, item);
		put(s, item, b);
	}
	s->n_bins = last;
}

/* Empties the pool; false if the budget ran out first. */
static bool place_pool(struct search *s)
{
	while (s->n_pool > 0) {
		uint32_t v;

		if (budget_is_spent(s->budget))
			return false;
		v = s->pool[--s->n_pool];
		if (insert_directly(s, v) || insert_by_chain(s, v))
			continue;
		if (!insert_by_ejection(s, v))
			s->pool[s->n_pool++] = v;
		shake(s);
	}
	return true;
}

void ejection_improve(const struct problem *p, struct packing *packing, uint32_t target,
                      struct budget *budget, struct rng *rng)
{
	uint32_t n_bins = packing->n_bins;
	struct search s = {.p = p, .budget = budget, .rng = rng};

	if (n_bins <= target || n_bins < 2 || budget_is_spent(budget))
		return;
	search_init(&s, packing);
	while (s.n_bins > target && s.n_bins > 1) {
		for (uint32_t i = 0; i < p->n_items; i++)
			s.penalty[i] = 1;
		remove_bin(&s, least_bin(&s));
		if (!place_pool(&s))
			break;
		packing->n_bins = s.n_bins;
		memcpy(packing->bin, s.bin_of, p->n_items * sizeof(*packing->bin));
	}
	search_done(&s, n_bins);
}
