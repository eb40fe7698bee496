/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fills the page (assets/page.html): each @@name@@ in it is replaced by the style, the script,
 * the title or the data. The data is JSON inside a script element, where HTML ends the element at
 * the first "</script"; so '<' is written as \u003c there, which JSON reads as the same text.
 *
 * The heat map is by far the largest part of the data: up to 128 x 576 cells a run. Each cell is
 * one character: '.' for a host that is off, else a digit of base 62 (0-9A-Za-z) that counts load
 * in steps of 2 %; 50 is full, 51 and above are overload, cut at 122 %. A run then costs at most
 * 74 kB, and the file can still be read and compared as text.
 */
#include "sim/output/report.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "sim/output/assets.h"
#include "sim/output/field.h"
#include "sim/output/result_json.h"

#define LEVEL_FULL 50 /* level of load 1 */
#define LEVEL_MAX  61
#define DIGITS     6 /* significant digits of page data: more than a screen can show */
#define TOKEN_MARK "@@"

static void set(json_t *o, const char *key, json_t *value)
{
	const int rc = json_object_set_new(o, key, value);

	assert(rc == 0); /* keys are constants; memory does not run out quietly */
}

static json_t *text_or_null(const char *text)
{
	return text ? field_json_text(text) : json_null();
}

/* One field of all bins; offset is that of the double in struct timeline_bin. */
static json_t *column(const struct timeline *t, size_t offset)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < t->n_bins; i++) {
		double v;

		memcpy(&v, (const char *)&t->bins[i] + offset, sizeof(v));
		if (isfinite(v) && fabs(v) < 1e15 && v == (double)(int64_t)v)
			(void)json_array_append_new(list, json_integer((json_int_t)v));
		else
			(void)json_array_append_new(list, field_json_number(v));
	}
	return list;
}

static json_t *timeline_json(const struct timeline *t)
{
	static const struct {
		const char *key;
		size_t offset;
	} columns[] = {
	        {"power_w", offsetof(struct timeline_bin, power_w)},
	        {"lower_bound_w", offsetof(struct timeline_bin, lower_bound_w)},
	        {"hosts_on", offsetof(struct timeline_bin, hosts_on)},
	        {"hosts_waking", offsetof(struct timeline_bin, hosts_waking)},
	        {"hosts_overloaded", offsetof(struct timeline_bin, hosts_overloaded)},
	        {"migrations", offsetof(struct timeline_bin, migrations)},
	        {"power_ups", offsetof(struct timeline_bin, power_ups)},
	        {"power_downs", offsetof(struct timeline_bin, power_downs)},
	};
	json_t *o = json_object();

	set(o, "bin_s", field_json_number(usec_to_sec(t->bin_us)));
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		set(o, columns[i].key, column(t, columns[i].offset));
	return o;
}

static char heat_cell(float load)
{
	static const char digits[] =
	        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	double level = (double)load * LEVEL_FULL;

	if (!(load >= 0)) /* also NAN */
		return '.';
	level = load > 1 ? fmax(ceil(level), LEVEL_FULL + 1) : round(level);
	return digits[(int)fmin(level, LEVEL_MAX)];
}

static json_t *heat_row(const struct timeline *t, uint32_t row)
{
	char cells[TIMELINE_BINS_MAX];

	for (uint32_t i = 0; i < t->n_bins; i++)
		cells[i] = heat_cell(t->heat[row * TIMELINE_BINS_MAX + i]);
	return json_stringn(cells, t->n_bins);
}

static json_t *host_label(const struct report *r, uint32_t host)
{
	char text[32];

	if (host < r->n_host_names)
		return field_json_text(r->host_names[host]);
	(void)snprintf(text, sizeof(text), "host %u", (unsigned)host);
	return json_string(text);
}

static json_t *heat_json(const struct report *r, const struct timeline *t)
{
	json_t *o = json_object(), *hosts = json_array(), *rows = json_array();
	const uint32_t n = t->heat ? t->n_rows : 0;

	for (uint32_t i = 0; i < n; i++) {
		(void)json_array_append_new(hosts, host_label(r, t->row_host[i]));
		(void)json_array_append_new(rows, heat_row(t, i));
	}
	set(o, "hosts", hosts);
	set(o, "rows", rows);
	return o;
}

static json_t *report_json(const struct report *r)
{
	json_t *o = json_object(), *runs = json_array();

	set(o, "fleet", text_or_null(r->fleet));
	set(o, "trace", text_or_null(r->trace));
	set(o, "command", text_or_null(r->command));
	set(o, "program", text_or_null(r->program));
	for (uint32_t i = 0; i < r->n_runs; i++) {
		json_t *run = result_json(&r->runs[i]);

		set(run, "timeline", timeline_json(&r->runs[i].timeline));
		set(run, "heat", heat_json(r, &r->runs[i].timeline));
		(void)json_array_append_new(runs, run);
	}
	set(o, "runs", runs);
	return o;
}

static int write_escaped(const char *text, size_t len, void *ctx)
{
	FILE *f = ctx;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '<')
			(void)fputs("\\u003c", f);
		else
			(void)fputc(text[i], f);
	}
	return ferror(f) ? -1 : 0;
}

static void write_data(FILE *f, const struct report *r)
{
	json_t *o = report_json(r);

	(void)json_dump_callback(o, write_escaped, f, /* errors stay in f's flag */
	                         JSON_COMPACT | JSON_REAL_PRECISION(DIGITS));
	json_decref(o);
}

static void write_html_text(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<': (void)fputs("&lt;", f); break;
		case '>': (void)fputs("&gt;", f); break;
		case '&': (void)fputs("&amp;", f); break;
		case '"': (void)fputs("&quot;", f); break;
		default: (void)fputc(*text, f); break;
		}
	}
}

static void write_title(FILE *f, const struct report *r)
{
	if (r->n_runs == 1)
		write_html_text(f, r->runs[0].policy);
	else
		(void)fprintf(f, "%u policies", (unsigned)r->n_runs);
	(void)fputs(" – Ebb", f);
}

static void write_asset(FILE *f, const char *from, const char *to)
{
	(void)fwrite(from, 1, (size_t)(to - from), f);
}

static void write_token(FILE *f, const struct report *r, const char *token, size_t len)
{
	const struct {
		const char *name, *from, *to;
	} copies[] = {{"css", asset_css, asset_css_end}, {"js", asset_js, asset_js_end}};

	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		if (strlen(copies[i].name) == len && memcmp(copies[i].name, token, len) == 0) {
			write_asset(f, copies[i].from, copies[i].to);
			return;
		}
	}
	if (len == strlen("data") && memcmp(token, "data", len) == 0)
		write_data(f, r);
	else
		write_title(f, r); /* the only one left; a test counts the tokens of the page */
}

int report_write(FILE *f, const struct report *r)
{
	const size_t mark = strlen(TOKEN_MARK);
	const char *at = asset_page;

	assert(r->n_runs > 0);
	for (;;) {
		const size_t left = (size_t)(asset_page_end - at);
		const char *open = memmem(at, left, TOKEN_MARK, mark);
		const char *close;

		write_asset(f, at, open ? open : asset_page_end);
		if (!open)
			return ferror(f) ? -EIO : 0;
		open += mark;
		close = memmem(open, (size_t)(asset_page_end - open), TOKEN_MARK, mark);
		assert(close); /* marks come in pairs in page.html */
		write_token(f, r, open, (size_t)(close - open));
		at = close + mark;
	}
}
