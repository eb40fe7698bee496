/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The generator: what its keys promise, and that a seed is a trace. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/digest.h"
#include "core/base/xalloc.h"
#include "sim/trace/synth_params.h"
#include "tests/support/test.h"
#include "tests/support/trace_rig.h"

#define HOUR UINT64_C(12) /* columns of 5 minutes */
#define DAY  (24 * HOUR)

/* All values of a trace in memory. */
struct values {
	struct trace *trace;
	uint32_t n;
	uint64_t columns;
	double *v; /* [column][vm] */
};

static struct values generate(const char *spec, uint64_t seed)
{
	struct values all = {.n = 0};
	struct trace_column column;
	struct err err = {{0}};
	int r = trace_open(spec, seed, &all.trace, &err);

	CU_ASSERT_EQUAL_FATAL(r, 0);
	all.n = all.trace->info.n_vms;
	all.v = xcalloc(all.trace->info.n_columns * all.n, sizeof(*all.v));
	for (; trace_next(all.trace, &column, &err) > 0; all.columns++) {
		CU_ASSERT_EQUAL(column.index, all.columns);
		memcpy(all.v + all.columns * all.n, column.cpu, all.n * sizeof(*all.v));
	}
	CU_ASSERT_EQUAL(all.columns, all.trace->info.n_columns);
	return all;
}

static void values_done(struct values *all)
{
	trace_close(all->trace);
	free(all->v);
}

static double at(const struct values *all, uint64_t column, uint32_t vm)
{
	return all->v[column * all->n + vm];
}

/* Mean over all VMs of columns from..to. */
static double mean(const struct values *all, uint64_t from, uint64_t to)
{
	double sum = 0;

	for (uint64_t k = from; k < to; k++)
		for (uint32_t i = 0; i < all->n; i++)
			sum += at(all, k, i);
	return sum / (double)(to - from) / all->n;
}

static void digest_of(const char *spec, uint64_t seed, char ret[DIGEST_TEXT_LEN])
{
	struct values all = generate(spec, seed);
	struct digest d;

	digest_init(&d);
	for (uint64_t i = 0; i < all.columns * all.n; i++)
		digest_double(&d, isnan(all.v[i]) ? -1 : all.v[i]);
	for (uint32_t i = 0; i < all.n; i++) {
		digest_str(&d, all.trace->info.vms[i].name);
		digest_str(&d, all.trace->info.vms[i].type);
		digest_u64(&d, all.trace->info.vms[i].first);
	}
	digest_text(&d, ret);
	values_done(&all);
}

static void a_seed_is_a_trace_with_every_compiler(void)
{
	char a[DIGEST_TEXT_LEN], b[DIGEST_TEXT_LEN];

	digest_of("synth:vms=300,days=2,churn=20%", 42, a);
	digest_of("synth:vms=300,days=2,churn=20%", 42, b);
	CU_ASSERT_STRING_EQUAL(a, b);
	CU_ASSERT_STRING_EQUAL(a, "68764051e4298501");
	digest_of("synth:vms=300,days=2,churn=20%", 43, b);
	CU_ASSERT_STRING_NOT_EQUAL(a, b);
}

