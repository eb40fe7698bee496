/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One look at a host through libvirt: one call tells the state and the counters of all its VMs;
 * definitions come from the memory of earlier looks unless they may have changed. libvirt bounds
 * what a daemon can send (4,096 domains, 32 MiB a message), so nothing here needs a bound of its
 * own. The connection is read-only: a look cannot change anything.
 *
 * Keepalive stays off. It needs libvirt's event loop, of which a process has one, in a thread of
 * its own, registered before the first connection; a collector may not impose that. A client
 * without the loop does not announce keepalive, so the daemon does not ask for it either. A host
 * that is silent is found by the deadline of whoever calls. For the same reason timeout_us is not
 * used: libvirt's URIs have no timeout.
 *
 * The boot id is not told by libvirt: "".
 */
#include "collectors/libvirt.h"

#include <errno.h>
#include <libvirt/libvirt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collectors/domain_xml.h"
#include "collectors/libvirt_definitions.h"
#include "collectors/libvirt_error.h"
#include "collectors/libvirt_stats.h"
#include "collectors/libvirt_storage.h"
#include "collectors/xml.h"
#include "core/base/xalloc.h"

/* Looks between two readings of the storage pools, which change by an administrator's hand. */
#define STORAGE_LOOKS 20

/* Attempts at the bulk call: as wanted, without dirty rates, without NOWAIT. */
#define STATS_ATTEMPTS 3

/* libvirt's parameters of a node: kernel, user, idle, iowait, intr, utilization; and some more. */
#define NODE_PARAMS_MAX 32

struct libvirt_host {
	struct collector_target target;
	virConnectPtr conn;
	char *capabilities; /* XML; constant for as long as the daemon runs */
	struct stats_request request;
	struct definitions definitions;
	struct shared_list shared;
	uint32_t looks;
};

static usec_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t); /* fails only for an unknown clock */
	return (usec_t)t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

/* "<host>: <what>: <libvirt's message>; <remedy>"; -ENOTCONN if the connection is lost. */
static int fail(const struct libvirt_host *h, const char *what, struct err *err)
{
	int r = libvirt_error(err, what);

	err_prefix(err, "%s", h->target.name);
	return virConnectIsAlive(h->conn) == 1 ? r : -ENOTCONN;
}

/*
 * Nobody is there to be asked. libvirt looks into auth.conf first, and asks us for what it does
 * not find.
 */
static int refuse_credentials(virConnectCredentialPtr cred, unsigned n, void *data)
{
	(void)cred;
	(void)n;
	(void)data;
	return -1;
}

/* Both libraries would set themselves up at their first use, which may be in two threads at once.
 */
static void host_prepare(void)
{
	(void)virInitialize(); /* a failure shows again when a connection is opened */
	libvirt_error_silence();
	xml_prepare();
}

static int host_open(const struct collector_target *target, void **ret, struct err *err)
{
	int asked[] = {VIR_CRED_AUTHNAME, VIR_CRED_PASSPHRASE};
	virConnectAuth auth = {.credtype = asked, .ncredtype = 2, .cb = refuse_credentials};
	struct libvirt_host *h;
	virConnectPtr conn;
	int r;

	/* libvirt would take the local default for it. */
	if (!target->uri || target->uri[0] == '\0')
		return err_set(err, -EINVAL, "%s: no URI; give one, like qemu+tls://HOST/system",
		               target->name);
	libvirt_error_silence();
	conn = virConnectOpenAuth(target->uri, &auth, VIR_CONNECT_RO);
	if (!conn) {
		r = libvirt_error(err, target->uri);
		err_prefix(err, "%s", target->name);
		return r;
	}
	h = xcalloc(1, sizeof(*h));
	h->target = *target;
	h->conn = conn;
	h->request = libvirt_stats_request();
	*ret = h;
	return 0;
}

