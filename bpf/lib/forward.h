// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How a packet of a flow goes on: past the stack by a next hop, to the stack, or not at all. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "answer.h"
#include "cut.h"
#include "flow.h"
#include "icmp.h"
#include "marks.h"
#include "nat.h"
#include "packet.h"
#include "rewrite.h"
#include "route.h"
#include "verdict.h"

/* A packet that is too large for its way: cut in two where its sender allows it, else he is told.
 */
__noinline int forward_shorten(struct __sk_buff *skb, const struct packet *packet, __u16 mtu)
{
	if (!packet)
		return TC_ACT_SHOT;
#if IP_VERSION == 4
	if (packet->flags & PACKET_MAY_FRAGMENT) {
		int verdict = cut_in_two(skb, packet, mtu);

		if (verdict >= 0)
			return verdict;
	}
#endif
	count(DROP_TOO_BIG);
	return answer_too_big(skb, packet, mtu);
}

static __always_inline int forward_expire(struct __sk_buff *skb, const struct packet *packet)
{
	count(DROP_TTL);
	return answer_expired(skb, packet);
}

/* Sends the packet on past the stack, by a next hop that has to be looked up. */
__noinline int forward_past_stack_slow(struct __sk_buff *skb, const struct packet *packet,
				       struct flow *flow)
{
	struct nat_scratch *nat = nat_scratch_get();

	if (!nat || !packet || !flow)
		return TC_ACT_SHOT;
	nat->to = packet->tuple;
	nat->to.saddr = flow->to.saddr;
	nat->to.daddr = flow->to.daddr;
	nat->to.sport = flow->to.sport;
	nat->to.dport = flow->to.dport;
	if (route_find(skb, &nat->to, &nat->route) || !route_is_known(&nat->route))
		return verdict_drop(DROP_NO_ROUTE);
	if (nat->route.hop.generation)
		flow_set_hop(&packet->tuple, flow, &nat->route.hop);
	if (packet_exceeds(skb, packet, nat->route.hop.mtu))
		return forward_shorten(skb, packet, nat->route.hop.mtu);
	if (rewrite_apply(skb, packet, &flow->to, true))
		return verdict_drop(DROP_UNWRITABLE);
	return route_send_slow(skb, packet, nat->route.hop.ifindex);
}

static __always_inline bool forward_knows_hop(const struct packet *packet,
					      const struct next_hop *hop)
{
	const struct packet_settings *settings = packet_settings_get();

	return settings && hop->generation == settings->hop_generation && packet->l3 == ETH_HLEN;
}

static __always_inline int forward_past_stack(struct __sk_buff *skb, const struct packet *packet,
					      struct flow *flow)
{
	skb->tc_index = MARK_DONE;
	if (packet->ttl <= 1)
		return forward_expire(skb, packet);
	if (!forward_knows_hop(packet, &flow->hop))
		return forward_past_stack_slow(skb, packet, flow);
	if (packet_exceeds(skb, packet, flow->hop.mtu))
		return forward_shorten(skb, packet, flow->hop.mtu);
	if (rewrite_apply(skb, packet, &flow->to, true))
		return verdict_drop(DROP_UNWRITABLE);
	return route_send(skb, &flow->hop);
}

/* Whether the packet answers the node itself, which left by the device that leads to the Service's
 * address.
 */
static __always_inline bool forward_answers_host(const struct packet *packet,
						 const struct flow *flow)
{
	__u16 kind = FLOW_REPLY | FLOW_TWIN_EGRESS;

	return packet->tuple.hook == HOOK_INGRESS &&
	       (flow->flags & (kind | FLOW_MASQUERADE)) == kind;
}

/* Hands an answer to the node's stack by the device that the stack expects it from: where the
 * backend is behind another one, a strict reverse path filter would drop what seems to come from
 * the Service's address.
 */
__noinline int forward_deliver(struct __sk_buff *skb, const struct packet *packet,
			       struct flow *flow)
{
	struct nat_scratch *nat = nat_scratch_get();
	struct ethhdr *eth;

