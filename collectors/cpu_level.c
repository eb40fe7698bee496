/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU models and their levels. A VM can only start where the host has every feature of its model;
 * the level is the coarse form of that which fleets are described by.
 */
#include "collectors/cpu_level.h"

#include <string.h>

/*
 * The level each model fulfils by QEMU's table of ABI compatibility (docs/system/
 * cpu-models-x86-abi.csv); the levels are those of the x86-64 psABI. KnightsMill has AVX-512 but
 * not its VL, BW and DQ parts. Names of 32 bits are left out: they have no level.
 */
static const struct {
	const char *name;
	uint32_t level;
} models[] = {
        {"Broadwell", 3},        {"Cascadelake-Server", 4},
        {"ClearwaterForest", 3}, {"Conroe", 1},
        {"Cooperlake", 4},       {"Denverton", 2},
        {"Dhyana", 3},           {"EPYC", 3},
        {"EPYC-Genoa", 4},       {"EPYC-Milan", 3},
        {"EPYC-Rome", 3},        {"EPYC-Turin", 4},
        {"GraniteRapids", 4},    {"Haswell", 3},
        {"Icelake-Client", 4},   {"Icelake-Server", 4},
        {"IvyBridge", 2},        {"KnightsMill", 3},
        {"Nehalem", 2},          {"Opteron_G1", 1},
        {"Opteron_G2", 1},       {"Opteron_G3", 1},
        {"Opteron_G4", 2},       {"Opteron_G5", 2},
        {"Penryn", 1},           {"SandyBridge", 2},
        {"SapphireRapids", 4},   {"SierraForest", 3},
        {"Skylake-Client", 3},   {"Skylake-Server", 4},
        {"Snowridge", 2},        {"Westmere", 2},
        {"core2duo", 1},         {"cpu64-rhel5", 1},
        {"cpu64-rhel6", 1},      {"kvm64", 1},
        {"phenom", 1},           {"qemu64", 1},
        {"x86-64-v1", 1},        {"x86-64-v2", 2},
        {"x86-64-v2-AES", 2},    {"x86-64-v3", 3},
        {"x86-64-v4", 4},
};

/* "Haswell-noTSX-IBRS" is Haswell; "EPYC-Genoa-v2" is EPYC-Genoa: the longest whole word wins. */
uint32_t cpu_level_of(const char *model)
{
	size_t longest = 0;
	uint32_t level = 0;

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		size_t n = strlen(models[i].name);
		char after;

		if (n <= longest || strncmp(model, models[i].name, n) != 0)
			continue;
		after = model[n];
		if (after != '\0' && after != '-')
			continue;
		longest = n;
		level = models[i].level;
	}
	return level;
}
