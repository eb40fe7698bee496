/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * B = L U by left-looking Gaussian elimination, then one eta column for each replaced column.
 *
 * The order of the columns and their rows is planned before (basis_order.h). The planned row is
 * taken unless its number is less than PIVOT_SHARE of the largest one of the column.
 *
 * With B_k = B E_1 ... E_k, E_i the identity but for the column of slot r_i, which is the solution
 * z_i of B_{i-1} z = a, a replaced column costs one vector (product form of the inverse, G. Dantzig
 * and W. Orchard-Hays, 1954). Forrest and Tomlin's update fills less but would be twice the code;
 * factoring anew every REPLACED_MAX columns costs about a tenth of the time of the method.
 */
#include "policies/binpack/basis_lu.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "policies/binpack/basis_order.h"

#define REPLACED_MAX 48    /* vectors of product form; 24 to 64 take the same time (measured) */
#define PIVOT_SHARE  0.05  /* usual threshold pivoting takes 0.01 to 0.1 */
#define PIVOT_MIN    1e-9  /* below: singular */
#define DROP         1e-13 /* rounding noise is not stored */
#define NONE         UINT32_MAX

struct span {
	uint32_t from, to; /* in entry[] */
};

struct entry {
	uint32_t at;
	double value;
};

/* One step of the elimination. */
struct step {
	uint32_t row, slot;
	double pivot;
	struct span lower; /* rows still to be pivoted, divided by the pivot */
	struct span upper; /* rows pivoted before */
};

struct replaced {
	uint32_t slot;
	double pivot;
	struct span rest; /* by slot */
};

struct basis_lu {
	uint32_t n;
	struct basis_pair *order;
	struct step *step;
	uint32_t *filled; /* steps with a lower part, in order */
	uint32_t n_filled;
	struct replaced replaced[REPLACED_MAX];
	uint32_t n_replaced;
	struct entry *entry;
	uint32_t n_entries, entries_size, n_factor_entries;
	double *work;      /* by row; all 0 between calls */
	uint32_t *touched; /* rows of work that are in use */
	bool *is_touched, *is_done;
};

struct basis_lu *basis_lu_new(uint32_t n_rows)
{
	struct basis_lu *lu = xcalloc(1, sizeof(*lu));

	lu->n = n_rows;
	lu->order = xcalloc(n_rows, sizeof(*lu->order));
	lu->step = xcalloc(n_rows, sizeof(*lu->step));
	lu->filled = xcalloc(n_rows, sizeof(*lu->filled));
	lu->work = xcalloc(n_rows, sizeof(*lu->work));
	lu->touched = xcalloc(n_rows, sizeof(*lu->touched));
	lu->is_touched = xcalloc(n_rows, sizeof(*lu->is_touched));
	lu->is_done = xcalloc(n_rows, sizeof(*lu->is_done));
	return lu;
}

void basis_lu_free(struct basis_lu *lu)
{
	if (!lu)
		return;
	free(lu->order);
	free(lu->step);
	free(lu->filled);
	free(lu->entry);
	free(lu->work);
	free(lu->touched);
	free(lu->is_touched);
	free(lu->is_done);
	free(lu);
}

static void push(struct basis_lu *lu, uint32_t at, double value)
{
	if (fabs(value) <= DROP)
		return;
	if (lu->n_entries == lu->entries_size) {
		lu->entries_size = lu->entries_size ? 2 * lu->entries_size : 4096;
		lu->entry = xreallocarray(lu->entry, lu->entries_size, sizeof(*lu->entry));
	}
	lu->entry[lu->n_entries++] = (struct entry){at, value};
}

/* --- elimination ------------------------------------------------------------------------- */

static void touch(struct basis_lu *lu, uint32_t row, double add, uint32_t *n)
{
	lu->work[row] += add;
	if (!lu->is_touched[row]) {
		lu->is_touched[row] = true;
		lu->touched[(*n)++] = row;
	}
}

/* Loads a column and applies the steps done so far; returns how many rows are touched. */
static uint32_t load_column(struct basis_lu *lu, const struct columns *c, uint32_t column)
{
	uint32_t n = 0;

	for (uint32_t e = c->start[column]; e < c->start[column + 1]; e++)
		touch(lu, c->row[e], columns_sign(c, column), &n);
	for (uint32_t x = 0; x < lu->n_filled; x++) {
		const struct step *st = &lu->step[lu->filled[x]];
		double t = lu->work[st->row];

		if (fabs(t) <= DROP)
			continue;
		for (uint32_t e = st->lower.from; e < st->lower.to; e++)
			touch(lu, lu->entry[e].at, -t * lu->entry[e].value, &n);
	}
	return n;
}

/* The planned row if it is large enough, else the one with the largest number. */
static bool settle_row(struct basis_lu *lu, struct step *st, uint32_t n_touched)
{
	uint32_t largest = NONE;

	for (uint32_t x = 0; x < n_touched; x++) {
		uint32_t r = lu->touched[x];

		if (!lu->is_done[r] &&
		    (largest == NONE || fabs(lu->work[r]) > fabs(lu->work[largest])))
			largest = r;
	}
	if (largest == NONE || fabs(lu->work[largest]) < PIVOT_MIN)
		return false;
	if (lu->is_done[st->row] || fabs(lu->work[st->row]) < PIVOT_SHARE * fabs(lu->work[largest]))
		st->row = largest;
	return true;
}

