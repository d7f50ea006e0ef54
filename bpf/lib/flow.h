// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Flows: our connection tracking. An entry is the rewrite that the packets of one direction get, so
 * NAT, reverse NAT and tracking are one look-up.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "flow_table.h"
#include "packet.h"

/* What other words change in a sum of 16-bit words, as bpf_csum_diff says it. */
static __always_inline __u32 flow_difference(const void *before, const void *after, int words)
{
	const __u32 *from = before, *to = after;
	__u64 sum = 0;

	for (int i = 0; i < words; i++)
		sum += (__u64)(__u32)~from[i] + to[i];
	sum = (__u32)sum + (sum >> 32);
	return (__u32)sum + (__u32)(sum >> 32);
}

/* Has the entry make packets of `key` packets of `to`. */
static __always_inline void flow_direct(struct flow *flow, const struct flow_key *key,
					const struct flow_key *to)
{
	flow->to.saddr = to->saddr;
	flow->to.daddr = to->daddr;
	flow->to.sport = to->sport;
	flow->to.dport = to->dport;
	flow->to.addr_diff = flow_difference(&key->saddr, &to->saddr, 2 * sizeof(to->saddr) / 4);
	flow->to.port_diff = flow_difference(&key->sport, &to->sport, 1);
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

/* Makes the entry of the other direction from the one that is there. What its rewrite changes in a
 * sum is the complement of what this one changes.
 */
static __always_inline void flow_turn(const struct flow_key *key, const struct flow *flow,
				      struct flow_key *twin_key, struct flow *twin)
{
	flow_twin_key(flow, key->protocol, twin_key);
	__builtin_memset(twin, 0, sizeof(*twin));
	twin->seen = flow->seen;
	twin->to.saddr = key->daddr;
	twin->to.daddr = key->saddr;
	twin->to.sport = key->dport;
	twin->to.dport = key->sport;
	twin->to.addr_diff = ~flow->to.addr_diff;
	twin->to.port_diff = ~flow->to.port_diff;
	twin->flags = flow_turn_flags(key, flow);
	/* Who acknowledges has heard the other: it is made again, not for the first time. */
	twin->tcp_flags = flow->tcp_flags & TCP_ACK;
	twin->service = flow->service;
	twin->backend = flow->backend;
	twin->generation = flow->generation;
	twin->service_generation = flow->service_generation;
}

/* Removes both directions; the twin, which is found by this one alone, goes first. */
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

/* Whether the connection is over. */
__noinline int flow_is_closed(const struct flow_key *key, const struct flow *flow)
{
	struct flow_key twin_key;
	const struct flow *twin;

	if (!key || !flow)
		return false;
	flow_twin_key(flow, key->protocol, &twin_key);
	twin = flow_find(&twin_key);
	return flow_flags_end(key->protocol, flow->tcp_flags, twin ? twin->tcp_flags : 0);
}

/* Whether the client has reset what the backend had left of an older connection with the same tuple
 * (TIME_WAIT), and asks again. With that reset the tuple is free, so the entries begin once more:
 * another port could be in use there in the same way, and cost the client another second.
 */
__noinline int flow_begins_again(const struct flow_key *key, struct flow *flow)
{
	struct flow_key twin_key;
	struct flow *twin;

	if (!key || !flow || key->protocol != IPPROTO_TCP || !(flow->tcp_flags & TCP_RST))
		return false;
	flow_twin_key(flow, key->protocol, &twin_key);
	twin = flow_find(&twin_key);
	if (!twin || twin->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST))
		return false;
	flow->tcp_flags = 0;
	twin->tcp_flags = 0;
	return true;
}

/* What a chunk of SCTP would be in TCP. */
static __always_inline __u8 flow_sctp_flags(__u8 chunk)
{
	switch (chunk) {
	case SCTP_INIT:
	case SCTP_INIT_ACK:
		return TCP_SYN;
	case SCTP_ABORT:
		return TCP_RST;
	case SCTP_SHUTDOWN:
	case SCTP_SHUTDOWN_ACK:
	case SCTP_SHUTDOWN_COMPLETE:
		return TCP_FIN;
	default:
		return TCP_ACK;
	}
}

static __always_inline __u8 flow_flags(const struct packet *packet)
{
	if (packet->flags & PACKET_LATER)
		return 0;
	switch (packet->tuple.protocol) {
	case IPPROTO_TCP:
		return packet->tcp_flags;
	case PROTOCOL_SCTP:
		return flow_sctp_flags(packet->tcp_flags);
	default:
		return 0;
	}
}

/* Notes a packet. Counts are not atomic: the packets of one direction come one after the other. */
static __always_inline void flow_note(struct flow *flow, const struct packet *packet)
{
	__u8 flags = flow_flags(packet);

	flow->packets += 1;
	flow->bytes += packet->length;
	if (flags & ~flow->tcp_flags)
		flow->tcp_flags |= flags;
}
