/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each kind of blocker: found with its cause, hard or soft as libvirt has it, absent without. */
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/support/xml_rig.h"

#define NONE BLOCKER_KIND_COUNT
#define SOFT false
#define HARD true

/* One element, and the one blocker that it makes; NONE: no blocker at all. */
struct row {
	const char *xml;
	enum blocker_kind kind;
	bool hard;
	const char *what; /* part of the text */
};

static void check(const struct row *row, const struct vm_config *c)
{
	uint32_t expected = row->kind == NONE ? 0 : 1;
	bool good = c->n_blockers == expected;

	if (good && expected)
		good = c->blockers[0].kind == row->kind && c->blockers[0].hard == row->hard &&
		       strstr(c->blockers[0].what, row->what);
	if (good)
		return;
	printf("%s: %u blockers\n", row->xml, c->n_blockers);
	for (uint32_t i = 0; i < c->n_blockers; i++)
		printf("  %s %d %s\n", blocker_kind_name(c->blockers[i].kind), c->blockers[i].hard,
		       c->blockers[i].what);
	CU_FAIL("wrong blockers");
}

static void check_tops(const struct row *rows, size_t n)
{
	struct vm_config c;

	for (size_t i = 0; i < n; i++) {
		xml_rig_with(rows[i].xml, "", &c);
		check(&rows[i], &c);
		vm_config_done(&c);
	}
}

