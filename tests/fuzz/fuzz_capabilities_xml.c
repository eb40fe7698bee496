/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as capabilities: a host that adds up, or one line that says where and why. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "collectors/domain_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = {""};
	struct host_report r;

	host_report_init(&r);
	if (capabilities_xml_read((const char *)data, size, &r, &err) == 0)
		assert(r.cpu_model && (r.threads == 0 || r.cores <= r.threads));
	else
		assert(strncmp(err.text, "line ", 5) == 0 && !strchr(err.text, '\n') &&
		       !r.cpu_model);
	host_report_done(&r);
	return 0;
}
