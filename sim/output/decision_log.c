/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing and reading the decision log. The reader checks the keys it needs and ignores others,
 * so that a log of a later version can still be asked.
 */
#include "sim/output/decision_log.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "sim/output/field.h"

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

static void set(json_t *o, const char *key, json_t *value)
{
	const int rc = json_object_set_new(o, key, value);

	assert(rc == 0); /* keys are constants; memory does not run out quietly */
}

static json_t *name_or_null(const char *name)
{
	return name ? field_json_text(name) : json_null();
}

static json_t *host_or_null(const struct fleet *f, uint32_t host)
{
	return name_or_null(host < f->n_hosts ? f->hosts[host].name : NULL);
}

static json_t *reason_numbers(const struct reason *why)
{
	json_t *list = json_array();

	for (int i = 0; i < DECISION_NUMBERS; i++)
		(void)json_array_append_new(list, field_json_number(why->num[i]));
	return list;
}

void decision_log_write(void *ctx, const struct fleet *f, const struct record *r)
{
	const struct action *a = &r->action;
	char text[REASON_TEXT_MAX];
	FILE *file = ctx;
	json_t *o = json_object();

	reason_describe(&a->reason, text, sizeof(text));
	set(o, "id", field_json_count(r->id));
	set(o, "tick", field_json_count(r->tick));
	set(o, "time_s", field_json_seconds(r->at_us));
	set(o, "kind", field_json_text(action_kind_name(a->kind)));
	set(o, "vm", name_or_null(a->vm < f->n_vms ? f->vms[a->vm].name : NULL));
	set(o, "from", host_or_null(f, a->from));
	set(o, "to", host_or_null(f, a->to));
	set(o, "outcome", field_json_text(outcome_names[outcome_of[r->kind]]));
	set(o, "reason", field_json_text(reason_code_name(a->reason.code)));
	set(o, "numbers", reason_numbers(&a->reason));
	set(o, "text", field_json_text(text));
	(void)json_dumpf(o, file, JSON_COMPACT | JSON_REAL_PRECISION(15));
	(void)fputc('\n', file); /* ferror is asked once, by the owner of the file */
	json_decref(o);
}

static int need_text(const json_t *o, const char *key, const char **ret, struct err *err)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_string(v))
		return err_set(err, -EINVAL, "%s is not a text", key);
	*ret = json_string_value(v);
	return 0;
}

static int optional_text(const json_t *o, const char *key, const char **ret, struct err *err)
{
	const json_t *v = json_object_get(o, key);

	*ret = NULL;
	if (!v || json_is_null(v))
		return 0;
	return need_text(o, key, ret, err);
}

static int need_count(const json_t *o, const char *key, uint64_t *ret, struct err *err)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return err_set(err, -EINVAL, "%s is not a count", key);
	*ret = (uint64_t)json_integer_value(v);
	return 0;
}

static int need_time(const json_t *o, usec_t *ret, struct err *err)
{
	const json_t *v = json_object_get(o, "time_s");
	const double s = json_number_value(v);

	if (!json_is_number(v) || s < 0 || s > TIME_S_MAX)
		return err_set(err, -EINVAL, "time_s is not a time in seconds");
	*ret = usec_from_sec(s);
	return 0;
}

static int need_outcome(const json_t *o, enum decision_outcome *ret, struct err *err)
{
	const char *name = NULL;
	int rc = need_text(o, "outcome", &name, err);

	for (int i = 0; !rc && i < OUTCOME_COUNT; i++) {
		if (strcmp(name, outcome_names[i]) == 0) {
			*ret = (enum decision_outcome)i;
			return 0;
		}
	}
	return rc ? rc : err_set(err, -EINVAL, "outcome '%.40s' is not known", name);
}

static int need_kind(const json_t *o, enum action_kind *ret, struct err *err)
{
	const char *name = NULL;
	int rc = need_text(o, "kind", &name, err);

	for (int i = 0; !rc && i < ACTION_KIND_COUNT; i++) {
		if (strcmp(name, action_kind_name((enum action_kind)i)) == 0) {
			*ret = (enum action_kind)i;
			return 0;
		}
	}
	return rc ? rc : err_set(err, -EINVAL, "kind '%.40s' is not known", name);
}

static void take_numbers(const json_t *o, double ret[DECISION_NUMBERS])
{
	const json_t *list = json_object_get(o, "numbers");

	for (size_t i = 0; i < DECISION_NUMBERS; i++) {
		const json_t *v = json_array_get(list, i);

		ret[i] = json_is_number(v) ? json_number_value(v) : (double)NAN;
	}
}

static int parse_object(const json_t *o, struct decision_line *ret, struct err *err)
{
	int rc = need_count(o, "id", &ret->id, err);

	rc = rc ? rc : need_count(o, "tick", &ret->tick, err);
	rc = rc ? rc : need_time(o, &ret->at_us, err);
	rc = rc ? rc : need_kind(o, &ret->kind, err);
	rc = rc ? rc : need_outcome(o, &ret->outcome, err);
	rc = rc ? rc : optional_text(o, "vm", &ret->vm, err);
	rc = rc ? rc : optional_text(o, "from", &ret->from, err);
	rc = rc ? rc : optional_text(o, "to", &ret->to, err);
	rc = rc ? rc : need_text(o, "reason", &ret->reason, err);
	rc = rc ? rc : need_text(o, "text", &ret->text, err);
	take_numbers(o, ret->numbers);
	return rc;
}

int decision_line_parse(const char *text, size_t len, struct decision_line *ret, struct err *err)
{
	struct decision_line line = {0};
	json_error_t why;
	int rc;

	line.json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!line.json)
		return err_set(err, -EINVAL, "not JSON (%.80s)", why.text);
	if (!json_is_object(line.json))
		rc = err_set(err, -EINVAL, "not a JSON object");
	else
		rc = parse_object(line.json, &line, err);
	if (rc)
		decision_line_done(&line);
	else
		*ret = line;
	return rc;
}

void decision_line_done(struct decision_line *l)
{
	json_decref(l->json);
	*l = (struct decision_line){0};
}
