// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The socket table: what was asked for and what was given, by socket cookie.
 *
 * Set-associative, since this costs a tenth of a hash map's insertion. Cookies are handed out in
 * sequence, so they spread evenly over the buckets as they are. A way changes hands by
 * compare-and-swap to SOCKET_BUSY; who made it busy owns the entry until it stores the next
 * tag. A backend's live count goes up when an entry that names it is written and down when that is
 * cleared or overwritten: it counts what the table holds and cannot drift.
 *
 * When all ways of a bucket are taken, the oldest TCP entry gives way: for TCP the table is
 * telemetry (and the answer of getpeername), never translation. UDP entries stay, since recvmsg
 * translates by them.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

#include "config.h"
#include "counters.h"
#include "lb.h"
#include "maps.h"

static __always_inline struct socket_bucket *socket_bucket_of(__u64 cookie)
{
	__u32 index = (__u32)cookie & socket_bucket_mask;

	return bpf_map_lookup_elem(&sockets, &index);
}

static __always_inline void backend_live_add(__u32 id, __u32 delta)
{
	struct backend *backend = bpf_map_lookup_elem(&backends, &id);

	if (backend)
		__sync_fetch_and_add(&backend->live, delta);
}

static __always_inline bool socket_swap_tag(__u64 *tag, __u64 expected, __u64 desired)
{
	return __sync_val_compare_and_swap(tag, expected, desired) == expected;
}

/* Ends a busy way: whoever sees the tag must see the entry. x86 keeps stores in order. */
static __always_inline void socket_publish(__u64 *tag, __u64 cookie)
{
#ifdef __TARGET_ARCH_x86
	*(volatile __u64 *)tag = cookie;
#else
	__sync_lock_test_and_set(tag, cookie);
#endif
}

static __always_inline void socket_prefetch(__u64 cookie)
{
	const struct socket_bucket *bucket = socket_bucket_of(cookie);

	if (bucket)
		prefetch(bucket);
}

/* The entry of a socket; NULL when there is none. Only the socket's own hooks ask, and those run
 * one after the other (and lib/carry.h, while tables are replaced); the entry may still be
 * overwritten by another's while it is read.
 */
static __always_inline struct socket_entry *socket_find(__u64 cookie)
{
	struct socket_bucket *bucket = socket_bucket_of(cookie);

	if (!bucket)
		return NULL;
	for (int way = 0; way < SOCKET_WAYS; way++) {
		if (bucket->cookie[way] == cookie)
			return &bucket->entry[way];
	}
	return NULL;
}

static __always_inline void socket_forget(__u64 cookie)
{
	struct socket_bucket *bucket = socket_bucket_of(cookie);

	if (!bucket)
		return;
	for (int way = 0; way < SOCKET_WAYS; way++) {
		__u32 backend;

		if (bucket->cookie[way] != cookie)
			continue;
		/* Only we write our cookie: while the tag is ours, so is the entry. */
		backend = bucket->entry[way].backend;
		if (socket_swap_tag(&bucket->cookie[way], cookie, 0))
			backend_live_add(backend, -1);
		return;
	}
}

/* The way that is to hold the socket: its own, else a free one, else that of the oldest TCP entry;
 * SOCKET_WAYS where there is none. Tells the tag that it found there.
 */
static __always_inline __u32 socket_find_way(const struct socket_bucket *bucket, __u64 cookie,
					     __u64 *found)
{
	__u32 best = SOCKET_WAYS;
	__u64 oldest = ~0ULL;

	for (__u32 way = 0; way < SOCKET_WAYS; way++) {
		__u64 tag = bucket->cookie[way];

		if (tag == cookie) {
			*found = tag;
			return way;
		}
		if (!tag && oldest) {
			oldest = 0;
			best = way;
			*found = 0;
		}
		if (tag && tag != SOCKET_BUSY && bucket->entry[way].protocol == IPPROTO_TCP &&
		    bucket->entry[way].time < oldest) {
			oldest = bucket->entry[way].time;
			best = way;
			*found = tag;
		}
	}
	return best;
}

/* Remembers the choice of a socket. False when no way could be had. */
static __always_inline bool socket_remember(__u64 cookie, const struct frontend_key *key,
					    const struct choice *choice)
{
	struct socket_bucket *bucket = socket_bucket_of(cookie);
	struct socket_entry *entry;
	__u64 found = 0;
	__u32 way;

	if (!bucket)
		return false;

	way = socket_find_way(bucket, cookie, &found);
	if (way >= SOCKET_WAYS || !socket_swap_tag(&bucket->cookie[way], found, SOCKET_BUSY))
		return false;

	entry = &bucket->entry[way];
	if (found) {
		backend_live_add(entry->backend, -1);
		if (found != cookie)
			count(SOCKET_OVERWRITTEN);
	}
	entry->time = bpf_jiffies64();
	entry->frontend_addr = key->addr;
	entry->backend_addr = choice->addr;
	entry->frontend_port = key->port;
	entry->backend_port = choice->port;
	entry->service = choice->service;
	entry->backend = choice->backend;
	entry->protocol = key->protocol;
	backend_live_add(choice->backend, 1);
	socket_publish(&bucket->cookie[way], cookie);
	return true;
}
