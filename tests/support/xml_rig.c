/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See xml_rig.h. */
#include "tests/support/xml_rig.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/page.h"
#include "tests/support/test.h"

#define XML_MAX 8192

static const char *const prefixes[] = {"/srv/nfs/"};
static const struct shared_paths shared = {.prefixes = prefixes, .n = 1};

int xml_rig_read(const char *xml, struct vm_config *ret, struct err *err)
{
	return domain_xml_read(xml, strlen(xml), &shared, ret, err);
}

void xml_rig_with(const char *top, const char *device, struct vm_config *ret)
{
	char xml[XML_MAX];
	struct err err = {""};
	int n = snprintf(xml, sizeof(xml),
	                 "<domain type='kvm'><name>v</name>"
	                 "<uuid>00000000-0000-0000-0000-000000000001</uuid>"
	                 "<memory>1024</memory><vcpu>1</vcpu>%s<devices>%s</devices></domain>",
	                 top, device);

	CU_ASSERT_FATAL(n > 0 && n < XML_MAX);
	vm_config_init(ret);
	CU_ASSERT_EQUAL(xml_rig_read(xml, ret, &err), 0);
	if (err.text[0] != '\0')
		printf("%s\n", err.text);
}

char *xml_rig_fixture(const char *name)
{
	char path[128];
	char *text;

	(void)snprintf(path, sizeof(path), "tests/fixtures/libvirt/%s.xml", name); /* fits */
	text = page_read(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	return text;
}
