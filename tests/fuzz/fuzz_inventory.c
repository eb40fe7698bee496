/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as an inventory: hosts sorted, each with a name and an address, or one line of why. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inventory *inv = NULL;
	struct err err = {""};

	if (inventory_parse((const char *)data, size, &inv, &err) < 0) {
		assert(err.text[0]);
		assert(!strchr(err.text, '\n'));
		return 0;
	}
	assert(inv->n_hosts > 0);
	for (uint32_t i = 0; i < inv->n_hosts; i++) {
		assert(inv->hosts[i].name[0]);
		assert(inv->hosts[i].libvirt[0]);
		assert(i == 0 || strcmp(inv->hosts[i - 1].name, inv->hosts[i].name) < 0);
	}
	inventory_free(inv);
	return 0;
}
