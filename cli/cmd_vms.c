/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ebb vms`: every VM of every host, what it uses, and what keeps it from moving. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/look.h"
#include "cli/out.h"
#include "core/base/xalloc.h"
#include "sim/output/json.h"

/* A VM where it was seen: a VM that migrates is seen on both ends. */
struct seen_vm {
	const struct vm_report *vm;
	const struct watch_host *at;
	const char *host;
};

struct seen_list {
	struct seen_vm *items;
	size_t n;
};

static int by_name(const void *a, const void *b)
{
	const struct seen_vm *x = a, *y = b;
	int order = strcmp(x->vm->config.name, y->vm->config.name);

	return order ? order : strcmp(x->host, y->host);
}

/* Of the hosts that answered: what an earlier look told is not "now". */
static struct seen_list list_vms(const struct look *l)
{
	struct seen_list list = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < l->inventory->n_hosts; i++)
		n += watch_host_at(l->watch, i)->now.n_vms;
	list.items = xcalloc(n ? n : 1, sizeof(*list.items));
	for (uint32_t i = 0; i < l->inventory->n_hosts; i++) {
		const struct watch_host *h = watch_host_at(l->watch, i);

		for (uint32_t v = 0; h->state == WATCH_FRESH && v < h->now.n_vms; v++)
			list.items[list.n++] =
			        (struct seen_vm){&h->now.vms[v], h, l->inventory->hosts[i].name};
	}
	if (list.n > 1)
		qsort(list.items, list.n, sizeof(*list.items), by_name);
	return list;
}

/* The first hard blocker, else the first soft one, else NULL. */
static const struct blocker *worst_blocker(const struct vm_config *c)
{
	for (uint32_t i = 0; i < c->n_blockers; i++)
		if (c->blockers[i].hard)
			return &c->blockers[i];
	return c->n_blockers ? &c->blockers[0] : NULL;
}

static const char *movable_name(const struct vm_config *c)
{
	const struct blocker *b = worst_blocker(c);

	if (!b)
		return "yes";
	return b->hard ? "no" : "maybe";
}

static void print_movable(struct out_table *t, const struct vm_config *c)
{
	const struct blocker *b = worst_blocker(c);

	if (!b)
		out_table_cell(t, "yes");
	else if (c->n_blockers > 1)
		out_table_cell(t, "%s: %s (%s) and %u more", movable_name(c),
		               blocker_kind_name(b->kind), b->what, c->n_blockers - 1);
	else
		out_table_cell(t, "%s: %s (%s)", movable_name(c), blocker_kind_name(b->kind),
		               b->what);
}

static void print_rate(struct out_table *t, double bytes_per_s)
{
	char text[32];

	look_bytes(bytes_per_s, text, sizeof(text));
	out_table_cell(t, "%s", text);
}

static void print_vm(struct out_table *t, const struct seen_vm *s)
{
	const struct vm_report *vm = s->vm;
	double cpu = watch_vm_cpu_cores(s->at, vm);
	bool is_off = vm->seen == VM_SEEN_SHUT_OFF;

	out_table_cell(t, "%s", vm->config.name);
	out_table_cell(t, "%s", s->host);
	out_table_cell(t, "%s", vm_seen_name(vm->seen));
	out_table_cell(t, "%u", vm->config.vcpus);
	if (is_off)
		out_table_cell(t, "-");
	else if (isnan(cpu))
		out_table_cell(t, "?");
	else
		out_table_cell(t, "%.2f", cpu);
	print_rate(t, is_off ? vm->config.mem_bytes_max : vm->mem_bytes);
	if (is_off) {
		out_table_cell(t, "-");
		out_table_cell(t, "-");
	} else {
		print_rate(t, watch_vm_disk_bytes_per_s(s->at, vm));
		print_rate(t, watch_vm_net_bytes_per_s(s->at, vm));
	}
	print_movable(t, &vm->config);
}

static void print_text(FILE *f, const struct look *l)
{
	static const char *const heads[] = {"VM",     "HOST",   "STATE", "VCPUS",  "CPU",
	                                    "MEMORY", "DISK/S", "NET/S", "MOVABLE"};
	struct out_table *t = out_table_new("lllrrrrrl");
	struct seen_list list = list_vms(l);

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		out_table_cell(t, "%s", heads[i]);
	for (size_t i = 0; i < list.n; i++)
		print_vm(t, &list.items[i]);
	out_table_print(t, f);
	out_table_free(t);
	free(list.items);
}

static struct json *blockers_json(const struct vm_config *c)
{
	struct json *list = json_new_list();

	for (uint32_t i = 0; i < c->n_blockers; i++) {
		struct json *one = json_new_object();

		json_put_text(one, "kind", blocker_kind_name(c->blockers[i].kind));
		json_put_text(one, "what", c->blockers[i].what);
		json_put_truth(one, "hard", c->blockers[i].hard);
		json_put_text(one, "remedy", blocker_remedy(c->blockers[i].kind));
		json_add(list, one);
	}
	return list;
}

static struct json *tags_json(const struct vm_config *c)
{
	struct json *tags = json_new_object();

	for (uint32_t i = 0; i < c->n_tags; i++)
		json_put_text(tags, c->tags[i].name, c->tags[i].value);
	return tags;
}

static struct json *vm_json(const struct seen_vm *s)
{
	const struct vm_report *vm = s->vm;
	struct json *o = json_new_object();

	json_put_text(o, "vm", vm->config.name);
	json_put_text(o, "uuid", vm->config.uuid);
	json_put_text(o, "host", s->host);
	json_put_text(o, "state", vm_seen_name(vm->seen));
	json_put_count(o, "vcpus", vm->config.vcpus);
	json_put_number(o, "cpu_cores_used", watch_vm_cpu_cores(s->at, vm));
	json_put_number(o, "mem_bytes", vm->mem_bytes);
	json_put_number(o, "mem_bytes_max", vm->config.mem_bytes_max);
	json_put_number(o, "mem_bytes_used", vm->mem_bytes_used);
	json_put_number(o, "disk_bytes_per_s", watch_vm_disk_bytes_per_s(s->at, vm));
	json_put_number(o, "net_bytes_per_s", watch_vm_net_bytes_per_s(s->at, vm));
	json_put_truth(o, "emulated", vm->config.emulated);
	json_put_truth(o, "managed_save", vm->has_managed_save);
	json_put_text(o, "movable", movable_name(&vm->config));
	json_put(o, "blockers", blockers_json(&vm->config));
	json_put(o, "tags", tags_json(&vm->config));
	return o;
}

static void print_json(FILE *f, const struct look *l)
{
	struct json *o = json_new_object(), *vms = json_new_list();
	struct seen_list list = list_vms(l);

	for (size_t i = 0; i < list.n; i++)
		json_add(vms, vm_json(&list.items[i]));
	json_put(o, "vms", vms);
	(void)json_print(f, o, JSON_FOR_PEOPLE); /* a lost write shows at out_commit() */
	(void)fputc('\n', f);
	free(list.items);
}

int cmd_vms(int argc, char **argv)
{
	const struct option_spec spec = {
	        .command = "vms",
	        .summary = "Shows every VM of every host, what it uses, and what keeps it from "
	                   "moving.",
	        .rows = look_rows,
	        .n_rows = look_rows_len,
	};

	return look_run(&spec, argc, argv, &(struct look_views){print_text, print_json});
}
