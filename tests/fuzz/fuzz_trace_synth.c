/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of the generator, as a file of lines. Generating is left out: it may be asked to be big.
 */
#include "sim/trace/synth_params.h"
#include "tests/fuzz/trace_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char folder[FUZZ_PATH_MAX], path[FUZZ_PATH_MAX], spec[2 * FUZZ_PATH_MAX];
	struct err err = {{0}};
	struct synth_cfg cfg;

	fuzz_folder(folder);
	fuzz_write(folder, "spec", data, size);
	fuzz_path(folder, "spec", path);
	(void)snprintf(spec, sizeof(spec), "file=%s", path); /* fits */
	if (synth_parse(spec, &cfg, &err) == 0)
		assert(cfg.vms > 0 && cfg.columns > 0 && cfg.interval_us > 0);
	else
		assert(err.text[0] != '\0');
	fuzz_remove(folder, "spec");
	(void)rmdir(folder);
	return 0;
}
