/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_BELIEF_H
#define TESTS_SUPPORT_BELIEF_H
/*
 * Snapshots made by hand, and a policy asked about them:
 *
 *     struct belief b;
 *     belief_init(&b, "thr-mmt", fleet);             all hosts active, no VM there yet
 *     belief_run(&b, 0, 2, 300);                     VM 0 on host 2 wants 300 MIPS
 *     belief_decide(&b);                             one sample; the plan is b.plan
 *     CU_ASSERT_EQUAL(belief_count(&b, ACTION_MIGRATE), 1);
 *     belief_done(&b);
 */
#include "policies/policy.h"

struct belief {
	struct fleet *fleet;
	struct snapshot *s;
	const struct policy_ops *ops;
	void *params, *policy;
	struct plan plan;
	enum sample_kind sample; /* SAMPLE_CURRENT unless set */
};

/* Takes the fleet over. The policy has its defaults. */
void belief_init(struct belief *b, const char *policy, struct fleet *f);
void belief_done(struct belief *b);

/* Sets a parameter; before the first decision. */
void belief_set(struct belief *b, const char *name, const char *value);

void belief_run(struct belief *b, uint32_t vm, uint32_t host, double demand_mips);
void belief_pend(struct belief *b, uint32_t vm);

/* Lets 300 s go by; utilisations follow from demands; the policy observes and decides. */
void belief_decide(struct belief *b);

/* The policy is asked without a new sample. */
void belief_ask(struct belief *b);

/* Carries the plan out at once. */
void belief_obey(struct belief *b);

uint32_t belief_count(const struct belief *b, enum action_kind kind);

/* The n-th (from 0) action of that kind; fails the test if there is none. */
const struct action *belief_action(const struct belief *b, enum action_kind kind, uint32_t n);

/* Where the plan sends vm in the end, its host if nowhere. */
uint32_t belief_goes_to(const struct belief *b, uint32_t vm);

/* Actions that give this reason. */
uint32_t belief_count_reason(const struct belief *b, enum reason_code code);

/*
 * For tests of the default policy: VMs by the range, from..to-1, and plans that are checked by
 * plan_check as well.
 */
void belief_init_ebb(struct belief *b, struct fleet *f); /* seals f */
void belief_set_hosts(struct belief *b, enum host_state state);
void belief_run_range(struct belief *b, uint32_t from, uint32_t to, uint32_t host); /* 500 MIPS */
void belief_pend_range(struct belief *b, uint32_t from, uint32_t to);
void belief_want(struct belief *b, uint32_t from, uint32_t to, double demand_mips);
void belief_ask_checked(struct belief *b);
void belief_decide_checked(struct belief *b);

/* So many samples of what is there, nothing done about it. */
void belief_watch(struct belief *b, int samples);

#endif
