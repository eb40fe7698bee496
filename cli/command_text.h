/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_COMMAND_TEXT_H
#define CLI_COMMAND_TEXT_H
/* A command line as text that a shell reads back as the same arguments. */

/* "ebb" and argv[0..argc); the caller frees it. */
char *command_text(int argc, char *const *argv);

#endif
