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
#include "sim/output/json.h"
#include "sim/output/result_json.h"

#define LEVEL_FULL 50 /* level of load 1 */
#define LEVEL_MAX  61
#define TOKEN_MARK "@@"

/* One field of all bins; offset is that of the double in struct timeline_bin. */
static struct json *column(const struct timeline *t, size_t offset)
{
	struct json *list = json_new_list();

	for (uint32_t i = 0; i < t->n_bins; i++) {
		double v;

		memcpy(&v, (const char *)&t->bins[i] + offset, sizeof(v));
		json_add_number(list, v);
	}
	return list;
}

static struct json *timeline_json(const struct timeline *t)
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
	struct json *o = json_new_object();

	json_put_seconds(o, "bin_s", t->bin_us);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		json_put(o, columns[i].key, column(t, columns[i].offset));
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

static void add_heat_row(struct json *rows, const struct timeline *t, uint32_t row)
{
	char cells[TIMELINE_BINS_MAX + 1];

	for (uint32_t i = 0; i < t->n_bins; i++)
		cells[i] = heat_cell(t->heat[row * TIMELINE_BINS_MAX + i]);
	cells[t->n_bins] = '\0';
	json_add_text(rows, cells);
}

static void add_host_label(struct json *hosts, const struct report *r, uint32_t host)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "host %u", (unsigned)host);
	json_add_text(hosts, host < r->n_host_names ? r->host_names[host] : text);
}

static struct json *heat_json(const struct report *r, const struct timeline *t)
{
	struct json *o = json_new_object(), *hosts = json_new_list(), *rows = json_new_list();
	const uint32_t n = t->heat ? t->n_rows : 0;

	for (uint32_t i = 0; i < n; i++) {
		add_host_label(hosts, r, t->row_host[i]);
		add_heat_row(rows, t, i);
	}
	json_put(o, "hosts", hosts);
	json_put(o, "rows", rows);
	return o;
}

static struct json *report_json(const struct report *r)
{
	struct json *o = json_new_object(), *runs = json_new_list();

	json_put_text(o, "fleet", r->fleet);
	json_put_text(o, "trace", r->trace);
	json_put_text(o, "command", r->command);
	json_put_text(o, "program", r->program);
	for (uint32_t i = 0; i < r->n_runs; i++) {
		struct json *run = result_json(&r->runs[i]);

		json_put(run, "timeline", timeline_json(&r->runs[i].timeline));
		json_put(run, "heat", heat_json(r, &r->runs[i].timeline));
		json_add(runs, run);
	}
	json_put(o, "runs", runs);
	return o;
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
		(void)json_print(f, report_json(r), JSON_IN_HTML); /* report_write asks ferror */
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
