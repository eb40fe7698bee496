/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders; see folder.h. */
#include "sim/trace/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/xalloc.h"

bool path_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *path_join(const char *folder, const char *name)
{
	size_t len = strlen(folder) + strlen(name) + 2;
	char *path = xcalloc(len, 1);

	(void)snprintf(path, len, "%s/%s", folder, name); /* fits by construction */
	return path;
}

size_t path_unpacked_len(const char *name)
{
	static const char *const packed[] = {".gz", ".zst"};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++) {
		size_t n = strlen(packed[i]);

		if (len > n && strcmp(name + len - n, packed[i]) == 0)
			return len - n;
	}
	return len;
}

bool path_has_suffix(const char *name, const char *suffix)
{
	size_t len = path_unpacked_len(name), n = strlen(suffix);

	return len >= n && memcmp(name + len - n, suffix, n) == 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool wanted(const char *folder, const struct dirent *entry)
{
	char *path;
	bool is_folder;

	if (entry->d_name[0] == '.' || entry->d_type == DT_DIR)
		return false;
	if (entry->d_type == DT_REG)
		return true;
	path = path_join(folder, entry->d_name);
	is_folder = path_is_folder(path);
	free(path);
	return !is_folder;
}

static void add(struct folder *f, size_t *cap, const char *name)
{
	if (f->len == *cap) {
		*cap = *cap > 0 ? 2 * *cap : 64;
		f->names = xreallocarray(f->names, *cap, sizeof(*f->names));
	}
	f->names[f->len++] = xstrdup(name);
}

int folder_open(const char *path, struct folder *ret, struct err *err)
{
	struct folder f = {.len = 0};
	struct dirent *entry;
	size_t cap = 0;
	DIR *dir = opendir(path);

	if (!dir)
		return err_set(err, -errno, "%s: cannot read: %s; check the path", path,
		               strerror(errno));
	while ((entry = readdir(dir)))
		if (wanted(path, entry))
			add(&f, &cap, entry->d_name);
	(void)closedir(dir); /* was only read */
	if (f.len == 0) {
		folder_close(&f);
		return err_set(err, -ENOENT,
		               "%s: the folder holds no files; name the folder of the trace itself",
		               path);
	}
	qsort(f.names, f.len, sizeof(*f.names), compare_names);
	f.path = xstrdup(path);
	*ret = f;
	return 0;
}

void folder_close(struct folder *f)
{
	for (size_t i = 0; i < f->len; i++)
		free(f->names[i]);
	free(f->names);
	free(f->path);
	*f = (struct folder){.len = 0};
}
