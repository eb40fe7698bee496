/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H
/*
 * The commands of ebb. argv[0] is the command's name; the value is the exit status. Each has a
 * row in the table of main.c.
 */
int cmd_config(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_hosts(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_sim(int argc, char **argv);
int cmd_vms(int argc, char **argv);

#endif
