// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Makes the entries of a new connection. Where the destination and the source are exchanged is
 * where netfilter does it, before and after routing, so that all that stands between sees what it
 * sees with kube-proxy. The exception is who comes from outside to a backend that is not here: both
 * are exchanged at once then, and the packet goes past the stack. See docs/packet-path.md.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "conntrack.h"
#include "flow.h"
#include "lb.h"
#include "route_cache.h"
#include "sender.h"

/* How many source ports are tried before a connection is refused. */
#define NAT_PORT_TRIES 64
#define NAT_FREE_TRIES 48 /* so many of them look for one that nobody has had lately */

/* How many source ports are tried anew that nf_conntrack knows. */
#define NAT_TRACKED_TRIES 4

/* A closed connection's port is given away after this long, in ticks: at least a quarter of a
 * second.
 */
#define NAT_CLOSED_TICKS 2

/* Too large for the stack of a program. */
struct nat_scratch {
	struct target target; /* of the frontend that was dialled */
	struct choice choice; /* the backend that its client is to get */
	enum sender sender;   /* who that client is */
	bool anew;	      /* the client had another connection from the same port */
	bool takes_closed;    /* ports of closed connections are as good as free ones */
	__u32 from;	      /* DEVICE_* of the device by which its packet came to this node */
	struct flow_key key;
	struct flow_key twin_key;
	struct flow flow;
	struct flow twin;
	struct flow_key to;	 /* packets of `key` as they are afterwards */
	struct flow destination; /* held back until its masquerade is made */
	struct route route;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nat_scratch);
} nat_scratches SEC(".maps");

static __always_inline struct nat_scratch *nat_scratch_get(void)
{
	__u32 index = 0;

	return bpf_map_lookup_elem(&nat_scratches, &index);
}

static __always_inline bool nat_rewrites_alike(const struct rewrite *a, const struct rewrite *b)
{
	return ip_equal(&a->saddr, &b->saddr) && ip_equal(&a->daddr, &b->daddr) &&
	       a->sport == b->sport && a->dport == b->dport;
}

/* Claims the twin's tuple for the connection: 0, -EEXIST where it is another's, or another errno.
 */
static __always_inline int nat_claim(struct nat_scratch *nat)
{
	int err = flow_insert(&nat->twin_key, &nat->twin, BPF_NOEXIST);
	struct flow *other;

	if (err != -EEXIST)
		return err;
	other = flow_find(&nat->twin_key);
	if (!other)
		return -EEXIST;
	if (nat_rewrites_alike(&other->to, &nat->twin.to))
		return flow_insert(&nat->twin_key, &nat->twin, BPF_ANY);
	if (!nat->takes_closed || !flow_is_closed(&nat->twin_key, other) ||
	    (__s32)(flow_now() - other->seen) < NAT_CLOSED_TICKS)
		return -EEXIST;
	flow_remove_pair(&nat->twin_key);
	return flow_insert(&nat->twin_key, &nat->twin, BPF_NOEXIST);
}

/* Removes what was made of a connection before something failed. */
static __always_inline void nat_forget(struct nat_scratch *nat, const struct packet *packet)
{
	flow_twin_key(&nat->destination, packet->tuple.protocol, &nat->twin_key);
	flow_remove(&nat->twin_key);
	flow_remove_pair(&nat->key);
}

/* Claims the tuple with this source port after the rewrite. */
__noinline int nat_claim_port(struct nat_scratch *nat, __be16 sport)
{
	if (!nat)
		return -EINVAL;
	nat->to.sport = sport;
	flow_direct(&nat->flow, &nat->key, &nat->to);
	flow_turn(&nat->key, &nat->flow, &nat->twin_key, &nat->twin);
	return nat_claim(nat);
}

/* A source port for the node's address, by a number of any size. */
static __always_inline __be16 nat_port(const struct packet_settings *settings, __u32 number)
{
	__u32 count = settings->port_last - settings->port_first + 1;

	return bpf_htons(settings->port_first + number % count);
}

/* Claims some source port: the one that the client has, if it is to be kept, or else one that
 * follows from the tuple, so that a connection whose entries were lost gets the same again. Ports
 * of closed connections are taken only when others are hard to find: the backend may still have
 * their ends, and would not know what to make of a new one.
 */
__noinline int nat_claim_any_port(struct nat_scratch *nat, bool keep)
{
	const struct packet_settings *settings = packet_settings_get();
	int err = -EEXIST;
	__u32 number, step;

	if (!settings || !nat)
		return -EINVAL;
	number = nat->anew ? bpf_get_prandom_u32() : flow_hash(&nat->key) >> 16;
	step = number >> 16 | 1;
	nat->takes_closed = keep;
	if (keep)
		err = nat_claim_port(nat, nat->key.sport);
	for (int i = 0; i < NAT_PORT_TRIES && (err == -EEXIST || err == -EBUSY); i++) {
		nat->takes_closed = i >= NAT_FREE_TRIES;
		err = nat_claim_port(nat, nat_port(settings, number));
		number += step;
	}
	return err;
}

