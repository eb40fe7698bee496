/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a definition: a VM within all bounds, or one line that says where and why. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "collectors/domain_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const prefixes[] = {"/srv/nfs/", ""};
static const struct shared_paths shared = {.prefixes = prefixes, .n = 1};

static void use(const struct vm_config *c)
{
	assert(strlen(c->uuid) == UUID_TEXT - 1);
	assert(c->name && c->name[0] != '\0' && c->cpu_model);
	assert(c->vcpus > 0 && c->cpu_level <= 4);
	assert(c->mem_bytes > 0 && c->mem_bytes <= c->mem_bytes_max);
	for (uint32_t i = 1; i < c->n_tags; i++)
		assert(strcmp(c->tags[i - 1].name, c->tags[i].name) < 0);
	for (uint32_t i = 0; i < c->n_blockers; i++) {
		assert(c->blockers[i].kind < BLOCKER_KIND_COUNT);
		assert(!strchr(c->blockers[i].what, '\n'));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {""};
	struct vm_config c;

	vm_config_init(&c);
	if (domain_xml_read((const char *)data, size, &shared, &c, &err) == 0)
		use(&c);
	else
		assert(strncmp(err.text, "line ", 5) == 0 && !strchr(err.text, '\n') && !c.name);
	vm_config_done(&c);
	return 0;
}
