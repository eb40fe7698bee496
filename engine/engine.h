/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H
/*
 * One turn of the loop: poll, observe, decide, check, execute. The engine owns the snapshot (what
 * is believed), the policy instance and the executor (what is under way). It has no thread and no
 * clock of its own: engine_step does what is due now and says when it wants to be called again.
 */
#include "core/base/digest.h"
#include "core/base/err.h"
#include "core/base/param.h"
#include "engine/env.h"
#include "policies/policy.h"

/* Limits of the executor; they bind every policy alike. See engine_params. */
struct engine_cfg {
	int64_t migrations_per_host; /* at once, in plus out; 0 = no limit */
	int64_t migrations_total;    /* at once in the fleet; 0 = no limit */
	int64_t migrations_per_vm;   /* at once: 1 */
	int64_t moves_per_hour;      /* begun, fleet-wide; 0 = no limit */
	double host_off_ratio_max;   /* share of hosts that may be off or on their way */
	int64_t hosts_on_min;
	int64_t host_offs_per_day; /* power-downs of one host in a day; 0 = no limit */
	usec_t host_min_on_us;     /* a host just woken is not emptied before */
	usec_t vm_cooldown_us;     /* a VM just moved is not moved to empty a host before */
};

extern const struct param_table engine_params; /* "limits.*" */

struct engine_stats {
	uint64_t steps, decisions, refused, failed;
	uint64_t by_reason[REASON_COUNT]; /* actions begun, by reason */
	uint64_t by_kind[ACTION_KIND_COUNT];
};

struct engine;

/* The env, fleet and ops outlive the engine; cfg and params are copied. */
struct engine *engine_new(struct env *env, const struct fleet *fleet, const struct engine_cfg *cfg,
                          const struct policy_ops *policy, const void *params, uint64_t seed);
void engine_free(struct engine *e);

/*
 * Does all that is due. Returns the time of its next wish to be called (a queued action, a
 * cool-down that ends); the caller also calls when the env has news. USEC_NEVER: nothing waits.
 */
usec_t engine_step(struct engine *e);

const struct snapshot *engine_snapshot(const struct engine *e);
const struct engine_stats *engine_stats(const struct engine *e);
const void *engine_policy(const struct engine *e);

/* Over all actions begun, in order, by name: equal logs have equal digests. */
void engine_decision_digest(const struct engine *e, char ret_text[DIGEST_TEXT_LEN]);

#endif
