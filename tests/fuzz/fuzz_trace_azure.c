/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Azure data sets: VM table, then '|', then readings. */
#include "tests/fuzz/trace_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char table[] = "vmtable.csv", readings[] = "vm_cpu_readings-file-1-of-1.csv";
	const uint8_t *cut = size > 0 ? memchr(data, '|', size) : NULL;
	size_t len = cut ? (size_t)(cut - data) : size;
	char folder[FUZZ_PATH_MAX];

	fuzz_folder(folder);
	fuzz_write(folder, table, data, len);
	if (cut)
		fuzz_write(folder, readings, cut + 1, size - len - 1);
	fuzz_read_trace("azure", folder);
	fuzz_remove(folder, table);
	fuzz_remove(folder, readings);
	(void)rmdir(folder);
	return 0;
}
