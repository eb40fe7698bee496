/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink of a run: who hears what. */
#include <stdlib.h>
#include <string.h>

#include "sim/output/listener.h"
#include "tests/support/made_up.h"
#include "tests/support/test.h"

static const char *const hosts[] = {"a", "b", NULL};
static const char *const vms[] = {"v", NULL};

static void nobody_who_did_not_ask_is_called(void)
{
	struct fleet *f = made_up_fleet(hosts, vms);
	struct listener l;
	struct sim_sink sink;

	listener_init(&l, NULL, NULL);
	sink = listener_sink(&l);
	CU_ASSERT_TRUE(sink.event == NULL);
	CU_ASSERT_TRUE(sink.record == NULL);
	sink.begin(sink.ctx, f);
	CU_ASSERT_EQUAL(l.n_host_names, 2);
	listener_done(&l);
	fleet_free(f);
}

static void names_outlive_the_fleet_and_a_second_run(void)
{
	struct listener l;
	struct sim_sink sink;

	listener_init(&l, NULL, NULL);
	sink = listener_sink(&l);
	for (int run = 0; run < 2; run++) {
		struct fleet *f = made_up_fleet(hosts, vms);

		sink.begin(sink.ctx, f);
		fleet_free(f);
	}
	CU_ASSERT_EQUAL(l.n_host_names, 2);
	CU_ASSERT_STRING_EQUAL(l.host_names[1], "b");
	listener_done(&l);
}

static void events_and_decisions_go_to_their_files(void)
{
	struct fleet *f = made_up_fleet(hosts, vms);
	const struct sim_event ev = {.kind = SIM_PLACE, .vm = 0, .from = ID_NONE, .to = 1};
	const struct record r = {.kind = RECORD_DONE,
	                         .id = 5,
	                         .action = {.to = 1, .from = ID_NONE}};
	char *events = NULL, *decisions = NULL;
	size_t events_len = 0, decisions_len = 0;
	FILE *e = open_memstream(&events, &events_len);
	FILE *d = open_memstream(&decisions, &decisions_len);
	struct listener l;
	struct sim_sink sink;

	listener_init(&l, e, d);
	sink = listener_sink(&l);
	sink.begin(sink.ctx, f);
	sink.event(sink.ctx, &ev);
	sink.record(sink.ctx, &r);
	(void)fclose(e);
	(void)fclose(d);
	CU_ASSERT_STRING_EQUAL(events, "time_s,event,vm,from,to,reason\n0,place,v,,b,\n");
	CU_ASSERT_EQUAL(strncmp(decisions, "{\"id\":5,", 8), 0);
	CU_ASSERT_EQUAL(decisions[decisions_len - 1], '\n');
	free(events);
	free(decisions);
	listener_done(&l);
	fleet_free(f);
}

TEST_MAIN("listener", TEST(nobody_who_did_not_ask_is_called),
          TEST(names_outlive_the_fleet_and_a_second_run),
          TEST(events_and_decisions_go_to_their_files))