	if (!nat || !packet || !flow)
		return TC_ACT_SHOT;
	nat->to = packet->tuple;
	nat->to.hook = HOOK_EGRESS;
	nat->to.saddr = flow->to.daddr;
	nat->to.daddr = flow->to.saddr;
	if (rewrite_apply(skb, packet, &flow->to, false))
		return verdict_drop(DROP_UNWRITABLE);
	if (packet->l3 != ETH_HLEN || route_find(skb, &nat->to, &nat->route) ||
	    !nat->route.hop.generation || nat->route.hop.ifindex == skb->ifindex)
		return PASS;
	eth = packet_at(skb, 0, sizeof(*eth));
	if (!eth)
		return verdict_drop(DROP_UNWRITABLE);
	__builtin_memcpy(eth->h_dest, nat->route.hop.smac, ETH_ALEN);
	return bpf_redirect(nat->route.hop.ifindex, BPF_F_INGRESS);
}

/* Whether nf_conntrack may know the packet already, as something that it is not any more: where
 * bridges have netfilter see what they forward (br_netfilter), it saw the pod's answer before this
 * program. What comes in once more is forgotten, and looked at anew.
 */
static __always_inline bool forward_was_tracked(const struct packet *packet,
						const struct flow *flow)
{
	const struct device *device;

	if (packet->tuple.hook == HOOK_EGRESS || !(flow->flags & FLOW_MASQUERADE) ||
	    !(flow->flags & FLOW_REPLY))
		return false;
	device = device_find(packet->from);
	return device && device->flags & DEVICE_PODS;
}

static __always_inline int forward_packet(struct __sk_buff *skb, const struct packet *packet,
					  struct flow *flow)
{
	if (flow->flags & FLOW_REDIRECT)
		return forward_past_stack(skb, packet, flow);
	if (forward_answers_host(packet, flow))
		return forward_deliver(skb, packet, flow);
	skb->tc_index = MARK_TRANSLATED;
	if (rewrite_apply(skb, packet, &flow->to, false))
		return verdict_drop(DROP_UNWRITABLE);
	return forward_was_tracked(packet, flow) ? bpf_redirect(skb->ifindex, BPF_F_INGRESS) : PASS;
}

/* Sends an error on past the stack, where the packets of its flow go. */
static __always_inline int forward_error(struct __sk_buff *skb, const struct packet *packet,
					 const struct packet *quoted, const struct rewrite *outer,
					 const struct rewrite *to)
{
	struct nat_scratch *nat = nat_scratch_get();

	skb->tc_index = MARK_DONE;
	if (packet->ttl <= 1)
		return verdict_drop(DROP_TTL);
	if (!nat)
		return TC_ACT_SHOT;
	nat->to = packet->tuple;
	nat->to.saddr = outer->saddr;
	nat->to.daddr = outer->daddr;
	if (route_find(skb, &nat->to, &nat->route) || !route_is_known(&nat->route))
		return verdict_drop(DROP_NO_ROUTE);
	if (icmp_rewrite(skb, packet, quoted, outer, to, true))
		return verdict_drop(DROP_UNWRITABLE);
	return route_send_slow(skb, packet, nat->route.hop.ifindex);
}

/* An ICMP error. It is told to whom it concerns by the flow of the packet that it quotes. */
__noinline int forward_icmp(struct __sk_buff *skb, const struct packet *packet)
{
	struct rewrite to, outer;
	const struct flow *flow;
	struct packet quoted;
	struct flow_key key;
	__u64 hash;
	__u16 flags;

	if (!packet || !icmp_quotes(packet) || !icmp_read_quote(skb, packet, &quoted) ||
	    !ip_equal(&quoted.tuple.saddr, &packet->tuple.daddr))
		return PASS;
	icmp_key(packet, &quoted, &key);
	hash = flow_hash(&key);
	flow = flow_find_hashed(&key, hash);
	if (!flow)
		return PASS;
	to = flow->to;
	flags = flow->flags;
	if (!flow_is_of(flow, hash))
		return PASS;
	icmp_outer(packet, &key, &to, &outer);
	if (flags & FLOW_REDIRECT)
		return forward_error(skb, packet, &quoted, &outer, &to);
	skb->tc_index = MARK_TRANSLATED;
	return icmp_rewrite(skb, packet, &quoted, &outer, &to, false)
		       ? verdict_drop(DROP_UNWRITABLE)
		       : PASS;
}
