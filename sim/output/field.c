/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values as text. Times are printed from whole microseconds with integer arithmetic: a reader who
 * parses them gets back the very instant, which a double with %g would not promise.
 */
#include "sim/output/field.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD in UTF-8 */

void field_seconds(usec_t t_us, char ret_text[FIELD_TIME_LEN])
{
	const uint64_t us = t_us < 0 ? 0 - (uint64_t)t_us : (uint64_t)t_us;
	const char *sign = t_us < 0 ? "-" : "";
	int len;

	if (us % 1000000 == 0) {
		(void)snprintf(ret_text, FIELD_TIME_LEN, "%s%" PRIu64, sign, us / 1000000);
		return;
	}
	len = snprintf(ret_text, FIELD_TIME_LEN, "%s%" PRIu64 ".%06" PRIu64, sign, us / 1000000,
	               us % 1000000);
	assert(len > 0 && len < FIELD_TIME_LEN);
	while (ret_text[len - 1] == '0')
		ret_text[--len] = '\0';
}

void field_clock(usec_t t_us, char ret_text[FIELD_TIME_LEN])
{
	const int64_t s = t_us / USEC_PER_SEC;
	const int64_t days = s / 86400;
	char day[16] = "";

	if (days > 0)
		(void)snprintf(day, sizeof(day), "%" PRId64 "d ", days);
	(void)snprintf(ret_text, FIELD_TIME_LEN, "%s%02d:%02d:%02d", day, (int)(s / 3600 % 24),
	               (int)(s / 60 % 60), (int)(s % 60));
}

void field_csv(FILE *f, const char *text)
{
	if (!text)
		return;
	if (!strpbrk(text, ",\"\r\n")) {
		(void)fputs(text, f); /* the owner of f asks ferror once, at the end */
		return;
	}
	(void)fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			(void)fputc('"', f);
		(void)fputc(*text, f);
	}
	(void)fputc('"', f);
}

/* Length of the well-formed UTF-8 sequence at s (RFC 3629), or 0. */
static size_t utf8_sequence_len(const unsigned char *s)
{
	static const unsigned char low[] = {[0xe0 - 0xe0] = 0xa0, [0xf0 - 0xe0] = 0x90};
	const unsigned char c = s[0];
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if (len < 3)
		return len;
	if ((size_t)(c - 0xe0) < sizeof(low) && low[c - 0xe0] && s[1] < low[c - 0xe0])
		return 0; /* a longer form than needed */
	if ((c == 0xed && s[1] > 0x9f) || (c == 0xf4 && s[1] > 0x8f))
		return 0; /* half a surrogate pair; beyond U+10FFFF */
	return len;
}

json_t *field_json_text(const char *text)
{
	const unsigned char *s = (const unsigned char *)(text ? text : "");
	const size_t max = strlen((const char *)s) * (sizeof(replacement) - 1);
	char *clean = xcalloc(max + 1, 1);
	size_t len = 0;
	json_t *j;

	while (*s) {
		const size_t n = utf8_sequence_len(s);

		if (n) {
			memcpy(clean + len, s, n);
			len += n;
			s += n;
		} else {
			memcpy(clean + len, replacement, sizeof(replacement) - 1);
			len += sizeof(replacement) - 1;
			s++;
		}
	}
	j = json_stringn(clean, len);
	assert(j);
	free(clean);
	return j;
}

json_t *field_json_number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

json_t *field_json_seconds(usec_t t_us)
{
	if (t_us % USEC_PER_SEC == 0)
		return json_integer((json_int_t)(t_us / USEC_PER_SEC));
	return json_real(usec_to_sec(t_us));
}

json_t *field_json_count(uint64_t v)
{
	return json_integer((json_int_t)v);
}
