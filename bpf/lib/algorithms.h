// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How a new client gets one of a set's slots, besides at random. */
#pragma once

#include "frontends.h"
#include "lb.h"
#include "maps.h"
#include "request.h"

/* One slot after the other. Turns are taken by all clients on this node together. */
static __always_inline __u32 algorithm_round_robin(__u32 set_id, __u64 set)
{
	__u32 *cursor = bpf_map_lookup_elem(&cursors, &set_id);
	__u32 turn = cursor ? __sync_fetch_and_add(cursor, 1) : 0;

	return (__u32)set + turn % lb_slot_count(set);
}

static __always_inline const struct backend *algorithm_backend_at(__u32 index)
{
	const struct slot *slot = bpf_map_lookup_elem(&slots, &index);
	__u32 id = slot ? slot->backend : 0;

	return slot ? bpf_map_lookup_elem(&backends, &id) : NULL;
}

/* Of sockets, and of clients whose packets are translated. */
static __always_inline __u64 algorithm_connections(const struct backend *backend)
{
	return (__u64)backend->live + backend->flows;
}

/* Of two slots the one whose backend has fewer live connections for its weight: that of two is
 * nearly as good as of all, and does not send everybody to the same one. Ties go to the first.
 */
static __always_inline __u32 algorithm_least_connections(__u64 set)
{
	__u32 first = lb_slot_at(set, bpf_get_prandom_u32());
	__u32 second = lb_slot_at(set, bpf_get_prandom_u32());
	const struct backend *a = algorithm_backend_at(first);
	const struct backend *b = algorithm_backend_at(second);

	if (!a || !b)
		return first;
	return algorithm_connections(a) * b->weight <= algorithm_connections(b) * a->weight
		       ? first
		       : second;
}

static __always_inline __u32 algorithm_slot(const struct request *request, __u64 set,
					    const struct client *client)
{
	switch (request->target.options >> FRONTEND_ALGORITHM_SHIFT & FRONTEND_ALGORITHM_MASK) {
	case ALGORITHM_ROUND_ROBIN:
		return algorithm_round_robin(request->set_id, set);
	case ALGORITHM_LEAST_CONNECTIONS:
		return algorithm_least_connections(set);
	case ALGORITHM_MAGLEV:
		/* Where the hash falls in the table that the controller laid out. */
		return lb_slot_at(set, request_hash(request, client) >> 32);
	default:
		return lb_slot_at(set, bpf_get_prandom_u32());
	}
}

/* Takes a slot by the algorithm: 0, -EAGAIN, or the errno of a set that has none. */
static __always_inline int algorithm_take(const struct request *request,
					  const struct client *client, struct choice *choice)
{
	__u64 set = lb_read_set(request->set_id);

	if (!lb_slot_count(set))
		return lb_no_backend(set);
	return lb_take_slot(request->set_id, algorithm_slot(request, set, client), choice);
}
