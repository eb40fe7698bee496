/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only list of collectors. */
#include <stddef.h>
#include <string.h>

#include "collectors/collector.h"
#include "collectors/libvirt.h"

static const struct collector_ops *const collectors[] = {&libvirt_collector};

const struct collector_ops *collector_at(uint32_t i)
{
	return i < sizeof(collectors) / sizeof(collectors[0]) ? collectors[i] : NULL;
}

const struct collector_ops *collector_find(const char *name)
{
	const struct collector_ops *ops;

	for (uint32_t i = 0; (ops = collector_at(i)); i++)
		if (strcmp(ops->name, name) == 0)
			return ops;
	return NULL;
}
