/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions, rules and contradictions, each with its reason. */
#include "core/model/constraint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "tests/support/draft.h"
#include "tests/support/test.h"

/* Why vm 0 may not be on host 0 of a sealed fleet, where p (freed here) has all others. */
static enum constraint_code ask(struct fleet *f, struct placement *p, uint32_t vm, uint32_t host)
{
	struct constraint_why why;
	bool yes = constraint_allows(f, p, vm, host, &why);

	CU_ASSERT_EQUAL(yes, why.code == CONSTRAINT_OK);
	return why.code;
}

static enum constraint_code ask_first(struct fleet *f)
{
	struct placement *p;
	enum constraint_code code;

	draft_seal(f);
	p = placement_new(f->n_vms, f->n_hosts);
	code = ask(f, p, 0, 0);
	placement_free(p);
	fleet_free(f);
	return code;
}

static void unconstrained_fleet_allows_all(void)
{
	CU_ASSERT_EQUAL(ask_first(draft_fleet(1, 1)), CONSTRAINT_OK);
}

static void architectures_must_match(void)
{
	struct fleet *f = draft_fleet(1, 1);

	f->vms[0].arch = ARCH_AARCH64;
	CU_ASSERT_EQUAL(ask_first(f), CONSTRAINT_ARCH);
	f = draft_fleet(1, 1);
	f->vms[0].arch = ARCH_I686;
	CU_ASSERT_EQUAL(ask_first(f), CONSTRAINT_OK);
}

static void emulation_allows_at_a_cost(void)
{
	struct fleet *f = draft_fleet(1, 2);
	struct placement *p = placement_new(2, 1);

	f->vms[0].arch = ARCH_AARCH64;
	f->classes[0].emulation = true;
	f->classes[0].emulation_factor = 6;
	draft_seal(f);
	CU_ASSERT_EQUAL(ask(f, p, 0, 0), CONSTRAINT_OK);
	CU_ASSERT_DOUBLE_EQUAL(constraint_cpu_factor(f, 0, 0), 6, 0);
	CU_ASSERT_DOUBLE_EQUAL(constraint_cpu_factor(f, 1, 0), 1, 0);
	placement_free(p);
	fleet_free(f);
}

static void host_without_hardware_virtualization_is_refused(void)
{
	struct fleet *f = draft_fleet(1, 1);

	f->classes[0].hw_virt = false;
	CU_ASSERT_EQUAL(ask_first(f), CONSTRAINT_HW_VIRT);
}

static void need_vendor(struct vm *vm)
{
	vm->vendor = VENDOR_AMD;
}

static void need_level(struct vm *vm)
{
	vm->cpu_level = 4;
}

static void need_storage(struct vm *vm)
{
	vm->storage = STORAGE_NVME;
}

static void need_spindles(struct vm *vm)
{
	vm->spindles = 5;
}

static void need_cores(struct vm *vm)
{
	vm->cores = 9;
}

static void need_core_speed(struct vm *vm)
{
	vm->core_mips = 1001;
}

static void each_need_is_a_reason(void)
{
	static const struct {
		void (*set)(struct vm *);
		enum constraint_code code;
	} needs[] = {
	        {need_vendor, CONSTRAINT_VENDOR},   {need_level, CONSTRAINT_CPU_LEVEL},
	        {need_storage, CONSTRAINT_STORAGE}, {need_spindles, CONSTRAINT_SPINDLES},
	        {need_cores, CONSTRAINT_CORES},     {need_core_speed, CONSTRAINT_CORE_SPEED},
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		struct fleet *f = draft_fleet(1, 1);

		needs[i].set(&f->vms[0]);
		CU_ASSERT_EQUAL(ask_first(f), needs[i].code);
	}
}

static void needs_that_are_met_are_no_reason(void)
{
	struct fleet *f = draft_fleet(1, 1);

	f->vms[0].vendor = VENDOR_INTEL;
	f->vms[0].cpu_level = 3;
	f->vms[0].storage = STORAGE_SSD;
	f->vms[0].spindles = 4;
	f->vms[0].cores = 8;
	f->vms[0].core_mips = 1000;
	CU_ASSERT_EQUAL(ask_first(f), CONSTRAINT_OK);
}

