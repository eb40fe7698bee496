/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ENGINE_WATCH_H
#define ENGINE_WATCH_H
/*
 * Looks at many hosts at once, and waits for no one longer than the deadline. Each host has one
 * thread that runs its collector, because the libraries behind collectors block; a thread touches
 * nothing but its own host's connection and the report it makes. A host whose thread is still busy
 * with an earlier look is late, and not asked again until it has answered.
 */
#include "collectors/collector.h"
#include "engine/inventory.h"

enum watch_state {
	WATCH_FRESH,  /* the last look was answered in time */
	WATCH_FAILED, /* it failed; error tells why */
	WATCH_LATE    /* no answer by the deadline */
};

struct watch_host {
	enum watch_state state;
	struct err error;
	/*
	 * The two newest reports; rates are made of their differences. Without an answer yet,
	 * at_us of a report is -1.
	 */
	struct host_report now, before;
};

struct watch;

/* inv and ops outlive it. Nothing is asked yet. 0, or -EAGAIN: so many threads are not to be had.
 */
int watch_new(const struct inventory *inv, const struct collector_ops *ops, struct watch **ret,
              struct err *err);

/* Ends the threads that wait; one that hangs in a call ends with the process. Accepts NULL. */
void watch_free(struct watch *w);

/* One look at every host, by deadline_us from now at the latest. */
void watch_look(struct watch *w, usec_t deadline_us);

/* By index of the inventory; valid until the next look. */
const struct watch_host *watch_host_at(const struct watch *w, uint32_t i);

/*
 * Rates of the host or of one VM between the two reports, NAN if there are not two, or the
 * counters are of different lives (a counter went down, the VM was not there before).
 */
double watch_host_cpu_ratio(const struct watch_host *h);
double watch_vm_cpu_cores(const struct watch_host *h, const struct vm_report *vm);
double watch_vm_disk_bytes_per_s(const struct watch_host *h, const struct vm_report *vm);
double watch_vm_net_bytes_per_s(const struct watch_host *h, const struct vm_report *vm);

#endif
