/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_PLAN_H
#define CORE_MODEL_PLAN_H
/*
 * A plan is an ordered list of actions, each with one effect and one reason. The order is the
 * order in which they may begin; the executor adds limits, checks and retries, never decisions.
 *
 * Reasons are a code and up to four numbers: cheap to make by the thousand, digestible, and
 * rendered as text only when someone asks.
 */
#include <stddef.h>
#include <stdint.h>

#include "core/base/digest.h"
#include "core/base/units.h"
#include "core/model/fleet.h"

enum action_kind {
	ACTION_PLACE,     /* start vm on host `to` */
	ACTION_MIGRATE,   /* move vm from `from` to `to`, live */
	ACTION_HOST_ON,   /* wake host `to` */
	ACTION_HOST_OFF,  /* drain intent: no new VMs on `from`; power it down once it is empty */
	ACTION_HOST_KEEP, /* take a drain intent back */
	ACTION_KIND_COUNT
};

/* Each code has one row in the text table of plan.c; the comment names its numbers. */
enum reason_code {
	REASON_NONE,
	REASON_FIRST_PLACEMENT, /* need after, capacity */
	REASON_NO_ROOM,         /* VM stays pending or put: need, best free */
	REASON_OVERLOAD,        /* demand, capacity, relief, copy seconds */
	REASON_OVERLOAD_RISK,   /* need, capacity, need after, overload probability */
	REASON_DETECTOR,        /* published overload detector: its statistic, its threshold */
	REASON_UNDERLOAD,       /* utilisation, VMs to move, power saved W */
	REASON_EMPTY_HOST,      /* mean load, saving J, cost J, break-even s */
	REASON_WAKE_FOR_LOAD,   /* need and capacity, of the fleet that is on or of one host */
	REASON_WAKE_FOR_VM,     /* vm need, best free */
	REASON_RESERVE,         /* hosts in reserve, wanted */
	REASON_IDLE_HOST,       /* idle for s, break-even s */
	REASON_KEPT_ON,         /* no other host has room for vm: its need, its memory in MB */
	REASON_NOT_WORTH, /* emptying costs J a sample, saves J a sample; once J, all saved J */
	REASON_MEMORY,    /* memory in use, memory of the host, bytes */
	REASON_COUNT
};

struct reason {
	enum reason_code code;
	double num[4];
};

struct action {
	enum action_kind kind;
	uint32_t vm;       /* ID_NONE for host actions */
	uint32_t from, to; /* hosts, ID_NONE where there is none */
	struct reason reason;
};

struct plan {
	struct action *actions;
	uint32_t len, cap;
};

void plan_init(struct plan *p);
void plan_done(struct plan *p);
void plan_clear(struct plan *p);
void plan_add(struct plan *p, const struct action *a);

/* Shorthands: the reason is copied. */
void plan_place(struct plan *p, uint32_t vm, uint32_t to, const struct reason *why);
void plan_migrate(struct plan *p, uint32_t vm, uint32_t from, uint32_t to,
                  const struct reason *why);
void plan_host_on(struct plan *p, uint32_t host, const struct reason *why);
void plan_host_off(struct plan *p, uint32_t host, const struct reason *why);
void plan_host_keep(struct plan *p, uint32_t host, const struct reason *why);

const char *action_kind_name(enum action_kind kind);
const char *reason_code_name(enum reason_code code); /* "overload-risk" */

/* One line of English with the numbers in it, cut to size. */
void reason_describe(const struct reason *why, char *ret_text, size_t size);

/* Feeds kind, names and reason: two logs are equal up to the order of input. */
void action_digest(const struct action *a, const struct fleet *f, usec_t now_us, struct digest *d);

#endif
