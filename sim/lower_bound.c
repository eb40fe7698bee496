/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least power of a fleet under a total load, as a linear program and its dual.
 *
 * Class c has N hosts of C MIPS and M bytes. Of them y in [0, N] are on (a real number: VMs may be
 * split and move for nothing), carry x <= C y MIPS in equal shares and draw y P(x / (C y)), P the
 * lower convex hull of the class's power curve; the others draw o watts (0, or what a host that is
 * off draws). Wanted: least total power with sum x = D (CPU) and sum M y >= B (memory).
 *
 * With a price m >= 0 (W per byte) on memory the classes come apart: a host that is on earns m M.
 *
 *   h(m) = m B + least of { sum over classes of the hull through (0 MIPS, o) and the curve
 *          P(u) - m M at u C MIPS } that carries D
 *
 * By weak duality h(m) bounds the true least power from below for EVERY m >= 0, and the best m
 * gives the program's optimum. For one m the inner problem is solved by filling D along the
 * hulls' straight pieces, cheapest first. h is concave and piecewise linear with slope
 * B - (memory of the hosts on); its maximum is found by intersecting the tangents at both ends of
 * an interval, which ends at the exact optimum after a few steps.
 *
 * m = 0 (memory does not bind: most calls) is sorted once, and a call is a binary search. Else a
 * step costs O(pieces x log pieces), at most STEPS_MAX steps.
 */
#include "sim/lower_bound.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

/* Samples of a power formula; tables have POWER_TABLE_POINTS corners and are met exactly. */
#define FORMULA_POINTS 101
#define POINTS_MAX     FORMULA_POINTS
/* Each step halves the interval at worst in practice; PlanetLab fleets need 3 to 6. */
#define STEPS_MAX 60
/* Relative distance between the value found and what the tangents still allow. */
#define GAP_RATIO_MAX 1e-10

struct point {
	double mips, power_w; /* of one host */
};

struct class_curve {
	double n_hosts, mem_bytes;
	double off_w;
	uint32_t first, n; /* its corners of the hull in lower_bound.points */
};

/* A straight piece of a hull, all hosts of the class together. */
struct piece {
	double slope_w_per_mips;
	double mips;
	double mem_bytes; /* of the hosts that this piece switches on */
	uint32_t order;   /* of making; breaks ties */
};

/* Total power and memory after the pieces before this one. */
struct prefix {
	double mips, power_w, mem_bytes;
};

/* The pieces of all classes for one price of memory, cheapest first. */
struct fill {
	struct piece *pieces;
	uint32_t n;
	double start_w, start_mem; /* at no load */
};

struct lower_bound {
	struct class_curve *classes;
	uint32_t n_classes;
	struct point *points;
	double cpu_mips, mem_bytes; /* of the fleet */
	double price_max;           /* of memory: above it every host is on */
	struct fill scratch;
	struct prefix *prefix[2]; /* m = 0, by off_counts; n_prefix + 1 entries */
	uint32_t n_prefix[2];
};

struct tangent {
	double price, value_w, slope_bytes;
};

/* How far a chord between two samples of a convex formula can lie above it: f'' h^2 / 8. */
static double chord_slack_w(const struct power_model *m)
{
	double h = 1.0 / (FORMULA_POINTS - 1);

	switch (m->kind) {
	case POWER_SQUARE: return 2 * (m->max_w - m->idle_w) * h * h / 8;
	case POWER_CUBIC: return 6 * (m->max_w - m->idle_w) * h * h / 8;
	case POWER_TABLE:
	case POWER_LINEAR:
	case POWER_SQRT: /* these two are concave: the hull is the chord of the ends */
	case POWER_MSE: break;
	}
	return 0;
}

static bool turns_up(const struct point *a, const struct point *b, const struct point *c)
{
	return (b->power_w - a->power_w) * (c->mips - b->mips) <
	       (c->power_w - b->power_w) * (b->mips - a->mips);
}

/* Lower convex hull of the curve of a host that is on; returns the number of corners. */
static uint32_t hull_of_class(const struct host_class *c, struct point *ret)
{
	bool table = c->power.kind == POWER_TABLE;
	uint32_t samples = table ? POWER_TABLE_POINTS : FORMULA_POINTS, n = 0;
	double slack_w = chord_slack_w(&c->power);

	for (uint32_t i = 0; i < samples; i++) {
		double u = (double)i / (samples - 1);
		struct point p = {
		        .mips = u * c->capacity.v[RES_CPU],
		        .power_w = table ? c->power.table_w[i] : power_at(&c->power, u) - slack_w,
		};

		while (n >= 2 && !turns_up(&ret[n - 2], &ret[n - 1], &p))
			n--;
		ret[n++] = p;
	}
	return n;
}

