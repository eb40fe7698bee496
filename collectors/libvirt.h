/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_LIBVIRT_H
#define COLLECTORS_LIBVIRT_H
/* The collector of hosts that libvirt manages. */
#include "collectors/collector.h"

extern const struct collector_ops libvirt_collector;

#endif
