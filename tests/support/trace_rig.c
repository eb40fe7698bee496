/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces in a folder of their own; see trace_rig.h. */
#include "tests/support/trace_rig.h"

#include <assert.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/support/test.h"

#define DESCRIPTORS_MAX 8 /* that nftw may hold open */

void trace_rig_init(struct trace_rig *r)
{
	*r = (struct trace_rig){.folder = "/tmp/ebb-trace-XXXXXX"};
	if (!mkdtemp(r->folder))
		abort();
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void trace_rig_done(struct trace_rig *r)
{
	trace_close(r->trace);
	r->trace = NULL;
	(void)nftw(r->folder, remove_entry, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS);
}

static void make_path(struct trace_rig *r, const char *name)
{
	char *slash;

	(void)snprintf(r->path, sizeof(r->path), "%s/%s", r->folder, name); /* short names */
	for (slash = strchr(r->path + strlen(r->folder) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(r->path, 0777); /* is there already, or the open below fails */
		*slash = '/';
	}
}

/* A new buffer with the packed bytes. */
static void *pack(const struct trace_rig_bytes *b, size_t *ret_len)
{
	size_t cap = ZSTD_compressBound(b->len) + 1024;
	void *out = malloc(cap);
	z_stream z = {.next_in = (Bytef *)b->data, .avail_in = (uInt)b->len};

	assert(out);
	if (b->packing == TRACE_RIG_PLAIN) {
		memcpy(out, b->data, b->len);
		*ret_len = b->len;
	} else if (b->packing == TRACE_RIG_ZSTD) {
		*ret_len = ZSTD_compress(out, cap, b->data, b->len, 1);
	} else {
		z.next_out = out;
		z.avail_out = (uInt)cap;
		if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
		    deflate(&z, Z_FINISH) != Z_STREAM_END)
			abort();
		*ret_len = z.total_out;
		(void)deflateEnd(&z); /* all was taken out */
	}
	return out;
}

void trace_rig_write(struct trace_rig *r, const char *name, const struct trace_rig_bytes *bytes)
{
	size_t len;
	void *packed = pack(bytes, &len);
	FILE *f;

	make_path(r, name);
	f = fopen(r->path, "a");
	if (!f || fwrite(packed, 1, len - bytes->cut, f) != len - bytes->cut || fclose(f) != 0)
		abort();
	free(packed);
}

void trace_rig_file(struct trace_rig *r, const char *name, const char *text)
{
	trace_rig_write(r, name, &(struct trace_rig_bytes){.data = text, .len = strlen(text)});
}

void trace_rig_open(struct trace_rig *r, const char *format, const char *name)
{
	char spec[400];
	int ret;

	trace_close(r->trace);
	r->trace = NULL;
	(void)snprintf(spec, sizeof(spec), "%s:%s%s%s", format, r->folder, *name ? "/" : "", name);
	ret = trace_open(spec, 1, &r->trace, &r->err);
	if (ret < 0)
		printf("%s: %s\n", spec, r->err.text);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
}

void trace_rig_next(struct trace_rig *r)
{
	int ret = trace_next(r->trace, &r->column, &r->err);

	if (ret < 0)
		printf("%s\n", r->err.text);
	CU_ASSERT_EQUAL_FATAL(ret, 1);
}

void trace_rig_refuse(struct trace_rig *r, const char *spec, int code, const char *message)
{
	struct trace *t = NULL;
	struct trace_column column;
	int before = trace_rig_descriptors(), ret;

	r->err.text[0] = '\0';
	ret = trace_open(spec, 1, &t, &r->err);
	while (ret >= 0 && t && (ret = trace_next(t, &column, &r->err)) > 0)
		continue;
	trace_close(t);
	if (ret != code || !strstr(r->err.text, message))
		printf("%s: %d \"%s\", expected %d \"%s\"\n", spec, ret, r->err.text, code,
		       message);
	CU_ASSERT_EQUAL(ret, code);
	CU_ASSERT_PTR_NOT_NULL(strstr(r->err.text, message));
	CU_ASSERT_PTR_NULL(strchr(r->err.text, '\n'));
	CU_ASSERT_EQUAL(trace_rig_descriptors(), before);
}

bool trace_rig_same(double a, double b)
{
	uint64_t x, y;

	memcpy(&x, &a, sizeof(x));
	memcpy(&y, &b, sizeof(y));
	return x == y;
}

int trace_rig_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (!dir)
		abort();
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}
