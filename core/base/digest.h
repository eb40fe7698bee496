/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_BASE_DIGEST_H
#define CORE_BASE_DIGEST_H
/*
 * A 64-bit running digest (FNV-1a; Fowler, Noll, Vo) that tells two decision logs or two
 * configurations apart. Not cryptographic: it guards against mistakes, not against malice.
 * Integers are fed least significant byte first and doubles by their IEEE bits, so that the
 * digest does not depend on the machine.
 */
#include <stddef.h>
#include <stdint.h>

#define DIGEST_TEXT_LEN 17 /* 16 hex digits and the terminator */

struct digest {
	uint64_t h;
};

void digest_init(struct digest *d);
void digest_bytes(struct digest *d, const void *data, size_t len);
void digest_u64(struct digest *d, uint64_t v);
void digest_double(struct digest *d, double v);
void digest_str(struct digest *d, const char *s); /* with its terminator; NULL counts as "" */
void digest_text(const struct digest *d, char ret_text[DIGEST_TEXT_LEN]);

#endif