/* Another CPU has made entries for the same connection meanwhile: its packets go where that one
 * said, and this one's claim ends, unless it is the same.
 */
static __always_inline int nat_yield(struct nat_scratch *nat)
{
	const struct flow *other = flow_find(&nat->key);

	if (!other || !nat_rewrites_alike(&other->to, &nat->flow.to))
		flow_remove(&nat->twin_key);
	return 0;
}

/* Makes both entries for packets of nat->key. */
static __always_inline int nat_make_pair(struct nat_scratch *nat, bool keep)
{
	int err = nat_claim_any_port(nat, keep);

	if (err)
		return err;
	err = flow_insert(&nat->key, &nat->flow,
			  nat->key.hook == HOOK_EGRESS ? BPF_ANY : BPF_NOEXIST);
	if (err == -EEXIST)
		return nat_yield(nat);
	if (err)
		flow_remove(&nat->twin_key);
	return err;
}

/* Begins an entry for packets of this tuple, which are to go to the backend, from whom they are. */
static __always_inline void nat_aim(struct nat_scratch *nat, const struct flow_key *key,
				    const struct choice *choice, __u16 flags)
{
	nat->key = *key;
	nat->to = *key;
	nat->to.daddr = choice->addr;
	nat->to.dport = choice->port;
	__builtin_memset(&nat->flow, 0, sizeof(nat->flow));
	nat->flow.seen = flow_now();
	nat->flow.flags = flags;
	nat->flow.service = choice->service;
	nat->flow.backend = choice->backend;
	nat->flow.generation = choice_generation(choice);
	nat->flow.service_generation = traffic_generation(choice->service);
}

/* Source and destination at once, past the stack. */
static __always_inline int nat_make_past_stack(struct nat_scratch *nat, const struct packet *packet,
					       const struct choice *choice,
					       const struct route *route, bool keep)
{
	nat_aim(nat, &packet->tuple, choice, FLOW_REDIRECT);
	nat->to.saddr = route->source;
	nat->flow.hop = route->hop;
	return nat_make_pair(nat, keep);
}

/* The destination before routing. What exchanged the source of another connection, which is over
 * and had the same tuple, must not do so with this one's.
 */
static __always_inline int nat_make_destination(struct nat_scratch *nat,
						const struct packet *packet,
						const struct choice *choice)
{
	int err;

	nat_aim(nat, &packet->tuple, choice, FLOW_TWIN_EGRESS);
	err = nat_make_pair(nat, true);
	if (err)
		return err;
	nat->to.hook = HOOK_EGRESS;
	flow_remove_pair(&nat->to);
	return 0;
}

/* The destination before routing, and the source after it. A connection that is over may have had
 * the same tuple between the two, by another frontend: its pair goes, and not the half of it alone
 * that would be written over.
 */
static __always_inline int nat_make_through_stack(struct nat_scratch *nat,
						  const struct packet *packet,
						  const struct choice *choice,
						  const struct ip_addr *source)
{
	int err;

	nat_aim(nat, &packet->tuple, choice, FLOW_TWIN_EGRESS);
	err = nat_claim_any_port(nat, true);
	if (err)
		return err;
	nat->destination = nat->flow;

	nat->to.hook = HOOK_EGRESS;
	flow_remove_pair(&nat->to);
	nat_aim(nat, &nat->to, choice, FLOW_MASQUERADE);
	nat->to.saddr = *source;
	/* Taken up in its middle, it does not come too late either. */
	nat->flow.packets = !packet_begins(packet);
	err = nat_make_pair(nat, false);
	if (!err) {
		nat->destination.flags |= FLOW_MASQUERADED;
		nat->destination.masquerade = nat->to.saddr;
		nat->destination.masquerade_port = nat->to.sport;
		err = flow_insert(&packet->tuple, &nat->destination, BPF_ANY);
	}
	if (err)
		nat_forget(nat, packet);
	return err;
}

/* The key of the pair that exchanges the source, of a connection whose destination `flow`
 * exchanges.
 */
static __always_inline struct flow_key nat_masquerade_key(const struct flow_key *key,
							  const struct flow *flow)
{
	return (struct flow_key){
		.saddr = flow->to.saddr,
		.daddr = flow->to.daddr,
		.sport = flow->to.sport,
		.dport = flow->to.dport,
		.protocol = key->protocol,
		.hook = HOOK_EGRESS,
	};
}

/* Makes that pair again where it was lost. */
static __always_inline void
nat_restore_masquerade(struct nat_scratch *nat, const struct flow_key *key, const struct flow *flow)
{
	nat->key = nat_masquerade_key(key, flow);
	if (flow_find(&nat->key))
		return;
	nat->takes_closed = false;
	nat->to = nat->key;
	nat->to.saddr = flow->masquerade;
	__builtin_memset(&nat->flow, 0, sizeof(nat->flow));
	nat->flow.seen = flow->seen;
	nat->flow.flags = FLOW_MASQUERADE;
	nat->flow.packets = 1; /* it did not come too late */
	nat->flow.tcp_flags = flow->tcp_flags & TCP_ACK;
	nat->flow.service = flow->service;
	nat->flow.backend = flow->backend;
	nat->flow.generation = flow->generation;
	nat->flow.service_generation = flow->service_generation;
	if (!nat_claim_port(nat, flow->masquerade_port))
		flow_insert(&nat->key, &nat->flow, BPF_ANY);
}

