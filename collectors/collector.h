/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COLLECTORS_COLLECTOR_H
#define COLLECTORS_COLLECTOR_H
/*
 * A collector looks at one host and reports what it saw; it decides nothing and keeps nothing but
 * its connection. All calls may block and are made by one thread at a time; whoever calls keeps a
 * deadline and puts a collector that hangs aside.
 */
#include "core/base/err.h"
#include "core/model/report.h"

/* Where to look. Texts outlive the collector. */
struct collector_target {
	const char *name; /* the host's, for messages */
	const char *uri;  /* "qemu+tls://h1/system" */
	const char *const *shared_paths;
	uint32_t n_shared_paths;
	usec_t timeout_us; /* for transports that can be given one */
};

struct collector_ops {
	const char *name; /* "libvirt" */
	const char *help;

	/*
	 * Sets up what the libraries behind it keep for the whole process. Called once, before
	 * any thread opens one; may be NULL.
	 */
	void (*prepare)(void);

	/* Connects. -errno with err; *ret is written on success only. */
	int (*open)(const struct collector_target *target, void **ret, struct err *err);

	/*
	 * One look. ret must be initialised and is filled on success only. After -ENOTCONN (the
	 * connection is lost) the collector can only be closed.
	 */
	int (*collect)(void *collector, struct host_report *ret, struct err *err);

	void (*close)(void *collector); /* accepts NULL */
};

/* The registry (collectors/registry.c) is the only list. NULL if there is none of that name. */
const struct collector_ops *collector_find(const char *name);

/* The i-th, NULL behind the last. */
const struct collector_ops *collector_at(uint32_t i);

#endif
