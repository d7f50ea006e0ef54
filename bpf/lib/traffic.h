// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What flows carry, by service port.
 *
 * A packet is counted in its flow alone. Sweeps add to the service port what has come since they
 * last looked, and whoever removes an entry, or writes its way anew, adds the rest. `taken` in the
 * entry says how much of its counts the service port has.
 *
 * Sweeps take no lock, so an entry may become another's while they look at it. The upper bits of
 * `taken` are the way's turn: it changes before the way gets other counts, and once more when it
 * has them, so a sweep that looked in between takes nothing. Whatever is added is added once.
 */
#pragma once

#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "maps.h"
#include "memory.h"
#include "packet_types.h"

#define TRAFFIC_COUNT_BITS 48
#define TRAFFIC_TURN_BITS  (64 - TRAFFIC_COUNT_BITS)
#define TRAFFIC_COUNT_MASK ((1ULL << TRAFFIC_COUNT_BITS) - 1)

/* Whose the counts of an entry are. */
struct traffic_owner {
	__u32 service;
	__u32 generation;
	__u16 flags; /* FLOW_* */
};

/* Tells flows of this service port from those that one with the same id had before. */
static __always_inline __u32 traffic_generation(__u32 service)
{
	const struct service_traffic *traffic = bpf_map_lookup_elem(&service_traffic, &service);

	return traffic ? traffic->generation : 0;
}

static __always_inline struct traffic_owner traffic_owner_of(const struct flow *flow)
{
	return (struct traffic_owner){
		.service = flow->service,
		.generation = flow->service_generation,
		.flags = flow->flags,
	};
}

/* How far a count is beyond what was taken of it. It may be behind: counts are not atomic. */
static __always_inline __u64 traffic_beyond(__u64 count, __u64 taken)
{
	__s64 beyond = (count - taken) << TRAFFIC_TURN_BITS;

	return beyond > 0 ? (__u64)beyond >> TRAFFIC_TURN_BITS : 0;
}

/* Nothing taken, in the turn after this. */
static __always_inline __u64 traffic_next_turn(__u64 taken)
{
	return (taken | TRAFFIC_COUNT_MASK) + 1;
}

/* For sweeps, which read `taken` before all else. */
static __always_inline __u64 traffic_take(__u64 *taken, __u64 before, __u64 count)
{
	__u64 more = traffic_beyond(count, before);

	if (!more || __sync_val_compare_and_swap(taken, before, before + more) != before)
		return 0;
	return more;
}

/* For who has the lock: until the way is written anew, there is nothing left to be taken. */
static __always_inline __u64 traffic_take_rest(__u64 *taken, __u64 count)
{
	__u64 all = traffic_next_turn(*taken) | (count & TRAFFIC_COUNT_MASK);

	return traffic_beyond(count, __sync_lock_test_and_set(taken, all));
}

/* A masquerade's entries see the same packets once more. */
static __always_inline void traffic_add(struct traffic_owner owner, __u64 packets, __u64 bytes)
{
	struct service_traffic *service;
	struct traffic *traffic;

	if (!(packets | bytes) || owner.flags & FLOW_MASQUERADE)
		return;
	service = bpf_map_lookup_elem(&service_traffic, &owner.service);
	if (!service || service->generation != owner.generation)
		return;
	traffic = owner.flags & FLOW_REPLY ? &service->to_clients : &service->to_backends;
	__sync_fetch_and_add(&traffic->packets, packets);
	__sync_fetch_and_add(&traffic->bytes, bytes);
}

/* For sweeps: adds what has come since the one before. */
__noinline int traffic_look(struct flow_entry *entry)
{
	struct traffic_owner owner;
	struct traffic taken, count;

	if (!entry)
		return -EINVAL;
	taken.packets = load_acquire(&entry->taken.packets);
	taken.bytes = load_acquire(&entry->taken.bytes);
	owner = traffic_owner_of(&entry->flow);
	count.packets = traffic_take(&entry->taken.packets, taken.packets, entry->flow.packets);
	count.bytes = traffic_take(&entry->taken.bytes, taken.bytes, entry->flow.bytes);
	traffic_add(owner, count.packets, count.bytes);
	return 0;
}

/* For who has the lock: adds the rest, before the entry is another's or nobody's. */
__noinline int traffic_end(struct flow_entry *entry)
{
	__u64 packets, bytes;

	if (!entry)
		return -EINVAL;
	packets = traffic_take_rest(&entry->taken.packets, entry->flow.packets);
	bytes = traffic_take_rest(&entry->taken.bytes, entry->flow.bytes);
	traffic_add(traffic_owner_of(&entry->flow), packets, bytes);
	return 0;
}

/* For who has the lock: the way has the counts of its new flow. */
static __always_inline void traffic_begin(struct flow_entry *entry)
{
	store_release(&entry->taken.packets, traffic_next_turn(entry->taken.packets));
	store_release(&entry->taken.bytes, traffic_next_turn(entry->taken.bytes));
}
