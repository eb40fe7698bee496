/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host can do, as `virsh capabilities` prints it. Threads and cores are counted from the
 * list of CPUs by NUMA node, since the topology of <cpu> is that of one node (libvirt's
 * virNodeInfo) and wrong on hosts with uneven ones; it serves where the list lacks.
 */
#include "collectors/domain_xml.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/arch_name.h"
#include "collectors/xml.h"
#include "core/base/xalloc.h"

#define CPUS_MAX 16384u /* twice what Linux is built for (NR_CPUS = 8192) */

/* Where a thread is; two with the same place share a core. */
struct place {
	uint64_t socket, die, cluster, core;
};

struct places {
	struct place *at;
	uint32_t n, cap;
};

/* 0 where it is not told: old versions know no dies and clusters. */
static uint64_t number(const struct xml_node *n, const char *attr)
{
	uint64_t v = 0;

	(void)xml_to_number(xml_attr(n, attr), UINT32_MAX, &v); /* stays 0 */
	return v;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int r = compare_numbers(x->socket, y->socket);

	r = r ? r : compare_numbers(x->die, y->die);
	r = r ? r : compare_numbers(x->cluster, y->cluster);
	return r ? r : compare_numbers(x->core, y->core);
}

static int add_place(struct places *p, const struct xml_node *cpu, struct err *err)
{
	if (p->n == CPUS_MAX)
		return err_set(err, -EINVAL, "line %ld: more than %u CPUs; raise CPUS_MAX",
		               xml_line(cpu), CPUS_MAX);
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 64;
		p->at = xreallocarray(p->at, p->cap, sizeof(*p->at));
	}
	p->at[p->n++] = (struct place){
	        .socket = number(cpu, "socket_id"),
	        .die = number(cpu, "die_id"),
	        .cluster = number(cpu, "cluster_id"),
	        .core = number(cpu, "core_id"),
	};
	return 0;
}

/* CPUs that are offline have no place, and are not counted. */
static int list_places(struct places *p, const struct xml_node *host, struct err *err)
{
	const struct xml_node *cells = xml_child(xml_child(host, "topology"), "cells");
	const struct xml_node *cell = xml_child(cells, "cell"), *cpu;
	int r = 0;

	for (; cell && r == 0; cell = xml_next(cell, "cell"))
		for (cpu = xml_child(xml_child(cell, "cpus"), "cpu"); cpu && r == 0;
		     cpu = xml_next(cpu, "cpu"))
			if (xml_attr(cpu, "core_id"))
				r = add_place(p, cpu, err);
	return r;
}

static uint32_t count_cores(struct places *p)
{
	uint32_t cores = p->n > 0 ? 1 : 0;

	if (p->n > 1)
		qsort(p->at, p->n, sizeof(*p->at), compare_places);
	for (uint32_t i = 1; i < p->n; i++)
		cores += compare_places(&p->at[i - 1], &p->at[i]) != 0;
	return cores;
}

/* Sockets times dies times cores of one node; 0 if one is not told or the product is no CPU count.
 */
static uint32_t product(const struct xml_node *topology)
{
	uint64_t dies = xml_attr(topology, "dies") ? number(topology, "dies") : 1;
	uint64_t cores = number(topology, "sockets");

	if (cores > CPUS_MAX || dies > CPUS_MAX || number(topology, "cores") > CPUS_MAX)
		return 0;
	cores *= dies * number(topology, "cores");
	return cores <= CPUS_MAX ? (uint32_t)cores : 0;
}

static int read_counts(const struct xml_node *host, struct host_report *ret, struct err *err)
{
	const struct xml_node *topology = xml_child(xml_child(host, "cpu"), "topology");
	struct places p = {0};
	int r = list_places(&p, host, err);

	if (r == 0 && p.n > 0) {
		ret->threads = p.n;
		ret->cores = count_cores(&p);
	} else if (r == 0) {
		uint64_t each = number(topology, "threads");

		ret->cores = product(topology);
		ret->threads = each <= CPUS_MAX ? ret->cores * (uint32_t)each : 0;
	}
	free(p.at);
	return r;
}

static enum cpu_vendor vendor_of(const char *name)
{
	if (name[0] == '\0')
		return VENDOR_ANY;
	if (strcmp(name, "Intel") == 0)
		return VENDOR_INTEL;
	return strcmp(name, "AMD") == 0 ? VENDOR_AMD : VENDOR_OTHER;
}

static bool has_kvm(const struct xml_node *arch)
{
	const struct xml_node *d = xml_child(arch, "domain");

	for (; d; d = xml_next(d, "domain")) {
		const char *type = xml_attr(d, "type");

		if (type && strcmp(type, "kvm") == 0)
			return true;
	}
	return false;
}

static bool can_virtualize(const struct xml_node *root, const char *own)
{
	const struct xml_node *guest = xml_child(root, "guest");

	for (; guest; guest = xml_next(guest, "guest")) {
		const struct xml_node *arch = xml_child(guest, "arch");
		const char *name = xml_attr(arch, "name");

		if (name && strcmp(name, own) == 0 && has_kvm(arch))
			return true;
	}
	return false;
}

static int read_capabilities(const struct xml_node *root, struct host_report *ret, struct err *err)
{
	const struct xml_node *host = xml_child(root, "host"), *cpu = xml_child(host, "cpu");
	const char *arch = xml_text(xml_child(cpu, "arch"));
	struct host_report counts;
	int r;

	if (strcmp(xml_name(root), "capabilities") != 0)
		return err_set(err, -EINVAL,
		               "line %ld: not <capabilities>; take virsh capabilities' output",
		               xml_line(root));
	if (arch[0] == '\0')
		return err_set(err, -EINVAL,
		               "line %ld: the host's <cpu> has no <arch>; ask a libvirtd with a "
		               "QEMU driver",
		               xml_line(cpu ? cpu : root));
	host_report_init(&counts);
	r = read_counts(host, &counts, err);
	if (r < 0)
		return r;
	ret->arch = arch_of_name(arch);
	ret->vendor = vendor_of(xml_text(xml_child(cpu, "vendor")));
	ret->hw_virt = can_virtualize(root, arch);
	ret->cores = counts.cores;
	ret->threads = counts.threads;
	free(ret->cpu_model);
	ret->cpu_model = xstrdup(xml_text(xml_child(cpu, "model")));
	return 0;
}

int capabilities_xml_read(const char *xml, size_t len, struct host_report *ret, struct err *err)
{
	struct xml_doc *doc = NULL;
	int r = xml_parse(xml, len, DOMAIN_XML_MAX, &doc, err);

	if (r < 0)
		return r;
	r = read_capabilities(xml_root(doc), ret, err);
	xml_free(doc);
	return r;
}
