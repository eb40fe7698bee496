/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plans and reasons; see plan.h. The words for each reason stand in one table of templates in
 * which {0} to {3} are the reason's numbers and {0%} the same as percent; rendering happens only
 * when someone reads them.
 */
#include "core/model/plan.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/xalloc.h"

#define PLAN_CAP_FIRST 32

void plan_init(struct plan *p)
{
	*p = (struct plan){0};
}

void plan_done(struct plan *p)
{
	free(p->actions);
	*p = (struct plan){0};
}

void plan_clear(struct plan *p)
{
	p->len = 0;
}

void plan_add(struct plan *p, const struct action *a)
{
	if (p->len == p->cap) {
		p->cap = p->cap ? 2 * p->cap : PLAN_CAP_FIRST;
		p->actions = xreallocarray(p->actions, p->cap, sizeof(*p->actions));
	}
	p->actions[p->len++] = *a;
}

void plan_place(struct plan *p, uint32_t vm, uint32_t to, const struct reason *why)
{
	plan_add(p, &(struct action){ACTION_PLACE, vm, ID_NONE, to, *why});
}

void plan_migrate(struct plan *p, uint32_t vm, uint32_t from, uint32_t to, const struct reason *why)
{
	plan_add(p, &(struct action){ACTION_MIGRATE, vm, from, to, *why});
}

void plan_host_on(struct plan *p, uint32_t host, const struct reason *why)
{
	plan_add(p, &(struct action){ACTION_HOST_ON, ID_NONE, ID_NONE, host, *why});
}

void plan_host_off(struct plan *p, uint32_t host, const struct reason *why)
{
	plan_add(p, &(struct action){ACTION_HOST_OFF, ID_NONE, host, ID_NONE, *why});
}

void plan_host_keep(struct plan *p, uint32_t host, const struct reason *why)
{
	plan_add(p, &(struct action){ACTION_HOST_KEEP, ID_NONE, host, ID_NONE, *why});
}

const char *action_kind_name(enum action_kind kind)
{
	static const char *const names[ACTION_KIND_COUNT] = {
	        [ACTION_PLACE] = "place",         [ACTION_MIGRATE] = "migrate",
	        [ACTION_HOST_ON] = "host-on",     [ACTION_HOST_OFF] = "host-off",
	        [ACTION_HOST_KEEP] = "host-keep",
	};

	assert(kind < ACTION_KIND_COUNT);
	return names[kind];
}

struct reason_text {
	const char *name, *template;
};

static const struct reason_text *reason_row(enum reason_code code)
{
	static const struct reason_text rows[REASON_COUNT] = {
	        [REASON_NONE] = {"none", "no reason given"},
	        [REASON_FIRST_PLACEMENT] = {"first-placement",
	                                    "first placement: the host then needs {0} of {1} MIPS"},
	        [REASON_NO_ROOM] = {"no-room",
	                            "no room: it needs {0} MIPS and the best free is {1}"},
	        [REASON_OVERLOAD] = {"overload",
	                             "overload: demand {0} of {1} MIPS; this relieves {2} MIPS in "
	                             "{3} s of copying"},
	        [REASON_OVERLOAD_RISK] = {"overload-risk",
	                                  "overload risk: need {0} of {1} MIPS, {2} afterwards; "
	                                  "overload probability {3%}"},
	        [REASON_DETECTOR] = {"detector",
	                             "the overload detector says {0} against a threshold of {1}"},
	        [REASON_UNDERLOAD] = {"underload",
	                              "underload: {0%} used; {1} VMs to move, saves {2} W"},
	        [REASON_EMPTY_HOST] = {"empty-host",
	                               "empty the host: mean load {0} MIPS, saves {1} J for {2} J, "
	                               "break-even after {3} s"},
	        [REASON_WAKE_FOR_LOAD] = {"wake-for-load", "wake for load: {0} MIPS needed of {1}"},
	        [REASON_WAKE_FOR_VM] = {"wake-for-vm",
	                                "wake for a VM of {0} MIPS: the best free is {1}"},
	        [REASON_RESERVE] = {"reserve", "reserve: {0} hosts of {1} wanted"},
	        [REASON_IDLE_HOST] = {"idle-host",
	                              "idle for {0} s, longer than the break-even of {1} s"},
	        [REASON_KEPT_ON] = {"kept-on",
	                            "kept on: no other host has room for this VM of {0} MIPS "
	                            "and {1} MB"},
	        [REASON_NOT_WORTH] = {"not-worth",
	                              "kept on: without it {0} J more a sample are expected to be "
	                              "lost against {1} J saved; the moves cost {2} J, the time "
	                              "down saves {3} J"},
	        [REASON_MEMORY] =
	                {"memory",
	                 "its VMs use {0} bytes of the {1} bytes of memory it has, and more "
	                 "is likely"},
	};

	assert(code < REASON_COUNT);
	return &rows[code];
}

const char *reason_code_name(enum reason_code code)
{
	return reason_row(code)->name;
}

/* Is p at "{N}" or "{N%}"? Returns its length, 0 if not. */
static size_t placeholder_len(const char *p)
{
	if (p[0] != '{' || p[1] < '0' || p[1] > '3')
		return 0;
	if (p[2] == '}')
		return 3;
	return p[2] == '%' && p[3] == '}' ? 4 : 0;
}

void reason_describe(const struct reason *why, char *ret_text, size_t size)
{
	const char *p = reason_row(why->code)->template;
	size_t len = 0;

	if (size == 0)
		return;
	ret_text[0] = '\0';
	while (*p && len < size - 1) {
		size_t skip = placeholder_len(p);
		int n;

		if (skip == 4)
			n = snprintf(ret_text + len, size - len, "%.4g %%",
			             100 * why->num[p[1] - '0']);
		else if (skip == 3)
			n = snprintf(ret_text + len, size - len, "%.6g", why->num[p[1] - '0']);
		else
			n = snprintf(ret_text + len, size - len, "%c", *p);
		len += (size_t)n;
		p += skip ? skip : 1;
	}
}

static const char *host_name(const struct fleet *f, uint32_t host)
{
	return host == ID_NONE ? "" : f->hosts[host].name;
}

void action_digest(const struct action *a, const struct fleet *f, usec_t now_us, struct digest *d)
{
	digest_u64(d, (uint64_t)now_us);
	digest_str(d, action_kind_name(a->kind));
	digest_str(d, a->vm == ID_NONE ? "" : f->vms[a->vm].name);
	digest_str(d, host_name(f, a->from));
	digest_str(d, host_name(f, a->to));
	digest_str(d, reason_code_name(a->reason.code));
	for (size_t i = 0; i < sizeof(a->reason.num) / sizeof(a->reason.num[0]); i++)
		digest_double(d, a->reason.num[i]);
}
