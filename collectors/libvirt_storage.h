/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_LIBVIRT_STORAGE_H
#define COLLECTORS_LIBVIRT_STORAGE_H
/* Which paths of a host lie on storage that other hosts see, as its storage pools tell. */
#include <libvirt/libvirt.h>
#include <stdint.h>

struct shared_list {
	char **paths; /* owned, as each path */
	uint32_t n;
};

/* Starts anew with the n given paths, and adds those of the pools if the driver knows pools. */
void shared_list_read(struct shared_list *l, virConnectPtr conn, const char *const *given,
                      uint32_t n);
void shared_list_done(struct shared_list *l);

/* The <target><path> of a pool's XML, NULL if it has none that tells shared files. Heap. */
char *libvirt_pool_path(const char *xml);

#endif