static void values_are_ratios_and_mean_is_as_asked(void)
{
	struct values all = generate("synth:vms=2000,days=5,bursty=0", 1);
	int outside = 0;

	for (uint64_t i = 0; i < all.columns * all.n; i++)
		outside += !(all.v[i] >= 0 && all.v[i] <= 1);
	CU_ASSERT_EQUAL(outside, 0);
	CU_ASSERT_DOUBLE_EQUAL(mean(&all, 0, all.columns), 0.15, 0.015);
	CU_ASSERT_EQUAL(all.columns, 1440);
	values_done(&all);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void demand_is_skewed_to_few_busy_vms(void)
{
	struct values all = generate("synth:vms=2000,days=0.5", 1);
	double m = mean(&all, 0, 1);

	qsort(all.v, all.n, sizeof(*all.v), compare_doubles);
	CU_ASSERT_TRUE(all.v[all.n / 2] < 0.85 * m);
	CU_ASSERT_TRUE(all.v[all.n * 95 / 100] > 2 * m);
	values_done(&all);
}

static void days_are_busier_than_nights_and_weekends(void)
{
	struct values all = generate("synth:vms=2000,days=7", 1);
	double day = mean(&all, 11 * HOUR, 16 * HOUR), night = mean(&all, 2 * HOUR, 5 * HOUR);
	double week = mean(&all, 0, 5 * DAY), weekend = mean(&all, 5 * DAY, 7 * DAY);

	CU_ASSERT_TRUE(day > 1.25 * night);
	CU_ASSERT_TRUE(weekend < 0.95 * week);
	values_done(&all);
	all = generate("synth:vms=2000,days=1,diurnal=0", 1);
	CU_ASSERT_DOUBLE_EQUAL(mean(&all, 132, 192) / mean(&all, 24, 60), 1, 0.05);
	values_done(&all);
}

/* Correlation of what is left of two VMs' series. */
static double correlation(const struct values *all, uint32_t a, uint32_t b)
{
	double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0, n = (double)all->columns;

	for (uint64_t k = 0; k < all->columns; k++) {
		double x = at(all, k, a), y = at(all, k, b);

		sa += x;
		sb += y;
		saa += x * x;
		sbb += y * y;
		sab += x * y;
	}
	return (sab - sa * sb / n) / sqrt((saa - sa * sa / n) * (sbb - sb * sb / n));
}

static void groups_peak_together_as_much_as_asked(void)
{
	static const char *const specs[] = {"0", "0.5", "1"};
	static const double expected[] = {0, 0.5, 1};
	char spec[128];

	for (int i = 0; i < 3; i++) {
		struct values all;
		double within = 0;

		(void)snprintf(spec, sizeof(spec),
		               "synth:vms=80,days=20,diurnal=0,bursty=0,demand=5%%,correlation=%s",
		               specs[i]);
		all = generate(spec, 1);
		for (uint32_t vm = 0; vm < 80; vm += 8)
			within += correlation(&all, vm, vm + 7) / 10;
		CU_ASSERT_DOUBLE_EQUAL(within, expected[i], 0.06);
		CU_ASSERT_DOUBLE_EQUAL(correlation(&all, 7, 8), 0, 0.12);
		values_done(&all);
	}
}

static void bursts_come_as_often_and_as_long_as_asked(void)
{
	struct values all = generate("synth:vms=400,days=10,bursty=50%,burst_rate=6,burst_length="
	                             "30min,burst_size=60%,demand=1%,spread=0.2,noise=0",
	                             1);
	uint64_t begun = 0, high = 0;

	for (uint32_t i = 0; i < all.n; i++)
		for (uint64_t k = 1; k < all.columns; k++) {
			high += at(&all, k, i) > 0.2;
			begun += at(&all, k, i) > 0.2 && at(&all, k - 1, i) <= 0.2;
		}
	/* 200 VMs, 10 days; half an hour is 6 columns; off 21 of 24 hours. */
	CU_ASSERT_DOUBLE_EQUAL((double)begun / (200 * 10), 6 * 21 / 24.0, 0.8);
	CU_ASSERT_DOUBLE_EQUAL((double)high / (double)begun, 6, 0.6);
	values_done(&all);
}

static void churn_makes_vms_come_and_go(void)
{
	struct values all = generate("synth:vms=1000,days=3,churn=40%,life=6h", 1);
	uint32_t come = 0, wrong = 0;
	double life = 0;

	for (uint32_t i = 0; i < all.n; i++) {
		const struct trace_vm *vm = &all.trace->info.vms[i];

		for (uint64_t k = 0; k < all.columns; k++)
			wrong += isnan(at(&all, k, i)) != (k < vm->first || k >= vm->last);
		if (vm->last - vm->first == all.columns)
			continue;
		come++;
		life += (double)(vm->last - vm->first);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_DOUBLE_EQUAL(come / 1000.0, 0.4, 0.05);
	CU_ASSERT_DOUBLE_EQUAL(life / come, 72, 12); /* some are cut by the end */
	values_done(&all);
}

static void a_vm_does_not_depend_on_how_many_there_are(void)
{
	struct values few = generate("synth:vms=16,days=1", 5);
	struct values many = generate("synth:vms=160,days=1", 5);
	int wrong = 0;

	for (uint64_t k = 0; k < few.columns; k++)
		for (uint32_t i = 0; i < few.n; i++)
			wrong += !trace_rig_same(at(&few, k, i), at(&many, k, i));
	CU_ASSERT_EQUAL(wrong, 0);
	values_done(&few);
	values_done(&many);
}

static void flavours_and_names_are_in_order(void)
{
	struct values all = generate("synth:vms=1200,columns=2,mips=1500", 1);
	uint32_t small = 0;

	for (uint32_t i = 0; i < all.n; i++) {
		const struct trace_vm *vm = &all.trace->info.vms[i];

		CU_ASSERT_TRUE(i == 0 || strcmp(vm[-1].name, vm->name) < 0);
		CU_ASSERT_EQUAL(vm->cpu_mips, vm->vcpus * 1500.0);
		CU_ASSERT_EQUAL(vm->mem_bytes, vm->vcpus * 2147483648.0);
		small += vm->vcpus == 1;
	}
	CU_ASSERT_DOUBLE_EQUAL(small / 1200.0, 0.45, 0.05);
	CU_ASSERT_STRING_EQUAL(all.trace->info.vms[1199].name, "vm00001199");
	values_done(&all);
	all = generate("synth:vms=5,columns=1,flavours=large", 1);
	CU_ASSERT_EQUAL(all.trace->info.vms[3].vcpus, 8);
	values_done(&all);
}

static void keys_may_come_from_a_file(void)
{
	struct trace_rig r;
	char spec[400];
	struct synth_cfg cfg;

	trace_rig_init(&r);
	trace_rig_file(&r, "spec", "# a comment\nvms: 77 # many\ndays = 3, churn=5%\n\n");
	(void)snprintf(spec, sizeof(spec), "demand=20%%,file=%s,days=2", r.path);
	CU_ASSERT_EQUAL(synth_parse(spec, &cfg, &r.err), 0);
	CU_ASSERT_EQUAL(cfg.vms, 77);
	CU_ASSERT_EQUAL(cfg.columns, 576);
	CU_ASSERT_EQUAL(cfg.churn_ratio, 0.05);
	CU_ASSERT_EQUAL(cfg.demand_ratio, 0.2);
	CU_ASSERT_EQUAL(cfg.group, 8);
	trace_rig_done(&r);
}

static void wrong_keys_and_values_are_refused(void)
{
	struct trace_rig r;
	char spec[400];

	trace_rig_init(&r);
	trace_rig_refuse(&r, "synth:vmss=3", -EINVAL,
	                 "synth: vmss: unknown key; did you mean vms?");
	trace_rig_refuse(&r, "synth:colour=3", -EINVAL, "unknown key; see docs/traces.md");
	trace_rig_refuse(&r, "synth:vms", -EINVAL, "\"vms\" has no value; write key=value");
	trace_rig_refuse(&r, "synth:vms=0", -ERANGE, "synth: vms: ");
	trace_rig_refuse(&r, "synth:vms=many", -EINVAL, "synth: vms: ");
	trace_rig_refuse(&r, "synth:demand=95%", -ERANGE, "synth: demand: ");
	trace_rig_refuse(&r, "synth:interval=7min", -EINVAL, "interval: does not divide a day");
	trace_rig_refuse(&r, "synth:days=0.001,interval=1h", -EINVAL, "shorter than one interval");
	trace_rig_refuse(&r, "synth:file=/nowhere/spec", -ENOENT, "/nowhere/spec: cannot read");
	trace_rig_file(&r, "spec", "vms=3\n\nburst_size=2\n");
	(void)snprintf(spec, sizeof(spec), "synth:file=%s", r.path);
	trace_rig_refuse(&r, spec, -ERANGE, "/spec:3: burst_size: ");
	trace_rig_done(&r);
}

/* The cell behind "| `name` | " in docs/traces.md, or "" if there is no such row. */
static void documented_default(const char *name, char ret[64])
{
	FILE *f = fopen("docs/traces.md", "r");
	char line[256], key[64];

	ret[0] = '\0';
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f)) {
		char value[64];

		if (sscanf(line, "| `%63[a-z_]` | %63s |", key, value) == 2 &&
		    strcmp(key, name) == 0)
			memcpy(ret, value, sizeof(value));
	}
	(void)fclose(f); /* was only read */
}