static void host_close(void *collector)
{
	struct libvirt_host *h = collector;

	if (!h)
		return;
	definitions_done(&h->definitions);
	shared_list_done(&h->shared);
	free(h->capabilities);
	(void)virConnectClose(h->conn); /* a lost connection is closed all the same */
	free(h);
}

/* Count of records, or -errno. What a driver refuses once it is not asked for again. */
static int all_stats(struct libvirt_host *h, virDomainStatsRecordPtr **ret, struct err *err)
{
	for (int attempt = 1;; attempt++) {
		int n = virConnectGetAllDomainStats(h->conn, h->request.groups, ret,
		                                    h->request.flags);

		if (n >= 0)
			return n;
		if (attempt == STATS_ATTEMPTS || !libvirt_error_is_unsupported() ||
		    !libvirt_stats_narrow(&h->request))
			return fail(h, "statistics of VMs", err);
	}
}

/*
 * A definition that cannot be had or understood must not cost the whole host: the VM is reported
 * with what the counters say, as one that cannot be moved. -ENOENT: the VM is gone.
 */
static int read_config(struct libvirt_host *h, virDomainPtr dom, struct vm_report *v)
{
	const struct definition *d = definitions_get(&h->definitions, dom, v->seen);
	struct shared_paths shared = {(const char *const *)h->shared.paths, h->shared.n};
	const char *name = virDomainGetName(dom);
	struct err err = {""};

	if (!d && libvirt_error_is_gone())
		return -ENOENT;
	if (!d)
		(void)libvirt_error(&err, "definition"); /* into the blocker */
	else if (domain_xml_read(d->xml, strlen(d->xml), &shared, &v->config, &err) == 0)
		v->config.transient = d->transient;
	if (err.text[0] != '\0')
		vm_config_add_blocker(&v->config, BLOCKER_STATE, true, xstrdup(err.text));
	if (!v->config.name)
		v->config.name = xstrdup(name ? name : "");
	if (!v->config.cpu_model)
		v->config.cpu_model = xstrdup("");
	(void)virDomainGetUUIDString(dom, v->config.uuid); /* of the object, no call */
	return 0;
}

/*
 * State tells nothing of a VM that is being sent away while it runs, so each is asked that has just
 * answered; one that did not could hold this look for 30 s behind its own job.
 */
static void read_job(virDomainPtr dom, const virDomainStatsRecord *rec, struct vm_report *v)
{
	virDomainJobInfo job;

	if (libvirt_stats_answered(rec->params, (uint32_t)rec->nparams) &&
	    virDomainGetJobInfo(dom, &job) == 0)
		libvirt_stats_job(&job, v);
}

/* For drivers whose bulk call tells states only. */
static void read_info(virDomainPtr dom, struct vm_report *v)
{
	virDomainInfo info;

	if (!isnan(v->mem_bytes) || v->cpu_ns != REPORT_NONE || virDomainGetInfo(dom, &info) < 0)
		return;
	v->mem_bytes = (double)info.memory * 1024;
	v->cpu_ns = info.cpuTime;
}

static void read_vm(struct libvirt_host *h, const virDomainStatsRecord *rec,
                    struct host_report *ret)
{
	struct vm_report v;

	vm_report_init(&v);
	v.seen = libvirt_stats_seen(rec->params, (uint32_t)rec->nparams);
	if (read_config(h, rec->dom, &v) < 0) {
		vm_report_done(&v);
		return;
	}
	libvirt_stats_read(rec->params, (uint32_t)rec->nparams, &v);
	if (v.seen == VM_SEEN_SHUT_OFF)
		v.has_managed_save = virDomainHasManagedSaveImage(rec->dom, 0) == 1;
	else
		read_job(rec->dom, rec, &v);
	read_info(rec->dom, &v);
	vm_report_add_state_blockers(&v);
	host_report_add_vm(ret, &v);
	vm_report_done(&v);
}

