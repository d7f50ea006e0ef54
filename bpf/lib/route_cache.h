// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The ways that first packets were sent lately: what the kernel's routes say takes longer than all
 * the rest, and says the same for the next client of the same backend. As a flow's next hop, a way
 * is good until routes or neighbours change, and for one tick at the most.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "flow_table.h"
#include "memory.h"
#include "packet.h"
#include "route.h"

#define ROUTE_CACHE_ENTRIES 4096

/* hop.generation of an entry that somebody is writing. */
#define ROUTE_CACHE_BUSY (~0U)

/* A way to `to` of packets that came by a device. Whole cache lines, in both families one. */
struct route_cache_entry {
	struct next_hop hop; /* generation 0: nobody's */
	__u32 tick;
	__u32 from; /* the device */
	struct ip_addr to;
	struct ip_addr source;
#if IP_VERSION == 4
	__u32 pad[6];
#endif
};

/* Direct-mapped. Written and read by programs. Mapped memory for its alignment. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, ROUTE_CACHE_ENTRIES);
	__type(key, __u32);
	__type(value, struct route_cache_entry);
} route_cache SEC(".maps");

static __always_inline struct route_cache_entry *route_cache_entry(const struct ip_addr *to)
{
#if IP_VERSION == 4
	__u64 low = to->addr;
#else
	__u64 low = (__u64)(to->addr[0] ^ to->addr[2]) << 32 | (to->addr[1] ^ to->addr[3]);
#endif
	__u32 index = hash_mix(low) % ROUTE_CACHE_ENTRIES;

	return bpf_map_lookup_elem(&route_cache, &index);
}

/* Whether the entry is, at this moment, such a way. */
static __always_inline bool route_cache_serves(const struct route_cache_entry *entry,
					       const struct ip_addr *to, __u32 from,
					       __u32 generation)
{
	barrier();
	return entry->hop.generation == generation && entry->tick == flow_now() &&
	       entry->from == from && ip_equal(&entry->to, to);
}

/* Finds the way that route_find_source found a moment ago, if it is still known. */
static __always_inline bool route_recall(const struct ip_addr *to, __u32 from, struct route *route)
{
	const struct packet_settings *settings = packet_settings_get();
	const struct route_cache_entry *entry = route_cache_entry(to);

	if (!settings || !entry || !route_cache_serves(entry, to, from, settings->hop_generation))
		return false;
	route->result = BPF_FIB_LKUP_RET_SUCCESS;
	route->hop = entry->hop;
	route->source = entry->source;
	/* It may have become another way meanwhile. */
	return route_cache_serves(entry, to, from, route->hop.generation);
}

/* Keeps a way whose neighbour is known. Where somebody else writes the entry, this one is not. */
static __always_inline void route_remember(const struct ip_addr *to, __u32 from,
					   const struct route *route)
{
	struct route_cache_entry *entry = route_cache_entry(to);
	__u32 before;

	if (!entry || !route->hop.generation)
		return;
	before = *(const volatile __u32 *)&entry->hop.generation;
	if (before == ROUTE_CACHE_BUSY ||
	    __sync_val_compare_and_swap(&entry->hop.generation, before, ROUTE_CACHE_BUSY) != before)
		return;
	entry->hop.ifindex = route->hop.ifindex;
	entry->hop.mtu = route->hop.mtu;
	entry->hop.device_flags = route->hop.device_flags;
	__builtin_memcpy(entry->hop.dmac, route->hop.dmac, sizeof(entry->hop.dmac));
	__builtin_memcpy(entry->hop.smac, route->hop.smac, sizeof(entry->hop.smac));
	entry->tick = flow_now();
	entry->from = from;
	entry->to = *to;
	entry->source = route->source;
	store_release(&entry->hop.generation, route->hop.generation);
}

/* As route_find_source, by what is remembered if there is something. */
static __always_inline int route_find_source_cached(struct __sk_buff *skb,
						    const struct flow_key *to, struct route *route)
{
	__u32 from = to->hook == HOOK_EGRESS ? LOOPBACK_IFINDEX : skb->ifindex;
	int err;

	if (route_recall(&to->daddr, from, route))
		return 0;
	err = route_find_source(skb, to, route);
	if (!err)
		route_remember(&to->daddr, from, route);
	return err;
}
