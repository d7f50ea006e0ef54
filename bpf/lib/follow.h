// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Packets that have an entry in flows. */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>

#include "flow.h"
#include "forward.h"
#include "fragments.h"
#include "lb.h"
#include "nat.h"
#include "packet.h"
#include "verdict.h"

/* What is looked at once in a tick: that the other direction's entry is there, and the next hop. 0,
 * or -errno where that entry is another connection's, which has claimed its tuple since it was
 * lost: going on, the two would be one to the backend, and answers to this client be the other's.
 */
__noinline int follow_refresh(const struct packet *packet, struct flow *flow)
{
	struct nat_scratch *nat = nat_scratch_get();
	const struct flow *twin;

	if (!nat || !packet || !flow)
		return -ENOENT;
	flow->seen = flow_now();
	flow->hop.generation = 0;
	flow_turn(&packet->tuple, flow, &nat->twin_key, &nat->twin);
	twin = flow_find(&nat->twin_key);
	if (twin && !nat_rewrites_alike(&twin->to, &nat->twin.to)) {
		flow_remove(&packet->tuple);
		return -EEXIST;
	}
	if (!twin)
		flow_insert(&nat->twin_key, &nat->twin, BPF_NOEXIST);
	if (flow->flags & FLOW_MASQUERADED)
		nat_restore_masquerade(nat, &packet->tuple, flow);
	return 0;
}

/* Whether a packet of the client begins something new, although there is an entry: the connection
 * is closed, or its backend is gone (behaviour 6.1; TCP and SCTP go on).
 */
static __always_inline bool follow_begins_anew(const struct packet *packet, struct flow *flow)
{
	if (flow->flags & (FLOW_REPLY | FLOW_MASQUERADE) || packet->flags & PACKET_LATER)
		return false;
	if (packet->tuple.protocol == IPPROTO_UDP)
		return backend_generation(flow->backend) != flow->generation;
	if (!packet_begins(packet))
		return false;
	return backend_generation(flow->backend) != flow->generation ||
	       (flow_is_closed(&packet->tuple, flow) && !flow_begins_again(&packet->tuple, flow));
}

/* Whether the packets before went by without this rewrite, since the device had no programs yet:
 * then the backend knows the client by its own address, and has to go on to do so.
 */
static __always_inline bool follow_came_too_late(const struct packet *packet,
						 const struct flow *flow)
{
	return (flow->flags & (FLOW_MASQUERADE | FLOW_REPLY)) == FLOW_MASQUERADE &&
	       !flow->packets && !packet_begins(packet);
}

/* Keeps the entry from changing anything. */
static __always_inline void follow_leave_alone(const struct packet *packet, struct flow *flow)
{
	flow->to.saddr = packet->tuple.saddr;
	flow->to.sport = packet->tuple.sport;
	flow->to.addr_diff = 0;
	flow->to.port_diff = 0;
}

/* Whether the entry is not for this packet any more; then it is gone. */
static __always_inline bool follow_is_over(struct packet *packet, struct flow *flow)
{
	if (!follow_begins_anew(packet, flow))
		return false;
	packet->flags |= PACKET_ANEW;
	nat_end(&packet->tuple, flow);
	return true;
}

/* A packet that has an entry. */
static __always_inline int follow(struct __sk_buff *skb, const struct packet *packet,
				  struct flow *flow, __u64 hash)
{
	int verdict;

	if (fragment_is_first(packet))
		fragment_note(packet);
	if (follow_came_too_late(packet, flow))
		follow_leave_alone(packet, flow);
	if (flow->seen != flow_now() && follow_refresh(packet, flow))
		return verdict_drop(FLOW_UNRECORDED);
	flow_note(flow, packet);
	verdict = forward_packet(skb, packet, flow);
	/* It may have become another connection's meanwhile: who knows what the packet is now. */
	return flow_is_of(flow, hash) ? verdict : verdict_drop(DROP_UNWRITABLE);
}
