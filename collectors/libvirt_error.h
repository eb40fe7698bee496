/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_LIBVIRT_ERROR_H
#define COLLECTORS_LIBVIRT_ERROR_H
/* What libvirt says went wrong, as one line with its remedy. */
#include <stdbool.h>

#include "core/base/err.h"

/* This thread's last error of libvirt: "<what>: <message>; <remedy>". Returns the -errno. */
int libvirt_error(struct err *err, const char *what);

/* Whether it says that the thing asked for is unknown to this driver or daemon. */
bool libvirt_error_is_unsupported(void);

/* Whether it says that the domain is not there any more. */
bool libvirt_error_is_gone(void);

/* From now on the library writes nothing to stderr by itself: who calls gets the error. */
void libvirt_error_silence(void);

#endif
