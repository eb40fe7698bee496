/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices of a definition other than disks, and what of them has an end in this host. Which are
 * hard follows libvirt's check before a migration (qemuMigrationSrcIsAllowed) and QEMU's own
 * refusals; an end that the target must also have is soft.
 */
#include "collectors/domain_private.h"

#include <stdio.h>
#include <string.h>

/* Devices that stand for themselves: one row a rule. NULL: whatever the value. */
struct device_rule {
	const char *element, *attr, *value;
	enum blocker_kind kind;
	bool hard;
	const char *what;
};

static const struct device_rule rules[] = {
        {"filesystem", NULL, NULL, BLOCKER_SHARED_FOLDER, true, "folder of the host"},
        {"interface", "type", "vhostuser", BLOCKER_DEVICE_LOCAL, false, "vhost-user network"},
        {"interface", "type", "vdpa", BLOCKER_DEVICE_LOCAL, true, "vDPA network"},
        {"smartcard", "mode", "host", BLOCKER_DEVICE_LOCAL, true, "smart card of the host"},
        {"smartcard", "mode", "host-certificates", BLOCKER_DEVICE_LOCAL, true,
         "smart card of the host"},
        {"input", "type", "passthrough", BLOCKER_DEVICE_LOCAL, true, "input device of the host"},
        {"input", "type", "evdev", BLOCKER_DEVICE_LOCAL, true, "input device of the host"},
};

static const char *child_attr(const struct xml_node *n, const char *child, const char *attr)
{
	return domain_attr(xml_child(n, child), attr);
}

static void apply_rules(const struct domain_reader *r, const struct xml_node *n)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct device_rule *u = &rules[i];

		if (strcmp(xml_name(n), u->element) != 0 ||
		    (u->attr && !domain_attr_is(n, u->attr, u->value)))
			continue;
		domain_block(r, u->kind, u->hard, "%s: %s", u->element, u->what);
	}
}

/* "0000:3b:00.0", or the mediated device's UUID, or the SCSI unit. */
static void host_address(const struct xml_node *source, char *ret, size_t size)
{
	const struct xml_node *a = xml_child(source, "address");
	const char *domain = domain_attr(a, "domain"), *bus = domain_attr(a, "bus");

	if (domain_attr(a, "uuid")[0] != '\0')
		(void)snprintf(ret, size, "%s", domain_attr(a, "uuid")); /* may be cut */
	else if (domain[0] != '\0')
		(void)snprintf(ret, size, "%s:%s:%s.%s", domain, bus, domain_attr(a, "slot"),
		               domain_attr(a, "function")); /* may be cut */
	else
		(void)snprintf(ret, size, "%s",
		               child_attr(source, "adapter", "name")); /* as above */
}

/* A device with a virtual one as stand-in is unplugged by libvirt while the VM moves. */
static bool has_stand_in(const struct xml_node *n)
{
	return strcmp(child_attr(n, "teaming", "type"), "transient") == 0;
}

static void read_hostdev(const struct domain_reader *r, const struct xml_node *n)
{
	const struct xml_node *source = xml_child(n, "source");
	const char *type = domain_attr(n, "type");
	char address[128];

	host_address(source, address, sizeof(address));
	if (strcmp(type, "usb") == 0)
		domain_block(r, BLOCKER_USB, true, "usb %s:%s", child_attr(source, "vendor", "id"),
		             child_attr(source, "product", "id"));
	else
		domain_block(r, BLOCKER_HOSTDEV, !has_stand_in(n), "%s %s", type, address);
}

static void read_interface(const struct domain_reader *r, const struct xml_node *n)
{
	const struct xml_node *source = xml_child(n, "source");
	char address[128];

	if (domain_attr_is(n, "type", "hostdev")) {
		host_address(source, address, sizeof(address));
		domain_block(r, BLOCKER_HOSTDEV, !has_stand_in(n), "interface %s: pci %s",
		             child_attr(n, "mac", "address"), address);
	} else if (domain_attr_is(n, "type", "direct") &&
	           domain_attr_is(source, "mode", "passthrough")) {
		domain_block(r, BLOCKER_DEVICE_LOCAL, false, "interface %s: all of %s",
		             child_attr(n, "mac", "address"), domain_attr(source, "dev"));
	}
}

