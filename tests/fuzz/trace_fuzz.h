/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_FUZZ_TRACE_FUZZ_H
#define TESTS_FUZZ_TRACE_FUZZ_H
/*
 * What the fuzz targets of trace formats share: input as files of a folder, and a trace read
 * until it ends or fails. A header, because each target is linked from one source file.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/trace/trace.h"

#define FUZZ_PATH_MAX    256
#define FUZZ_COLUMNS_MAX 500 /* a few bytes can ask for a billion columns, all alike */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_folder(char ret_path[FUZZ_PATH_MAX])
{
	/* In memory: a file system on a disk takes most of the time of a run. */
	(void)snprintf(ret_path, FUZZ_PATH_MAX, "/dev/shm/ebb-fuzz-XXXXXX"); /* fits */
	if (!mkdtemp(ret_path))
		abort();
}

static inline void fuzz_path(const char *folder, const char *name, char ret[FUZZ_PATH_MAX])
{
	(void)snprintf(ret, FUZZ_PATH_MAX, "%s/%s", folder, name); /* fits */
}

static inline void fuzz_write(const char *folder, const char *name, const void *data, size_t size)
{
	char path[FUZZ_PATH_MAX];
	FILE *f;

	fuzz_path(folder, name, path);
	f = fopen(path, "w");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

static inline void fuzz_remove(const char *folder, const char *name)
{
	char path[FUZZ_PATH_MAX];

	fuzz_path(folder, name, path);
	(void)unlink(path); /* the folder below tells */
}

/* Every failure must come with one line of text. */
static inline void fuzz_read_trace(const char *format, const char *path)
{
	char spec[2 * FUZZ_PATH_MAX];
	struct err err = {{0}};
	struct trace_column column;
	struct trace *t = NULL;
	int r;

	(void)snprintf(spec, sizeof(spec), "%s:%s", format, path); /* fits */
	r = trace_open(spec, 1, &t, &err);
	for (int i = 0; r >= 0 && i < FUZZ_COLUMNS_MAX; i++) {
		r = trace_next(t, &column, &err);
		if (r <= 0)
			break;
		assert(column.index == (uint64_t)i);
	}
	assert(r >= 0 || err.text[0] != '\0');
	trace_close(t);
}

#endif
