/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_DOMAIN_PRIVATE_H
#define COLLECTORS_DOMAIN_PRIVATE_H
/*
 * What the readers of parts of a definition share. Each adds the blockers of its part to c; none
 * of them can fail: what they do not know is not a blocker.
 */
#include <stdbool.h>

#include "collectors/domain_xml.h"
#include "collectors/xml.h"

struct domain_reader {
	const struct shared_paths *shared;
	struct vm_config *c;
};

/* Adds a blocker with a text in one line. */
void domain_block(const struct domain_reader *r, enum blocker_kind kind, bool hard, const char *fmt,
                  ...) __attribute__((format(printf, 4, 5)));

/* path is at or below a shared prefix, by whole components and without "..". */
bool domain_path_is_shared(const struct domain_reader *r, const char *path);

/* As xml_attr, "" if not there. */
const char *domain_attr(const struct xml_node *n, const char *name);

bool domain_attr_is(const struct xml_node *n, const char *name, const char *value);

void domain_read_disks(const struct domain_reader *r, const struct xml_node *devices);
void domain_read_devices(const struct domain_reader *r, const struct xml_node *devices);

/* CPU, memory and NUMA: what binds the VM to properties of its host. */
void domain_read_binding(const struct domain_reader *r, const struct xml_node *domain);

#endif
