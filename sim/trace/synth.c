/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A made-up cloud that behaves as published traces do, at any size, from a seed. The demand of VM
 * i in column k, as a ratio of its allocation, is
 *
 *     u = b_i max(1 + a_i s(k + p_i) + c (sqrt(1 - r) x_i + sqrt(r) g), FLOOR) + h_i,  u <= 1
 *
 *   b_i   its mean, log-normal over the VMs (many idle, a few busy)
 *   s     shape of a working week, mean 0 on a week-day, +1 at its peak; a_i the VM's swing, p_i
 *         its phase: office, evening and night work, and some that never sleeps
 *   x_i   the VM's own noise and g its group's, both AR(1): x' = RHO x + sqrt(1 - RHO^2) n with n
 *         standard normal; c = noise, r = correlation
 *   h_i   a burst's height while one lasts: on and off by chance in each column, else 0
 *
 * VMs that come and go have their life drawn in advance and b_i = NAN outside it, which makes u
 * NAN without a test.
 *
 * Speed is the point: 100,000 VMs by 288 columns are 29 million values. So chance is a hash of
 * (seed, k, i), one for each value, split into two table look-ups whose sum is nearly normal
 * (1,024 equally likely quantiles each) and 32 bits for bursts; the phase is an offset into a
 * table of the week; state is 32 bytes a VM, in float. Only +, -, *, conversions and table look-ups
 * are used per value, so results are the same with every compiler and level of optimisation. A
 * VM's series does not depend on how many VMs there are, its group's members aside.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/stats.h"
#include "core/base/xalloc.h"
#include "sim/trace/formats.h"
#include "sim/trace/synth_params.h"

#define RHO          0.8f  /* half of a disturbance is gone after three samples */
#define FLOOR        0.05f /* no VM that is on falls below this share of its mean */
#define BASE_MIN     0.002 /* an idle guest's own housekeeping */
#define BASE_MAX     0.9
#define NORMALS      1024 /* of floats: 4 KiB, stays in the L1 cache */
#define NAME_DIGITS  8    /* VMS_MAX has 8 */
#define DAYS_A_WEEK  7
#define HOURS_A_DAY  24
#define EVENING_H    7 /* phases against office hours */
#define NIGHT_H      13
#define PHASE_JITTER 2.0 /* hours */

/* Streams of the hash, one for each thing drawn once a VM or group. */
enum draw {
	DRAW_BASE,
	DRAW_SWING,
	DRAW_BURSTY,
	DRAW_FLAVOUR,
	DRAW_CHURN,
	DRAW_FIRST,
	DRAW_LIFE,
	DRAW_KIND,
	DRAW_PHASE,
	DRAW_COLUMN,         /* + column: the noise of VMs */
	DRAW_GROUP = 1 << 30 /* + column: the noise of groups */
};

struct vm_state {
	float base, swing;
	float noise; /* x_i sqrt(1 - r) c */
	float burst; /* height, 0 = none */
	uint32_t group;
	uint32_t burst_chance; /* that one begins, of 2^32 */
	uint32_t phase;        /* columns */
	uint32_t unused;       /* keeps two VMs in a cache line */
};

/* A VM begins or ends to exist. */
struct life_event {
	uint64_t column;
	uint32_t vm;
	float base; /* from then on; NAN: gone */
};

struct synth {
	struct trace base;
	struct synth_cfg cfg;
	uint64_t seed, next;
	struct trace_vm *vms;
	char *names;
	struct vm_state *state;
	float *group_noise; /* g sqrt(r) c */
	uint32_t n_groups;
	float *shape;  /* two weeks, so that phases need no modulo */
	uint32_t week; /* columns of one */
	float normals[NORMALS];
	struct life_event *events; /* by column */
	size_t n_events, event;
	uint32_t burst_end_chance;
	double *cpu;
};

struct flavour {
	const char *type;
	uint32_t vcpus;
	double mem_gib;
	double weight; /* in "mixed" */
};

/* Sizes and shares near those of the Azure 2017 trace, where 80 % have one or two cores. */
static const struct flavour flavours[] = {
        {"small", 1, 2, 0.45},
        {"medium", 2, 4, 0.30},
        {"large", 4, 8, 0.17},
        {"xlarge", 8, 16, 0.08},
};

