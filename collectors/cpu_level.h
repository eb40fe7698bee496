/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_CPU_LEVEL_H
#define COLLECTORS_CPU_LEVEL_H
/* The x86-64 micro-architecture level that a CPU model of libvirt and QEMU needs of a host. */
#include <stdint.h>

/* 1 to 4; 0 for a model that is not known. Suffixes ("-IBRS", "-noTSX", "-v2") are seen through. */
uint32_t cpu_level_of(const char *model);

#endif
