/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: a table of commands, and what is said when none of them is meant. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/out.h"
#include "cli/version.h"
#include "core/base/text.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
        {"sim", cmd_sim, "simulate a policy on a fleet and a trace"},
        {"compare", cmd_compare, "simulate several policies and set them side by side"},
        {"explain", cmd_explain, "what happened to a host or a VM, and why"},
        {"hosts", cmd_hosts, "the real hosts of an inventory as they are now"},
        {"vms", cmd_vms, "their VMs, what they use, and what keeps them from moving"},
        {"config", cmd_config, "check, show and compare configurations"},
        {"pack", cmd_pack, "pack items of several dimensions into the fewest bins"},
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The command that was meant: the nearest name, else the first that begins so. */
static const char *suggest_command(const char *name)
{
	const char *names[N_COMMANDS + 1];
	const char *nearest;

	for (size_t i = 0; i < N_COMMANDS; i++)
		names[i] = commands[i].name;
	names[N_COMMANDS] = "help";
	nearest = text_suggest(name, names, N_COMMANDS + 1);
	for (size_t i = 0; i < N_COMMANDS && !nearest && name[0]; i++)
		if (strncmp(names[i], name, strlen(name)) == 0)
			nearest = names[i];
	return nearest;
}

static int refuse_command(const char *name)
{
	const char *nearest = suggest_command(name);

	(void)fprintf(stderr, "ebb: there is no command \"%s\"; ", name);
	if (nearest)
		(void)fprintf(stderr, "did you mean %s?\n", nearest);
	else
		(void)fprintf(stderr, "\"ebb help\" lists them\n");
	return EXIT_USAGE;
}

static void print_help(FILE *stream)
{
	struct out_table *t = out_table_new("ll");

	(void)fputs("usage: ebb COMMAND [options]\n\n"
	            "Packs virtual machines onto the fewest hosts that hold them safely, powers "
	            "the idle\nhosts down and wakes them in time.\n\n",
	            stream);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		out_table_cell(t, "  %s", commands[i].name);
		out_table_cell(t, "%s", commands[i].help);
	}
	out_table_cell(t, "  help");
	out_table_cell(t, "this text; \"ebb help COMMAND\" or \"ebb COMMAND --help\" for one");
	out_table_print(t, stream);
	out_table_free(t);
}

/* "ebb help sim" is "ebb sim --help". */
static int help_about(char *name)
{
	const struct command *c = find_command(name);
	char option[] = "--help";
	char *argv[] = {name, option, NULL};

	return c ? c->run(2, argv) : refuse_command(name);
}

static int run(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("ebb %s\n", EBB_VERSION);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "help") == 0 && argc > 2)
		return help_about(argv[2]);
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
	    strcmp(argv[1], "-h") == 0) {
		print_help(stdout);
		return EXIT_DONE;
	}
	c = find_command(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : refuse_command(argv[1]);
}

int main(int argc, char **argv)
{
	struct err err = {""};
	int status;

	/* A closed pipe is a failed write, told like any other. */
	(void)signal(SIGPIPE, SIG_IGN);
	status = run(argc, argv);
	if (out_flush_stdout(&err) < 0) {
		(void)fprintf(stderr, "ebb: %s\n", err.text);
		return status == EXIT_DONE ? EXIT_FAILED : status;
	}
	return status;
}
