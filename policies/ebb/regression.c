/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Solves (N + D) w = m + D w0, where N = sum of weight f f', m = sum of weight f x, w0 the prior
 * weights and D a diagonal ridge in proportion to N's diagonal: RIDGE_TICKS ticks' worth of data
 * that agree with the prior. Hoerl and Kennard, "Ridge regression", Technometrics 12(1), 1970.
 */
#include "policies/ebb/regression.h"

#include <math.h>
#include <string.h>

#define N REGRESSION_FEATURES

/* Measured on five days of PlanetLab and slices of Bitbrains: flat between 0.1 and 1. */
#define RIDGE_TICKS 0.3

/* Half of the past is forgotten in 140 ticks (12 h of 5 min): a day's change is followed. */
#define FORGET 0.995

void regression_init(struct regression *r, const double prior[N])
{
	memset(r, 0, sizeof(*r));
	memcpy(r->prior, prior, sizeof(r->prior));
	memcpy(r->weights, prior, sizeof(r->weights));
	for (int a = 0; a < N; a++) {
		r->normal[a][a] = 1;
		r->moment[a] = prior[a];
	}
}

void regression_forget(struct regression *r)
{
	r->ticks = FORGET * r->ticks + 1;
	for (int a = 0; a < N; a++) {
		r->moment[a] *= FORGET;
		for (int b = 0; b < N; b++)
			r->normal[a][b] *= FORGET;
	}
}

void regression_add(struct regression *r, const float features[N], double outcome, double weight)
{
	for (int a = 0; a < N; a++) {
		double wf = weight * (double)features[a];

		r->moment[a] += wf * outcome;
		for (int b = 0; b <= a; b++)
			r->normal[a][b] += wf * (double)features[b];
	}
}

static void swap_rows(double rows[N][N + 1], int i, int j)
{
	double kept[N + 1];

	memcpy(kept, rows[i], sizeof(kept));
	memcpy(rows[i], rows[j], sizeof(kept));
	memcpy(rows[j], kept, sizeof(kept));
}

/* Gauss-Jordan elimination with partial pivoting; the ridge keeps every pivot above zero. */
static void eliminate(double rows[N][N + 1])
{
	for (int c = 0; c < N; c++) {
		int pivot = c;

		for (int i = c + 1; i < N; i++)
			if (fabs(rows[i][c]) > fabs(rows[pivot][c]))
				pivot = i;
		swap_rows(rows, c, pivot);
		for (int i = 0; i < N; i++) {
			double factor = i == c ? 0 : rows[i][c] / rows[c][c];

			for (int j = c; j <= N; j++)
				rows[i][j] -= factor * rows[c][j];
		}
	}
}

void regression_solve(struct regression *r)
{
	double rows[N][N + 1];

	for (int a = 0; a < N; a++) {
		double ridge = 1e-3 + RIDGE_TICKS * r->normal[a][a] / r->ticks;

		for (int b = 0; b < N; b++)
			rows[a][b] = b <= a ? r->normal[a][b] : r->normal[b][a];
		rows[a][a] += ridge;
		rows[a][N] = r->moment[a] + ridge * r->prior[a];
	}
	eliminate(rows);
	for (int a = 0; a < N; a++)
		r->weights[a] = rows[a][N] / rows[a][a];
}
