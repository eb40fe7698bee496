/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H
/* The version of the whole program. */
#define EBB_VERSION "0.1.0"

#endif
