/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CORE_MODEL_FLEET_H
#define CORE_MODEL_FLEET_H
/*
 * What does not change while the engine runs: host classes, hosts, VMs and the rules between
 * them. Tables are sorted by name (byte order) and ids are ranks, so that nothing downstream
 * depends on the order in which things were written or discovered.
 *
 * A fleet owns everything it points to. Build it with fleet_new, fleet_add_*, then fleet_seal;
 * from then on it is constant.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/units.h"
#include "core/model/power_model.h"
#include "core/model/resource.h"

enum arch {
	ARCH_ANY,
	ARCH_X86_64,
	ARCH_I686,
	ARCH_AARCH64,
	ARCH_PPC64LE,
	ARCH_S390X,
	ARCH_RISCV64
};
enum cpu_vendor { VENDOR_ANY, VENDOR_INTEL, VENDOR_AMD, VENDOR_OTHER };

/* Ordered from slow to fast; a VM that needs one level runs on that level or a faster one. */
enum storage_class { STORAGE_ANY, STORAGE_HDD, STORAGE_SSD, STORAGE_NVME };

struct power_transition {
	usec_t duration_us;
	double power_w; /* mean draw while it lasts */
};

struct host_class {
	char *name;
	struct resvec capacity; /* RES_NET_BPS is also the migration link */
	uint32_t cores;
	double core_mips; /* speed of one core; capacity CPU = cores x core_mips */
	struct power_model power;
	double off_w, standby_w; /* soft-off (BMC alive), and suspended to RAM */
	struct power_transition boot, shutdown, suspend, resume;
	enum arch arch;
	enum cpu_vendor vendor;
	uint32_t cpu_level;      /* x86-64 micro-architecture level 1..4; 0 = not stated */
	bool hw_virt;            /* Intel VT-x / AMD-V (or the architecture's own); a class
	                            without it and without emulation runs no VM at all */
	bool emulation;          /* may run guests of other architectures by translation */
	double emulation_factor; /* CPU cost of such a guest, >= 1 */
	enum storage_class storage;
	uint32_t spindles;
};

struct host {
	char *name;
	uint32_t cls;            /* index of its host_class */
	char *rack, *pdu, *cell; /* "" where not stated; migration stays inside a cell */
	/* Ranks of the names of rack and cell, ID_NONE for ""; written by fleet_seal. */
	uint32_t rack_id, cell_id;
};

struct vm {
	char *name;
	char *type;               /* flavour, for reports and priors; "" = none */
	struct resvec allocation; /* promised; CPU = vcpus x vcpu_mips */
	uint32_t vcpus;
	double vcpu_mips;
	enum arch arch; /* ARCH_ANY: the hosts' own */
	enum cpu_vendor vendor;
	uint32_t cpu_level;         /* least level needed */
	enum storage_class storage; /* least class needed */
	uint32_t spindles;          /* least number needed */
	uint32_t cores;             /* least number of host cores needed */
	double core_mips;           /* least speed of a host core needed; 0 = any */
	char *not_movable;          /* NULL: movable; else why not */
};

enum rule_kind {
	RULE_TOGETHER, /* VM-VM affinity: all on one host */
	RULE_APART,    /* VM-VM anti-affinity: no two on one host */
	RULE_SPREAD,   /* no two in one rack */
	RULE_PIN,      /* only on the named hosts */
	RULE_BAN,      /* never on the named hosts */
	RULE_LONELY,   /* no VM outside the group shares a host with the group */
	RULE_KIND_COUNT
};

/* A group rule; hard rules are never broken, soft ones cost weight when they are. */
struct rule {
	char *name;
	enum rule_kind kind;
	bool hard;
	double weight;            /* soft rules: watts one is willing to pay to keep it */
	uint32_t *vms, n_vms;     /* sorted ids */
	uint32_t *hosts, n_hosts; /* sorted ids; RULE_PIN and RULE_BAN only */
};

struct fleet {
	struct host_class *classes;
	uint32_t n_classes;
	struct host *hosts;
	uint32_t n_hosts;
	struct vm *vms;
	uint32_t n_vms;
	struct rule *rules;
	uint32_t n_rules;
	/* For each VM the rules that name it: rule_of[rule_first[vm] .. rule_first[vm + 1]). */
	uint32_t *rule_first, *rule_of;
	/* By VM its first RULE_LONELY rule or ID_NONE; NULL if there is no such rule. */
	uint32_t *lonely_of;
	uint32_t n_cells; /* distinct stated cells */
	bool constrained; /* false: no rule, no special need; all checks are trivial */
};

struct fleet *fleet_new(void);
void fleet_free(struct fleet *f);

/*
 * The fleet takes over all strings and arrays inside the given record (heap, or NULL strings
 * which become ""). Ids inside rules refer to the order of adding; fleet_seal renumbers them.
 */
uint32_t fleet_add_class(struct fleet *f, const struct host_class *c);
uint32_t fleet_add_host(struct fleet *f, const struct host *h);
uint32_t fleet_add_vm(struct fleet *f, const struct vm *vm);
uint32_t fleet_add_rule(struct fleet *f, const struct rule *r);

/*
 * Sorts, renumbers, indexes; members named twice in a rule count once. After a failure the fleet
 * can only be freed. -EEXIST for a duplicate name, -EINVAL for an impossible record.
 */
int fleet_seal(struct fleet *f, struct err *err);

/* Ids by name, ID_NONE if there is none. O(log n); sealed fleets only. */
uint32_t fleet_find_host(const struct fleet *f, const char *name);
uint32_t fleet_find_vm(const struct fleet *f, const char *name);

static inline const struct host_class *fleet_class_of(const struct fleet *f, uint32_t host)
{
	return &f->classes[f->hosts[host].cls];
}

#endif
