/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_DOMAIN_XML_H
#define COLLECTORS_DOMAIN_XML_H
/*
 * From libvirt's XML to our words: what a domain's definition says about where it can run and what
 * keeps it from moving, and what a host's capabilities and node device say about its CPU. Pure
 * functions from bytes; the transport is collectors/libvirt.c.
 */
#include <stddef.h>

#include "core/base/err.h"
#include "core/model/report.h"

/* The metadata namespace of tags: <ebb:vm xmlns:ebb="..."><ebb:tag name="tier" value="db"/>. */
#define DOMAIN_XML_NAMESPACE "https://ebb.dev/vm/1"
#define DOMAIN_XML_MAX       ((size_t)4 << 20) /* a definition of 1,000 disks has 0.4 MB */

/*
 * Which files are on storage that other hosts see at the same path: mount points of NFS, Gluster,
 * CephFS, OCFS2 or GFS2, as path prefixes ("/var/lib/libvirt/images"). Network disks (NBD, RBD,
 * iSCSI, Gluster, HTTP) and volumes of shared pools are shared by themselves.
 */
struct shared_paths {
	const char *const *prefixes;
	uint32_t n;
};

/*
 * Reads a <domain> (live or inactive). ret must be initialised; it is filled on success only.
 * -EINVAL with "line N: what; remedy".
 */
int domain_xml_read(const char *xml, size_t len, const struct shared_paths *shared,
                    struct vm_config *ret, struct err *err);

/*
 * Reads <capabilities> into arch, vendor, cpu_model, hw_virt, cores and threads of ret; the rest
 * of ret stays. hw_virt: a guest of the host's own architecture may be of type kvm.
 */
int capabilities_xml_read(const char *xml, size_t len, struct host_report *ret, struct err *err);

#endif
