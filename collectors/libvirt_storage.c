/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools of a network file system are mounted at their target path, at the same place wherever the
 * same pool is defined: that path is a prefix of shared files. Pools of iSCSI and Fibre Channel
 * have /dev/disk/by-path or the like as target, where local disks are found as well, so that their
 * path tells nothing; an operator names such devices in the fleet file. Pools of RBD, Gluster and
 * direct iSCSI have no path: their disks are network disks, shared by themselves.
 *
 * The path is cut out of libvirt's own output, one element of a fixed form, which asks for no XML
 * library here; a path that would need entities is left out, and its disks count as local: the
 * careful side.
 */
#include "collectors/libvirt_storage.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

/* Far above what a host has; each costs one call. */
#define POOLS_MAX 256

void shared_list_done(struct shared_list *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		free(l->paths[i]);
	free(l->paths);
	*l = (struct shared_list){0};
}

static void add(struct shared_list *l, char *path)
{
	l->paths = xreallocarray(l->paths, l->n + 1, sizeof(*l->paths));
	l->paths[l->n++] = path;
}

char *libvirt_pool_path(const char *xml)
{
	static const char open[] = "<path>";
	const char *target = strstr(xml, "<target>");
	const char *from = target ? strstr(target, open) : NULL;
	const char *end = from ? strchr(from + strlen(open), '<') : NULL;
	char *path;

	if (!end)
		return NULL;
	from += strlen(open);
	path = xcalloc((size_t)(end - from) + 1, 1);
	memcpy(path, from, (size_t)(end - from));
	if (path[0] == '/' && path[1] != '\0' && !strchr(path, '&') &&
	    strncmp(path, "/dev/", strlen("/dev/")) != 0)
		return path;
	free(path);
	return NULL;
}

void shared_list_read(struct shared_list *l, virConnectPtr conn, const char *const *given,
                      uint32_t n)
{
	virStoragePoolPtr *pools = NULL;
	int n_pools =
	        virConnectListAllStoragePools(conn, &pools,
	                                      VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE |
	                                              VIR_CONNECT_LIST_STORAGE_POOLS_NETFS |
	                                              VIR_CONNECT_LIST_STORAGE_POOLS_VSTORAGE);

	shared_list_done(l);
	for (uint32_t i = 0; i < n; i++)
		add(l, xstrdup(given[i]));
	for (int i = 0; i < n_pools; i++) {
		char *xml = i < POOLS_MAX ? virStoragePoolGetXMLDesc(pools[i], 0) : NULL;
		char *path = xml ? libvirt_pool_path(xml) : NULL;

		if (path)
			add(l, path);
		free(xml);
		(void)virStoragePoolFree(pools[i]); /* fails only for what is no pool */
	}
	free(pools);
}
