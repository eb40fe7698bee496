/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of elimination; see basis_order.h.
 *
 * Columns of patterns have two to ten entries, and most of a basis can be brought into triangular
 * form: a column with one row left, or a row with one column left, is pivoted first and causes no
 * fill. In what remains the row with the fewest columns left comes next, and of these the column
 * with the fewest rows (H. Markowitz, "The elimination form of the inverse and its application to
 * linear programming", Management Science 3, 1957, with counts that ignore fill).
 *
 * Complexity: O(entries) but for the rest that is not triangular, of which each pivot looks at all
 * rows.
 */
#include "policies/binpack/basis_order.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

#define NONE UINT32_MAX

/* What is left of the matrix: counts of undone rows by slot and of undone slots by row. */
struct planner {
	const struct columns *c;
	const uint32_t *head;
	uint32_t n;
	uint32_t *rows_of, *slots_of; /* counts */
	uint32_t *first, *slot;       /* slots of row r: slot[first[r] .. first[r + 1]) */
	bool *row_done, *slot_done;
	uint32_t *row_stack, *slot_stack; /* those whose count fell to 1 */
	uint32_t n_rows, n_slots;
};

static void planner_count(struct planner *pl)
{
	uint32_t *next;

	for (uint32_t s = 0; s < pl->n; s++) {
		uint32_t c = pl->head[s];

		pl->rows_of[s] = pl->c->start[c + 1] - pl->c->start[c];
		for (uint32_t e = pl->c->start[c]; e < pl->c->start[c + 1]; e++)
			pl->slots_of[pl->c->row[e]]++;
	}
	for (uint32_t r = 0; r < pl->n; r++)
		pl->first[r + 1] = pl->first[r] + pl->slots_of[r];
	pl->slot = xcalloc(pl->first[pl->n], sizeof(*pl->slot));
	next = xmemdup(pl->first, pl->n, sizeof(*next));
	for (uint32_t s = 0; s < pl->n; s++) {
		uint32_t c = pl->head[s];

		if (pl->rows_of[s] == 1)
			pl->slot_stack[pl->n_slots++] = s;
		for (uint32_t e = pl->c->start[c]; e < pl->c->start[c + 1]; e++)
			pl->slot[next[pl->c->row[e]]++] = s;
	}
	for (uint32_t r = 0; r < pl->n; r++)
		if (pl->slots_of[r] == 1)
			pl->row_stack[pl->n_rows++] = r;
	free(next);
}

static void planner_init(struct planner *pl, const struct columns *c, const uint32_t *head)
{
	uint32_t n = c->n_rows;

	*pl = (struct planner){
	        .c = c,
	        .head = head,
	        .n = n,
	        .rows_of = xcalloc(n, sizeof(*pl->rows_of)),
	        .slots_of = xcalloc(n, sizeof(*pl->slots_of)),
	        .first = xcalloc((size_t)n + 1, sizeof(*pl->first)),
	        .row_done = xcalloc(n, sizeof(*pl->row_done)),
	        .slot_done = xcalloc(n, sizeof(*pl->slot_done)),
	        .row_stack = xcalloc(n, sizeof(*pl->row_stack)),
	        .slot_stack = xcalloc(n, sizeof(*pl->slot_stack)),
	};
	planner_count(pl);
}

static void planner_done(struct planner *pl)
{
	free(pl->rows_of);
	free(pl->slots_of);
	free(pl->first);
	free(pl->slot);
	free(pl->row_done);
	free(pl->slot_done);
	free(pl->row_stack);
	free(pl->slot_stack);
}

static uint32_t undone_row_of(const struct planner *pl, uint32_t slot)
{
	uint32_t c = pl->head[slot];

	for (uint32_t e = pl->c->start[c]; e < pl->c->start[c + 1]; e++)
		if (!pl->row_done[pl->c->row[e]])
			return pl->c->row[e];
	return NONE;
}

/* Of the undone slots of a row the one with the fewest undone rows. */
static uint32_t shortest_slot_of(const struct planner *pl, uint32_t row)
{
	uint32_t best = NONE;

	for (uint32_t x = pl->first[row]; x < pl->first[row + 1]; x++) {
		uint32_t s = pl->slot[x];

		if (!pl->slot_done[s] && (best == NONE || pl->rows_of[s] < pl->rows_of[best]))
			best = s;
	}
	return best;
}

static uint32_t shortest_row(const struct planner *pl)
{
	uint32_t best = NONE;

	for (uint32_t r = 0; r < pl->n; r++)
		if (!pl->row_done[r] && pl->slots_of[r] > 0 &&
		    (best == NONE || pl->slots_of[r] < pl->slots_of[best]))
			best = r;
	return best;
}

/* The next pivot; false: the undone slots have no undone rows but for fill. */
static bool choose_pivot(struct planner *pl, struct basis_pair *ret)
{
	ret->row = ret->slot = NONE;
	while (pl->n_slots > 0 && ret->row == NONE) {
		ret->slot = pl->slot_stack[--pl->n_slots];
		if (!pl->slot_done[ret->slot])
			ret->row = undone_row_of(pl, ret->slot);
	}
	while (pl->n_rows > 0 && ret->row == NONE) {
		uint32_t row = pl->row_stack[--pl->n_rows];

		if (pl->row_done[row])
			continue;
		ret->slot = shortest_slot_of(pl, row);
		ret->row = ret->slot == NONE ? NONE : row;
	}
	if (ret->row == NONE) {
		ret->row = shortest_row(pl);
		ret->slot = ret->row == NONE ? NONE : shortest_slot_of(pl, ret->row);
	}
	return ret->row != NONE && ret->slot != NONE;
}

static void mark_done(struct planner *pl, const struct basis_pair *pivot)
{
	uint32_t c = pl->head[pivot->slot];

	pl->row_done[pivot->row] = true;
	pl->slot_done[pivot->slot] = true;
	for (uint32_t e = pl->c->start[c]; e < pl->c->start[c + 1]; e++) {
		uint32_t r = pl->c->row[e];

		if (--pl->slots_of[r] == 1 && !pl->row_done[r] && pl->n_rows < pl->n)
			pl->row_stack[pl->n_rows++] = r;
	}
	for (uint32_t x = pl->first[pivot->row]; x < pl->first[pivot->row + 1]; x++) {
		uint32_t s = pl->slot[x];

		if (--pl->rows_of[s] == 1 && !pl->slot_done[s] && pl->n_slots < pl->n)
			pl->slot_stack[pl->n_slots++] = s;
	}
}

void basis_order(const struct columns *c, const uint32_t *head, struct basis_pair *ret_order)
{
	struct planner pl;
	uint32_t k = 0, row = 0, slot = 0;

	planner_init(&pl, c, head);
	while (k < pl.n && choose_pivot(&pl, &ret_order[k]))
		mark_done(&pl, &ret_order[k++]);
	for (; k < pl.n; k++, row++, slot++) { /* any pairs */
		while (pl.row_done[row])
			row++;
		while (pl.slot_done[slot])
			slot++;
		ret_order[k] = (struct basis_pair){.row = row, .slot = slot};
	}
	planner_done(&pl);
}
