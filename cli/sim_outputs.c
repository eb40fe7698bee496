/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several files as one; see sim_outputs.h. */
#include "cli/sim_outputs.h"

#include <errno.h>
#include <string.h>

static void list_paths(const struct sim_options *options, const char *ret_paths[OUTPUT_COUNT])
{
	ret_paths[OUTPUT_JSON] = options->json;
	ret_paths[OUTPUT_REPORT] = options->report;
	ret_paths[OUTPUT_EVENTS] = options->events;
	ret_paths[OUTPUT_DECISIONS] = options->decisions;
	ret_paths[OUTPUT_RECORD] = options->record;
}

/* Two outputs in one file, or on stdout, would be mixed up. */
static int check_apart(const char *const paths[OUTPUT_COUNT], struct err *err)
{
	for (int i = 0; i < OUTPUT_COUNT; i++) {
		if (!paths[i])
			continue;
		for (int k = 0; k < i; k++) {
			if (paths[k] && strcmp(paths[i], paths[k]) == 0)
				return err_set(err, -EINVAL,
				               "two outputs go to %s; give each its own file",
				               paths[i]);
		}
	}
	return 0;
}

int sim_outputs_open(struct sim_outputs *o, const struct sim_options *options, struct err *err)
{
	const char *paths[OUTPUT_COUNT];
	int ret;

	*o = (struct sim_outputs){0};
	list_paths(options, paths);
	ret = check_apart(paths, err);
	for (int i = 0; !ret && i < OUTPUT_COUNT; i++) {
		if (paths[i])
			ret = out_open(paths[i], &o->files[i], err);
	}
	if (ret)
		sim_outputs_abort(o);
	return ret;
}

FILE *sim_outputs_stream(const struct sim_outputs *o, enum sim_output which)
{
	return o->files[which] ? out_stream(o->files[which]) : NULL;
}

int sim_outputs_check(const struct sim_outputs *o, const struct sim_options *options,
                      struct err *err)
{
	const char *paths[OUTPUT_COUNT];

	list_paths(options, paths);
	for (int i = 0; i < OUTPUT_COUNT; i++) {
		FILE *f = sim_outputs_stream(o, (enum sim_output)i);

		errno = 0;
		if (f && (fflush(f) != 0 || ferror(f)))
			return err_set(err, errno ? -errno : -EIO, "%s: cannot write: %s", paths[i],
			               strerror(errno ? errno : EIO));
	}
	return 0;
}

int sim_outputs_commit(struct sim_outputs *o, struct err *err)
{
	int ret = 0;

	for (int i = 0; !ret && i < OUTPUT_COUNT; i++) {
		struct out_file *file = o->files[i];

		o->files[i] = NULL; /* freed by out_commit in any case */
		if (file)
			ret = out_commit(file, err);
	}
	if (ret)
		sim_outputs_abort(o);
	return ret;
}

void sim_outputs_abort(struct sim_outputs *o)
{
	for (int i = 0; i < OUTPUT_COUNT; i++) {
		out_abort(o->files[i]);
		o->files[i] = NULL;
	}
}