#define FLAVOURS (sizeof(flavours) / sizeof(flavours[0]))

/* Load of a working day by the hour, as a web shop's; scaled to mean 0 and peak 1 in make_shape. */
static const float day_by_hour[HOURS_A_DAY] = {30, 24, 20,  18, 18, 22, 32, 48, 68, 84, 94, 98,
                                               96, 97, 100, 98, 94, 88, 80, 74, 68, 60, 50, 40};

/* splitmix64's finaliser (Steele, Lea, Flood, OOPSLA 2014): every bit depends on every bit. */
static inline uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* Where the counter of one stream begins; the i-th number is mix(begin + i GOLDEN). */
#define GOLDEN 0x9e3779b97f4a7c15u

static uint64_t stream(uint64_t seed, uint64_t draw)
{
	return mix(mix(seed + GOLDEN) ^ (draw * 0xd1342543de82ef95u));
}

/* Uniform in (0, 1). */
static double draw(const struct synth *s, enum draw what, uint64_t i)
{
	return ((double)(mix(stream(s->seed, what) + i * GOLDEN) >> 12) + 0.5) * 0x1p-52;
}

static void make_normals(struct synth *s)
{
	double sum = 0;

	/* Two look-ups are added, so each has half of the variance. */
	for (int i = 0; i < NORMALS; i++) {
		double z = norm_quantile((i + 0.5) / NORMALS);

		sum += z * z;
	}
	for (int i = 0; i < NORMALS; i++)
		s->normals[i] =
		        (float)(norm_quantile((i + 0.5) / NORMALS) / sqrt(2 * sum / NORMALS));
}

static void make_shape(struct synth *s)
{
	uint32_t day = (uint32_t)(USEC_PER_DAY / s->cfg.interval_us);
	double mean = 0, peak = 0;

	for (int h = 0; h < HOURS_A_DAY; h++)
		mean += day_by_hour[h] / HOURS_A_DAY;
	for (int h = 0; h < HOURS_A_DAY; h++)
		peak = fmax(peak, day_by_hour[h] - mean);
	s->week = DAYS_A_WEEK * day;
	s->shape = xcalloc(2 * (size_t)s->week, sizeof(*s->shape));
	for (uint32_t i = 0; i < 2 * s->week; i++) {
		double hour = (double)(i % day) * HOURS_A_DAY / day, part = hour - floor(hour);
		int h = (int)hour;
		double load =
		        day_by_hour[h] * (1 - part) + day_by_hour[(h + 1) % HOURS_A_DAY] * part;
		double v = (load - mean) / peak, drop = s->cfg.weekly_ratio;

		if (i % s->week >= 5 * day)
			v = v * (1 - drop) - drop;
		s->shape[i] = (float)v;
	}
}

static const struct flavour *choose_flavour(const struct synth *s, uint32_t i)
{
	double u = draw(s, DRAW_FLAVOUR, i);
	size_t f = 0;

	if (s->cfg.flavours == SYNTH_FLAVOURS_SMALL)
		return &flavours[0];
	if (s->cfg.flavours == SYNTH_FLAVOURS_LARGE)
		return &flavours[FLAVOURS - 1];
	for (; f + 1 < FLAVOURS && u >= flavours[f].weight; f++)
		u -= flavours[f].weight;
	return &flavours[f];
}

/* "vm00000042": as many digits for all, so that the order of names is that of numbers. */
static void make_name(char *name, uint32_t i)
{
	name[0] = 'v';
	name[1] = 'm';
	for (int d = NAME_DIGITS + 1; d >= 2; d--, i /= 10)
		name[d] = (char)('0' + i % 10);
}

