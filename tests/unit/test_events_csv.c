/* SPDX-License-Identifier: GPL-2.0-or-later */
/* World events as CSV. */
#include <stdlib.h>
#include <string.h>

#include "sim/output/events_csv.h"
#include "tests/support/made_up.h"
#include "tests/support/test.h"

static const char *const hosts[] = {"h,1", "h2", NULL};
static const char *const vms[] = {"vm \"one\"", "vm2", NULL};

/* What is written of n events, with the header; the text is the caller's. */
static char *write_events(const struct sim_event *events, size_t n)
{
	struct fleet *f = made_up_fleet(hosts, vms);
	struct events_csv csv = {0};
	char *text = NULL;
	size_t len = 0;

	csv.f = open_memstream(&text, &len);
	events_csv_begin(&csv, f);
	for (size_t i = 0; i < n; i++)
		events_csv_event(&csv, &events[i]);
	(void)fclose(csv.f);
	fleet_free(f);
	return text;
}

static void check_events(const struct sim_event *events, size_t n, const char *expected)
{
	char *text = write_events(events, n);

	CU_ASSERT_STRING_EQUAL(text, expected);
	free(text);
}

static void header_is_the_first_line(void)
{
	check_events(NULL, 0, "time_s,event,vm,from,to,reason\n");
}

static void names_are_quoted_and_missing_ones_empty(void)
{
	const struct sim_event events[] = {
	        {.at_us = 0, .kind = SIM_PLACE, .vm = 0, .from = ID_NONE, .to = 0},
	        {.at_us = 300100000, .kind = SIM_MIGRATE_BEGIN, .vm = 1, .from = 0, .to = 1},
	        {.at_us = 400000000, .kind = SIM_DEPART, .vm = 1, .from = 1, .to = ID_NONE},
	};

	check_events(events, 3,
	             "time_s,event,vm,from,to,reason\n"
	             "0,place,\"vm \"\"one\"\"\",,\"h,1\",\n"
	             "300.1,migrate_begin,vm2,\"h,1\",h2,\n"
	             "400,depart,vm2,h2,,\n");
}

static void each_host_state_is_an_event_of_its_own(void)
{
	static const char *const names[HOST_STATE_COUNT] = {
	        [HOST_ACTIVE] = "host_on",
	        [HOST_DRAINING] = "host_draining",
	        [HOST_SUSPENDING] = "host_suspending",
	        [HOST_STANDBY] = "host_standby",
	        [HOST_OFF] = "host_off",
	        [HOST_WAKING] = "host_waking",
	        [HOST_FAILED] = "host_failed",
	        [HOST_UNKNOWN] = "host_unknown",
	};

	for (int s = 0; s < HOST_STATE_COUNT; s++) {
		const struct sim_event ev = {.kind = SIM_HOST_STATE, .state = (enum host_state)s};

		CU_ASSERT_STRING_EQUAL(events_csv_name(&ev), names[s]);
	}
}

static void reason_is_code_and_text(void)
{
	const struct reason why = {REASON_UNDERLOAD, {0.25, 3, 90, 0}};
	const struct sim_event ev = {.at_us = 1,
	                             .kind = SIM_HOST_STATE,
	                             .vm = ID_NONE,
	                             .from = ID_NONE,
	                             .to = 1,
	                             .state = HOST_SUSPENDING,
	                             .reason = &why};
	char *text = write_events(&ev, 1);
	char sentence[256];

	reason_describe(&why, sentence, sizeof(sentence));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n0.000001,host_suspending,,,h2,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "underload: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, sentence));
	free(text);
}

TEST_MAIN("events_csv", TEST(header_is_the_first_line),
          TEST(names_are_quoted_and_missing_ones_empty),
          TEST(each_host_state_is_an_event_of_its_own), TEST(reason_is_code_and_text))
