/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of Azure data sets; see azure_files.h. File 10 comes after file 9, not after file 1. */
#include "sim/trace/azure_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/trace/folder.h"

#define READINGS_PREFIX "vm_cpu_readings-file-"
#define READINGS_MIDDLE "-of-"
#define VMTABLE_NAME    "vmtable.csv"
#define DIGITS_MAX      6 /* the sets have 125 and 195 files */

void azure_files_done(struct azure_files *f)
{
	for (uint32_t i = 0; i < f->n_readings; i++)
		free(f->readings[i]);
	free(f->readings);
	free(f->numbers);
	free(f->vmtable);
	*f = (struct azure_files){.vmtable = NULL};
}

/* Digits at *text, which moves behind them; false if there are none or too many. */
static bool take_number(const char **text, uint32_t *ret)
{
	size_t len = strspn(*text, "0123456789");
	uint32_t v = 0;

	if (len == 0 || len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		v = v * 10 + (uint32_t)((*text)[i] - '0');
	*text += len;
	*ret = v;
	return true;
}

/* "vm_cpu_readings-file-12-of-125.csv" */
static bool is_readings(const char *name, uint32_t *ret_number, uint32_t *ret_total)
{
	if (strncmp(name, READINGS_PREFIX, strlen(READINGS_PREFIX)) != 0)
		return false;
	name += strlen(READINGS_PREFIX);
	if (!take_number(&name, ret_number) ||
	    strncmp(name, READINGS_MIDDLE, strlen(READINGS_MIDDLE)) != 0)
		return false;
	name += strlen(READINGS_MIDDLE);
	return take_number(&name, ret_total) && path_unpacked_len(name) == strlen(".csv") &&
	       strncmp(name, ".csv", strlen(".csv")) == 0;
}

/* Inserts in order of numbers. */
static int add_readings(struct azure_files *f, uint32_t number, char *path, struct err *err)
{
	uint32_t at = f->n_readings;

	f->readings = xreallocarray(f->readings, f->n_readings + 1, sizeof(*f->readings));
	f->numbers = xreallocarray(f->numbers, f->n_readings + 1, sizeof(*f->numbers));
	for (; at > 0 && f->numbers[at - 1] > number; at--) {
		f->readings[at] = f->readings[at - 1];
		f->numbers[at] = f->numbers[at - 1];
	}
	f->readings[at] = path;
	f->numbers[at] = number;
	f->n_readings++;
	if (at > 0 && f->numbers[at - 1] == number)
		return err_set(err, -EEXIST, "%s: is there twice (also %s); remove one", path,
		               f->readings[at - 1]);
	return 0;
}

static int look_at(struct azure_files *f, const struct folder *folder, uint32_t *total,
                   struct err *err)
{
	for (size_t i = 0; i < folder->len; i++) {
		const char *name = folder->names[i];
		uint32_t number;

		if (is_readings(name, &number, total)) {
			int r = add_readings(f, number, path_join(folder->path, name), err);

			if (r < 0)
				return r;
		} else if (path_unpacked_len(name) == strlen(VMTABLE_NAME) &&
		           strncmp(name, VMTABLE_NAME, strlen(VMTABLE_NAME)) == 0) {
			if (f->vmtable)
				return err_set(err, -EEXIST,
				               "%s: two VM tables (%s in %s is the second); remove "
				               "one",
				               f->vmtable, name, folder->path);
			f->vmtable = path_join(folder->path, name);
		}
	}
	return 0;
}

static int check(struct azure_files *f, const char *path, uint32_t total, struct err *err)
{
	if (!f->vmtable)
		return err_set(err, -ENOENT, "%s: holds no vmtable.csv (or .gz); put it there",
		               path);
	if (f->n_readings == 0)
		return err_set(err, -ENOENT,
		               "%s: holds no vm_cpu_readings-file-N-of-M.csv (or .gz); put one "
		               "there",
		               path);
	for (uint32_t i = 1; i < f->n_readings; i++)
		if (f->numbers[i] != f->numbers[i - 1] + 1)
			return err_set(err, -ENOENT,
			               "%s: readings file %u of %u is missing before file %u; get "
			               "it",
			               path, f->numbers[i - 1] + 1, total, f->numbers[i]);
	f->complete = f->numbers[0] == 1 && f->n_readings == total;
	return 0;
}

int azure_files_find(const char *path, struct azure_files *ret, struct err *err)
{
	static const char *const places[] = {"vmtable", "vm_cpu_readings", "."};
	struct azure_files f = {.vmtable = NULL};
	uint32_t total = 0;
	int r = 0;

	if (!path_is_folder(path))
		return err_set(err, -ENOTDIR, "%s: is not a folder; name the one with vmtable.csv",
		               path);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && r == 0; i++) {
		char *place = path_join(path, places[i]);
		struct folder folder;

		/* A place without files is no place; what is missing is told in the end. */
		if (path_is_folder(place) && folder_open(place, &folder, NULL) == 0) {
			r = look_at(&f, &folder, &total, err);
			folder_close(&folder);
		}
		free(place);
	}
	if (r == 0)
		r = check(&f, path, total, err);
	if (r < 0) {
		azure_files_done(&f);
		return r;
	}
	*ret = f;
	return 0;
}
