/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decision logs of any content, asked all four questions: the reader behind `ebb explain`. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/output/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct explain_query queries[] = {
	        {.kind = EXPLAIN_HOST, .name = "h1", .last = 2},
	        {.kind = EXPLAIN_VM, .name = "v1"},
	        {.kind = EXPLAIN_DECISION, .number = 1},
	        {.kind = EXPLAIN_PLAN, .number = 1},
	};

	if (size == 0)
		return 0;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		FILE *log = fmemopen((void *)data, size, "r");
		FILE *out = fopen("/dev/null", "w");
		struct err err = {{0}};

		if (log && out)
			(void)explain(&queries[i], log, "fuzz", out, &err);
		if (out)
			(void)fclose(out);
		if (log)
			(void)fclose(log);
	}
	return 0;
}