static void check_devices(const struct row *rows, size_t n)
{
	struct vm_config c;

	for (size_t i = 0; i < n; i++) {
		xml_rig_with("", rows[i].xml, &c);
		check(&rows[i], &c);
		vm_config_done(&c);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off: a row a line pair */
#define DISK(type, source)                                                          \
	"<disk type='" type "' device='disk'><driver cache='none'/><source " source \
	"/><target dev='vda'/></disk>"
#define DISK_WITH(source, more)                                       \
	"<disk type='file' device='disk'><source file='" source "'/>" \
	"<target dev='vda'/>" more "</disk>"
#define DRIVE(kind, source) \
	"<disk type='file' device='" kind "'>" source "<target dev='sda'/></disk>"
#define CACHE(mode) "<driver cache='" mode "'/>"

static void disks_are_local_unless_other_hosts_reach_them(void)
{
	static const struct row rows[] = {
	        {DISK("file", "file='/srv/nfs/a'"), NONE, SOFT, ""},
	        {DISK("file", "file='/srv/nfs2/a'"), BLOCKER_LOCAL_DISK, SOFT, "vda: /srv/nfs2/a"},
	        {DISK("file", "file='/srv/nfs/../a'"), BLOCKER_LOCAL_DISK, SOFT, "vda"},
	        {DISK("file", "file='/v/a&#10;b'"), BLOCKER_LOCAL_DISK, SOFT, "vda: /v/a?b"},
	        {DISK("block", "dev='/dev/sdb'"), BLOCKER_LOCAL_DISK, SOFT, "vda: /dev/sdb"},
	        {DISK("block", "dev='/dev/vg0/a'"), BLOCKER_LOCAL_DISK, SOFT, "/dev/vg0/a"},
	        {DISK("block", "dev='/dev/mapper/vg0-a'"), BLOCKER_LOCAL_DISK, SOFT, "vg0-a"},
	        {DISK("block", "dev='/dev/disk/by-path/pci-0000:00:1f.2-ata-1'"),
	         BLOCKER_LOCAL_DISK, SOFT, "ata-1"},
	        {DISK("block", "dev='/dev/disk/by-path/pci-0000:05:00.0-fc-0x5006-lun-1'"), NONE,
	         SOFT, ""},
	        {DISK("block", "dev='/dev/disk/by-path/ip-10.0.0.1:3260-iscsi-iqn.a-lun-1'"), NONE,
	         SOFT, ""},
	        {DISK("block", "dev='/dev/disk/by-id/wwn-0x600508b4000156d7'"), NONE, SOFT, ""},
	        {DISK("block", "dev='/dev/disk/by-id/ata-WDC'"), BLOCKER_LOCAL_DISK, SOFT, "WDC"},
	        {DISK("block", "dev='/dev/mapper/mpatha'"), NONE, SOFT, ""},
	        {DISK("block", "dev='/dev/mapper/3600508b4000156d700012000000b0000'"), NONE, SOFT,
	         ""},
	        {DISK("network", "protocol='rbd' name='a/b'"), NONE, SOFT, ""},
	        {DISK("volume", "pool='default' volume='a'"), BLOCKER_LOCAL_DISK, SOFT, "vda: a"},
	        {DISK("volume", "pool='i' volume='a' mode='host'"), NONE, SOFT, ""},
	};

	check_devices(rows, COUNT(rows));
}

static void disks_that_cannot_be_copied_are_hard(void)
{
	static const struct row rows[] = {
	        {DISK("dir", "dir='/srv/nfs/a'"), BLOCKER_LOCAL_DISK, HARD, "/srv/nfs/a"},
	        {DISK("nvme", "type='pci' namespace='1'"), BLOCKER_LOCAL_DISK, HARD, "nvme"},
	        {DISK("vhostuser", "type='unix' path='/a'"), BLOCKER_DEVICE_LOCAL, HARD,
	         "vhostuser"},
	        {DISK("vhostvdpa", "dev='/dev/vhost-vdpa-0'"), BLOCKER_DEVICE_LOCAL, HARD, "vdpa"},
	        {DISK_WITH("/v/a", "<shareable/>"), BLOCKER_LOCAL_DISK, HARD, "/v/a: shareable"},
	        {DISK_WITH("/v/a", "<readonly/>"), BLOCKER_LOCAL_DISK, HARD, "read-only"},
	        {DISK_WITH("/srv/nfs/a", "<shareable/>"), NONE, SOFT, ""},
	        {DISK_WITH("/srv/nfs/a", CACHE("none") "<mirror type='file'/>"), BLOCKER_STATE,
	         HARD, "under way"},
	        {DISK_WITH("/srv/nfs/a",
	                   CACHE("none") "<backingStore type='file'><source "
	                                 "file='/srv/nfs/b'/><backingStore type='file'><source "
	                                 "file='/v/c'/></backingStore>"
	                                 "</backingStore>"),
	         BLOCKER_LOCAL_DISK, SOFT, "vda: backed by /v/c"},
	        {DISK_WITH("/srv/nfs/a",
	                   CACHE("none") "<backingStore type='file'><source "
	                                 "file='/srv/nfs/b'/><backingStore/></backingStore>"),
	         NONE, SOFT, ""},
	};

	check_devices(rows, COUNT(rows));
}

static void shared_files_need_a_cache_mode_that_is_safe(void)
{
	static const struct row rows[] = {
	        {DISK_WITH("/srv/nfs/a", CACHE("none")), NONE, SOFT, ""},
	        {DISK_WITH("/srv/nfs/a", CACHE("directsync")), NONE, SOFT, ""},
	        {DISK_WITH("/srv/nfs/a", CACHE("writeback")), BLOCKER_UNSAFE_CACHE, SOFT,
	         "cache writeback"},
	        {DISK_WITH("/srv/nfs/a", CACHE("writethrough")), BLOCKER_UNSAFE_CACHE, SOFT,
	         "through"},
	        {DISK_WITH("/srv/nfs/a", CACHE("unsafe")), BLOCKER_UNSAFE_CACHE, HARD,
	         "vda: cache unsafe"},
	        {DISK_WITH("/srv/nfs/a", ""), BLOCKER_UNSAFE_CACHE, SOFT, "the default"},
	        {DISK_WITH("/srv/nfs/a", CACHE("writeback") "<readonly/>"), NONE, SOFT, ""},
	};

	check_devices(rows, COUNT(rows));
}

static void images_in_drives_block_and_empty_drives_do_not(void)
{
	static const struct row rows[] = {
	        {DRIVE("cdrom", ""), NONE, SOFT, ""},
	        {DRIVE("cdrom", "<source startupPolicy='optional'/>"), NONE, SOFT, ""},
	        {DRIVE("cdrom", "<source file='/v/a.iso'/>"), BLOCKER_LOCAL_ISO, HARD,
	         "sda: /v/a.iso"},
	        {DRIVE("floppy", "<source file='/v/a.img'/>"), BLOCKER_LOCAL_ISO, HARD, "sda"},
	        {DRIVE("cdrom", "<source file='/v/a.iso' startupPolicy='requisite'/>"),
	         BLOCKER_LOCAL_ISO, SOFT, "sda"},
	        {DRIVE("cdrom", "<source file='/srv/nfs/a.iso'/>"), NONE, SOFT, ""},
	};

	check_devices(rows, COUNT(rows));
}

#define ADDRESS "<source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/></source>"

static void passed_through_devices_block(void)
{
	static const struct row rows[] = {
	        {"<hostdev mode='subsystem' type='pci'>" ADDRESS "</hostdev>", BLOCKER_HOSTDEV,
	         HARD, "pci 0x0000:0x3b:0x00.0x1"},
	        {"<hostdev type='pci'>" ADDRESS "<teaming type='transient'/></hostdev>",
	         BLOCKER_HOSTDEV, SOFT, "pci"},
	        {"<hostdev type='mdev'><source><address uuid='c2'/></source></hostdev>",
	         BLOCKER_HOSTDEV, HARD, "mdev c2"},
	        {"<hostdev type='scsi'><source><adapter name='scsi_host0'/></source></hostdev>",
	         BLOCKER_HOSTDEV, HARD, "scsi scsi_host0"},
	        {"<hostdev type='usb'><source><vendor id='0x1'/><product "
	         "id='0x2'/></source></hostdev>",
	         BLOCKER_USB, HARD, "usb 0x1:0x2"},
	        {"<interface type='hostdev'><mac address='52:54'/>" ADDRESS "</interface>",
	         BLOCKER_HOSTDEV, HARD, "interface 52:54: pci 0x0000"},
	        {"<interface type='bridge'/>", NONE, SOFT, ""},
	        {"<interface type='direct'><source dev='e0' mode='bridge'/></interface>", NONE,
	         SOFT, ""},
	        {"<filesystem type='mount'><driver type='virtiofs'/></filesystem>",
	         BLOCKER_SHARED_FOLDER, HARD, "folder"},
	};

	check_devices(rows, COUNT(rows));
}

static void devices_with_an_end_in_the_host_block(void)
{
	static const struct row rows[] = {
	        {"<interface type='direct'><source dev='e0' mode='passthrough'/></interface>",
	         BLOCKER_DEVICE_LOCAL, SOFT, "all of e0"},
	        {"<interface type='vhostuser'/>", BLOCKER_DEVICE_LOCAL, SOFT, "vhost-user"},
	        {"<interface type='vdpa'/>", BLOCKER_DEVICE_LOCAL, HARD, "vDPA"},
	        {"<serial type='pty'/>", NONE, SOFT, ""},
	        {"<serial type='tcp'><source mode='bind' host='::'/></serial>", NONE, SOFT, ""},
	        {"<serial type='dev'><source path='/dev/ttyS0'/></serial>", BLOCKER_DEVICE_LOCAL,
	         HARD, "serial: /dev/ttyS0"},
	        {"<serial type='file'><source path='/v/log'/></serial>"
	         "<console type='file'><source path='/v/log'/><target type='serial'/></console>",
	         BLOCKER_DEVICE_LOCAL, SOFT, "serial: file /v/log"},
	        {"<serial type='file'><source path='/srv/nfs/log'/></serial>", NONE, SOFT, ""},
	        {"<channel type='unix'><source mode='bind' path='/a'/></channel>", NONE, SOFT, ""},
	        {"<channel type='unix'><source mode='connect' path='/a'/></channel>",
	         BLOCKER_DEVICE_LOCAL, SOFT, "channel: unix /a"},
	        {"<tpm><backend type='emulator'/></tpm>", BLOCKER_DEVICE_LOCAL, SOFT,
	         "tpm: emulator"},
	        {"<tpm><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>",
	         BLOCKER_DEVICE_LOCAL, HARD, "tpm: /dev/tpm0"},
	        {"<shmem name='s' role='peer'/>", BLOCKER_DEVICE_LOCAL, HARD, "shmem: s"},
	        {"<shmem name='s' role='master'/>", BLOCKER_DEVICE_LOCAL, SOFT, "shmem: s"},
	        {"<video><model type='virtio'><acceleration accel3d='yes'/></model></video>",
	         BLOCKER_DEVICE_LOCAL, HARD, "virtio"},
	        {"<video><model type='qxl'/></video>", NONE, SOFT, ""},
	        {"<memory model='nvdimm'><source><path>/v/p</path></source></memory>",
	         BLOCKER_DEVICE_LOCAL, SOFT, "/v/p"},
	        {"<input type='evdev'/>", BLOCKER_DEVICE_LOCAL, HARD, "input"},
	        {"<watchdog model='itco'/><rng model='virtio'/><sound model='ich9'/>", NONE, SOFT,
	         ""},
	};

	check_devices(rows, COUNT(rows));
}

#define INVTSC "<feature policy='require' name='invtsc'/>"

static void what_depends_on_the_hosts_cpu_and_memory_blocks(void)
{
	static const struct row rows[] = {
	        {"<cpu mode='host-passthrough'/>", BLOCKER_CPU_HOST, SOFT, "host-passthrough"},
	        {"<cpu mode='host-passthrough' migratable='off'/>", BLOCKER_CPU_HOST, HARD, "off"},
	        {"<cpu mode='maximum'/>", BLOCKER_CPU_HOST, SOFT, "maximum"},
	        {"<cpu mode='host-model'/>", NONE, SOFT, ""},
	        {"<cpu mode='custom'>" INVTSC "</cpu>", BLOCKER_CPU_HOST, HARD, "invtsc"},
	        {"<cpu mode='custom'>" INVTSC
	         "</cpu><clock><timer name='tsc' frequency='2'/></clock>",
	         NONE, SOFT, ""},
	        {"<os><type arch='sparc'>hvm</type></os>", BLOCKER_CPU_HOST, HARD, "sparc"},
	        {"<memoryBacking><hugepages/></memoryBacking>", BLOCKER_HUGE_PAGES, SOFT, "huge"},
	        {"<memoryBacking><hugepages><page size='2' unit='M'/></hugepages></memoryBacking>",
	         BLOCKER_HUGE_PAGES, SOFT, "of 2 M"},
	        {"<memoryBacking><locked/></memoryBacking>", NONE, SOFT, ""},
	        {"<numatune><memory mode='strict' nodeset='0-1'/></numatune>", BLOCKER_NUMA_PIN,
	         SOFT, "memory: only from NUMA nodes 0-1"},
	        {"<numatune><memory mode='strict' placement='auto'/></numatune>", NONE, SOFT, ""},
	        {"<numatune><memory mode='preferred' nodeset='0'/></numatune>", NONE, SOFT, ""},
	        {"<cputune><vcpupin vcpu='0' cpuset='3'/><vcpupin vcpu='1' cpuset='4'/></cputune>",
	         BLOCKER_NUMA_PIN, SOFT, "vcpupin to CPUs 3"},
	        {"<cputune><shares>2048</shares></cputune>", NONE, SOFT, ""},
	        {"<os><nvram>/v/x_VARS.fd</nvram></os>", BLOCKER_NVRAM_LOCAL, SOFT, "/v/x_VARS.fd"},
	        {"<os><nvram>/srv/nfs/x_VARS.fd</nvram></os>", NONE, SOFT, ""},
	        {"<os><nvram type='file'><source file='/v/x'/></nvram></os>", BLOCKER_NVRAM_LOCAL,
	         SOFT, "/v/x"},
	        {"<launchSecurity type='sev'/>", BLOCKER_DEVICE_LOCAL, HARD, "sev"},
	};

	check_tops(rows, COUNT(rows));
}
/* clang-format on */

TEST_MAIN("domain_blockers", TEST(disks_are_local_unless_other_hosts_reach_them),
          TEST(disks_that_cannot_be_copied_are_hard),
          TEST(shared_files_need_a_cache_mode_that_is_safe),
          TEST(images_in_drives_block_and_empty_drives_do_not), TEST(passed_through_devices_block),
          TEST(devices_with_an_end_in_the_host_block),
          TEST(what_depends_on_the_hosts_cpu_and_memory_blocks))
