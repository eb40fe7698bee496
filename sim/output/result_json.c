/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a result. Numbers are printed with 15 significant digits: enough to compare runs
 * bit for bit in practice, and short values stay short (0.1, not 0.10000000000000001).
 */
#include "sim/output/result_json.h"

#include <assert.h>
#include <errno.h>
#include <math.h>

#include "sim/output/field.h"

#define DUMP_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(15))

static void set(json_t *o, const char *key, json_t *value)
{
	const int rc = json_object_set_new(o, key, value);

	assert(rc == 0); /* only out of memory and bad UTF-8 keys fail; ours are constants */
}

static void set_number(json_t *o, const char *key, double v)
{
	set(o, key, field_json_number(v));
}

static void set_count(json_t *o, const char *key, uint64_t v)
{
	set(o, key, field_json_count(v));
}

static json_t *energy_by_state(const struct sim_result *r)
{
	json_t *o = json_object();

	for (int s = 0; s < HOST_STATE_COUNT; s++) {
		const char *name = host_state_name((enum host_state)s);

		set_number(o, name, r->energy_by_state_kwh[s]);
	}
	return o;
}

static json_t *actions_by_reason(const struct sim_result *r)
{
	json_t *o = json_object();

	for (int i = 0; i < REASON_COUNT; i++) {
		if (r->actions_by_reason[i])
			set_count(o, reason_code_name((enum reason_code)i),
			          r->actions_by_reason[i]);
	}
	return o;
}

static void set_energy(json_t *o, const struct sim_result *r)
{
	const bool bounded = r->lower_bound_kwh > 0;

	set_number(o, "energy_kwh", r->energy_kwh);
	set_number(o, "lower_bound_kwh", r->lower_bound_kwh);
	set_number(o, "energy_over_lower_bound",
	           bounded ? r->energy_kwh / r->lower_bound_kwh : (double)NAN);
	set(o, "energy_by_state_kwh", energy_by_state(r));
}

static void set_service(json_t *o, const struct sim_result *r)
{
	set_number(o, "slatah", r->slatah);
	set_number(o, "pdm", r->pdm);
	set_number(o, "slav", r->slav);
	set_number(o, "esv", r->esv);
	set_number(o, "unserved_ratio", r->unserved_ratio);
	set_number(o, "overall_sla", r->overall_sla);
	set_number(o, "average_sla", r->average_sla);
	set_count(o, "vms_pending_max", r->vms_pending_max);
}

static void set_activity(json_t *o, const struct sim_result *r)
{
	const bool cloudsim = r->rules == RULES_CLOUDSIM;

	set_count(o, "migrations", r->migrations);
	set_count(o, "migrations_failed", r->migrations_failed);
	set_number(o, "bytes_moved", r->bytes_moved);
	set_count(o, "host_power_cycles", r->host_power_cycles);
	set_number(o, "mean_hosts_on", r->mean_hosts_on);
	set_number(o, "mean_time_to_shutdown_s",
	           cloudsim ? r->mean_time_to_shutdown_s : (double)NAN);
	set_count(o, "host_crashes", r->host_crashes);
	set_count(o, "wake_failures", r->wake_failures);
	set(o, "actions_by_reason", actions_by_reason(r));
}

static void set_machine(json_t *o, const struct sim_result *r)
{
	set_count(o, "vm_steps", r->vm_steps);
	set_number(o, "wall_seconds", r->wall_seconds);
	set_number(o, "vm_steps_per_second", r->vm_steps_per_second);
	set_count(o, "peak_rss_bytes", r->peak_rss_bytes);
	set_count(o, "seed", r->seed);
	set(o, "config_digest", field_json_text(r->config_digest));
	set(o, "decision_digest", field_json_text(r->decision_digest));
}

json_t *result_json(const struct sim_result *r)
{
	json_t *o = json_object();

	set(o, "policy", field_json_text(r->policy));
	set(o, "rules", field_json_text(rules_name(r->rules)));
	set_count(o, "vms", r->n_vms);
	set_count(o, "hosts", r->n_hosts);
	set_number(o, "simulated_seconds", usec_to_sec(r->simulated_us));
	set_energy(o, r);
	set_service(o, r);
	set_activity(o, r);
	set_machine(o, r);
	return o;
}

/* Takes value over. */
static int dump(FILE *f, json_t *value)
{
	const int rc = json_dumpf(value, f, DUMP_FLAGS);

	json_decref(value);
	return rc || fputc('\n', f) == EOF ? -EIO : 0;
}

int result_json_write(FILE *f, const struct sim_result *r)
{
	return dump(f, result_json(r));
}

int result_json_write_runs(FILE *f, const struct sim_result *runs, uint32_t n_runs)
{
	json_t *list = json_array(), *o = json_object();

	for (uint32_t i = 0; i < n_runs; i++)
		(void)json_array_append_new(list,
		                            result_json(&runs[i])); /* fails only without memory */
	set(o, "runs", list);
	return dump(f, o);
}
