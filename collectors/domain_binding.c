/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a definition binds the VM to properties of its host: CPU features, huge pages, NUMA
 * nodes, CPU numbers, firmware variables, encryption of memory.
 */
#include "collectors/domain_private.h"

#include <string.h>

#include "collectors/cpu_level.h"
#include "core/base/xalloc.h"

/* QEMU does not move a clock that the target could not tick alike, unless its rate is stated. */
static bool has_fixed_tsc(const struct xml_node *domain)
{
	const struct xml_node *t = xml_child(xml_child(domain, "clock"), "timer");

	for (; t; t = xml_next(t, "timer"))
		if (domain_attr_is(t, "name", "tsc") && xml_attr(t, "frequency"))
			return true;
	return false;
}

static void check_invtsc(const struct domain_reader *r, const struct xml_node *domain)
{
	const struct xml_node *f = xml_child(xml_child(domain, "cpu"), "feature");

	for (; f; f = xml_next(f, "feature"))
		if (domain_attr_is(f, "name", "invtsc") &&
		    (domain_attr_is(f, "policy", "require") ||
		     domain_attr_is(f, "policy", "force")) &&
		    !has_fixed_tsc(domain))
			domain_block(r, BLOCKER_CPU_HOST, true,
			             "cpu: invtsc without a frequency of the tsc timer");
}

static void read_cpu(const struct domain_reader *r, const struct xml_node *domain)
{
	const struct xml_node *cpu = xml_child(domain, "cpu");
	const char *mode = domain_attr(cpu, "mode"), *model = xml_text(xml_child(cpu, "model"));
	bool is_hosts = strcmp(mode, "host-passthrough") == 0 || strcmp(mode, "maximum") == 0;

	if (is_hosts) {
		bool fixed = domain_attr_is(cpu, "migratable", "off");

		domain_block(r, BLOCKER_CPU_HOST, fixed, "cpu: %s%s", mode,
		             fixed ? ", migratable='off'" : "");
	}
	check_invtsc(r, domain);
	/* A model of its own says most; without one the mode is all there is to know. */
	if (model[0] == '\0' && (is_hosts || strcmp(mode, "host-model") == 0))
		model = mode;
	r->c->cpu_model = xstrdup(model);
	r->c->cpu_level = r->c->arch == ARCH_X86_64 ? cpu_level_of(model) : 0;
}

static void read_backing(const struct domain_reader *r, const struct xml_node *domain)
{
	const struct xml_node *huge = xml_child(xml_child(domain, "memoryBacking"), "hugepages");
	const struct xml_node *page = xml_child(huge, "page");

	if (!huge)
		return;
	if (page)
		domain_block(r, BLOCKER_HUGE_PAGES, false, "memory: huge pages of %s %s",
		             domain_attr(page, "size"),
		             xml_attr(page, "unit") ? domain_attr(page, "unit") : "KiB");
	else
		domain_block(r, BLOCKER_HUGE_PAGES, false, "memory: huge pages");
}

/* "strict" is libvirt's default where nodes are named. */
static bool is_strict(const struct xml_node *n)
{
	const char *mode = domain_attr(n, "mode");

	return domain_attr(n, "nodeset")[0] != '\0' &&
	       (mode[0] == '\0' || strcmp(mode, "strict") == 0 || strcmp(mode, "restrictive") == 0);
}

static void read_numa(const struct domain_reader *r, const struct xml_node *domain)
{
	const struct xml_node *n = xml_child(xml_child(domain, "numatune"), NULL);

	for (; n; n = xml_next(n, NULL))
		if (is_strict(n))
			domain_block(r, BLOCKER_NUMA_PIN, false, "%s: only from NUMA nodes %s",
			             xml_name(n), domain_attr(n, "nodeset"));
}

/* One blocker for all pins: a VM of 64 vCPUs has 64 of them. */
static void read_pins(const struct domain_reader *r, const struct xml_node *domain)
{
	static const char *const kinds[] = {"vcpupin", "emulatorpin", "iothreadpin"};
	const struct xml_node *tune = xml_child(domain, "cputune");
	const char *all = domain_attr(xml_child(domain, "vcpu"), "cpuset");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (xml_child(tune, kinds[i])) {
			domain_block(r, BLOCKER_NUMA_PIN, false, "cputune: %s to CPUs %s", kinds[i],
			             domain_attr(xml_child(tune, kinds[i]), "cpuset"));
			return;
		}
	if (all[0] != '\0')
		domain_block(r, BLOCKER_NUMA_PIN, false, "vcpu: on CPUs %s", all);
}

/* Older libvirt has the path as text, newer may have a source. */
static void read_nvram(const struct domain_reader *r, const struct xml_node *domain)
{
	const struct xml_node *nvram = xml_child(xml_child(domain, "os"), "nvram");
	const struct xml_node *source = xml_child(nvram, "source");
	const char *path = source ? domain_attr(source, "file") : xml_text(nvram);

	if (path[0] != '\0' && !domain_path_is_shared(r, path))
		domain_block(r, BLOCKER_NVRAM_LOCAL, false, "nvram: %s", path);
}

void domain_read_binding(const struct domain_reader *r, const struct xml_node *domain)
{
	const struct xml_node *secret = xml_child(domain, "launchSecurity");

	read_cpu(r, domain);
	read_backing(r, domain);
	read_numa(r, domain);
	read_pins(r, domain);
	read_nvram(r, domain);
	if (secret)
		domain_block(r, BLOCKER_DEVICE_LOCAL, true,
		             "launchSecurity: %s: memory sealed to the CPU",
		             domain_attr(secret, "type"));
}
