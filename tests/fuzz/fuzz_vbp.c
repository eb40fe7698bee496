/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of any content, read as an instance of vector bin packing; what is read and small is
 * packed, and the packing checked.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policies/binpack/binpack.h"
#include "sim/vbp.h"

#define PACKED_ITEMS_MAX 60
#define STEPS            300000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void pack(const struct vbp *v)
{
	int64_t *item = calloc((size_t)v->n_items * v->n_dims + 1, sizeof(*item)), *to = item;
	struct binpack_instance inst = {v->n_dims, v->n_items, v->capacity, item};
	struct binpack_opts opts = {.seed = 1, .steps_max = STEPS};
	struct binpack_result r;
	struct err err = {""};

	assert(item);
	for (uint32_t k = 0; k < v->n_kinds; k++)
		for (uint32_t i = 0; i < v->demand[k]; i++, to += v->n_dims)
			memcpy(to, v->size + (size_t)k * v->n_dims, v->n_dims * sizeof(*to));
	if (binpack_solve(&inst, &opts, &r, &err) == 0) {
		assert(binpack_is_valid(&inst, r.bin_of, r.n_bins));
		assert(r.lower_bound <= r.n_bins);
		binpack_result_done(&r);
	}
	free(item);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/dev/shm/ebb-fuzz-XXXXXX"; /* in memory: fast */
	int fd = mkstemp(path);
	struct vbp v = {0};
	struct err err = {""};

	if (fd < 0)
		return 0;
	if (write(fd, data, size) == (ssize_t)size && vbp_read(path, &v, &err) == 0) {
		if (v.n_items <= PACKED_ITEMS_MAX)
			pack(&v);
		vbp_done(&v);
	}
	(void)close(fd);    /* nothing is lost */
	(void)unlink(path); /* as above */
	return 0;
}
