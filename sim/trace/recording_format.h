/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIM_TRACE_RECORDING_FORMAT_H
#define SIM_TRACE_RECORDING_FORMAT_H
/*
 * What writer and reader of recordings must agree on; docs/recording.md is the description.
 */
#include <stdbool.h>

#define RECORDING_MAGIC   "ebb-recording"
#define RECORDING_VERSION 1

/* Control characters, the separator, and the escape character. */
static inline bool recording_must_escape(unsigned char c)
{
	return c < 0x20 || c == 0x7f || c == ',' || c == '%';
}

#endif