static void make_vm(struct synth *s, uint32_t i)
{
	const struct flavour *f = choose_flavour(s, i);
	char *name = s->names + (size_t)i * (NAME_DIGITS + 3);
	uint64_t n = (uint64_t)s->cfg.columns, life;

	make_name(name, i);
	s->vms[i] = (struct trace_vm){.name = name,
	                              .type = f->type,
	                              .vcpus = f->vcpus,
	                              .cpu_mips = f->vcpus * s->cfg.mips,
	                              .mem_bytes = f->mem_gib * 1024 * BYTES_PER_MIB,
	                              .last = n};
	if (draw(s, DRAW_CHURN, i) >= s->cfg.churn_ratio)
		return;
	s->vms[i].first = (uint64_t)(draw(s, DRAW_FIRST, i) * (double)n);
	life = 1 + (uint64_t)(-log(draw(s, DRAW_LIFE, i)) * (double)s->cfg.life_us /
	                      (double)s->cfg.interval_us);
	if (life < n - s->vms[i].first)
		s->vms[i].last = s->vms[i].first + life;
}

/* Phase in columns and swing: 60 % office, 20 % evening, 10 % night, 10 % round the clock. */
static void choose_habit(const struct synth *s, struct vm_state *v)
{
	double kind = draw(s, DRAW_KIND, v->group);
	double late = (draw(s, DRAW_PHASE, v->group) - 0.5) * 2 * PHASE_JITTER;
	double columns_an_hour = (double)USEC_PER_HOUR / (double)s->cfg.interval_us;

	if (kind >= 0.9)
		v->swing = 0;
	else if (kind >= 0.8)
		late += NIGHT_H;
	else if (kind >= 0.6)
		late += EVENING_H;
	/* Later means further back in the shape. */
	v->phase = (uint32_t)((double)s->week - late * columns_an_hour + 0.5) % s->week;
}

static void make_state(struct synth *s, uint32_t i)
{
	const struct synth_cfg *c = &s->cfg;
	struct vm_state *v = &s->state[i];
	double z = norm_quantile(draw(s, DRAW_BASE, i));
	double base = c->demand_ratio * exp(c->spread * z - c->spread * c->spread / 2);
	double starts = c->burst_rate * (double)c->interval_us / (double)USEC_PER_DAY;

	v->base = (float)fmin(fmax(base, BASE_MIN), BASE_MAX);
	v->swing = (float)(c->diurnal_ratio * (0.5 + draw(s, DRAW_SWING, i)));
	v->group = i / (uint32_t)c->group;
	if (draw(s, DRAW_BURSTY, i) < c->bursty_ratio)
		v->burst_chance = (uint32_t)(fmin(starts, 0.5) * 0x1p32);
	choose_habit(s, v);
}

static int compare_events(const void *a, const void *b)
{
	const struct life_event *x = a, *y = b;

	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->vm > y->vm) - (x->vm < y->vm);
}

/* VMs that do not live from end to end start as NAN; their lives become events. */
static void make_events(struct synth *s)
{
	uint32_t n = s->base.info.n_vms;

	s->events = xcalloc(2 * (size_t)n, sizeof(*s->events));
	for (uint32_t i = 0; i < n; i++) {
		const struct trace_vm *vm = &s->vms[i];

		if (vm->first > 0) {
			s->events[s->n_events++] =
			        (struct life_event){vm->first, i, s->state[i].base};
			s->state[i].base = NAN;
		}
		if (vm->last < (uint64_t)s->cfg.columns)
			s->events[s->n_events++] = (struct life_event){vm->last, i, NAN};
	}
	qsort(s->events, s->n_events, sizeof(*s->events), compare_events);
}

/* Noise starts in its stationary state, so that the first columns are like all others. */
static float normal(const struct synth *s, uint64_t h)
{
	return s->normals[h % NORMALS] + s->normals[h / NORMALS % NORMALS];
}

static void step_groups(struct synth *s)
{
	uint64_t begin = stream(s->seed, DRAW_GROUP + s->next);
	float scale = (float)(s->cfg.noise_ratio * sqrt(s->cfg.correlation_ratio));
	float keep = s->next > 0 ? RHO : 0, fresh = s->next > 0 ? sqrtf(1 - RHO * RHO) : 1;

	for (uint32_t g = 0; g < s->n_groups; g++)
		s->group_noise[g] = keep * s->group_noise[g] +
		                    fresh * scale * normal(s, mix(begin + g * GOLDEN));
}

