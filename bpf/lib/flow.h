// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Flows: our connection tracking. An entry is the rewrite that the packets of one direction get, so
 * NAT, reverse NAT and tracking are one look-up.
 */
#pragma once

#include <stdbool.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "counters.h"
#include "frontends.h"
#include "packet.h"
#include "packet_maps.h"

static __always_inline __u32 flow_now(void)
{
	return bpf_jiffies64() >> FLOW_TICK_SHIFT;
}

/* Tells the entry of this key from that of another. The kernel gives elements of an LRU map to
 * other keys while programs look at them: an entry that was read is the one that was found only if
 * its check, which is written before all else, is still right afterwards.
 */
static __always_inline __u32 flow_check(const struct flow_key *key)
{
	__u64 ports = (__u64)key->sport << 48 | (__u64)key->dport << 32 | key->protocol << 8 |
		      key->hook;

#if IP_VERSION == 4
	return hash_mix(((__u64)key->saddr.addr << 32 | key->daddr.addr) ^
			ports * 0x9e3779b97f4a7c15ULL);
#else
	__u64 hash = ports * 0x9e3779b97f4a7c15ULL;

	for (int i = 0; i < 4; i++)
		hash = (hash ^ ((__u64)key->saddr.addr[i] << 32 | key->daddr.addr[i])) *
		       0xff51afd7ed558ccdULL;
	return hash >> 32;
#endif
}

static __always_inline struct flow *flow_find(const struct flow_key *key)
{
	return bpf_map_lookup_elem(&flows, key);
}

static __always_inline bool flow_is_of(const struct flow *flow, const struct flow_key *key)
{
	barrier();
	return *(const volatile __u32 *)&flow->check == flow_check(key);
}

/* The key of the entry for the other direction. */
static __always_inline void flow_twin_key(const struct flow *flow, __u8 protocol,
					  struct flow_key *twin)
{
	*twin = (struct flow_key){
		.saddr = flow->to.daddr,
		.daddr = flow->to.saddr,
		.sport = flow->to.dport,
		.dport = flow->to.sport,
		.protocol = protocol,
		.hook = flow->flags & FLOW_TWIN_EGRESS ? HOOK_EGRESS : HOOK_INGRESS,
	};
}

/* Has the entry make packets of `key` packets of `to`. */
static __always_inline void flow_direct(struct flow *flow, const struct flow_key *key,
					const struct flow_key *to)
{
	flow->check = flow_check(key);
	flow->to.saddr = to->saddr;
	flow->to.daddr = to->daddr;
	flow->to.sport = to->sport;
	flow->to.dport = to->dport;
	flow->to.addr_diff = bpf_csum_diff((void *)&key->saddr, 2 * sizeof(key->saddr),
					   (void *)&to->saddr, 2 * sizeof(to->saddr), 0);
	flow->to.port_diff = bpf_csum_diff((void *)&key->sport, 4, (void *)&to->sport, 4, 0);
}

/* What the other direction's entry is, besides its rewrite. Who leaves past the stack comes back
 * past it, save for the node itself, whose packets leave so and are answered to its stack.
 */
static __always_inline __u16 flow_turn_flags(const struct flow_key *key, const struct flow *flow)
{
	__u16 flags = (flow->flags ^ FLOW_REPLY) & (FLOW_REPLY | FLOW_MASQUERADE);

	if (key->hook == HOOK_EGRESS)
		return flags | FLOW_TWIN_EGRESS;
	if (!(flow->flags & FLOW_TWIN_EGRESS))
		return flags | (flow->flags & FLOW_REDIRECT);
	return (flow->flags & (FLOW_REPLY | FLOW_MASQUERADE)) == FLOW_REPLY ? flags | FLOW_REDIRECT
									    : flags;
}

/* Makes the entry of the other direction from the one that is there. */
static __always_inline void flow_turn(const struct flow_key *key, const struct flow *flow,
				      struct flow_key *twin_key, struct flow *twin)
{
	struct flow_key back = {
		.saddr = key->daddr,
		.daddr = key->saddr,
		.sport = key->dport,
		.dport = key->sport,
	};

	flow_twin_key(flow, key->protocol, twin_key);
	*twin = (struct flow){
		.seen = flow->seen,
		.flags = flow_turn_flags(key, flow),
		.service = flow->service,
		.backend = flow->backend,
		.generation = flow->generation,
	};
	flow_direct(twin, twin_key, &back);
}

static __always_inline int flow_insert(const struct flow_key *key, const struct flow *flow,
				       __u64 flags)
{
	int err = bpf_map_update_elem(&flows, key, flow, flags);

	if (!err)
		count(FLOWS_MADE);
	return err;
}

static __always_inline void flow_remove(const struct flow_key *key)
{
	if (!bpf_map_delete_elem(&flows, key))
		count(FLOWS_REMOVED);
}

/* Removes both directions; the twin, which is found by this one alone, goes first. Not static, as
 * others here: the verifier looks at such a function once, and not at each of its calls.
 */
__noinline int flow_remove_pair(const struct flow_key *key)
{
	struct flow_key twin;
	struct flow *flow;

	if (!key)
		return -EINVAL;
	flow = flow_find(key);
	if (!flow)
		return -ENOENT;
	flow_twin_key(flow, key->protocol, &twin);
	flow_remove(&twin);
	flow_remove(key);
	return 0;
}

/* Whether the connection is over: either side has reset it, or both have said that they are done.
 */
__noinline int flow_is_closed(const struct flow_key *key, const struct flow *flow)
{
	struct flow_key twin_key;
	const struct flow *twin;
	__u8 flags;

	if (!key || !flow || key->protocol != IPPROTO_TCP)
		return false;
	flags = flow->tcp_flags;
	flow_twin_key(flow, key->protocol, &twin_key);
	twin = flow_find(&twin_key);
	if (twin && (flags | twin->tcp_flags) & TCP_RST)
		return true;
	return flags & TCP_RST || (twin && flags & twin->tcp_flags & TCP_FIN);
}

/* Notes a packet. Counts are not atomic: the packets of one direction come one after the other. */
static __always_inline void flow_note(struct flow *flow, const struct packet *packet)
{
	flow->packets += 1;
	flow->bytes += packet->length;
	if (packet->tuple.protocol == IPPROTO_TCP && !(packet->flags & PACKET_LATER) &&
	    packet->tcp_flags & ~flow->tcp_flags)
		flow->tcp_flags |= packet->tcp_flags;
}
