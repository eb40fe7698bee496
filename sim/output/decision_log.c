/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing and reading the decision log. The reader checks the keys it needs and ignores others,
 * so that a log of a later version can still be asked.
 */
#include "sim/output/decision_log.h"

#include <errno.h>
#include <string.h>

#define REASON_TEXT_MAX 256
#define TIME_S_MAX      9e12 /* beyond it microseconds no longer fit usec_t */

static const char *const outcome_names[OUTCOME_COUNT] = {
        [OUTCOME_DECIDED] = "decided", [OUTCOME_BEGUN] = "begun",     [OUTCOME_DONE] = "done",
        [OUTCOME_FAILED] = "failed",   [OUTCOME_REFUSED] = "refused",
};

static const enum decision_outcome outcome_of[] = {
        [RECORD_DECISION] = OUTCOME_DECIDED, [RECORD_BEGIN] = OUTCOME_BEGUN,
        [RECORD_DONE] = OUTCOME_DONE,        [RECORD_FAILED] = OUTCOME_FAILED,
        [RECORD_REFUSED] = OUTCOME_REFUSED,
};

static const char *host_name(const struct fleet *f, uint32_t host)
{
	return host < f->n_hosts ? f->hosts[host].name : NULL;
}

static struct json *numbers(const struct reason *why)
{
	struct json *list = json_new_list();

	for (int i = 0; i < DECISION_NUMBERS; i++)
		json_add_number(list, why->num[i]);
	return list;
}

void decision_log_write(FILE *f, const struct fleet *fleet, const struct record *r)
{
	const struct action *a = &r->action;
	struct json *o = json_new_object();
	char text[REASON_TEXT_MAX];

	reason_describe(&a->reason, text, sizeof(text));
	json_put_count(o, "id", r->id);
	json_put_count(o, "tick", r->tick);
	json_put_seconds(o, "time_s", r->at_us);
	json_put_text(o, "kind", action_kind_name(a->kind));
	json_put_text(o, "vm", a->vm < fleet->n_vms ? fleet->vms[a->vm].name : NULL);
	json_put_text(o, "from", host_name(fleet, a->from));
	json_put_text(o, "to", host_name(fleet, a->to));
	json_put_text(o, "outcome", outcome_names[outcome_of[r->kind]]);
	json_put_text(o, "reason", reason_code_name(a->reason.code));
	json_put(o, "numbers", numbers(&a->reason));
	json_put_text(o, "text", text);
	(void)json_print(f, o, JSON_ONE_LINE);
	(void)fputc('\n', f);
}

static int take_time(struct decision_line *l, struct err *err)
{
	double s;
	int ret = json_need_number(l->json, "time_s", &s, err);

	if (ret)
		return ret;
	if (s < 0 || s > TIME_S_MAX)
		return err_set(err, -EINVAL, "'time_s' is out of bounds");
	l->at_us = usec_from_sec(s);
	return 0;
}

static int take_outcome(struct decision_line *l, struct err *err)
{
	const char *name;
	int ret = json_need_text(l->json, "outcome", &name, err);

	if (ret)
		return ret;
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (strcmp(name, outcome_names[i]) == 0) {
			l->outcome = (enum decision_outcome)i;
			return 0;
		}
	}
	return err_set(err, -EINVAL, "outcome '%.40s' is not known", name);
}

static int take_kind(struct decision_line *l, struct err *err)
{
	const char *name;
	int ret = json_need_text(l->json, "kind", &name, err);

	if (ret)
		return ret;
	for (int i = 0; i < ACTION_KIND_COUNT; i++) {
		if (strcmp(name, action_kind_name((enum action_kind)i)) == 0) {
			l->kind = (enum action_kind)i;
			return 0;
		}
	}
	return err_set(err, -EINVAL, "kind '%.40s' is not known", name);
}

static int take_keys(struct decision_line *l, struct err *err)
{
	int ret = json_need_count(l->json, "id", &l->id, err);

	ret = ret ? ret : json_need_count(l->json, "tick", &l->tick, err);
	ret = ret ? ret : take_time(l, err);
	ret = ret ? ret : take_kind(l, err);
	ret = ret ? ret : take_outcome(l, err);
	ret = ret ? ret : json_want_text(l->json, "vm", &l->vm, err);
	ret = ret ? ret : json_want_text(l->json, "from", &l->from, err);
	ret = ret ? ret : json_want_text(l->json, "to", &l->to, err);
	ret = ret ? ret : json_need_text(l->json, "reason", &l->reason, err);
	return ret ? ret : json_need_text(l->json, "text", &l->text, err);
}

int decision_line_parse(const char *text, size_t len, struct decision_line *ret, struct err *err)
{
	struct decision_line line = {0};
	int rc = json_parse(text, len, &line.json, err);

	if (rc)
		return rc;
	rc = take_keys(&line, err);
	if (rc)
		decision_line_done(&line);
	else
		*ret = line;
	return rc;
}

void decision_line_done(struct decision_line *l)
{
	json_free(l->json);
	*l = (struct decision_line){0};
}