/* Removes all entries of a connection that a packet of the client found. */
__noinline int nat_end(const struct flow_key *key, const struct flow *flow)
{
	struct nat_scratch *nat = nat_scratch_get();

	if (!key || !flow || !nat)
		return -EINVAL;
	if (flow->flags & FLOW_MASQUERADED) {
		nat->key = nat_masquerade_key(key, flow);
		flow_remove_pair(&nat->key);
	}
	return flow_remove_pair(key);
}

/* Whether a pod's packet leaves by the device that it came by: the backend is on the same bridge,
 * and would answer the pod's own address from port to port, past this program.
 */
static __always_inline bool nat_is_turned(const struct nat_scratch *nat,
					  const struct packet *packet)
{
	return route_is_known(&nat->route) && nat->route.hop.ifindex == packet->from;
}

/* Makes the entries for the backend that is chosen in the scratch: 0, or -errno. */
__noinline int nat_make(struct __sk_buff *skb, const struct packet *packet)
{
	const struct packet_settings *settings = packet_settings_get();
	struct nat_scratch *nat = nat_scratch_get();
	const struct choice *choice;
	bool masquerade;
	__u32 to;

	if (!packet || !settings || !nat)
		return -ENOENT;
	choice = &nat->choice;
	masquerade = sender_is_masqueraded(nat->sender, nat->target, settings) ||
		     ip_equal(&choice->addr, &packet->tuple.saddr);
	/* After routing it is too late for that: the way has to be found anew. */
	if (packet->tuple.hook == HOOK_INGRESS && !masquerade && !(nat->from & DEVICE_PODS))
		return nat_make_destination(nat, packet, choice);

	nat_aim(nat, &packet->tuple, choice, 0);
	if (route_find_source_cached(skb, &nat->to, &nat->route))
		return -ENOENT;
	if (packet->tuple.hook == HOOK_INGRESS && !masquerade && !nat_is_turned(nat, packet))
		return nat_make_destination(nat, packet, choice);
	if (packet->tuple.hook == HOOK_EGRESS) {
		if (!route_is_known(&nat->route))
			return -EHOSTUNREACH;
		if (!masquerade)
			nat->route.source = packet->tuple.saddr;
		return nat_make_past_stack(nat, packet, choice, &nat->route, true);
	}
	/* The node itself is the backend's host, or there is no way to it: the stack knows. Or the
	 * packet would leave where nobody exchanges its source; its client is answered through this
	 * node even so, where it came in.
	 */
	to = route_is_known(&nat->route) ? nat->route.hop.device_flags : 0;
	if (!(to & DEVICE_SERVED))
		return nat_make_destination(nat, packet, choice);
	if (nat->sender == SENDER_OUTSIDE && !((to | nat->from) & DEVICE_PODS))
		return nat_make_past_stack(nat, packet, choice, &nat->route, false);
	return nat_make_through_stack(nat, packet, choice, &nat->route.source);
}

/* Whether the port that the connection got with the node's address is one that netfilter gave away
 * before: answers of the backend would be taken for the other's.
 */
static __always_inline bool nat_is_tracked(struct __sk_buff *skb, const struct packet *packet,
					   const struct nat_scratch *nat)
{
	return avoids_tracked_ports && !ip_equal(&nat->twin_key.daddr, &packet->tuple.saddr) &&
	       conntrack_knows(skb, &nat->twin_key);
}

/* Has the connection made once more with another port, where that is so. */
static __always_inline int nat_make_anew(struct __sk_buff *skb, const struct packet *packet,
					 struct nat_scratch *nat)
{
	const struct flow *flow;
	int err = 0;

	for (int i = 0; i < NAT_TRACKED_TRIES && !err && nat_is_tracked(skb, packet, nat); i++) {
		flow = flow_find(&packet->tuple);
		if (flow)
			nat_end(&packet->tuple, flow);
		nat->anew = true;
		err = nat_make(skb, packet);
	}
	return err;
}

/* Begins a connection with the packet, to the backend that is chosen in the scratch: 0, or -errno.
 */
static __always_inline int nat_begin(struct __sk_buff *skb, const struct packet *packet)
{
	struct nat_scratch *nat = nat_scratch_get();
	int err;

	if (!nat)
		return -ENOENT;
	nat->anew = packet->flags & PACKET_ANEW;
	/* Before the entries: an atomic operation waits for what was written before it. */
	backend_count_flow(nat->choice.backend, 1);
	err = nat_make(skb, packet);
	if (!err)
		err = nat_make_anew(skb, packet, nat);
	if (err)
		backend_count_flow(nat->choice.backend, -1);
	return err;
}
