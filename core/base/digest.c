/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running digest; see digest.h. */
#include "core/base/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FNV_OFFSET 0xcbf29ce484222325u
#define FNV_PRIME  0x100000001b3u

void digest_init(struct digest *d)
{
	d->h = FNV_OFFSET;
}

void digest_bytes(struct digest *d, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		d->h = (d->h ^ p[i]) * FNV_PRIME;
}

void digest_u64(struct digest *d, uint64_t v)
{
	for (int i = 0; i < 8; i++)
		d->h = (d->h ^ ((v >> (8 * i)) & 0xff)) * FNV_PRIME;
}

void digest_double(struct digest *d, double v)
{
	uint64_t bits;

	memcpy(&bits, &v, sizeof(bits));
	digest_u64(d, bits);
}

void digest_str(struct digest *d, const char *s)
{
	if (!s)
		s = "";
	digest_bytes(d, s, strlen(s) + 1);
}

void digest_text(const struct digest *d, char ret_text[DIGEST_TEXT_LEN])
{
	(void)snprintf(ret_text, DIGEST_TEXT_LEN, "%016" PRIx64, d->h); /* 16 digits always fit */
}
