/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_DECIMAL_H
#define CORE_BASE_DECIMAL_H
/*
 * Decimal text to the nearest double (ties to even), for every input, without the locale.
 */
#include <stddef.h>

/*
 * text[0..len) = [+-] digits [. digits] [(e|E) [+-] digits], with at least one digit before the
 * exponent. 0, -EINVAL (anything else, also inf, nan and hexadecimal) or -ERANGE (overflow).
 * Numbers too small for a double become the nearest subnormal or zero. ret: on success only.
 */
int decimal_parse(const char *text, size_t len, double *ret);

#endif
