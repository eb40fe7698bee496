/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Azure public data sets V1 (2017) and V2 (2019) of VM traces (E. Cortez et al., "Resource
 * Central", SOSP 2017), without header lines:
 *   vmtable.csv    VM id, subscription, deployment, created s, deleted s, max CPU, mean CPU,
 *                  95th percentile of max CPU, category, cores, memory GB
 *   vm_cpu_readings-file-N-of-M.csv    time s, VM id, min CPU, max CPU, mean CPU, in percent of
 *                  the VM; all files in turn are in order of time, each a slice of it
 * V2 gives cores and memory in buckets: "4", or ">24" for the last; such a VM counts as the next
 * power of two (32 cores, 128 GB).
 *
 * The readings are streamed: memory is that of the VM table. A part of the readings files will do,
 * as long as they follow each other: column 0 is the first time in them, and VMs deleted before
 * that are left out. The mean CPU of the interval is the demand.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "sim/trace/azure_files.h"
#include "sim/trace/cells.h"
#include "sim/trace/folder.h"
#include "sim/trace/formats.h"
#include "sim/trace/input.h"
#include "sim/trace/roster.h"

#define INTERVAL_S    300
#define TIME_MAX_S    1e10 /* three centuries of seconds from 0 */
#define PERCENT_MAX   100.0
#define PERCENT_SLACK 1.0 /* readings of a few files run up to 100.3 */
#define BYTES_PER_GIB (1024 * BYTES_PER_MIB)
#define BUCKET_MAX    1e6

/* One line of a readings file. */
struct reading {
	int64_t time_s;
	uint32_t vm;
	double cpu_ratio;
};

/* VM by name: open addressing, at most half full. */
struct names {
	uint32_t *slots; /* VM + 1; 0 = free */
	uint64_t mask;
};

struct azure {
	struct trace base;
	struct azure_files files;
	struct roster roster;
	struct names names;
	struct input *in;     /* NULL: none is open */
	uint32_t file;        /* the next to be opened */
	int64_t origin_s;     /* time of the first reading */
	int64_t last_s;       /* time of the last reading */
	struct reading ahead; /* already read, of a column to come */
	bool has_ahead;
	uint64_t next;
	double *cpu;
};

static uint64_t hash(const char *text, size_t len)
{
	uint64_t h = 0x9e3779b97f4a7c15u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

static void names_build(struct names *names, const struct roster *r)
{
	uint64_t cap = 64;

	while (cap < 2 * (uint64_t)r->len)
		cap *= 2;
	names->mask = cap - 1;
	names->slots = xcalloc(cap, sizeof(*names->slots));
	for (uint32_t i = 0; i < r->len; i++) {
		uint64_t at = hash(r->vms[i].name, strlen(r->vms[i].name)) & names->mask;

		while (names->slots[at] != 0)
			at = (at + 1) & names->mask;
		names->slots[at] = i + 1;
	}
}

static uint32_t names_find(const struct azure *a, struct cell name)
{
	uint64_t at = hash(name.text, name.len) & a->names.mask;

	for (; a->names.slots[at] != 0; at = (at + 1) & a->names.mask) {
		uint32_t vm = a->names.slots[at] - 1;
		const char *known = a->roster.vms[vm].name;

		if (strncmp(known, name.text, name.len) == 0 && known[name.len] == '\0')
			return vm;
	}
	return ID_NONE;
}

/* A number or a bucket such as ">24", which counts as the next power of two. */
static int parse_bucket(struct cell cell, double *ret)
{
	bool above = cell.len > 0 && *cell.text == '>';
	double v, power = 1;

	if (above)
		cell = (struct cell){cell.text + 1, cell.len - 1};
	if (cell_number(cell, &v) < 0 || !(v >= 0 && v <= BUCKET_MAX))
		return -EINVAL;
	while (above && power <= v)
		power *= 2;
	*ret = above ? power : v;
	return 0;
}

static int parse_time(struct cell cell, int64_t *ret_s)
{
	double v;

	if (cell_number(cell_trim(cell), &v) < 0 || !(v >= 0 && v <= TIME_MAX_S))
		return -EINVAL;
	*ret_s = (int64_t)v;
	return 0;
}

enum column {
	COLUMN_ID,
	COLUMN_CREATED = 3,
	COLUMN_DELETED = 4,
	COLUMN_CATEGORY = 8,
	COLUMN_CORES = 9,
	COLUMN_MEMORY = 10,
	COLUMN_COUNT
};

/* A name or category out of its cell; bounded, because it comes from outside. */
static void copy_text(struct cell cell, char ret_text[ROSTER_NAME_MAX + 1])
{
	size_t len = cell.len < ROSTER_NAME_MAX ? cell.len : ROSTER_NAME_MAX;

	memcpy(ret_text, cell.text, len);
	ret_text[len] = '\0';
}

static int add_vm(struct azure *a, const struct cell cells[COLUMN_COUNT], struct err *err)
{
	char name[ROSTER_NAME_MAX + 1], type[ROSTER_NAME_MAX + 1];
	int64_t created_s, deleted_s;
	double cores, mem_gib;

	if (parse_time(cells[COLUMN_CREATED], &created_s) < 0 ||
	    parse_time(cells[COLUMN_DELETED], &deleted_s) < 0 || deleted_s < created_s)
		return input_fail(a->in, err, -EINVAL,
		                  "created and deleted are not two rising times in seconds; copy "
		                  "the file again");
	if (parse_bucket(cell_trim(cells[COLUMN_CORES]), &cores) < 0 ||
	    parse_bucket(cell_trim(cells[COLUMN_MEMORY]), &mem_gib) < 0)
		return input_fail(a->in, err, -EINVAL,
		                  "cores or memory is no number (4) or bucket (>24); copy the "
		                  "file again");
	if (cells[COLUMN_ID].len == 0 || cells[COLUMN_ID].len > ROSTER_NAME_MAX)
		return input_fail(a->in, err, -EINVAL, "no VM id; copy the file again");
	if (deleted_s < a->origin_s)
		return 0;
	copy_text(cells[COLUMN_ID], name);
	copy_text(cells[COLUMN_CATEGORY], type);
	created_s = created_s > a->origin_s ? created_s - a->origin_s : 0;
	(void)roster_add(
	        &a->roster,
	        &(struct trace_vm){.name = name,
	                           .type = type,
	                           .vcpus = (uint32_t)cores,
	                           .mem_bytes = mem_gib * BYTES_PER_GIB,
	                           .first = (uint64_t)created_s / INTERVAL_S,
	                           .last = (uint64_t)(deleted_s - a->origin_s) / INTERVAL_S + 1},
	        input_line_number(a->in));
	return 0;
}

static int read_vm_line(struct azure *a, struct cell line, struct err *err)
{
	struct cell cell[COLUMN_COUNT];
	struct cells cells;

	cells_init(&cells, line.text, line.len, ',');
	for (int i = 0; i < COLUMN_COUNT; i++)
		if (!cells_next(&cells, &cell[i]))
			return input_fail(a->in, err, -EINVAL,
			                  "%d columns, but a VM table has %d; is this the file?", i,
			                  COLUMN_COUNT);
	if (input_line_number(a->in) == 1 && cell[COLUMN_ID].len == strlen("vmid") &&
	    memcmp(cell[COLUMN_ID].text, "vmid", strlen("vmid")) == 0)
		return 0; /* some copies come with a header */
	return add_vm(a, cell, err);
}

static int read_vmtable(struct azure *a, struct err *err)
{
	char *line;
	size_t len;
	int r = input_open(a->files.vmtable, UNPACK_ONCE, &a->in, err);

	if (r < 0)
		return r;
	while ((r = input_line(a->in, &line, &len, err)) > 0) {
		r = read_vm_line(a, (struct cell){line, len}, err);
		if (r < 0)
			break;
	}
	if (r == 0 && a->roster.len == 0)
		r = err_set(err, -ENODATA,
		            "%s: no VM lives when the readings begin; use the table of the same "
		            "data set",
		            a->files.vmtable);
	input_close(a->in);
	a->in = NULL;
	return r < 0 ? r : roster_sort(&a->roster, a->files.vmtable, err);
}

/* time, VM id, min, max, mean; ret->vm is ID_NONE where the VM is not in the table. */
static int parse_reading(struct azure *a, struct cell line, struct reading *ret, struct err *err)
{
	struct cell cell[5];
	struct cells cells;
	double percent = NAN;
	int r;

	cells_init(&cells, line.text, line.len, ',');
	for (int i = 0; i < 5; i++)
		if (!cells_next(&cells, &cell[i]))
			return input_fail(a->in, err, -EINVAL,
			                  "%d columns, but a reading has 5: time, VM, min, max, "
			                  "mean; copy the file again",
			                  i);
	if (parse_time(cell[0], &ret->time_s) < 0)
		return input_fail(a->in, err, -EINVAL,
		                  "\"%.*s\" is not a time in seconds; copy the file again",
		                  cell_shown_len(cell[0]), cell[0].text);
	r = cell_number(cell_trim(cell[4]), &percent);
	if ((r < 0 && r != -ENODATA) || percent < 0 || percent > PERCENT_MAX + PERCENT_SLACK)
		return input_fail(a->in, err, -EINVAL,
		                  "mean CPU \"%.*s\" is not 0 to 100; copy the file again",
		                  cell_shown_len(cell[4]), cell[4].text);
	ret->cpu_ratio = percent > PERCENT_MAX ? 1 : percent / PERCENT_MAX;
	ret->vm = a->names.slots ? names_find(a, cell[1]) : ID_NONE;
	if (a->names.slots && ret->vm == ID_NONE)
		return input_fail(a->in, err, -ENOENT,
		                  "VM \"%.*s\" is not in %s; use the table of the same data set",
		                  cell_shown_len(cell[1]), cell[1].text, a->files.vmtable);
	return 0;
}

/* The next reading of all files in turn: 1, 0 at the end. */
static int next_reading(struct azure *a, struct reading *ret, struct err *err)
{
	char *line;
	size_t len;
	int r;

	for (;;) {
		if (!a->in && a->file == a->files.n_readings)
			return 0;
		if (!a->in) {
			r = input_open(a->files.readings[a->file], UNPACK_ONCE, &a->in, err);
			if (r < 0)
				return r;
			a->file++;
		}
		r = input_line(a->in, &line, &len, err);
		if (r == 0 && input_line_number(a->in) == 0)
			r = err_set(err, -ENODATA, "%s: holds no readings; copy the file again",
			            input_name(a->in));
		if (r != 0)
			break;
		input_close(a->in);
		a->in = NULL;
	}
	if (r > 0)
		r = parse_reading(a, (struct cell){line, len}, ret, err);
	if (r == 0 && ret->time_s < a->last_s)
		return input_fail(a->in, err, -EINVAL,
		                  "time %lld after %lld; sort the readings by time",
		                  (long long)ret->time_s, (long long)a->last_s);
	if (r < 0)
		return r;
	a->last_s = ret->time_s;
	return 1;
}

/* Reads one reading and goes back to before it. */
static int find_origin(struct azure *a, struct err *err)
{
	struct reading first = {.time_s = 0};
	int r = next_reading(a, &first, err);

	if (r == 0)
		r = err_set(err, -ENODATA, "%s: holds only blank lines; copy the file again",
		            a->files.readings[0]);
	if (r < 0)
		return r;
	a->origin_s = first.time_s;
	input_close(a->in);
	a->in = NULL;
	a->file = 0;
	return 0;
}

/* Readings outside the life that the table states are dropped: the table says who is there. */
static void put_reading(struct azure *a, const struct reading *reading)
{
	const struct trace_vm *vm = &a->roster.vms[reading->vm];

	if (a->next >= vm->first && a->next < vm->last)
		a->cpu[reading->vm] = reading->cpu_ratio;
}

static int azure_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	struct azure *a = (struct azure *)t;
	int r = 1;

	for (uint32_t i = 0; i < a->roster.len; i++)
		a->cpu[i] = NAN;
	for (;;) {
		if (!a->has_ahead)
			r = next_reading(a, &a->ahead, err);
		if (r < 0)
			return r;
		a->has_ahead = r > 0;
		if (!a->has_ahead ||
		    (uint64_t)(a->ahead.time_s - a->origin_s) / INTERVAL_S > a->next)
			break;
		put_reading(a, &a->ahead);
		a->has_ahead = false;
	}
	/* The end is reached when the column before held the last reading. */
	if (!a->has_ahead && (uint64_t)(a->last_s - a->origin_s) / INTERVAL_S < a->next)
		return 0;
	*ret = (struct trace_column){.index = a->next++, .cpu = a->cpu};
	return 1;
}

static void azure_close(struct trace *t)
{
	struct azure *a = (struct azure *)t;

	azure_files_done(&a->files);
	roster_done(&a->roster);
	input_close(a->in);
	free(a->names.slots);
	free(a->cpu);
	free(a);
}

static const struct trace_ops azure_ops = {.next = azure_next, .close = azure_close};

static void fill_info(struct azure *a)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < a->roster.len; i++)
		last = a->roster.vms[i].last > last ? a->roster.vms[i].last : last;
	a->base.info = (struct trace_info){.interval_us = INTERVAL_S * USEC_PER_SEC,
	                                   .n_columns = a->files.complete ? last : UINT64_MAX,
	                                   .n_vms = a->roster.len,
	                                   .vms = a->roster.vms,
	                                   .cpu_unit = TRACE_CPU_RATIO};
	a->cpu = xcalloc(a->roster.len, sizeof(*a->cpu));
}

static int azure_open(const char *path, uint64_t seed, struct trace **ret, struct err *err)
{
	struct azure *a = xcalloc(1, sizeof(*a));
	int r = azure_files_find(path, &a->files, err);

	(void)seed; /* measured, not generated */
	a->base.ops = &azure_ops;
	if (r == 0)
		r = find_origin(a, err);
	if (r == 0)
		r = read_vmtable(a, err);
	if (r < 0) {
		azure_close(&a->base);
		return r;
	}
	names_build(&a->names, &a->roster);
	fill_info(a);
	*ret = &a->base;
	return 0;
}

const struct trace_format trace_format_azure = {
        .name = "azure",
        .help = "a folder with vmtable.csv and vm_cpu_readings-file-N-of-M.csv (Azure V1, V2)",
        .open = azure_open,
};
