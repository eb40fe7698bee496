/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * strtod obeys the locale (a German one reads "0.5" as 0) and is slow, so Ebb has its own. A
 * number is m x 10^e with m the digits read as an integer. Three ways, tried in this order:
 *
 *  1. m <= 2^53 and |e| <= 22: m and 10^|e| are exact doubles, so one multiplication or division
 *     rounds once and is right (W. D. Clinger, "How to read floating point numbers accurately",
 *     PLDI 1990). Nearly every number people and trace files write is of this kind.
 *  2. m < 2^64 and -19 <= e <= 0: the quotient of two 64-bit integers, to 64 bits and a sticky
 *     bit, by 128-bit division. These are the numbers "%.17g" prints.
 *  3. The rest: both sides as big integers, the quotient bit by bit. Slow (about 10 us at worst)
 *     and rare.
 *
 * 2 and 3 end in the same rounding step. Digits behind the 800th only say "a little more": no
 * double and no midpoint of two doubles has more than 768 significant digits.
 */
#include "core/base/decimal.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_MAX    800     /* see above */
#define EXPONENT_CLIP 1000000 /* written exponents beyond this are over or under anyway */
#define MAGNITUDE_MAX 310     /* 10^310 overflows */
#define MAGNITUDE_MIN (-343)  /* 10^-343 is far below half of the least subnormal, 2.5e-324 */
#define EXACT_POWER   22      /* 10^22 is the last power of ten that is an exact double */
#define EXACT_INTEGER (UINT64_C(1) << 53)
#define DIGITS_IN_U64 19
#define BIG_LIMBS     124 /* 10^(DIGITS_MAX - MAGNITUDE_MIN + 1) has 3,801 bits: 119 limbs */
#define DOUBLE_BITS   53
#define EXPONENT2_MIN (-1074) /* of the last bit of a subnormal */
#define QUOTIENT_BITS 64

struct decimal {
	const char *digits, *digits_end; /* from the first significant digit; may hold one '.' */
	uint64_t m;                      /* the first 19 significant digits */
	int64_t n_digits;                /* significant digits, all of them */
	int64_t exponent;                /* of the last digit */
	bool negative;
};

/* Little-endian; limb[len - 1] != 0 unless len = 0. */
struct big {
	uint32_t limb[BIG_LIMBS];
	uint32_t len;
};

