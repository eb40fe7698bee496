/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scalar notations; decimals are compared with the C library's, in the C locale. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define TEXT_MAX 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[TEXT_MAX + 1];
	double v = 0, expected;
	int64_t whole;
	usec_t us;

	size = size < TEXT_MAX ? size : TEXT_MAX;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (text_to_double(text, &v) == 0) {
		expected = strtod(text, NULL);
		assert(memcmp(&expected, &v, sizeof(v)) == 0);
	}
	if (text_to_int64(text, &whole) == 0)
		assert(whole == strtoll(text, NULL, 10));
	if (text_to_duration(text, &us) == 0)
		assert(us >= 0);
	if (text_to_bytes(text, &v) == 0)
		assert(v >= 0 && isfinite(v));
	(void)text_to_ratio(text, &v);
	return 0;
}