static int read_vms(struct libvirt_host *h, struct host_report *ret, struct err *err)
{
	virDomainStatsRecordPtr *records = NULL;
	int n = all_stats(h, &records, err);

	if (n < 0)
		return n;
	for (int i = 0; i < n; i++)
		read_vm(h, records[i], ret);
	definitions_sweep(&h->definitions);
	virDomainStatsRecordListFree(records);
	host_report_sort(ret);
	return 0;
}

static int read_capabilities(struct libvirt_host *h, struct host_report *ret, struct err *err)
{
	int r;

	if (!h->capabilities)
		h->capabilities = virConnectGetCapabilities(h->conn);
	if (!h->capabilities)
		return fail(h, "capabilities", err);
	r = capabilities_xml_read(h->capabilities, strlen(h->capabilities), ret, err);
	if (r < 0)
		err_prefix(err, "%s: capabilities", h->target.name);
	return r;
}

/* Older drivers know neither; the counters are then not told. */
static void read_usage(struct libvirt_host *h, struct host_report *ret)
{
	virNodeCPUStats cpu[NODE_PARAMS_MAX];
	virNodeMemoryStats mem[NODE_PARAMS_MAX];
	int n = 0;

	if (virNodeGetCPUStats(h->conn, VIR_NODE_CPU_STATS_ALL_CPUS, NULL, &n, 0) == 0 && n > 0 &&
	    n <= NODE_PARAMS_MAX &&
	    virNodeGetCPUStats(h->conn, VIR_NODE_CPU_STATS_ALL_CPUS, cpu, &n, 0) == 0)
		libvirt_stats_cpu(cpu, (uint32_t)n, ret);
	n = 0;
	if (virNodeGetMemoryStats(h->conn, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0) == 0 &&
	    n > 0 && n <= NODE_PARAMS_MAX &&
	    virNodeGetMemoryStats(h->conn, VIR_NODE_MEMORY_STATS_ALL_CELLS, mem, &n, 0) == 0)
		libvirt_stats_memory(mem, (uint32_t)n, ret);
}

static int read_host(struct libvirt_host *h, struct host_report *ret, struct err *err)
{
	unsigned long hypervisor = 0, library = 0;
	virNodeInfo info;
	int r;

	if (virNodeGetInfo(h->conn, &info) < 0)
		return fail(h, "host", err);
	r = read_capabilities(h, ret, err);
	if (r < 0)
		return r;
	if (ret->threads == 0)
		ret->threads = info.cpus;
	if (info.mhz > 0)
		ret->core_mhz = info.mhz;
	ret->mem_bytes = (double)info.memory * 1024;
	ret->hostname = virConnectGetHostname(h->conn);
	if (!ret->hostname)
		return fail(h, "host name", err);
	(void)virConnectGetVersion(h->conn, &hypervisor); /* 0: not told */
	(void)virConnectGetLibVersion(h->conn, &library);
	ret->hypervisor_version = hypervisor;
	ret->library_version = library;
	return 0;
}

static int host_collect(void *collector, struct host_report *ret, struct err *err)
{
	struct libvirt_host *h = collector;
	struct host_report r;
	int code;

	host_report_init(&r);
	r.at_us = now_us();
	if (h->looks++ % STORAGE_LOOKS == 0)
		shared_list_read(&h->shared, h->conn, h->target.shared_paths,
		                 h->target.n_shared_paths);
	code = read_host(h, &r, err);
	if (code == 0)
		code = read_vms(h, &r, err);
	if (code == 0)
		read_usage(h, &r);
	/* A connection that broke on the way leaves out what none of the calls above needs. */
	if (code == 0 && virConnectIsAlive(h->conn) != 1)
		code = fail(h, "connection lost", err);
	if (code < 0) {
		host_report_done(&r);
		return code;
	}
	r.took_us = now_us() - r.at_us;
	host_report_done(ret);
	*ret = r;
	return 0;
}

const struct collector_ops libvirt_collector = {
        .name = "libvirt",
        .help = "hosts that libvirt manages, over any of its transports",
        .prepare = host_prepare,
        .open = host_open,
        .collect = host_collect,
        .close = host_close,
};
