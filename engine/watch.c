/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thread a host, one lock for all: what happens under the lock is a handover of a report, and
 * never a call that can block. The state that threads share is counted, so that a thread that
 * hangs in a library keeps alive what it will touch when it returns, and nobody waits for it.
 */
#include "engine/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/xalloc.h"

#define STACK_BYTES ((size_t)512 << 10) /* libvirt's deepest call uses under 100 KiB */

/* A connection closes in one round trip; what takes longer hangs, and ends with the process. */
#define CLOSING_MAX_US (1 * USEC_PER_SEC)

struct lane {
	struct shared *shared;
	const struct collector_ops *ops;
	struct collector_target target; /* its texts are the lane's own */
	char *name, *uri;
	void *collector; /* NULL: not connected; the thread's alone */
	/* Under the lock: */
	bool asked, busy, answered;
	int result;
	struct err error;
	struct host_report report;
};

struct shared {
	pthread_mutex_t lock;
	pthread_cond_t asked, answered;
	bool over;
	uint32_t n_threads;
	uint32_t n_users; /* threads, and the watch: the last one to leave frees all */
	char **paths;
	uint32_t n_paths;
	struct lane *lanes;
	uint32_t n_lanes;
};

struct watch {
	struct shared *shared;
	struct watch_host *hosts;
	uint32_t n_hosts;
};

static usec_t now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (usec_t)t.tv_sec * USEC_PER_SEC + t.tv_nsec / 1000;
}

static void free_shared(struct shared *s)
{
	for (uint32_t i = 0; i < s->n_lanes; i++) {
		host_report_done(&s->lanes[i].report);
		free(s->lanes[i].name);
		free(s->lanes[i].uri);
	}
	for (uint32_t i = 0; i < s->n_paths; i++)
		free(s->paths[i]);
	free(s->paths);
	free(s->lanes);
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_cond_destroy(&s->asked);
	(void)pthread_cond_destroy(&s->answered);
	free(s);
}

/* Whoever calls uses s no more. */
static void leave(struct shared *s)
{
	bool last;

	(void)pthread_mutex_lock(&s->lock);
	last = --s->n_users == 0;
	(void)pthread_mutex_unlock(&s->lock);
	if (last)
		free_shared(s);
}

/* Connects if need be and looks once. Called without the lock. */
static int look(struct lane *l, struct host_report *ret, struct err *err)
{
	usec_t start_us = now_us();
	int r = l->collector ? 0 : l->ops->open(&l->target, &l->collector, err);

	if (r == 0)
		r = l->ops->collect(l->collector, ret, err);
	if (r == -ENOTCONN) {
		l->ops->close(l->collector);
		l->collector = NULL;
	}
	ret->at_us = start_us;
	ret->took_us = now_us() - start_us;
	return r;
}

static void hand_over(struct lane *l, int result, struct host_report *report,
                      const struct err *error)
{
	host_report_done(&l->report);
	l->report = *report;
	l->error = *error;
	l->result = result;
	l->answered = true;
	l->busy = false;
}

static void *run_lane(void *arg)
{
	struct lane *l = arg;
	struct shared *s = l->shared;

	(void)pthread_mutex_lock(&s->lock);
	while (!s->over) {
		struct host_report report;
		struct err error = {""};
		int result;

		if (!l->asked) {
			(void)pthread_cond_wait(&s->asked, &s->lock);
			continue;
		}
		l->asked = false;
		(void)pthread_mutex_unlock(&s->lock);
		host_report_init(&report);
		result = look(l, &report, &error);
		(void)pthread_mutex_lock(&s->lock);
		hand_over(l, result, &report, &error);
		(void)pthread_cond_broadcast(&s->answered);
	}
	(void)pthread_mutex_unlock(&s->lock);
	l->ops->close(l->collector);
	(void)pthread_mutex_lock(&s->lock);
	s->n_threads--;
	(void)pthread_cond_broadcast(&s->answered);
	(void)pthread_mutex_unlock(&s->lock);
	leave(s);
	return NULL;
}

static struct shared *make_shared(const struct inventory *inv, const struct collector_ops *ops)
{
	struct shared *s = xcalloc(1, sizeof(*s));
	pthread_condattr_t attr;

	s->n_users = 1;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->asked, &attr);
	(void)pthread_cond_init(&s->answered, &attr);
	(void)pthread_condattr_destroy(&attr);
	s->paths = xcalloc(inv->n_shared_storage ? inv->n_shared_storage : 1, sizeof(char *));
	for (; s->n_paths < inv->n_shared_storage; s->n_paths++)
		s->paths[s->n_paths] = xstrdup(inv->shared_storage[s->n_paths]);
	s->lanes = xcalloc(inv->n_hosts, sizeof(*s->lanes));
	for (; s->n_lanes < inv->n_hosts; s->n_lanes++) {
		struct lane *l = &s->lanes[s->n_lanes];

		*l = (struct lane){.shared = s, .ops = ops};
		host_report_init(&l->report);
		l->name = xstrdup(inv->hosts[s->n_lanes].name);
		l->uri = xstrdup(inv->hosts[s->n_lanes].libvirt);
		l->target = (struct collector_target){
		        .name = l->name,
		        .uri = l->uri,
		        .shared_paths = (const char *const *)s->paths,
		        .n_shared_paths = s->n_paths,
		};
	}
	return s;
}

