/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libvirt has no number that grows with each change of a definition. A change that matters most
 * often comes with another state or id (start, stop, migration); one that does not, a device
 * plugged into a running VM, is found when the definition is read again anyway. Kept is the text:
 * it is parsed at each look, so that a change of the shared paths takes effect at once.
 */
#include "collectors/libvirt_definitions.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

/*
 * Looks until a definition is read again: at one look in 10 to 30 s, 3 to 10 minutes. A move that
 * is planned on what has changed since fails at its begin, and nothing is lost.
 */
#define DEFINITION_LOOKS 20

/* A list searched from its start: 1,000 VMs compare half a million texts, about 5 ms. */
static struct definition *slot(struct definitions *d, const char *uuid)
{
	for (uint32_t i = 0; i < d->n; i++)
		if (strcmp(d->items[i].uuid, uuid) == 0)
			return &d->items[i];
	d->items = xreallocarray(d->items, d->n + 1, sizeof(*d->items));
	d->items[d->n] = (struct definition){.id = -1};
	memcpy(d->items[d->n].uuid, uuid, UUID_TEXT);
	return &d->items[d->n++];
}

static bool is_fresh(const struct definition *e, int id, enum vm_seen seen)
{
	return e->xml && e->looks_left > 0 && e->id == id && e->seen == seen;
}

/* Half of the looks depend on the UUID, so that not all are read in the same look. */
static uint32_t lifetime(const char *uuid)
{
	uint32_t sum = 0;

	for (; *uuid; uuid++)
		sum += (unsigned char)*uuid;
	return DEFINITION_LOOKS / 2 + sum % (DEFINITION_LOOKS / 2 + 1);
}

const struct definition *definitions_get(struct definitions *d, virDomainPtr dom, enum vm_seen seen)
{
	char uuid[VIR_UUID_STRING_BUFLEN];
	unsigned raw = virDomainGetID(dom); /* (unsigned)-1: it does not run */
	struct definition *e;
	int id = raw == (unsigned)-1 ? -1 : (int)raw;

	if (virDomainGetUUIDString(dom, uuid) < 0)
		return NULL;
	e = slot(d, uuid);
	e->kept = true;
	if (is_fresh(e, id, seen)) {
		e->looks_left--;
		return e;
	}
	free(e->xml);
	e->xml = virDomainGetXMLDesc(dom, 0);
	if (!e->xml)
		return NULL;
	e->transient = virDomainIsPersistent(dom) == 0;
	e->id = id;
	e->seen = seen;
	e->looks_left = lifetime(uuid);
	return e;
}

void definitions_sweep(struct definitions *d)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->n; i++) {
		if (!d->items[i].kept) {
			free(d->items[i].xml);
			continue;
		}
		d->items[n] = d->items[i];
		d->items[n++].kept = false;
	}
	d->n = n;
}

void definitions_done(struct definitions *d)
{
	for (uint32_t i = 0; i < d->n; i++)
		free(d->items[i].xml);
	free(d->items);
	*d = (struct definitions){0};
}
