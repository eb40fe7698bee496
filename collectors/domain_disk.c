/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks of a definition: which can another host reach, and which would libvirt refuse to move. The
 * checks follow libvirt's own before a migration (qemuMigrationSrcIsSafe, qemuMigrationSrcIsAllowed
 * and qemuMigrationAnyCopyDisk): files on local file systems are refused unless copied; disks that
 * are read-only or shareable are never copied; a host cache is refused unless QEMU can drop it
 * (since 4.0), which the definition does not tell.
 */
#include "collectors/domain_private.h"

#include <string.h>

#define CHAIN_MAX XML_DEPTH_MAX /* backing files, nested elements */

enum reach { REACH_ALL, REACH_LOCAL, REACH_BOUND };

/* One disk, as its elements say. */
struct disk {
	const struct xml_node *node;
	const char *target; /* "vda" */
	bool removable;     /* a CD-ROM or floppy drive */
	bool copied;        /* libvirt copies it if copying is allowed */
};

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* "mpatha", "mpathb1" or a World Wide Name ("3600508b4000156d700012000000b0000"). */
static bool is_multipath(const char *name)
{
	return starts(name, "mpath") || (name[0] == '3' && strspn(name, "0123456789abcdef") >= 17);
}

/*
 * Names of a storage network's units. A World Wide Name is counted as well: it is the same on every
 * host that sees the unit, and a host that does not see it refuses the VM before anything moves.
 */
static bool device_is_shared(const char *path)
{
	static const char by_path[] = "/dev/disk/by-path/", by_id[] = "/dev/disk/by-id/";

	if (starts(path, by_path))
		return strstr(path, "-fc-") || strstr(path, "-iscsi-") ||
		       starts(path + strlen(by_path), "fc-") ||
		       starts(path + strlen(by_path), "ip-");
	if (starts(path, by_id))
		return starts(path + strlen(by_id), "wwn-") ||
		       starts(path + strlen(by_id), "dm-uuid-mpath-");
	return starts(path, "/dev/mapper/") && is_multipath(path + strlen("/dev/mapper/"));
}

/* Where a source of that type is, and its name for people. */
static enum reach source_reach(const struct domain_reader *r, const char *type,
                               const struct xml_node *source, const char **ret_name)
{
	const char *name;

	if (strcmp(type, "file") == 0) {
		*ret_name = name = domain_attr(source, "file");
		return domain_path_is_shared(r, name) ? REACH_ALL : REACH_LOCAL;
	}
	if (strcmp(type, "block") == 0) {
		*ret_name = name = domain_attr(source, "dev");
		return device_is_shared(name) || domain_path_is_shared(r, name) ? REACH_ALL
		                                                                : REACH_LOCAL;
	}
	if (strcmp(type, "volume") == 0) {
		*ret_name = domain_attr(source, "volume");
		/* Only volumes of iSCSI pools have a mode; of others the pool's kind is not told.
		 */
		return xml_attr(source, "mode") ? REACH_ALL : REACH_LOCAL;
	}
	*ret_name = strcmp(type, "dir") == 0 ? domain_attr(source, "dir") : type;
	return strcmp(type, "network") == 0 ? REACH_ALL : REACH_BOUND;
}

static bool source_is_empty(const char *type, const struct xml_node *source)
{
	static const char *const names[][2] = {
	        {"file", "file"}, {"block", "dev"}, {"dir", "dir"}, {"volume", "volume"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(type, names[i][0]) == 0)
			return domain_attr(source, names[i][1])[0] == '\0';
	return !source;
}

static void block_removable(const struct domain_reader *r, const struct disk *d, const char *name)
{
	const char *policy = domain_attr(xml_child(d->node, "source"), "startupPolicy");
	/* libvirt then leaves the drive empty on a host that has no such file. */
	bool dropped = strcmp(policy, "optional") == 0 || strcmp(policy, "requisite") == 0;

	domain_block(r, BLOCKER_LOCAL_ISO, !dropped, "%s: %s", d->target, name);
}

static void block_local(const struct domain_reader *r, const struct disk *d, const char *name)
{
	if (d->removable)
		block_removable(r, d, name);
	else if (d->copied)
		domain_block(r, BLOCKER_LOCAL_DISK, false, "%s: %s", d->target, name);
	else
		domain_block(r, BLOCKER_LOCAL_DISK, true,
		             "%s: %s: shareable or read-only, never copied", d->target, name);
}

/* The first file below the top of the chain that other hosts do not reach. */
static const char *local_backing(const struct domain_reader *r, const struct disk *d)
{
	const struct xml_node *layer = xml_child(d->node, "backingStore");
	const char *name;

	for (int i = 0; layer && i < CHAIN_MAX; i++) {
		const char *type = domain_attr(layer, "type");
		const struct xml_node *source = xml_child(layer, "source");

		if (type[0] != '\0' && !source_is_empty(type, source) &&
		    source_reach(r, type, source, &name) != REACH_ALL)
			return name;
		layer = xml_child(layer, "backingStore");
	}
	return NULL;
}

/* A shared file: the host's page cache must not hold what another host reads. */
static void check_cache(const struct domain_reader *r, const struct disk *d)
{
	const char *cache = domain_attr(xml_child(d->node, "driver"), "cache");

	if (!d->copied || strcmp(cache, "none") == 0 || strcmp(cache, "directsync") == 0)
		return;
	if (cache[0] == '\0' || strcmp(cache, "default") == 0)
		cache = "writeback, the default";
	/* With "unsafe" QEMU does not even flush when it hands the disk over. */
	domain_block(r, BLOCKER_UNSAFE_CACHE, strcmp(cache, "unsafe") == 0, "%s: cache %s",
	             d->target, cache);
}

static void read_disk(const struct domain_reader *r, const struct disk *d)
{
	const char *type = domain_attr(d->node, "type"), *name, *below;
	const struct xml_node *source = xml_child(d->node, "source");

	if (xml_child(d->node, "mirror"))
		domain_block(r, BLOCKER_STATE, true, "%s: a copy of the disk is under way",
		             d->target);
	if (source_is_empty(type, source))
		return;
	if (strcmp(type, "vhostuser") == 0 || strcmp(type, "vhostvdpa") == 0) {
		domain_block(r, BLOCKER_DEVICE_LOCAL, true, "%s: %s", d->target, type);
		return;
	}
	switch (source_reach(r, type, source, &name)) {
	case REACH_LOCAL: block_local(r, d, name); return;
	case REACH_BOUND:
		domain_block(r, BLOCKER_LOCAL_DISK, true, "%s: %s cannot be copied", d->target,
		             name);
		return;
	case REACH_ALL: break;
	}
	below = local_backing(r, d);
	if (below)
		domain_block(r, BLOCKER_LOCAL_DISK, !d->copied, "%s: backed by %s", d->target,
		             below);
	if (strcmp(type, "file") == 0)
		check_cache(r, d);
}

void domain_read_disks(const struct domain_reader *r, const struct xml_node *devices)
{
	const struct xml_node *n = xml_child(devices, "disk");

	for (; n; n = xml_next(n, "disk")) {
		struct disk d = {.node = n, .target = domain_attr(xml_child(n, "target"), "dev")};

		d.removable = domain_attr_is(n, "device", "cdrom") ||
		              domain_attr_is(n, "device", "floppy");
		d.copied = !d.removable && !xml_child(n, "shareable") && !xml_child(n, "readonly");
		read_disk(r, &d);
	}
}