static const double power_of_ten[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits and the point; returns where they end, or NULL when there is no digit. */
static const char *scan_digits(const char *p, const char *end, struct decimal *d)
{
	bool any = false, point = false;

	for (; p < end && (is_digit(*p) || (*p == '.' && !point)); p++) {
		if (*p == '.') {
			point = true;
			continue;
		}
		any = true;
		d->exponent -= point;
		if (d->n_digits == 0 && *p == '0')
			continue;
		if (d->n_digits == 0)
			d->digits = p;
		if (d->n_digits < DIGITS_IN_U64)
			d->m = d->m * 10 + (uint64_t)(*p - '0');
		d->n_digits++;
	}
	d->digits_end = p;
	return any ? p : NULL;
}

/* Reads [+-]digits up to end and adds them to the exponent. */
static int scan_exponent(const char *p, const char *end, struct decimal *d)
{
	bool negative = p < end && *p == '-';
	int64_t e = 0;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return -EINVAL;
	for (; p < end; p++) {
		if (!is_digit(*p))
			return -EINVAL;
		if (e < EXPONENT_CLIP)
			e = e * 10 + (*p - '0');
	}
	d->exponent += negative ? -e : e;
	return 0;
}

static int scan(const char *text, size_t len, struct decimal *d)
{
	const char *p = text, *end = text + len;

	*d = (struct decimal){.negative = len > 0 && *p == '-'};
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	p = scan_digits(p, end, d);
	if (!p)
		return -EINVAL;
	if (p == end)
		return 0;
	if (*p != 'e' && *p != 'E')
		return -EINVAL;
	return scan_exponent(p + 1, end, d);
}

/* The double nearest to (q + a fraction if sticky) x 2^exponent2; q has at least 62 bits. */
static double assemble(uint64_t q, int exponent2, bool sticky)
{
	int drop = QUOTIENT_BITS - __builtin_clzll(q) - DOUBLE_BITS;
	uint64_t kept, rest, half;

	if (exponent2 + drop < EXPONENT2_MIN)
		drop = EXPONENT2_MIN - exponent2;
	if (drop > QUOTIENT_BITS)
		return 0.0;
	if (drop == QUOTIENT_BITS) {
		/* Below the least subnormal; from half of it on, it rounds up. */
		bool up = q > UINT64_C(1) << 63 || (q == UINT64_C(1) << 63 && sticky);

		return up ? ldexp(1.0, EXPONENT2_MIN) : 0.0;
	}
	kept = q >> drop;
	rest = q & ((UINT64_C(1) << drop) - 1);
	half = UINT64_C(1) << (drop - 1);
	if (rest > half || (rest == half && (sticky || (kept & 1))))
		kept++;
	return ldexp((double)kept, exponent2 + drop);
}

/* m / 10^k for m > 0, k <= 19. */
static double divide_u64(uint64_t m, uint32_t k)
{
	uint64_t d = (uint64_t)power_of_ten[k];
	int shift_m = __builtin_clzll(m), shift_d = __builtin_clzll(d);
	unsigned __int128 n = (unsigned __int128)(m << shift_m) << (QUOTIENT_BITS - 1);

	d <<= shift_d;
	return assemble((uint64_t)(n / d), shift_d - shift_m - (QUOTIENT_BITS - 1), n % d != 0);
}

static void big_mul_add(struct big *b, uint32_t factor, uint32_t addend)
{
	uint64_t carry = addend;

	for (uint32_t i = 0; i < b->len; i++) {
		carry += (uint64_t)b->limb[i] * factor;
		b->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry > 0) {
		assert(b->len < BIG_LIMBS);
		b->limb[b->len++] = (uint32_t)carry;
	}
}

static void big_shift_left(struct big *b, uint32_t bits)
{
	uint32_t limbs = bits / 32;

	if (b->len == 0)
		return;
	assert(b->len + limbs <= BIG_LIMBS);
	memmove(b->limb + limbs, b->limb, b->len * sizeof(b->limb[0]));
	memset(b->limb, 0, limbs * sizeof(b->limb[0]));
	b->len += limbs;
	if (bits % 32 > 0)
		big_mul_add(b, UINT32_C(1) << (bits % 32), 0);
}

static uint32_t big_bits(const struct big *b)
{
	return b->len * 32 - (uint32_t)__builtin_clz(b->limb[b->len - 1]);
}

static bool big_less(const struct big *a, const struct big *b)
{
	if (a->len != b->len)
		return a->len < b->len;
	for (uint32_t i = a->len; i-- > 0;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i];
	return false;
}

/* a -= b, for a >= b. */
static void big_subtract(struct big *a, const struct big *b)
{
	uint64_t borrow = 0;

	for (uint32_t i = 0; i < a->len; i++) {
		uint64_t v = (uint64_t)a->limb[i] - (i < b->len ? b->limb[i] : 0) - borrow;

		a->limb[i] = (uint32_t)v;
		borrow = v >> 63;
	}
	while (a->len > 0 && a->limb[a->len - 1] == 0)
		a->len--;
}

static void big_mul_power_of_ten(struct big *b, int64_t power)
{
	for (; power >= 9; power -= 9)
		big_mul_add(b, 1000000000, 0);
	for (; power > 0; power--)
		big_mul_add(b, 10, 0);
}

/* Digits as a big integer; ret_exponent is the power of ten that belongs to its last digit. */
static void big_from_digits(const struct decimal *d, struct big *ret, int64_t *ret_exponent)
{
	int64_t n = 0;
	bool more = false;

	*ret = (struct big){.len = 0};
	for (const char *p = d->digits; p < d->digits_end; p++) {
		if (*p == '.')
			continue;
		if (n == DIGITS_MAX) {
			more |= *p != '0';
			continue;
		}
		big_mul_add(ret, 10, (uint32_t)(*p - '0'));
		n++;
	}
	*ret_exponent = d->exponent + d->n_digits - n;
	if (more) {
		/* A final 1 stands for all digits that were left out. */
		big_mul_add(ret, 10, 1);
		*ret_exponent -= 1;
	}
}

static double divide_big(const struct decimal *d)
{
	struct big num, den = {.limb = {1}, .len = 1};
	int64_t exponent;
	uint32_t bits_num, bits_den;
	uint64_t q = 0;

	big_from_digits(d, &num, &exponent);
	big_mul_power_of_ten(exponent < 0 ? &den : &num, exponent < 0 ? -exponent : exponent);
	bits_num = big_bits(&num);
	bits_den = big_bits(&den);
	if (bits_num < bits_den)
		big_shift_left(&num, bits_den - bits_num);
	else
		big_shift_left(&den, bits_num - bits_den);
	for (int i = 0; i < QUOTIENT_BITS; i++) {
		bool one = !big_less(&num, &den);

		if (one)
			big_subtract(&num, &den);
		q = q << 1 | one;
		big_shift_left(&num, 1);
	}
	return assemble(q, (int)bits_num - (int)bits_den - (QUOTIENT_BITS - 1), num.len > 0);
}

static double magnitude(const struct decimal *d)
{
	int64_t e = d->exponent;

	if (d->n_digits == 0 || d->n_digits + e < MAGNITUDE_MIN)
		return 0.0;
	if (d->n_digits + e > MAGNITUDE_MAX)
		return HUGE_VAL;
	if (d->n_digits <= DIGITS_IN_U64) {
		if (d->m <= EXACT_INTEGER && e >= -EXACT_POWER && e <= EXACT_POWER)
			return e < 0 ? (double)d->m / power_of_ten[-e]
			             : (double)d->m * power_of_ten[e];
		if (e <= 0 && e >= -DIGITS_IN_U64)
			return divide_u64(d->m, (uint32_t)-e);
	}
	return divide_big(d);
}

int decimal_parse(const char *text, size_t len, double *ret)
{
	struct decimal d;
	double v;
	int r = scan(text, len, &d);

	if (r < 0)
		return r;
	v = magnitude(&d);
	if (isinf(v))
		return -ERANGE;
	*ret = d.negative ? -v : v;
	return 0;
}
