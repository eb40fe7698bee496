/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Life of a result; see result.h. */
#include "sim/result.h"

#include <stdlib.h>

void sim_result_init(struct sim_result *r)
{
	*r = (struct sim_result){0};
}

void sim_result_done(struct sim_result *r)
{
	free(r->timeline.heat);
	r->timeline.heat = NULL;
}
