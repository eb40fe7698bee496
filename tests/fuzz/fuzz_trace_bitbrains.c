/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bitbrains traces. Input is cut at bytes '|': one part is a published file, three are the files
 * of the wide form.
 */
#include "tests/fuzz/trace_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const wide[3] = {"r-vms.csv", "r-cpu_mhz.csv", "r-mem_mb.csv"};
	const uint8_t *end = data + size, *cut;
	char folder[FUZZ_PATH_MAX];
	int parts = 0;

	fuzz_folder(folder);
	for (; parts < 3 && (parts == 0 || data < end); parts++) {
		cut = size > 0 ? memchr(data, '|', (size_t)(end - data)) : NULL;
		cut = cut ? cut : end;
		fuzz_write(folder, wide[parts], data, (size_t)(cut - data));
		data = cut < end ? cut + 1 : end;
	}
	if (parts == 1) {
		char from[FUZZ_PATH_MAX], to[FUZZ_PATH_MAX];

		fuzz_path(folder, wide[0], from);
		fuzz_path(folder, "1.csv", to);
		(void)rename(from, to); /* cannot fail in an own folder */
	}
	fuzz_read_trace("bitbrains", folder);
	for (int i = 0; i < 3; i++)
		fuzz_remove(folder, wide[i]);
	fuzz_remove(folder, "1.csv");
	(void)rmdir(folder);
	return 0;
}
