/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans keep their order; reasons read well; digests see names, not ids. */
#include "core/model/plan.h"

#include <string.h>

#include "tests/support/draft.h"
#include "tests/support/test.h"

static const struct reason overload = {REASON_OVERLOAD, {5000, 4000, 1200, 13.5}};

static void actions_keep_their_order(void)
{
	struct plan p;

	plan_init(&p);
	for (uint32_t i = 0; i < 100; i++)
		plan_migrate(&p, i, 1, 2, &overload);
	plan_host_off(&p, 1, &overload);
	CU_ASSERT_EQUAL(p.len, 101);
	CU_ASSERT_EQUAL(p.actions[64].vm, 64);
	CU_ASSERT_EQUAL(p.actions[100].kind, ACTION_HOST_OFF);
	CU_ASSERT_EQUAL(p.actions[100].from, 1);
	CU_ASSERT_EQUAL(p.actions[100].vm, ID_NONE);
	plan_clear(&p);
	CU_ASSERT_EQUAL(p.len, 0);
	plan_done(&p);
}

static void shorthands_fill_the_right_fields(void)
{
	struct plan p;

	plan_init(&p);
	plan_place(&p, 3, 4, &overload);
	plan_host_on(&p, 5, &overload);
	plan_host_keep(&p, 6, &overload);
	CU_ASSERT_EQUAL(p.actions[0].kind, ACTION_PLACE);
	CU_ASSERT_EQUAL(p.actions[0].from, ID_NONE);
	CU_ASSERT_EQUAL(p.actions[0].to, 4);
	CU_ASSERT_EQUAL(p.actions[1].to, 5);
	CU_ASSERT_EQUAL(p.actions[2].from, 6);
	CU_ASSERT_EQUAL(p.actions[0].reason.code, REASON_OVERLOAD);
	plan_done(&p);
}

static void reasons_read_with_their_numbers(void)
{
	struct reason risk = {REASON_UNDERLOAD, {0.125, 3, 80, 0}};
	char text[160];

	reason_describe(&overload, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "overload: demand 5000 of 4000 MIPS; this relieves 1200 MIPS "
	                             "in 13.5 s of copying");
	reason_describe(&risk, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "underload: 12.5 % used; 3 VMs to move, saves 80 W");
	reason_describe(&risk, text, 10);
	CU_ASSERT_STRING_EQUAL(text, "underload");
}

static void every_code_has_a_name_and_words(void)
{
	char text[200];

	for (enum reason_code c = REASON_NONE; c < REASON_COUNT; c++) {
		struct reason r = {c, {1, 2, 3, 4}};

		CU_ASSERT_PTR_NOT_NULL_FATAL(reason_code_name(c));
		reason_describe(&r, text, sizeof(text));
		CU_ASSERT_TRUE(strlen(text) > 8);
		CU_ASSERT_PTR_NULL(strchr(text, '{'));
	}
	for (enum action_kind k = ACTION_PLACE; k < ACTION_KIND_COUNT; k++)
		CU_ASSERT_PTR_NOT_NULL(action_kind_name(k));
}

static uint64_t digest_of(const struct action *a, const struct fleet *f, usec_t now_us)
{
	struct digest d;

	digest_init(&d);
	action_digest(a, f, now_us, &d);
	return d.h;
}

static void digest_sees_every_field(void)
{
	struct fleet *f = draft_seal(draft_fleet(3, 3));
	struct action a = {ACTION_MIGRATE, 0, 1, 2, overload}, b = a;

	CU_ASSERT_EQUAL(digest_of(&a, f, 5), digest_of(&b, f, 5));
	CU_ASSERT_NOT_EQUAL(digest_of(&a, f, 5), digest_of(&b, f, 6));
	b.to = 0;
	CU_ASSERT_NOT_EQUAL(digest_of(&a, f, 5), digest_of(&b, f, 5));
	b = a;
	b.reason.num[3] = 13.6;
	CU_ASSERT_NOT_EQUAL(digest_of(&a, f, 5), digest_of(&b, f, 5));
	fleet_free(f);
}

TEST_MAIN("plan", TEST(actions_keep_their_order), TEST(shorthands_fill_the_right_fields),
          TEST(reasons_read_with_their_numbers), TEST(every_code_has_a_name_and_words),
          TEST(digest_sees_every_field))
