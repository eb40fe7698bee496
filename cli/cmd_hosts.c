/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `ebb hosts`: every host of the inventory as it is now. */
#include <math.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/look.h"
#include "cli/out.h"
#include "sim/output/json.h"

static const char *state_name(const struct watch_host *h)
{
	switch (h->state) {
	case WATCH_FRESH: return "on";
	case WATCH_FAILED: return "no-answer";
	case WATCH_LATE: return "late";
	}
	return "unknown";
}

/* VMs that hold something of the host; what is shut off is only defined there. */
static uint32_t count_vms(const struct host_report *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < r->n_vms; i++)
		n += r->vms[i].seen != VM_SEEN_SHUT_OFF;
	return n;
}

static void print_percent(struct out_table *t, double ratio)
{
	if (isnan(ratio))
		out_table_cell(t, "?");
	else
		out_table_cell(t, "%.0f %%", 100 * ratio);
}

static void print_host(struct out_table *t, const struct inventory_host *host,
                       const struct watch_host *h)
{
	char used[32], all[32];

	out_table_cell(t, "%s", host->name);
	out_table_cell(t, "%s", state_name(h));
	if (h->state != WATCH_FRESH) {
		for (int i = 0; i < 6; i++)
			out_table_cell(t, "-");
		return;
	}
	out_table_cell(t, "%u", h->now.threads);
	print_percent(t, watch_host_cpu_ratio(h));
	look_bytes(h->now.mem_bytes - h->now.mem_bytes_free, used, sizeof(used));
	look_bytes(h->now.mem_bytes, all, sizeof(all));
	out_table_cell(t, "%s", used);
	out_table_cell(t, "%s", all);
	out_table_cell(t, "%u", count_vms(&h->now));
	out_table_cell(t, "%.0f ms", (double)h->now.took_us / 1000);
}

static void print_text(FILE *f, const struct look *l)
{
	static const char *const heads[] = {"HOST", "STATE",  "THREADS", "CPU",
	                                    "USED", "MEMORY", "VMS",     "ANSWER"};
	struct out_table *t = out_table_new("llrrrrrr");

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		out_table_cell(t, "%s", heads[i]);
	for (uint32_t i = 0; i < l->inventory->n_hosts; i++)
		print_host(t, &l->inventory->hosts[i], watch_host_at(l->watch, i));
	out_table_print(t, f);
	out_table_free(t);
}

static void put_report(struct json *o, const struct watch_host *h)
{
	const struct host_report *r = &h->now;

	json_put_text(o, "hostname", r->hostname);
	json_put_count(o, "cores", r->cores);
	json_put_count(o, "threads", r->threads);
	json_put_number(o, "core_mhz", r->core_mhz);
	json_put_number(o, "cpu_used_ratio", watch_host_cpu_ratio(h));
	json_put_number(o, "mem_bytes", r->mem_bytes);
	json_put_number(o, "mem_bytes_free", r->mem_bytes_free);
	json_put_text(o, "cpu_model", r->cpu_model && r->cpu_model[0] ? r->cpu_model : NULL);
	json_put_truth(o, "hw_virt", r->hw_virt);
	json_put_count(o, "libvirt_version", r->library_version);
	json_put_count(o, "hypervisor_version", r->hypervisor_version);
	json_put_count(o, "vms", count_vms(r));
	json_put_number(o, "answer_seconds", usec_to_sec(r->took_us));
}

static void print_json(FILE *f, const struct look *l)
{
	struct json *o = json_new_object(), *list = json_new_list();

	for (uint32_t i = 0; i < l->inventory->n_hosts; i++) {
		const struct inventory_host *host = &l->inventory->hosts[i];
		const struct watch_host *h = watch_host_at(l->watch, i);
		struct json *one = json_new_object();

		json_put_text(one, "host", host->name);
		json_put_text(one, "cell", host->cell[0] ? host->cell : NULL);
		json_put_text(one, "rack", host->rack[0] ? host->rack : NULL);
		json_put_text(one, "libvirt", host->libvirt);
		json_put_text(one, "state", state_name(h));
		json_put_text(one, "error", h->state == WATCH_FAILED ? h->error.text : NULL);
		if (h->state == WATCH_FRESH)
			put_report(one, h);
		json_add(list, one);
	}
	json_put(o, "hosts", list);
	(void)json_print(f, o, JSON_FOR_PEOPLE); /* a lost write shows at out_commit() */
	(void)fputc('\n', f);
}

int cmd_hosts(int argc, char **argv)
{
	const struct option_spec spec = {
	        .command = "hosts",
	        .summary = "Looks at every host of the inventory and shows it as it is now.",
	        .rows = look_rows,
	        .n_rows = look_rows_len,
	};

	return look_run(&spec, argc, argv, &(struct look_views){print_text, print_json});
}
