/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_XML_RIG_H
#define TESTS_SUPPORT_XML_RIG_H
/*
 * Definitions with one thing in them, for tests of what is read from it. Files below /srv/nfs are
 * shared.
 */
#include "collectors/domain_xml.h"

/* Reads a whole definition from memory; returns what domain_xml_read does. */
int xml_rig_read(const char *xml, struct vm_config *ret, struct err *err);

/* A sound VM with these elements beside <devices>, and in it; CU_ASSERTs that it is read. */
void xml_rig_with(const char *top, const char *device, struct vm_config *ret);

/* A file of tests/fixtures/libvirt; the caller frees it. */
char *xml_rig_fixture(const char *name);

#endif
