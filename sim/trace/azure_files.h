/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_AZURE_FILES_H
#define SIM_TRACE_AZURE_FILES_H
/*
 * Where the files of an Azure data set are: in one folder, or in its sub-folders vmtable and
 * vm_cpu_readings as they are published.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct azure_files {
	char *vmtable;
	char **readings; /* in the order of their numbers, without a gap */
	uint32_t *numbers;
	uint32_t n_readings;
	bool complete; /* 1 to M of M */
};

int azure_files_find(const char *path, struct azure_files *ret, struct err *err);
void azure_files_done(struct azure_files *f);

#endif
