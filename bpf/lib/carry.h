// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Carries over what programs have written into maps that others take the place of: the controller
 * reads it out of the former maps and hands it over record by record, while programs are at work on
 * both.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "counters.h"
#include "maps.h"
#include "sockets.h"

/* A socket of the former table. */
struct carried_socket {
	__u64 cookie;
	struct socket_entry entry;
};

/* More of a reason. */
struct carried_count {
	__u64 counter;
	__u64 more;
};

/* What flows had carried for a service port. */
struct carried_traffic {
	__u32 service;
	__u32 generation;
	struct traffic to_backends;
	struct traffic to_clients;
};

/* Whether the way has the socket as of this connect, or of a newer one. */
static __always_inline bool carry_is_known(const struct carried_socket *socket, __u64 found,
					   const struct socket_entry *entry)
{
	return found == socket->cookie && socket->entry.time <= entry->time;
}

/* Has the table know the socket as of the newer connect, unless it has no way left that may be had:
 * UDP sockets connect again, maybe by a former program still.
 */
static __always_inline int carry_socket(const struct carried_socket *socket)
{
	struct socket_bucket *bucket = socket_bucket_of(socket->cookie);
	struct socket_entry *entry;
	__u64 found = 0;
	__u32 way;

	if (!bucket)
		return -ENOENT;
	way = socket_find_way(bucket, socket->cookie, &found);
	if (way >= SOCKET_WAYS)
		return -ENOSPC;
	entry = &bucket->entry[way];
	if (carry_is_known(socket, found, entry))
		return -EEXIST;
	if (!socket_swap_tag(&bucket->cookie[way], found, SOCKET_BUSY))
		return -EBUSY;
	/* It may have connected once more before the way was ours. */
	if (carry_is_known(socket, found, entry)) {
		socket_publish(&bucket->cookie[way], found);
		return -EEXIST;
	}
	if (found)
		backend_live_add(entry->backend, -1);
	*entry = socket->entry;
	/* It may connect once more in the same jiffy, by a former program, which is to be carried
	 * over too, or by one of now, which is not to be written over.
	 */
	entry->time -= 1;
	backend_live_add(entry->backend, 1);
	socket_publish(&bucket->cookie[way], socket->cookie);
	return 0;
}

static __always_inline void carry_count(const struct carried_count *carried)
{
	__u32 index = carried->counter;
	__u64 *value = bpf_map_lookup_elem(&counters, &index);

	if (value)
		*value += carried->more;
}

/* Sums of another generation are of a service port that had the id before. */
static __always_inline void carry_traffic(const struct carried_traffic *carried)
{
	struct service_traffic *traffic = bpf_map_lookup_elem(&service_traffic, &carried->service);

	if (!traffic || traffic->generation != carried->generation)
		return;
	__sync_fetch_and_add(&traffic->to_backends.packets, carried->to_backends.packets);
	__sync_fetch_and_add(&traffic->to_backends.bytes, carried->to_backends.bytes);
	__sync_fetch_and_add(&traffic->to_clients.packets, carried->to_clients.packets);
	__sync_fetch_and_add(&traffic->to_clients.bytes, carried->to_clients.bytes);
}