/* The corner to which a host goes at once from off; 0: it stands idle even without load. */
static uint32_t first_corner(const struct point *p, uint32_t n, double off_w, double earned_w)
{
	uint32_t best = 1;

	if (p[0].power_w - earned_w <= off_w)
		return 0;
	for (uint32_t k = 2; k < n; k++)
		if ((p[k].power_w - earned_w - off_w) * p[best].mips <
		    (p[best].power_w - earned_w - off_w) * p[k].mips)
			best = k;
	return best;
}

static void add_piece(struct fill *f, const struct piece *p)
{
	f->pieces[f->n] = *p;
	f->pieces[f->n].order = f->n;
	f->n++;
}

static void add_class(struct fill *f, const struct lower_bound *lb, uint32_t cls, double off_w,
                      double price)
{
	const struct class_curve *c = &lb->classes[cls];
	const struct point *p = &lb->points[c->first];
	double earned_w = price * c->mem_bytes, n = c->n_hosts;
	uint32_t k;

	if (c->n_hosts == 0)
		return;
	k = first_corner(p, c->n, off_w, earned_w);
	if (k == 0) {
		f->start_w += n * (p[0].power_w - earned_w);
		f->start_mem += n * c->mem_bytes;
	} else {
		f->start_w += n * off_w;
		add_piece(f,
		          &(struct piece){
		                  .slope_w_per_mips = (p[k].power_w - earned_w - off_w) / p[k].mips,
		                  .mips = n * p[k].mips,
		                  .mem_bytes = n * c->mem_bytes,
		          });
	}
	for (; k + 1 < c->n; k++)
		add_piece(f, &(struct piece){
		                     .slope_w_per_mips = (p[k + 1].power_w - p[k].power_w) /
		                                         (p[k + 1].mips - p[k].mips),
		                     .mips = n * (p[k + 1].mips - p[k].mips),
		             });
}

static int by_slope(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->slope_w_per_mips != y->slope_w_per_mips)
		return x->slope_w_per_mips < y->slope_w_per_mips ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void fill_make(struct lower_bound *lb, bool off_counts, double price)
{
	struct fill *f = &lb->scratch;

	f->n = 0;
	f->start_w = 0;
	f->start_mem = 0;
	for (uint32_t c = 0; c < lb->n_classes; c++)
		add_class(f, lb, c, off_counts ? lb->classes[c].off_w : 0, price);
	qsort(f->pieces, f->n, sizeof(*f->pieces), by_slope);
}

/* h(price) and its slope, for demand D and memory B. */
static struct tangent tangent_at(struct lower_bound *lb, bool off_counts, double price,
                                 const double demand[2])
{
	struct fill *f = &lb->scratch;
	double left = demand[0];
	struct tangent t;

	fill_make(lb, off_counts, price);
	t = (struct tangent){.price = price, .value_w = f->start_w, .slope_bytes = -f->start_mem};
	for (uint32_t i = 0; i < f->n && left > 0; i++) {
		double take = fmin(left, f->pieces[i].mips);

		t.value_w += take * f->pieces[i].slope_w_per_mips;
		t.slope_bytes -= take / f->pieces[i].mips * f->pieces[i].mem_bytes;
		left -= take;
	}
	t.value_w += price * demand[1];
	t.slope_bytes += demand[1];
	return t;
}

/* Maximum of h over [0, price_max]; lo is the tangent at 0, which rises. */
static double best_price_value(struct lower_bound *lb, bool off_counts, struct tangent lo,
                               const double demand[2])
{
	struct tangent hi = tangent_at(lb, off_counts, lb->price_max, demand);
	double best = fmax(lo.value_w, hi.value_w);

	for (int i = 0; i < STEPS_MAX && hi.slope_bytes < 0; i++) {
		double d = hi.price - lo.price;
		double step = (hi.value_w - lo.value_w - hi.slope_bytes * d) /
		              (lo.slope_bytes - hi.slope_bytes);
		struct tangent mid;

		if (!(lo.value_w + lo.slope_bytes * step > best + GAP_RATIO_MAX * fabs(best)))
			break; /* no price can do better */
		mid = tangent_at(lb, off_counts, lo.price + step, demand);
		best = fmax(best, mid.value_w);
		if (mid.slope_bytes > 0)
			lo = mid;
		else
			hi = mid;
	}
	return best;
}

