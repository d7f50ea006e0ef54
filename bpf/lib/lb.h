// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* From the frontend that a client dials to the backend that it gets. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "counters.h"
#include "frontends.h"
#include "maps.h"

/* What lb_choose found: a copy, since the maps may change while a program runs. */
struct choice {
	__u32 service;
	__u32 backend;
	struct ip_addr addr;
	__be16 port;
	__u8 generation; /* the slot's */
};

/* Picks a slot of the set at random. 0, or -EAGAIN when the slot belongs to another set by now, or
 * -ECONNREFUSED or -ETIMEDOUT when the set has none (reject and drop, see docs/socket-lb.md).
 */
static __always_inline int lb_select_slot(__u32 set_id, struct choice *choice)
{
	const volatile __u64 *set = bpf_map_lookup_elem(&sets, &set_id);
	__u64 range = set ? *set : 0;
	__u32 count = range >> 32;
	const struct backend *backend;
	const struct slot *slot;
	__u32 index;

	if (!count)
		return (__u32)range == NO_BACKEND_DROP ? -ETIMEDOUT : -ECONNREFUSED;

	index = (__u32)range + (__u32)(((__u64)bpf_get_prandom_u32() * count) >> 32);
	slot = bpf_map_lookup_elem(&slots, &index);
	if (!slot)
		return -EAGAIN;

	choice->addr = slot->addr;
	choice->port = slot->port;
	choice->backend = slot->backend;
	choice->generation = slot->generation;
	backend = bpf_map_lookup_elem(&backends, &choice->backend);
	if (backend)
		prefetch(backend);
	barrier();
	return slot->set == set_id ? 0 : -EAGAIN;
}

/* The set that answers clients on this node. */
static __always_inline __u32 lb_internal_set(const struct frontend *frontend)
{
	return frontend->service * 2 +
	       (frontend->options & FRONTEND_INTERNAL_LOCAL ? POLICY_LOCAL : POLICY_CLUSTER);
}

/* Chooses a backend for a new client of the frontend: 0, or the errno that the client is to get,
 * which is counted already.
 */
static __always_inline int lb_choose(const struct frontend *frontend, struct choice *choice)
{
	struct service_counters *counters = service_counters_of(frontend->service);
	__u32 set = lb_internal_set(frontend);
	int err;

	if (counters)
		prefetch(counters);
	choice->service = frontend->service;
	err = lb_select_slot(set, choice);
	/* Once more if the set changed under our eyes; twice in a row does not happen. */
	if (err == -EAGAIN)
		err = lb_select_slot(set, choice);

	switch (err) {
	case 0:
		count_connection(counters);
		return 0;
	case -ETIMEDOUT:
		count_refused(counters, DROP_NO_LOCAL_BACKEND);
		return err;
	case -ECONNREFUSED:
		count_refused(counters, DROP_NO_BACKEND);
		return err;
	default:
		count(DROP_STALE_SLOT);
		return -ECONNREFUSED;
	}
}
