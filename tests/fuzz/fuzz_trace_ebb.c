/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recordings of any content. */
#include "tests/fuzz/trace_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[FUZZ_PATH_MAX], path[FUZZ_PATH_MAX];

	fuzz_folder(folder);
	fuzz_write(folder, "r", data, size);
	fuzz_path(folder, "r", path);
	fuzz_read_trace("ebb", path);
	fuzz_remove(folder, "r");
	(void)rmdir(folder);
	return 0;
}