static void cells_and_immovable_vms_bind_after_the_first_placement(void)
{
	struct fleet *f = draft_fleet(3, 2);
	struct placement *p = placement_new(2, 3);

	free(f->hosts[2].cell);
	f->hosts[2].cell = xstrdup("west");
	f->vms[1].not_movable = xstrdup("passes a GPU through");
	draft_seal(f);
	CU_ASSERT_EQUAL(ask(f, p, 0, 2), CONSTRAINT_OK);
	CU_ASSERT_EQUAL(ask(f, p, 1, 1), CONSTRAINT_OK);
	placement_move(p, 0, 0);
	placement_move(p, 1, 0);
	CU_ASSERT_EQUAL(ask(f, p, 0, 1), CONSTRAINT_OK);
	CU_ASSERT_EQUAL(ask(f, p, 0, 2), CONSTRAINT_CELL);
	CU_ASSERT_EQUAL(ask(f, p, 1, 1), CONSTRAINT_NOT_MOVABLE);
	CU_ASSERT_EQUAL(ask(f, p, 1, 0), CONSTRAINT_OK);
	placement_free(p);
	fleet_free(f);
}

/* VMs 0 and 1 in one rule of the kind, VM 0 on host 0; racks {0, 1} and {2}, host 3 in none. */
struct scene {
	struct fleet *f;
	struct placement *p;
};

static struct scene scene_new(enum rule_kind kind)
{
	struct scene s = {draft_fleet(4, 3), placement_new(3, 4)};
	struct rule *r = draft_rule(s.f, kind, 2, (uint32_t[]){0, 1});

	for (uint32_t i = 0; i < 3; i++) {
		free(s.f->hosts[i].rack);
		s.f->hosts[i].rack = xstrdup(i < 2 ? "a" : "b");
	}
	if (kind == RULE_PIN || kind == RULE_BAN)
		draft_rule_hosts(r, 2, (uint32_t[]){1, 2});
	draft_seal(s.f);
	placement_move(s.p, 0, 0);
	return s;
}

static void scene_free(struct scene *s)
{
	placement_free(s->p);
	fleet_free(s->f);
}

/* "yyn." = answers for VM vm on hosts 0, 1, 2, ... */
static void expect(const struct scene *s, uint32_t vm, const char *answers)
{
	for (uint32_t host = 0; host < s->f->n_hosts; host++)
		CU_ASSERT_EQUAL(constraint_allows(s->f, s->p, vm, host, NULL),
		                answers[host] == 'y');
}