static void make_prefix(struct lower_bound *lb, bool off_counts)
{
	struct fill *f = &lb->scratch;
	struct prefix *p;

	fill_make(lb, off_counts, 0);
	p = xcalloc((size_t)f->n + 1, sizeof(*p));
	p[0].power_w = f->start_w;
	p[0].mem_bytes = f->start_mem;
	for (uint32_t i = 0; i < f->n; i++) {
		const struct piece *e = &f->pieces[i];

		p[i + 1].mips = p[i].mips + e->mips;
		p[i + 1].power_w = p[i].power_w + e->mips * e->slope_w_per_mips;
		p[i + 1].mem_bytes = p[i].mem_bytes + e->mem_bytes;
	}
	lb->prefix[off_counts] = p;
	lb->n_prefix[off_counts] = f->n;
}

/* h(0) and its slope, from the sorted sums. */
static struct tangent tangent_at_zero(const struct lower_bound *lb, bool off_counts,
                                      const double demand[2])
{
	const struct prefix *p = lb->prefix[off_counts];
	uint32_t lo = 0, hi = lb->n_prefix[off_counts];
	double share = 0;

	while (hi - lo > 1) { /* p[lo].mips <= demand < p[hi].mips, but for the ends */
		uint32_t mid = lo + (hi - lo) / 2;

		if (p[mid].mips <= demand[0])
			lo = mid;
		else
			hi = mid;
	}
	if (hi > lo && p[hi].mips > p[lo].mips)
		share = fmin((demand[0] - p[lo].mips) / (p[hi].mips - p[lo].mips), 1);
	return (struct tangent){
	        .value_w = p[lo].power_w + share * (p[hi].power_w - p[lo].power_w),
	        .slope_bytes =
	                demand[1] - p[lo].mem_bytes - share * (p[hi].mem_bytes - p[lo].mem_bytes),
	};
}

static void take_class(struct lower_bound *lb, const struct host_class *c, uint32_t cls)
{
	struct class_curve *k = &lb->classes[cls];
	struct point *p = &lb->points[k->first];

	k->n = hull_of_class(c, p);
	k->mem_bytes = c->capacity.v[RES_MEM];
	/* A class that does not state its standby cannot suspend. */
	k->off_w = c->standby_w > 0 ? fmin(c->off_w, c->standby_w) : c->off_w;
	lb->cpu_mips += k->n_hosts * c->capacity.v[RES_CPU];
	lb->mem_bytes += k->n_hosts * k->mem_bytes;
	if (k->n_hosts > 0 &&
	    k->mem_bytes > 0) /* just above the price at which an idle host pays for itself */
		lb->price_max = fmax(lb->price_max, p[0].power_w / k->mem_bytes * (1 + 1e-9));
}

struct lower_bound *lower_bound_new(const struct fleet *f)
{
	struct lower_bound *lb = xcalloc(1, sizeof(*lb));
	size_t points = (size_t)f->n_classes * POINTS_MAX;

	lb->n_classes = f->n_classes;
	lb->classes = xcalloc(f->n_classes, sizeof(*lb->classes));
	lb->points = xcalloc(points, sizeof(*lb->points));
	lb->scratch.pieces = xcalloc(points, sizeof(*lb->scratch.pieces));
	for (uint32_t h = 0; h < f->n_hosts; h++)
		lb->classes[f->hosts[h].cls].n_hosts += 1;
	for (uint32_t c = 0; c < f->n_classes; c++) {
		lb->classes[c].first = c * POINTS_MAX;
		take_class(lb, &f->classes[c], c);
	}
	make_prefix(lb, false);
	make_prefix(lb, true);
	return lb;
}

void lower_bound_free(struct lower_bound *lb)
{
	if (!lb)
		return;
	free(lb->prefix[0]);
	free(lb->prefix[1]);
	free(lb->scratch.pieces);
	free(lb->points);
	free(lb->classes);
	free(lb);
}

double lower_bound_power(struct lower_bound *lb, double cpu_mips, double mem_bytes, bool off_counts)
{
	double demand[2] = {fmin(cpu_mips, lb->cpu_mips), fmin(mem_bytes, lb->mem_bytes)};
	struct tangent zero;

	assert(cpu_mips >= 0 && mem_bytes >= 0);
	zero = tangent_at_zero(lb, off_counts, demand);
	if (zero.slope_bytes <= 0 || lb->price_max <= 0)
		return zero.value_w;
	return best_price_value(lb, off_counts, zero, demand);
}
