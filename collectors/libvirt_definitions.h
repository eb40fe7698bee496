/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_LIBVIRT_DEFINITIONS_H
#define COLLECTORS_LIBVIRT_DEFINITIONS_H
/* The domains' XML, kept between looks: a host with 100 VMs sends 0.5 MB of it. */
#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/model/report.h"

struct definition {
	char uuid[UUID_TEXT];
	char *xml; /* owned */
	bool transient;
	int id; /* of the running domain; -1 */
	enum vm_seen seen;
	uint32_t looks_left; /* until it is read again */
	bool kept;           /* asked for in this look */
};

struct definitions {
	struct definition *items;
	uint32_t n;
};

/*
 * The definition of dom, which was seen in that state; from the host if it may have changed. NULL
 * when the host does not give it: virGetLastError tells why. Valid until the next call.
 */
const struct definition *definitions_get(struct definitions *d, virDomainPtr dom,
                                         enum vm_seen seen);

/* Ends a look: forgets what was not asked for since the last. */
void definitions_sweep(struct definitions *d);
void definitions_done(struct definitions *d);

#endif