static void the_manual_lists_every_key_with_its_default(void)
{
	struct synth_cfg cfg;
	struct err err;

	for (size_t i = 0; i < synth_params.len; i++) {
		const struct param *row = &synth_params.rows[i];
		char documented[64], expected[64], actual[64];

		param_set_defaults(&synth_params, &cfg);
		param_format(row, &cfg, expected, sizeof(expected));
		documented_default(row->name, documented);
		CU_ASSERT_EQUAL(param_parse(row, &cfg, documented, &err), 0);
		param_format(row, &cfg, actual, sizeof(actual));
		CU_ASSERT_STRING_EQUAL(actual, expected);
	}
}

TEST_MAIN("trace synth", TEST(a_seed_is_a_trace_with_every_compiler),
          TEST(values_are_ratios_and_mean_is_as_asked), TEST(demand_is_skewed_to_few_busy_vms),
          TEST(days_are_busier_than_nights_and_weekends),
          TEST(groups_peak_together_as_much_as_asked),
          TEST(bursts_come_as_often_and_as_long_as_asked), TEST(churn_makes_vms_come_and_go),
          TEST(a_vm_does_not_depend_on_how_many_there_are), TEST(flavours_and_names_are_in_order),
          TEST(keys_may_come_from_a_file), TEST(wrong_keys_and_values_are_refused),
          TEST(the_manual_lists_every_key_with_its_default))
