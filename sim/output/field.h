/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_FIELD_H
#define SIM_OUTPUT_FIELD_H
/*
 * Single values as every writer of this folder prints them: times, CSV fields, JSON strings and
 * numbers. Names come from files that anybody may have written, so each form escapes for itself.
 */
#include <stdio.h>

#include <jansson.h>

#include "core/base/units.h"

#define FIELD_TIME_LEN 32

/* Seconds with up to six decimals, zeros at the end trimmed: "300", "300.1", "0.000001". */
void field_seconds(usec_t t_us, char ret_text[FIELD_TIME_LEN]);

/* For people: "04:35:00", "2d 04:35:00"; whole seconds, cut. */
void field_clock(usec_t t_us, char ret_text[FIELD_TIME_LEN]);

/* RFC 4180: quoted when the text holds a comma, a quote or a line end. NULL counts as "". */
void field_csv(FILE *f, const char *text);

/* New reference. Bytes that are not UTF-8 become U+FFFD, so no name is ever refused. */
json_t *field_json_text(const char *text);

/* New reference: a real, or null for what JSON cannot hold (NAN, infinity). */
json_t *field_json_number(double v);

/* New reference: seconds, an integer where they are whole. */
json_t *field_json_seconds(usec_t t_us);

/* New reference: always an integer; the caller's counts stay below 2^63. */
json_t *field_json_count(uint64_t v);

#endif
