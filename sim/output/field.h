/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_OUTPUT_FIELD_H
#define SIM_OUTPUT_FIELD_H
/*
 * Single values as the writers of this folder print them: times and CSV fields.
 */
#include <stdio.h>

#include "core/base/units.h"

#define FIELD_TIME_LEN 32

/* Seconds with up to six decimals, zeros at the end trimmed: "300", "300.1", "0.000001". */
void field_seconds(usec_t t_us, char ret_text[FIELD_TIME_LEN]);

/* For people: "04:35:00", "2d 04:35:00"; whole seconds, cut. */
void field_clock(usec_t t_us, char ret_text[FIELD_TIME_LEN]);

/* RFC 4180: quoted when the text holds a comma, a quote or a line end. NULL counts as "". */
void field_csv(FILE *f, const char *text);

#endif
