/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values as text. Times are printed from whole microseconds with integer arithmetic: a reader who
 * parses them gets back the very instant, which a double with %g would not promise.
 */
#include "sim/output/field.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

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
