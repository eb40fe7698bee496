/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_FLEET_CHECK_H
#define CORE_MODEL_FLEET_CHECK_H
/*
 * What can be wrong with the records of a fleet, one by one, before ids are translated. Called by
 * fleet_seal only.
 */
#include "core/model/fleet.h"

/* 0, or -EINVAL with the first impossible record. */
int fleet_check_records(const struct fleet *f, struct err *err);

#endif
