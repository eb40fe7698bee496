/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table for definitions and capabilities alike. */
#include "collectors/arch_name.h"

#include <string.h>

static const struct {
	const char *name;
	enum arch arch;
} archs[] = {
        {"x86_64", ARCH_X86_64},   {"i686", ARCH_I686},   {"aarch64", ARCH_AARCH64},
        {"ppc64le", ARCH_PPC64LE}, {"s390x", ARCH_S390X}, {"riscv64", ARCH_RISCV64},
};

enum arch arch_of_name(const char *name)
{
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
		if (strcmp(archs[i].name, name) == 0)
			return archs[i].arch;
	return ARCH_ANY;
}
