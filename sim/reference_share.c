/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a host shares its CPU among VMs: the reference's time-shared scheduler with
 * over-subscription, to the last bit.
 *
 * A VM wants its demand, capped by what its vCPUs can use of this host's cores. It counts
 *
 *     running here                 w
 *     on its way to this host      w o            (o: migration overhead, 0.1)
 *     on its way from here         w, but gets w (1 - o): copying its memory costs it the rest
 *
 * If, one VM after the other in list order, all of that can be taken from the capacity, everyone
 * gets it. Else everyone's share is multiplied by capacity / sum and cut to whole MIPS. A host is
 * loaded with what its VMs get; for a VM on its way out with the whole, its share over (1 - o).
 *
 * "Overloaded" differs by rules:
 *   cloudsim  what the host is loaded with is less than what its VMs request, where a VM on its
 *             way here requests all of its demand, and (w (1 - o)) / (1 - o) is now and then one
 *             last bit less than w (no tolerance: that is in the published figures)
 *   ideal     somebody gets less than what is asked of this host for him: the capacity does not
 *             suffice, or a core is slower than the demand
 */
#include <math.h>

#include "sim/reference.h"

struct sharing {
	double capacity, core_mips;
	double overhead; /* o */
	double scale;    /* what everyone's share is multiplied by; 1 if there is enough */
	bool enough;
};

/* What e counts on its host. */
static double wanted(const struct reference_world *w, const struct sharing *s,
                     struct reference_entry e)
{
	double demand = w->demand[e.vm], ceiling = w->vm_cores[e.vm] * s->core_mips;

	if (demand > ceiling)
		demand = ceiling;
	return e.incoming ? demand * s->overhead : demand;
}

static void find_scale(const struct reference_world *w, const struct reference_list *l,
                       struct sharing *s)
{
	double left = s->capacity, sum = 0;

	s->enough = true;
	for (uint32_t i = 0; i < l->n; i++) {
		double part = wanted(w, s, l->entries[i]);

		sum += part;
		s->enough &= left >= part;
		left = s->enough ? left - part : 0;
	}
	s->scale = s->enough ? 1 : s->capacity / sum;
}

static void add_running(const struct reference_world *w, const struct sharing *s, uint32_t vm,
                        struct reference_load *ret)
{
	bool leaving = w->vm_moves[vm] > 0;
	double demand = w->demand[vm], keep = 1 - s->overhead;
	double got = wanted(w, s, (struct reference_entry){.vm = vm}) * s->scale;

	if (leaving)
		got *= keep;
	if (!s->enough)
		got = floor(got);
	ret->asked += demand;
	ret->demanded += demand;
	ret->delivered += got;
	if (got < demand) {
		ret->n_short++;
		ret->short_ratio_sum += (demand - got) / demand;
		if (leaving)
			ret->lost += demand - got;
	}
	if (demand > w->vm_cores[vm] * s->core_mips)
		ret->overloaded = true;
	ret->used += leaving ? got / keep : got;
}

static void add_incoming(const struct reference_world *w, const struct sharing *s,
                         struct reference_entry e, struct reference_load *ret)
{
	double part = wanted(w, s, e), got = part * s->scale;

	ret->asked += part;
	ret->used += s->enough ? got : floor(got);
}

void reference_share(struct reference_world *w, uint32_t host)
{
	const struct host_class *c = fleet_class_of(w->fleet, host);
	const struct reference_list *l = &w->lists[host];
	struct reference_load load = {0};
	struct sharing s = {
	        .capacity = c->capacity.v[RES_CPU],
	        .core_mips = c->core_mips,
	        .overhead = w->opts.cfg.migration_overhead_ratio,
	};

	find_scale(w, l, &s);
	for (uint32_t i = 0; i < l->n; i++) {
		if (l->entries[i].incoming)
			add_incoming(w, &s, l->entries[i], &load);
		else
			add_running(w, &s, l->entries[i].vm, &load);
		load.requested += w->demand[l->entries[i].vm];
	}
	load.utilisation = load.used / s.capacity;
	if (load.utilisation > 1) /* by rounding */
		load.utilisation = 1;
	load.power_w = power_at(&c->power, load.utilisation);
	load.on = w->cloudsim ? load.used > 0 : l->n > 0;
	load.overloaded = w->cloudsim ? load.used < load.requested : load.overloaded || !s.enough;
	w->loads[host] = load;
}
