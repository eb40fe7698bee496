/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cost of the real world alone: 10,000 hosts, 100,000 VMs, one day of 288 columns, VMs spread
 * over the hosts, a few migrations in each interval, no engine. Prints ns per VM and step.
 *
 *     bench_world_real [HOSTS VMS COLUMNS MOVES_PER_TICK]
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "core/base/rng.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "sim/world_real.h"

#define INTERVAL_US (300 * USEC_PER_SEC)
#define TABLES      4 /* columns that take turns: memory traffic as from a reader, no more */

struct bench_trace {
	struct trace trace; /* first */
	struct trace_vm *vms;
	double *tables[TABLES];
	uint64_t column;
};

struct bench {
	struct fleet *fleet;
	struct bench_trace trace;
	struct world *world;
	uint32_t *host_of;
	uint64_t refused;
};

/* CPU time: other work on the machine does not count. */
static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int bench_next(struct trace *t, struct trace_column *ret, struct err *err)
{
	struct bench_trace *b = (struct bench_trace *)t;

	(void)err;
	*ret = (struct trace_column){.index = b->column, .cpu = b->tables[b->column % TABLES]};
	b->column++;
	return 1;
}

static void bench_close(struct trace *t)
{
	(void)t; /* the bench owns everything */
}

static const struct trace_ops bench_ops = {.next = bench_next, .close = bench_close};

static struct fleet *make_fleet(uint32_t n_hosts, uint32_t n_vms)
{
	struct fleet *f = fleet_new();
	struct host_class c = {
	        .name = xstrdup("class"),
	        .cores = 16,
	        .core_mips = 2600,
	        .power = {.table_w = {93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135}},
	        .off_w = 5,
	};
	char name[32];
	struct err err;

	c.capacity.v[RES_CPU] = 16 * 2600;
	c.capacity.v[RES_MEM] = 256e9;
	c.capacity.v[RES_NET_BPS] = 1.25e9;
	(void)fleet_add_class(f, &c);
	for (uint32_t i = 0; i < n_hosts; i++) {
		(void)snprintf(name, sizeof(name), "h%06u", i);
		(void)fleet_add_host(f, &(struct host){.name = xstrdup(name)});
	}
	for (uint32_t i = 0; i < n_vms; i++) {
		struct vm vm = {.vcpus = 1, .vcpu_mips = 2600};

		(void)snprintf(name, sizeof(name), "v%06u", i);
		vm.name = xstrdup(name);
		vm.allocation.v[RES_CPU] = 2600;
		vm.allocation.v[RES_MEM] = 4e9;
		(void)fleet_add_vm(f, &vm);
	}
	if (fleet_seal(f, &err) < 0)
		abort();
	return f;
}

static void make_trace(struct bench *b, uint64_t columns, struct rng *rng)
{
	uint32_t n = b->fleet->n_vms;

	b->trace.vms = xcalloc(n, sizeof(*b->trace.vms));
	for (uint32_t i = 0; i < n; i++)
		b->trace.vms[i].last = columns;
	for (int t = 0; t < TABLES; t++) {
		b->trace.tables[t] = xcalloc(n, sizeof(double));
		for (uint32_t i = 0; i < n; i++)
			b->trace.tables[t][i] = rng_double(rng);
	}
	b->trace.trace = (struct trace){
	        .ops = &bench_ops,
	        .info = {.interval_us = INTERVAL_US,
	                 .n_columns = columns,
	                 .n_vms = n,
	                 .vms = b->trace.vms},
	};
}

static void begin(struct bench *b, const struct action *a, action_id id)
{
	if (b->world->env.ops->begin(&b->world->env, a, id) < 0)
		b->refused++;
}

static void place_all(struct bench *b, struct rng *rng)
{
	for (uint32_t vm = 0; vm < b->fleet->n_vms; vm++) {
		b->host_of[vm] = (uint32_t)rng_below(rng, b->fleet->n_hosts);
		begin(b,
		      &(struct action){.kind = ACTION_PLACE,
		                       .vm = vm,
		                       .from = ID_NONE,
		                       .to = b->host_of[vm]},
		      vm + 1);
	}
}

static void move_some(struct bench *b, uint32_t moves, struct rng *rng)
{
	for (uint32_t i = 0; i < moves; i++) {
		uint32_t vm = (uint32_t)rng_below(rng, b->fleet->n_vms);
		uint32_t to = (uint32_t)rng_below(rng, b->fleet->n_hosts);

		begin(b,
		      &(struct action){
		              .kind = ACTION_MIGRATE, .vm = vm, .from = b->host_of[vm], .to = to},
		      b->fleet->n_vms + i + 1);
		b->host_of[vm] = to;
	}
}

static void run(struct bench *b, uint32_t moves, struct rng *rng)
{
	struct sample_set set;
	struct err err;
	usec_t t;

	while ((t = world_next(b->world)) != USEC_NEVER) {
		if (b->world->ops->advance(b->world, t, &err) < 0)
			abort();
		b->world->env.ops->poll(&b->world->env, &set);
		if (set.n_events > 0 && set.events[set.n_events - 1].kind == ENV_VM_ARRIVED)
			place_all(b, rng);
		else if (set.sample == SAMPLE_PAST)
			move_some(b, moves, rng);
	}
}

static uint32_t argument(int argc, char **argv, int i, uint32_t otherwise)
{
	int64_t n = otherwise;

	if (i < argc && (text_to_int64(argv[i], &n) < 0 || n < 0 || n > UINT32_MAX))
		abort();
	return (uint32_t)n;
}

int main(int argc, char **argv)
{
	uint32_t n_hosts = argument(argc, argv, 1, 10000);
	uint32_t n_vms = argument(argc, argv, 2, 100000);
	uint32_t columns = argument(argc, argv, 3, 288);
	uint32_t moves = argument(argc, argv, 4, 50);
	struct world_opts o = {
	        .until_us = USEC_NEVER,
	        .cfg = {.migration_link_ratio = 0.5,
	                .migration_overhead_ratio = 0.1,
	                .dirty_bps_per_mips = 10e3,
	                .dirty_ratio_max = 0.8},
	};
	struct bench b = {.fleet = make_fleet(n_hosts, n_vms)};
	struct sim_result result = {0};
	struct rusage usage;
	struct rng rng;
	struct err err;
	double began_s;

	rng_init(&rng, 1, 1);
	b.host_of = xcalloc(n_vms, sizeof(*b.host_of));
	make_trace(&b, columns, &rng);
	if (world_real_new(&o, b.fleet, &b.trace.trace, &b.world, &err) < 0)
		abort();
	began_s = now_s();
	run(&b, moves, &rng);
	(void)b.world->ops->finish(b.world, &result, &err);
	began_s = now_s() - began_s;
	(void)getrusage(RUSAGE_SELF, &usage);
	printf("world_real: %u hosts, %u VMs, %u columns: %.2f ns per VM-step, %.3f s, %.1f kWh "
	       "(bound %.1f), %lu migrations, %lu refused, peak %ld MiB\n",
	       n_hosts, n_vms, columns, began_s * 1e9 / ((double)n_vms * columns), began_s,
	       result.energy_kwh, result.lower_bound_kwh, result.migrations, b.refused,
	       usage.ru_maxrss / 1024);
	b.world->ops->free(b.world);
	sim_result_done(&result);
	for (int t = 0; t < TABLES; t++)
		free(b.trace.tables[t]);
	free(b.trace.vms);
	free(b.host_of);
	fleet_free(b.fleet);
	return 0;
}
