/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PlanetLab days of any content, also packed: covers line reading and decompression. */
#include "tests/fuzz/trace_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[FUZZ_PATH_MAX], path[FUZZ_PATH_MAX];

	fuzz_folder(folder);
	fuzz_write(folder, "day", data, size);
	fuzz_path(folder, "day", path);
	fuzz_read_trace("planetlab", path);   /* one file */
	fuzz_read_trace("planetlab", folder); /* a folder with a file a VM */
	fuzz_remove(folder, "day");
	(void)rmdir(folder);
	return 0;
}