/* Sockets that listen, terminals and network ends are made anew on the target. */
static void read_character(const struct domain_reader *r, const struct xml_node *n)
{
	const char *type = domain_attr(n, "type"), *name = xml_name(n);
	const struct xml_node *source = xml_child(n, "source");
	const char *path = domain_attr(source, "path");

	/* The first console is the first serial port once more. */
	if (strcmp(name, "console") == 0 && strcmp(child_attr(n, "target", "type"), "serial") == 0)
		return;
	if (strcmp(type, "dev") == 0)
		domain_block(r, BLOCKER_DEVICE_LOCAL, true, "%s: %s", name, path);
	else if ((strcmp(type, "file") == 0 && !domain_path_is_shared(r, path)) ||
	         strcmp(type, "pipe") == 0 ||
	         (strcmp(type, "unix") == 0 && domain_attr_is(source, "mode", "connect")))
		domain_block(r, BLOCKER_DEVICE_LOCAL, false, "%s: %s %s", name, type, path);
}

static void read_tpm(const struct domain_reader *r, const struct xml_node *n)
{
	const struct xml_node *backend = xml_child(n, "backend");
	const char *type = domain_attr(backend, "type");

	if (strcmp(type, "passthrough") == 0)
		domain_block(r, BLOCKER_DEVICE_LOCAL, true, "tpm: %s",
		             child_attr(backend, "device", "path"));
	else
		domain_block(r, BLOCKER_DEVICE_LOCAL, false,
		             "tpm: %s: its state moves along where the target can run one", type);
}

/* Only the server form can move, and only as the one that owns the memory. */
static void read_shmem(const struct domain_reader *r, const struct xml_node *n)
{
	bool moves = strcmp(child_attr(n, "model", "type"), "ivshmem") != 0 &&
	             domain_attr_is(n, "role", "master");

	domain_block(r, BLOCKER_DEVICE_LOCAL, !moves, "shmem: %s", domain_attr(n, "name"));
}

static void read_video(const struct domain_reader *r, const struct xml_node *n)
{
	const struct xml_node *model = xml_child(n, "model");

	if (strcmp(child_attr(model, "acceleration", "accel3d"), "yes") == 0 ||
	    strcmp(child_attr(n, "driver", "name"), "vhostuser") == 0)
		domain_block(r, BLOCKER_DEVICE_LOCAL, true, "video: %s drawn by the host's GPU",
		             domain_attr(model, "type"));
}

/* Persistent memory in a file or device of the host. */
static void read_memory(const struct domain_reader *r, const struct xml_node *n)
{
	const char *path = xml_text(xml_child(xml_child(n, "source"), "path"));

	if (path[0] != '\0' && !domain_path_is_shared(r, path))
		domain_block(r, BLOCKER_DEVICE_LOCAL, false, "memory: %s", path);
}

static const struct {
	const char *element;
	void (*read)(const struct domain_reader *r, const struct xml_node *n);
} readers[] = {
        {"hostdev", read_hostdev},   {"interface", read_interface},
        {"serial", read_character},  {"parallel", read_character},
        {"console", read_character}, {"channel", read_character},
        {"tpm", read_tpm},           {"shmem", read_shmem},
        {"video", read_video},       {"memory", read_memory},
};

void domain_read_devices(const struct domain_reader *r, const struct xml_node *devices)
{
	const struct xml_node *n = xml_child(devices, NULL);

	for (; n; n = xml_next(n, NULL)) {
		apply_rules(r, n);
		for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
			if (strcmp(xml_name(n), readers[i].element) == 0)
				readers[i].read(r, n);
	}
}