static void hard_rules_decide(void)
{
	static const struct {
		enum rule_kind kind;
		const char *member, *stranger;
	} cases[] = {
	        {RULE_TOGETHER, "ynnn", "yyyy"}, {RULE_APART, "nyyy", "yyyy"},
	        {RULE_SPREAD, "nnyy", "yyyy"},   {RULE_PIN, "nyyn", "yyyy"},
	        {RULE_BAN, "ynny", "yyyy"},      {RULE_LONELY, "yyyy", "nyyy"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s = scene_new(cases[i].kind);

		expect(&s, 1, cases[i].member);
		expect(&s, 2, cases[i].stranger);
		scene_free(&s);
	}
}

static void lonely_group_keeps_off_hosts_of_strangers(void)
{
	struct scene s = scene_new(RULE_LONELY);
	struct constraint_why why;

	placement_move(s.p, 2, 3);
	CU_ASSERT_FALSE(constraint_allows(s.f, s.p, 1, 3, &why));
	CU_ASSERT_EQUAL(why.code, CONSTRAINT_RULE);
	CU_ASSERT_EQUAL(why.other, 2);
	scene_free(&s);
}

static void a_vm_is_not_in_its_own_way(void)
{
	for (enum rule_kind k = RULE_TOGETHER; k <= RULE_SPREAD; k++) {
		struct scene s = scene_new(k);

		expect(&s, 0, "yyyy");
		scene_free(&s);
	}
}

static void long_rules_are_asked_through_the_host(void)
{
	struct fleet *f = draft_fleet(2, 50);
	struct placement *p = placement_new(50, 2);
	uint32_t all[50];

	for (uint32_t i = 0; i < 50; i++)
		all[i] = i;
	draft_rule(f, RULE_APART, 50, all);
	draft_seal(f);
	placement_move(p, 49, 0);
	CU_ASSERT_EQUAL(ask(f, p, 0, 0), CONSTRAINT_RULE);
	CU_ASSERT_EQUAL(ask(f, p, 0, 1), CONSTRAINT_OK);
	CU_ASSERT_EQUAL(ask(f, p, 49, 0), CONSTRAINT_OK);
	placement_free(p);
	fleet_free(f);
}

static void soft_rules_cost_watts_and_refuse_nothing(void)
{
	struct fleet *f = draft_fleet(2, 4);
	struct placement *p = placement_new(4, 2);
	struct rule *r = draft_rule(f, RULE_APART, 2, (uint32_t[]){0, 1});

	r->hard = false;
	r->weight = 12;
	r = draft_rule(f, RULE_LONELY, 2, (uint32_t[]){1, 2});
	r->hard = false;
	r->weight = 30;
	draft_seal(f);
	placement_move(p, 1, 0);
	placement_move(p, 2, 0);
	CU_ASSERT_EQUAL(ask(f, p, 0, 0), CONSTRAINT_OK);
	CU_ASSERT_DOUBLE_EQUAL(constraint_soft_cost(f, p, 0, 0), 42, 0);
	CU_ASSERT_DOUBLE_EQUAL(constraint_soft_cost(f, p, 0, 1), 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(constraint_soft_cost(f, p, 3, 0), 30, 0);
	placement_free(p);
	fleet_free(f);
}

static void a_no_is_described_in_words(void)
{
	struct scene s = scene_new(RULE_APART);
	struct constraint_why why;
	char text[160];

	CU_ASSERT_FALSE(constraint_allows(s.f, s.p, 1, 0, &why));
	constraint_describe(s.f, 1, 0, &why, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "\"v1\" on \"h0\": must be apart from \"v0\": rule \"r0\"");
	constraint_describe(s.f, 1, 0, &why, text, 5);
	CU_ASSERT_STRING_EQUAL(text, "\"v1\"");
	scene_free(&s);
}

static void refused_with(struct fleet *f, const char *words)
{
	struct err err = {""};

	draft_seal(f);
	CU_ASSERT_EQUAL(constraint_check_fleet(f, &err), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, words));
	fleet_free(f);
}

static void contradictions_are_found(void)
{
	struct fleet *f = draft_fleet(0, 0);

	refused_with(f, "no host");
	f = draft_fleet(2, 2);
	f->vms[1].cores = 64;
	refused_with(f, "\"v1\" may run on no host");
	f = draft_fleet(2, 1);
	draft_rule_hosts(draft_rule(f, RULE_PIN, 1, (uint32_t[]){0}), 1, (uint32_t[]){1});
	draft_rule_hosts(draft_rule(f, RULE_BAN, 1, (uint32_t[]){0}), 1, (uint32_t[]){1});
	refused_with(f, "\"v0\" may run on no host");
	f = draft_fleet(3, 3);
	draft_rule(f, RULE_TOGETHER, 3, (uint32_t[]){0, 1, 2});
	draft_rule(f, RULE_APART, 2, (uint32_t[]){1, 2});
	refused_with(f, "rule \"r1\" keeps them apart");
	f = draft_fleet(2, 3);
	draft_rule(f, RULE_APART, 3, (uint32_t[]){0, 1, 2});
	refused_with(f, "3 vms in as many hosts");
	f = draft_fleet(2, 3);
	draft_rule(f, RULE_LONELY, 2, (uint32_t[]){0, 1});
	draft_rule(f, RULE_TOGETHER, 2, (uint32_t[]){1, 2});
	refused_with(f, "lonely group");
	f = draft_fleet(2, 2);
	draft_rule(f, RULE_TOGETHER, 2, (uint32_t[]){0, 1});
	draft_rule_hosts(draft_rule(f, RULE_PIN, 1, (uint32_t[]){0}), 1, (uint32_t[]){1});
	draft_rule_hosts(draft_rule(f, RULE_BAN, 1, (uint32_t[]){1}), 1, (uint32_t[]){1});
	refused_with(f, "no host may take all");
}

static void possible_fleets_pass_the_check(void)
{
	struct scene s = scene_new(RULE_SPREAD);

	CU_ASSERT_EQUAL(constraint_check_fleet(s.f, NULL), 0);
	scene_free(&s);
	s = scene_new(RULE_TOGETHER);
	CU_ASSERT_EQUAL(constraint_check_fleet(s.f, NULL), 0);
	scene_free(&s);
}

TEST_MAIN("constraint", TEST(unconstrained_fleet_allows_all), TEST(architectures_must_match),
          TEST(emulation_allows_at_a_cost), TEST(host_without_hardware_virtualization_is_refused),
          TEST(each_need_is_a_reason), TEST(needs_that_are_met_are_no_reason),
          TEST(cells_and_immovable_vms_bind_after_the_first_placement), TEST(hard_rules_decide),
          TEST(lonely_group_keeps_off_hosts_of_strangers), TEST(a_vm_is_not_in_its_own_way),
          TEST(long_rules_are_asked_through_the_host),
          TEST(soft_rules_cost_watts_and_refuse_nothing), TEST(a_no_is_described_in_words),
          TEST(contradictions_are_found), TEST(possible_fleets_pass_the_check))
