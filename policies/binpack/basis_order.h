/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_BASIS_ORDER_H
#define POLICIES_BINPACK_BASIS_ORDER_H
/*
 * In which order to eliminate the columns of a basis, and at which rows, so that little fills in.
 */
#include <stdint.h>

#include "policies/binpack/columns.h"

struct basis_pair {
	uint32_t row, slot;
};

/*
 * head[slot] is the column in each slot. ret_order (n_rows): every row and every slot once. The
 * numbers are not looked at: a row may turn out 0 there, since fill and cancelling are ignored.
 */
void basis_order(const struct columns *c, const uint32_t *head, struct basis_pair *ret_order);

#endif