/* A burst begins or ends; height is 0.5 to 1.5 of the mean height. */
static float toggle_burst(const struct synth *s, const struct vm_state *v, uint64_t h)
{
	if (v->burst > 0)
		return 0;
	return (float)(s->cfg.burst_size_ratio * (0.5 + (double)(mix(h) >> 12) * 0x1p-52));
}

/* The loop that all the time goes into. */
static void step_vms(struct synth *s)
{
	uint64_t begin = stream(s->seed, DRAW_COLUMN + s->next);
	const float *shape = s->shape + s->next % s->week;
	float scale = (float)(s->cfg.noise_ratio * sqrt(1 - s->cfg.correlation_ratio));
	float keep = s->next > 0 ? RHO : 0;
	float fresh = scale * (s->next > 0 ? sqrtf(1 - RHO * RHO) : 1);

	for (uint32_t i = 0; i < s->base.info.n_vms; i++) {
		struct vm_state *v = &s->state[i];
		uint64_t h = mix(begin + i * GOLDEN);
		uint32_t chance = v->burst > 0 ? s->burst_end_chance : v->burst_chance;
		float f, u;

		v->noise = keep * v->noise + fresh * normal(s, h);
		if ((uint32_t)(h >> 32) < chance)
			v->burst = toggle_burst(s, v, h);
		f = 1 + v->swing * shape[v->phase] + v->noise + s->group_noise[v->group];
		f = f < FLOOR ? FLOOR : f;
		u = v->base * f + v->burst;
		s->cpu[i] = u > 1 ? 1 : u;
	}
}

static int synth_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	struct synth *s = (struct synth *)t;

	(void)err; /* nothing can fail */
	if (s->next >= (uint64_t)s->cfg.columns)
		return 0;
	for (; s->event < s->n_events && s->events[s->event].column == s->next; s->event++)
		s->state[s->events[s->event].vm].base = s->events[s->event].base;
	step_groups(s);
	step_vms(s);
	*ret = (struct trace_column){.index = s->next++, .cpu = s->cpu};
	return 1;
}

static void synth_close(struct trace *t)
{
	struct synth *s = (struct synth *)t;

	free(s->vms);
	free(s->names);
	free(s->state);
	free(s->group_noise);
	free(s->shape);
	free(s->events);
	free(s->cpu);
	free(s);
}

static const struct trace_ops synth_ops = {.next = synth_next, .close = synth_close};

static void make_all(struct synth *s)
{
	uint32_t n = (uint32_t)s->cfg.vms;
	double length = (double)s->cfg.burst_length_us / (double)s->cfg.interval_us;

	s->vms = xcalloc(n, sizeof(*s->vms));
	s->names = xcalloc(n, NAME_DIGITS + 3);
	s->state = xcalloc(n, sizeof(*s->state));
	s->cpu = xcalloc(n, sizeof(*s->cpu));
	s->n_groups = (n - 1) / (uint32_t)s->cfg.group + 1;
	s->group_noise = xcalloc(s->n_groups, sizeof(*s->group_noise));
	s->burst_end_chance = length > 1 ? (uint32_t)(0x1p32 / length) : UINT32_MAX;
	make_normals(s);
	make_shape(s);
	s->base.info = (struct trace_info){.interval_us = s->cfg.interval_us,
	                                   .n_columns = (uint64_t)s->cfg.columns,
	                                   .n_vms = n,
	                                   .vms = s->vms,
	                                   .cpu_unit = TRACE_CPU_RATIO};
	for (uint32_t i = 0; i < n; i++) {
		make_vm(s, i);
		make_state(s, i);
	}
	make_events(s);
}

static int synth_open(const char *path, uint64_t seed, struct trace **ret, struct err *err)
{
	struct synth_cfg cfg;
	struct synth *s;
	int r = synth_parse(path, &cfg, err);

	if (r < 0)
		return r;
	s = xcalloc(1, sizeof(*s));
	s->base.ops = &synth_ops;
	s->cfg = cfg;
	s->seed = seed;
	make_all(s);
	*ret = &s->base;
	return 0;
}

const struct trace_format trace_format_synth = {
        .name = "synth",
        .help = "a generated trace: key=value,... such as vms=1000,days=7, or file=SPEC",
        .open = synth_open,
};
