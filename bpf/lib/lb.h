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

/* `options` and `service` of a frontend as they were stored: in one piece. */
struct target {
	__u32 options;
	__u32 service;
};

static __always_inline struct target frontend_target(const struct frontend *frontend)
{
	union {
		__u64 raw;
		struct target target;
	} copy;

	copy.raw = *(const volatile __u64 *)&frontend->options;
	return copy.target;
}

/* The set that answers clients on this node. */
static __always_inline __u32 lb_internal_set(struct target target)
{
	return target.service * 2 +
	       (target.options & FRONTEND_INTERNAL_LOCAL ? POLICY_LOCAL : POLICY_CLUSTER);
}

/* The set that answers clients from outside. */
static __always_inline __u32 lb_external_set(struct target target)
{
	return target.service * 2 +
	       (target.options & FRONTEND_EXTERNAL_LOCAL ? POLICY_LOCAL : POLICY_CLUSTER);
}

/* A set as it is now: its slots and their number, or a verdict. */
static __always_inline __u64 lb_read_set(__u32 set_id)
{
	const volatile __u64 *set = bpf_map_lookup_elem(&sets, &set_id);

	return set ? *set : 0;
}

static __always_inline __u32 lb_slot_count(__u64 set)
{
	return set >> 32;
}

/* The errno of a set without slots: reject and drop, see docs/socket-lb.md. */
static __always_inline int lb_no_backend(__u64 set)
{
	return (__u32)set == NO_BACKEND_DROP ? -ETIMEDOUT : -ECONNREFUSED;
}

static __always_inline __u32 lb_scale(__u32 hash, __u32 count)
{
	return (__u32)(((__u64)hash * count) >> 32);
}

/* Index of the set's slot that a hash falls on. */
static __always_inline __u32 lb_slot_at(__u64 set, __u32 hash)
{
	return (__u32)set + lb_scale(hash, lb_slot_count(set));
}

/* Takes a slot: 0, or -EAGAIN where it belongs to another set by now. */
static __always_inline int lb_take_slot(__u32 set_id, __u32 index, struct choice *choice)
{
	const struct slot *slot = bpf_map_lookup_elem(&slots, &index);
	const struct backend *backend;

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

/* Takes a slot of the set at random: 0, -EAGAIN, or the errno of a set that has none. */
static __always_inline int lb_take_random(__u32 set_id, struct choice *choice)
{
	__u64 set = lb_read_set(set_id);

	if (!lb_slot_count(set))
		return lb_no_backend(set);
	return lb_take_slot(set_id, lb_slot_at(set, bpf_get_prandom_u32()), choice);
}

/* Counts what came of a client, and says what it is to get: 0, or its errno. */
static __always_inline int lb_account(struct service_counters *counters, int err)
{
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

/* Chooses a backend of the set for a new client of a frontend without rules of its own: 0, or the
 * errno that the client is to get, which is counted already.
 */
static __always_inline int lb_choose(struct target target, __u32 set_id, struct choice *choice)
{
	struct service_counters *counters = service_counters_of(target.service);
	int err;

	if (counters)
		prefetch(counters);
	choice->service = target.service;
	err = lb_take_random(set_id, choice);
	/* Once more if the set changed under our eyes; twice in a row does not happen. */
	if (err == -EAGAIN)
		err = lb_take_random(set_id, choice);
	return lb_account(counters, err);
}

/* So many more connections until the next sweep counts them all. */
static __always_inline void backend_count_flow(__u32 id, __u32 more)
{
	struct backend *backend = bpf_map_lookup_elem(&backends, &id);

	if (backend)
		__sync_fetch_and_add(&backend->flows, more);
}

static __always_inline __u32 backend_generation(__u32 id)
{
	const struct backend *backend = bpf_map_lookup_elem(&backends, &id);

	return backend ? backend->generation : 0;
}

/* The generation in which the choice was made. Its backend may have gone since, so what counts now
 * would be wrong: a dead backend would be kept. The byte in the slot tells how far the two are
 * apart; no program runs for so long that it could wrap.
 */
static __always_inline __u32 choice_generation(const struct choice *choice)
{
	__u32 now = backend_generation(choice->backend);

	return now - (__u8)(now - choice->generation);
}