/* A thread nobody joins: the last one to end frees what they share. */
static int start_thread(struct lane *l)
{
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	r = pthread_create(&thread, &attr, run_lane, l);
	(void)pthread_attr_destroy(&attr);
	return -r;
}

static int start_threads(struct shared *s, struct err *err)
{
	int r = 0;

	(void)pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < s->n_lanes && r == 0; i++) {
		r = start_thread(&s->lanes[i]);
		s->n_threads += r == 0;
		s->n_users += r == 0;
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (r < 0)
		err_set(err, r,
		        "no more than %u hosts can be looked at together; raise the limit "
		        "of processes (ulimit -u)",
		        s->n_threads);
	return r;
}

static struct timespec deadline_at(usec_t at_us)
{
	return (struct timespec){
	        .tv_sec = at_us / USEC_PER_SEC,
	        .tv_nsec = at_us % USEC_PER_SEC * 1000,
	};
}

/* Tells the threads to end and gives them a moment to close their connections. */
static void end_threads(struct shared *s)
{
	struct timespec until = deadline_at(now_us() + CLOSING_MAX_US);

	(void)pthread_mutex_lock(&s->lock);
	s->over = true;
	(void)pthread_cond_broadcast(&s->asked);
	while (s->n_threads)
		if (pthread_cond_timedwait(&s->answered, &s->lock, &until) == ETIMEDOUT)
			break;
	(void)pthread_mutex_unlock(&s->lock);
	leave(s);
}

int watch_new(const struct inventory *inv, const struct collector_ops *ops, struct watch **ret,
              struct err *err)
{
	struct shared *s = make_shared(inv, ops);
	int r;

	if (ops->prepare)
		ops->prepare();
	r = start_threads(s, err);

	if (r < 0) {
		end_threads(s);
		return r;
	}
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->shared = s;
	(*ret)->n_hosts = inv->n_hosts;
	(*ret)->hosts = xcalloc(inv->n_hosts, sizeof(*(*ret)->hosts));
	for (uint32_t i = 0; i < inv->n_hosts; i++) {
		struct watch_host *h = &(*ret)->hosts[i];

		h->state = WATCH_LATE;
		host_report_init(&h->now);
		host_report_init(&h->before);
		h->now.at_us = h->before.at_us = -1;
	}
	return 0;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	end_threads(w->shared);
	for (uint32_t i = 0; i < w->n_hosts; i++) {
		host_report_done(&w->hosts[i].now);
		host_report_done(&w->hosts[i].before);
	}
	free(w->hosts);
	free(w);
}

/* Under the lock. How many answers are to be waited for. */
static void ask_all(struct shared *s)
{
	for (uint32_t i = 0; i < s->n_lanes; i++) {
		if (s->lanes[i].busy)
			continue;
		s->lanes[i].asked = s->lanes[i].busy = true;
		s->lanes[i].answered = false;
	}
	(void)pthread_cond_broadcast(&s->asked);
}

static bool all_answered(const struct shared *s)
{
	for (uint32_t i = 0; i < s->n_lanes; i++)
		if (s->lanes[i].busy)
			return false;
	return true;
}

/* Under the lock: the lane's answer, if there is one, becomes the newest report. */
static void take_answer(struct watch_host *h, struct lane *l)
{
	if (!l->answered) {
		h->state = WATCH_LATE;
		return;
	}
	l->answered = false;
	h->error = l->error;
	h->state = l->result < 0 ? WATCH_FAILED : WATCH_FRESH;
	if (l->result < 0)
		return;
	host_report_done(&h->before);
	h->before = h->now;
	h->now = l->report;
	host_report_init(&l->report);
}

void watch_look(struct watch *w, usec_t deadline_us)
{
	struct shared *s = w->shared;
	struct timespec until = deadline_at(now_us() + deadline_us);

	(void)pthread_mutex_lock(&s->lock);
	ask_all(s);
	while (!all_answered(s))
		if (pthread_cond_timedwait(&s->answered, &s->lock, &until) == ETIMEDOUT)
			break;
	for (uint32_t i = 0; i < w->n_hosts; i++)
		take_answer(&w->hosts[i], &s->lanes[i]);
	(void)pthread_mutex_unlock(&s->lock);
}

const struct watch_host *watch_host_at(const struct watch *w, uint32_t i)
{
	return &w->hosts[i];
}
