/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_RNG_H
#define CORE_BASE_RNG_H
/*
 * The only source of chance: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom
 * number generators", ACM TOMS 47(4), 2021), seeded through splitmix64. One generator per
 * consumer, so that one more draw in one place changes nothing elsewhere.
 */
#include <stdint.h>

struct rng {
	uint64_t s[4];
};

/* stream tells apart the generators of one seed (a constant of the consumer). */
void rng_init(struct rng *rng, uint64_t seed, uint64_t stream);

uint64_t rng_u64(struct rng *rng);

/* Uniform in [0, bound), without modulo bias; bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* Uniform in [0, 1), 53 bits. */
double rng_double(struct rng *rng);

/* Standard normal (polar method, both halves used up to keep it stateless: one draw a call). */
double rng_normal(struct rng *rng);

/* Exponential with mean 1. */
double rng_exponential(struct rng *rng);

/* Fisher-Yates shuffle of n 32-bit values. */
void rng_shuffle(struct rng *rng, uint32_t *values, uint32_t n);

#endif
