/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef POLICIES_BINPACK_BASIS_LU_H
#define POLICIES_BINPACK_BASIS_LU_H
/*
 * Linear systems with the basis matrix of the simplex method. The basis B has one column for each
 * row of the problem; the place of a column in it is called its slot.
 */
#include <stdbool.h>
#include <stdint.h>

#include "policies/binpack/columns.h"

struct basis_lu;

struct basis_lu *basis_lu_new(uint32_t n_rows);
void basis_lu_free(struct basis_lu *lu);

/* Factors the basis with column head[slot] in each slot; false if it is (nearly) singular. */
bool basis_lu_factor(struct basis_lu *lu, const struct columns *c, const uint32_t *head);

/* Solves B z = a; a is by row and destroyed, z by slot. */
void basis_lu_solve(struct basis_lu *lu, double *a, double *ret_z);

/* Solves w B = c; c is by slot and destroyed, w by row. */
void basis_lu_solve_left(struct basis_lu *lu, double *c, double *ret_w);

/* The column of slot is replaced by the one whose solution of B z = a is z; z[slot] != 0. */
void basis_lu_replace(struct basis_lu *lu, uint32_t slot, const double *z);

/* Whether so many columns were replaced that factoring anew is cheaper, or due. */
bool basis_lu_is_stale(const struct basis_lu *lu);

/* About the steps of a solution, and of the last factorisation. */
uint64_t basis_lu_solve_steps(const struct basis_lu *lu);
uint64_t basis_lu_factor_steps(const struct basis_lu *lu);

#endif
