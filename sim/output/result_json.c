/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a result, in the order in which a person asks for them. */
#include "sim/output/result_json.h"

#include <errno.h>
#include <math.h>

static struct json *energy_by_state(const struct sim_result *r)
{
	struct json *o = json_new_object();

	for (int s = 0; s < HOST_STATE_COUNT; s++) {
		const char *name = host_state_name((enum host_state)s);

		json_put_number(o, name, r->energy_by_state_kwh[s]);
	}
	return o;
}

static struct json *actions_by_reason(const struct sim_result *r)
{
	struct json *o = json_new_object();

	for (int i = 0; i < REASON_COUNT; i++) {
		if (r->actions_by_reason[i])
			json_put_count(o, reason_code_name((enum reason_code)i),
			               r->actions_by_reason[i]);
	}
	return o;
}

static void set_energy(struct json *o, const struct sim_result *r)
{
	const bool bounded = r->lower_bound_kwh > 0;

	json_put_number(o, "energy_kwh", r->energy_kwh);
	json_put_number(o, "lower_bound_kwh", r->lower_bound_kwh);
	json_put_number(o, "energy_over_lower_bound",
	                bounded ? r->energy_kwh / r->lower_bound_kwh : (double)NAN);
	json_put(o, "energy_by_state_kwh", energy_by_state(r));
}

static void set_service(struct json *o, const struct sim_result *r)
{
	json_put_number(o, "slatah", r->slatah);
	json_put_number(o, "pdm", r->pdm);
	json_put_number(o, "slav", r->slav);
	json_put_number(o, "esv", r->esv);
	json_put_number(o, "unserved_ratio", r->unserved_ratio);
	json_put_number(o, "overall_sla", r->overall_sla);
	json_put_number(o, "average_sla", r->average_sla);
	json_put_count(o, "vms_pending_max", r->vms_pending_max);
}

static void set_activity(struct json *o, const struct sim_result *r)
{
	const bool cloudsim = r->rules == RULES_CLOUDSIM;

	json_put_count(o, "migrations", r->migrations);
	json_put_count(o, "migrations_failed", r->migrations_failed);
	json_put_number(o, "bytes_moved", r->bytes_moved);
	json_put_count(o, "host_power_cycles", r->host_power_cycles);
	json_put_number(o, "mean_hosts_on", r->mean_hosts_on);
	json_put_number(o, "mean_time_to_shutdown_s",
	                cloudsim ? r->mean_time_to_shutdown_s : (double)NAN);
	json_put_count(o, "host_crashes", r->host_crashes);
	json_put_count(o, "wake_failures", r->wake_failures);
	json_put(o, "actions_by_reason", actions_by_reason(r));
}

static void set_machine(struct json *o, const struct sim_result *r)
{
	json_put_count(o, "vm_steps", r->vm_steps);
	json_put_number(o, "wall_seconds", r->wall_seconds);
	json_put_number(o, "vm_steps_per_second", r->vm_steps_per_second);
	json_put_count(o, "peak_rss_bytes", r->peak_rss_bytes);
	json_put_count(o, "seed", r->seed);
	json_put_text(o, "config_digest", r->config_digest);
	json_put_text(o, "decision_digest", r->decision_digest);
}

struct json *result_json(const struct sim_result *r)
{
	struct json *o = json_new_object();

	json_put_text(o, "policy", r->policy);
	json_put_text(o, "rules", rules_name(r->rules));
	json_put_count(o, "vms", r->n_vms);
	json_put_count(o, "hosts", r->n_hosts);
	json_put_number(o, "simulated_seconds", usec_to_sec(r->simulated_us));
	set_energy(o, r);
	set_service(o, r);
	set_activity(o, r);
	set_machine(o, r);
	return o;
}

/* Takes value over. */
static int print(FILE *f, struct json *value)
{
	const int ret = json_print(f, value, JSON_FOR_PEOPLE);

	return ret || fputc('\n', f) == EOF ? -EIO : 0;
}

int result_json_write(FILE *f, const struct sim_result *r)
{
	return print(f, result_json(r));
}

int result_json_write_runs(FILE *f, const struct sim_result *runs, uint32_t n_runs)
{
	struct json *list = json_new_list(), *o = json_new_object();

	for (uint32_t i = 0; i < n_runs; i++)
		json_add(list, result_json(&runs[i]));
	json_put(o, "runs", list);
	return print(f, o);
}
