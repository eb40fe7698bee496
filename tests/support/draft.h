/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_SUPPORT_DRAFT_H
#define TESTS_SUPPORT_DRAFT_H
/*
 * Fleets for tests that change one thing before sealing: start from a class, hosts and VMs that are
 * legal in every respect, then change the one thing the test is about, then draft_seal.
 *
 *     struct fleet *f = draft_fleet(4, 10);      hosts h0..h3, VMs v00..v09, one class
 *     f->vms[2].cores = 8;
 *     draft_rule(f, RULE_APART, 2, (uint32_t[]){0, 1});
 *     draft_seal(f);
 */
#include "core/model/fleet.h"

/* 8 cores of 1000 MIPS, 64 GB, linear 100..200 W, VT, SSD, 4 spindles, x86-64 level 3, Intel. */
struct host_class draft_class(const char *name);

/* n_hosts of one class "c", n_vms of 2 x 500 MIPS and 4 GB; unsealed; at most 1000 of each. */
struct fleet *draft_fleet(uint32_t n_hosts, uint32_t n_vms);

/* A hard rule "r0", "r1", ... over n VMs; change the returned record at will before sealing. */
struct rule *draft_rule(struct fleet *f, enum rule_kind kind, uint32_t n, const uint32_t *vms);

/* For RULE_PIN and RULE_BAN. */
void draft_rule_hosts(struct rule *r, uint32_t n, const uint32_t *hosts);

/* Seals and asserts success. */
struct fleet *draft_seal(struct fleet *f);

#endif
