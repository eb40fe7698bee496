/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_ARCH_NAME_H
#define COLLECTORS_ARCH_NAME_H
/* libvirt's names of architectures, most of them those of uname. */
#include "core/model/fleet.h"

/* ARCH_ANY for one that no fleet can have. */
enum arch arch_of_name(const char *name);

#endif