static void store_step(struct basis_lu *lu, struct step *st, uint32_t n_touched)
{
	st->pivot = lu->work[st->row];
	lu->is_done[st->row] = true;
	st->upper.from = lu->n_entries;
	for (uint32_t x = 0; x < n_touched; x++)
		if (lu->is_done[lu->touched[x]] && lu->touched[x] != st->row)
			push(lu, lu->touched[x], lu->work[lu->touched[x]]);
	st->upper.to = lu->n_entries;
	st->lower.from = lu->n_entries;
	for (uint32_t x = 0; x < n_touched; x++)
		if (!lu->is_done[lu->touched[x]])
			push(lu, lu->touched[x], lu->work[lu->touched[x]] / st->pivot);
	st->lower.to = lu->n_entries;
}

static void clear_work(struct basis_lu *lu, uint32_t n_touched)
{
	for (uint32_t x = 0; x < n_touched; x++) {
		lu->work[lu->touched[x]] = 0;
		lu->is_touched[lu->touched[x]] = false;
	}
}

bool basis_lu_factor(struct basis_lu *lu, const struct columns *c, const uint32_t *head)
{
	bool ok = true;

	basis_order(c, head, lu->order);
	lu->n_entries = lu->n_filled = lu->n_replaced = 0;
	memset(lu->is_done, 0, lu->n * sizeof(*lu->is_done));
	for (uint32_t k = 0; k < lu->n && ok; k++) {
		struct step *st = &lu->step[k];
		uint32_t n = load_column(lu, c, head[lu->order[k].slot]);

		*st = (struct step){.row = lu->order[k].row, .slot = lu->order[k].slot};
		ok = settle_row(lu, st, n);
		if (ok)
			store_step(lu, st, n);
		if (ok && st->lower.to > st->lower.from)
			lu->filled[lu->n_filled++] = k;
		clear_work(lu, n);
	}
	lu->n_factor_entries = lu->n_entries;
	return ok;
}

/* --- solutions --------------------------------------------------------------------------- */

static void subtract(const struct basis_lu *lu, struct span span, double t, double *v)
{
	for (uint32_t e = span.from; e < span.to; e++)
		v[lu->entry[e].at] -= t * lu->entry[e].value;
}

static double dot(const struct basis_lu *lu, struct span span, const double *v)
{
	double sum = 0;

	for (uint32_t e = span.from; e < span.to; e++)
		sum += lu->entry[e].value * v[lu->entry[e].at];
	return sum;
}

static bool is_zero(double v)
{
	return !(v < 0 || v > 0); /* exactly: zeros of sparse vectors are never computed */
}

void basis_lu_solve(struct basis_lu *lu, double *a, double *ret_z)
{
	for (uint32_t x = 0; x < lu->n_filled; x++) {
		const struct step *st = &lu->step[lu->filled[x]];

		if (!is_zero(a[st->row]))
			subtract(lu, st->lower, a[st->row], a);
	}
	for (uint32_t k = lu->n; k-- > 0;) {
		const struct step *st = &lu->step[k];
		double t = a[st->row];

		ret_z[st->slot] = 0;
		if (is_zero(t))
			continue;
		t /= st->pivot;
		ret_z[st->slot] = t;
		subtract(lu, st->upper, t, a);
	}
	for (uint32_t i = 0; i < lu->n_replaced; i++) {
		const struct replaced *r = &lu->replaced[i];
		double t = ret_z[r->slot];

		if (is_zero(t))
			continue;
		t /= r->pivot;
		ret_z[r->slot] = t;
		subtract(lu, r->rest, t, ret_z);
	}
}

void basis_lu_solve_left(struct basis_lu *lu, double *c, double *ret_w)
{
	for (uint32_t i = lu->n_replaced; i-- > 0;) {
		const struct replaced *r = &lu->replaced[i];

		c[r->slot] = (c[r->slot] - dot(lu, r->rest, c)) / r->pivot;
	}
	for (uint32_t k = 0; k < lu->n; k++) {
		const struct step *st = &lu->step[k];

		ret_w[st->row] = (c[st->slot] - dot(lu, st->upper, ret_w)) / st->pivot;
	}
	for (uint32_t x = lu->n_filled; x-- > 0;) {
		const struct step *st = &lu->step[lu->filled[x]];

		ret_w[st->row] -= dot(lu, st->lower, ret_w);
	}
}

void basis_lu_replace(struct basis_lu *lu, uint32_t slot, const double *z)
{
	struct replaced *r = &lu->replaced[lu->n_replaced++];

	r->slot = slot;
	r->pivot = z[slot];
	r->rest.from = lu->n_entries;
	for (uint32_t s = 0; s < lu->n; s++)
		if (s != slot)
			push(lu, s, z[s]);
	r->rest.to = lu->n_entries;
}

bool basis_lu_is_stale(const struct basis_lu *lu)
{
	return lu->n_replaced == REPLACED_MAX ||
	       lu->n_entries > 5 * (uint64_t)lu->n_factor_entries + 8 * (uint64_t)lu->n;
}

uint64_t basis_lu_solve_steps(const struct basis_lu *lu)
{
	return lu->n_entries + (uint64_t)lu->n;
}

uint64_t basis_lu_factor_steps(const struct basis_lu *lu)
{
	return (uint64_t)lu->n * lu->n_filled + 16 * (uint64_t)lu->n_factor_entries +
	       32 * (uint64_t)lu->n;
}
