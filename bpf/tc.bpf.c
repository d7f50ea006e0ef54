// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Packets: for clients that no socket hook serves, those outside above all, destination and source
 * are exchanged where packets come into the node and where they leave it. See docs/packet-path.md.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "lib/answer.h"
#include "lib/cut.h"
#include "lib/flow.h"
#include "lib/fragments.h"
#include "lib/icmp.h"
#include "lib/lb.h"
#include "lib/maps.h"
#include "lib/marks.h"
#include "lib/nat.h"
#include "lib/packet.h"
#include "lib/packet_maps.h"
#include "lib/reject.h"
#include "lib/request.h"
#include "lib/rewrite.h"
#include "lib/route.h"
#include "lib/rules.h"
#include "lib/sender.h"
#include "lib/service.h"
#include "lib/sources.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* On to the next program of the device, and to the stack. */
#define PASS TC_ACT_UNSPEC

/* Not verdicts: the packet has a backend now, or a flow. */
#define CHOSEN (-2)
#define BEGUN  (-3)

/* Seed of the hash of flows for Maglev: the same on every node, so that whichever of them a packet
 * comes to, it finds the same backend.
 */
#define MAGLEV_SEED 0x9ae16a3b2f90404fULL

/* No namespace at all: what is sent to a loopback address by a device is no process's of the host.
 */
static __always_inline __u64 request_netns(const struct request *request)
{
	(void)request;
	return ~0ULL;
}

static __always_inline __u64 request_now(const struct request *request)
{
	(void)request;
	return bpf_ktime_get_ns();
}

static __always_inline bool request_is_admitted(const struct request *request)
{
	const struct packet *packet = request->ctx;

	return sources_admit(request->target.service, &request->source) ||
	       (!packet->from && request->target.options & FRONTEND_ADMITS_NODE);
}

static __always_inline __u64 request_hash(const struct request *request,
					  const struct client *client)
{
	const struct packet *packet = request->ctx;

	(void)client;
	return flow_seeded_hash(&packet->tuple, MAGLEV_SEED);
}

static __always_inline int tc_drop(enum counter reason)
{
	count(reason);
	return TC_ACT_SHOT;
}

/* A packet that is too large for its way: cut in two where its sender allows it, else he is told.
 */
__noinline int tc_shorten(struct __sk_buff *skb, const struct packet *packet, __u16 mtu)
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

static __always_inline int tc_expire(struct __sk_buff *skb, const struct packet *packet)
{
	count(DROP_TTL);
	return answer_expired(skb, packet);
}

/* Sends the packet on past the stack, by a next hop that has to be looked up. */
__noinline int tc_forward_slow(struct __sk_buff *skb, const struct packet *packet,
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
		return tc_drop(DROP_NO_ROUTE);
	if (nat->route.hop.generation)
		flow_set_hop(&packet->tuple, flow, &nat->route.hop);
	if (packet_exceeds(skb, packet, nat->route.hop.mtu))
		return tc_shorten(skb, packet, nat->route.hop.mtu);
	if (rewrite_apply(skb, packet, &flow->to, true))
		return tc_drop(DROP_UNWRITABLE);
	return route_send_slow(skb, packet, nat->route.hop.ifindex);
}

static __always_inline bool tc_knows_hop(const struct packet *packet, const struct next_hop *hop)
{
	const struct packet_settings *settings = packet_settings_get();

	return settings && hop->generation == settings->hop_generation && packet->l3 == ETH_HLEN;
}

static __always_inline int tc_forward(struct __sk_buff *skb, const struct packet *packet,
				      struct flow *flow)
{
	skb->tc_index = MARK_DONE;
	if (packet->ttl <= 1)
		return tc_expire(skb, packet);
	if (!tc_knows_hop(packet, &flow->hop))
		return tc_forward_slow(skb, packet, flow);
	if (packet_exceeds(skb, packet, flow->hop.mtu))
		return tc_shorten(skb, packet, flow->hop.mtu);
	if (rewrite_apply(skb, packet, &flow->to, true))
		return tc_drop(DROP_UNWRITABLE);
	return route_send(skb, &flow->hop);
}

/* What is looked at once in a tick: that the other direction's entry is there, and the next hop. 0,
 * or -errno where that entry is another connection's, which has claimed its tuple since it was
 * lost: going on, the two would be one to the backend, and answers to this client be the other's.
 */
__noinline int tc_refresh(const struct packet *packet, struct flow *flow)
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
static __always_inline bool tc_begins_anew(const struct packet *packet, struct flow *flow)
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
static __always_inline bool tc_came_too_late(const struct packet *packet, const struct flow *flow)
{
	return (flow->flags & (FLOW_MASQUERADE | FLOW_REPLY)) == FLOW_MASQUERADE &&
	       !flow->packets && !packet_begins(packet);
}

/* Keeps the entry from changing anything. */
static __always_inline void tc_leave_alone(const struct packet *packet, struct flow *flow)
{
	flow->to.saddr = packet->tuple.saddr;
	flow->to.sport = packet->tuple.sport;
	flow->to.addr_diff = 0;
	flow->to.port_diff = 0;
}

/* Whether the entry is not for this packet any more; then it is gone. */
static __always_inline bool tc_is_over(struct packet *packet, struct flow *flow)
{
	if (!tc_begins_anew(packet, flow))
		return false;
	packet->flags |= PACKET_ANEW;
	nat_end(&packet->tuple, flow);
	return true;
}

/* Whether the packet answers the node itself, which left by the device that leads to the Service's
 * address.
 */
static __always_inline bool tc_answers_host(const struct packet *packet, const struct flow *flow)
{
	__u16 kind = FLOW_REPLY | FLOW_TWIN_EGRESS;

	return packet->tuple.hook == HOOK_INGRESS &&
	       (flow->flags & (kind | FLOW_MASQUERADE)) == kind;
}

/* Hands an answer to the node's stack by the device that the stack expects it from: where the
 * backend is behind another one, a strict reverse path filter would drop what seems to come from
 * the Service's address.
 */
__noinline int tc_deliver(struct __sk_buff *skb, const struct packet *packet, struct flow *flow)
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
		return tc_drop(DROP_UNWRITABLE);
	if (packet->l3 != ETH_HLEN || route_find(skb, &nat->to, &nat->route) ||
	    !nat->route.hop.generation || nat->route.hop.ifindex == skb->ifindex)
		return PASS;
	eth = packet_at(skb, 0, sizeof(*eth));
	if (!eth)
		return tc_drop(DROP_UNWRITABLE);
	__builtin_memcpy(eth->h_dest, nat->route.hop.smac, ETH_ALEN);
	return bpf_redirect(nat->route.hop.ifindex, BPF_F_INGRESS);
}

/* Whether nf_conntrack may know the packet already, as something that it is not any more: where
 * bridges have netfilter see what they forward (br_netfilter), it saw the pod's answer before this
 * program. What comes in once more is forgotten, and looked at anew.
 */
static __always_inline bool tc_was_tracked(const struct packet *packet, const struct flow *flow)
{
	const struct device *device;

	if (packet->tuple.hook == HOOK_EGRESS || !(flow->flags & FLOW_MASQUERADE) ||
	    !(flow->flags & FLOW_REPLY))
		return false;
	device = device_find(packet->from);
	return device && device->flags & DEVICE_PODS;
}

static __always_inline int tc_rewrite(struct __sk_buff *skb, const struct packet *packet,
				      struct flow *flow)
{
	if (flow->flags & FLOW_REDIRECT)
		return tc_forward(skb, packet, flow);
	if (tc_answers_host(packet, flow))
		return tc_deliver(skb, packet, flow);
	skb->tc_index = MARK_TRANSLATED;
	if (rewrite_apply(skb, packet, &flow->to, false))
		return tc_drop(DROP_UNWRITABLE);
	return tc_was_tracked(packet, flow) ? bpf_redirect(skb->ifindex, BPF_F_INGRESS) : PASS;
}

/* A packet that has an entry. */
static __always_inline int tc_follow(struct __sk_buff *skb, const struct packet *packet,
				     struct flow *flow, __u64 hash)
{
	int verdict;

	if (fragment_is_first(packet))
		fragment_note(packet);
	if (tc_came_too_late(packet, flow))
		tc_leave_alone(packet, flow);
	if (flow->seen != flow_now() && tc_refresh(packet, flow))
		return tc_drop(FLOW_UNRECORDED);
	flow_note(flow, packet);
	verdict = tc_rewrite(skb, packet, flow);
	/* It may have become another connection's meanwhile: who knows what the packet is now. */
	return flow_is_of(flow, hash) ? verdict : tc_drop(DROP_UNWRITABLE);
}

/* Whether it is worth to look for a socket of the node: not where only Services have the address,
 * nor where the packet says by itself that it answers nobody.
 */
static __always_inline bool tc_may_answer_node(const struct packet *packet, struct target target)
{
	if (packet->tuple.hook == HOOK_EGRESS || sender_dials_cluster_ip(target))
		return false;
	return packet->tuple.protocol == IPPROTO_UDP || !packet_begins(packet);
}

/* Whether a socket of the node waits for the packet: the node dialled from a port that is
 * somebody's NodePort.
 */
static __noinline bool tc_answers_node(struct __sk_buff *skb, const struct packet *packet)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk;
	bool connected;
	__u32 size;

#if IP_VERSION == 4
	tuple.ipv4.saddr = packet->tuple.saddr.addr;
	tuple.ipv4.daddr = packet->tuple.daddr.addr;
	tuple.ipv4.sport = packet->tuple.sport;
	tuple.ipv4.dport = packet->tuple.dport;
	size = sizeof(tuple.ipv4);
#else
	__builtin_memcpy(tuple.ipv6.saddr, &packet->tuple.saddr, sizeof(packet->tuple.saddr));
	__builtin_memcpy(tuple.ipv6.daddr, &packet->tuple.daddr, sizeof(packet->tuple.daddr));
	tuple.ipv6.sport = packet->tuple.sport;
	tuple.ipv6.dport = packet->tuple.dport;
	size = sizeof(tuple.ipv6);
#endif
	switch (packet->tuple.protocol) {
	case IPPROTO_UDP:
		sk = bpf_sk_lookup_udp(skb, &tuple, size, BPF_F_CURRENT_NETNS, 0);
		break;
	case IPPROTO_TCP:
		sk = bpf_sk_lookup_tcp(skb, &tuple, size, BPF_F_CURRENT_NETNS, 0);
		break;
	default:
		return false;
	}
	if (!sk)
		return false;
	connected = sk->dst_port;
	bpf_sk_release(sk);
	return connected;
}

/* Chooses a backend for what the packet dials: 0, or an errno that is counted already. */
static __always_inline int tc_choose(struct nat_scratch *nat, struct request *request)
{
	const struct packet *packet = request->ctx;
	const struct packet_settings *settings = packet_settings_get();
	const struct device *device = packet->from ? device_find(packet->from) : NULL;
	struct target target = request->target;

	if (!settings)
		return -ENOENT;
	nat->target = target;
	nat->from = device ? device->flags : 0;
	nat->sender = sender_of(packet, settings, device);
	request->set_id = nat->sender == SENDER_OUTSIDE ? lb_external_set(target)
							: lb_internal_set(target);
	return rules_apply(target) ? rules_choose(request, &nat->choice)
				   : lb_choose(target, request->set_id, &nat->choice);
}

/* A packet to a Service without a flow that cannot begin one. Of Maglev services every node knows
 * the backend, so the flow is taken up in its middle.
 */
static __always_inline bool tc_is_lost(const struct packet *packet, struct target target)
{
	return !packet_begins(packet) &&
	       (packet->tcp_flags & TCP_RST || (target.options >> FRONTEND_ALGORITHM_SHIFT &
						FRONTEND_ALGORITHM_MASK) != ALGORITHM_MAGLEV);
}

/* The node's own TCP connections are its sockets': one that is in its middle was not given a
 * backend when it began, so it is older than the Service, and goes on to whom it knows
 * (behaviour 4.8).
 */
static __always_inline int tc_refuse_lost(struct __sk_buff *skb, const struct packet *packet)
{
	if (!packet->from && packet->tuple.protocol == IPPROTO_TCP)
		return PASS;
	count(DROP_NO_FLOW);
	if (packet->tuple.protocol == IPPROTO_TCP && packet->tcp_flags & TCP_RST)
		return TC_ACT_SHOT;
	return reject_packet(skb, packet);
}

/* What came of making a flow. */
static __always_inline int tc_begun(struct __sk_buff *skb, const struct packet *packet, int err)
{
	switch (err) {
	case 0:
		return BEGUN;
	case -EEXIST:
		count(DROP_NO_PORT);
		return reject_packet(skb, packet);
	case -EHOSTUNREACH:
		count(DROP_NO_ROUTE);
		return reject_packet(skb, packet);
	default:
		/* Somebody holds a lock for long: the client will try again, if it is not refused.
		 */
		return tc_drop(FLOW_UNRECORDED);
	}
}

/* Whether the packet's addresses are such as can dial a Service. Sources that nobody can have are
 * left to the stack, which drops them: past it they would reach a backend, by the node's address.
 * The zero address stands for something else in keys of frontends, and so does protocol zero.
 */
static __always_inline bool tc_may_dial(const struct packet *packet)
{
	return !ip_is_any(&packet->tuple.daddr) && packet->tuple.protocol &&
	       (packet->tuple.hook == HOOK_EGRESS || ip_is_of_host(&packet->tuple.saddr));
}

/* Finds what the packet dials, and leaves the backend that it gets in the scratch: CHOSEN, or a
 * verdict.
 */
__noinline int tc_dial(struct __sk_buff *skb, struct packet *packet)
{
	const struct frontend *frontend;
	struct nat_scratch *nat;
	struct request request;
	int err;

	if (!packet)
		return TC_ACT_SHOT;
	if (!tc_may_dial(packet))
		return PASS;
	request = (struct request){
		.key.addr = packet->tuple.daddr,
		.key.port = packet->tuple.dport,
		.key.protocol = packet->tuple.protocol,
		.source = packet->tuple.saddr,
		.ctx = packet,
	};
	frontend = service_lookup(&request, &err);
	if (!frontend)
		return err ? reject_packet(skb, packet) : PASS;
	request.target = frontend_target(frontend);
	if (tc_may_answer_node(packet, request.target) && tc_answers_node(skb, packet))
		return PASS;
	if (tc_is_lost(packet, request.target))
		return tc_refuse_lost(skb, packet);
	nat = nat_scratch_get();
	if (!nat)
		return TC_ACT_SHOT;
	err = tc_choose(nat, &request);
	if (err)
		return err == -ETIMEDOUT ? TC_ACT_SHOT : reject_packet(skb, packet);
	return CHOSEN;
}

/* A packet that has no entry: it may dial a Service. */
static __always_inline int tc_begin(struct __sk_buff *skb, struct packet *packet)
{
	int verdict = tc_dial(skb, packet);

	return verdict == CHOSEN ? tc_begun(skb, packet, nat_begin(skb, packet)) : verdict;
}

/* Sends an error on past the stack, where the packets of its flow go. */
static __always_inline int tc_forward_error(struct __sk_buff *skb, const struct packet *packet,
					    const struct packet *quoted,
					    const struct rewrite *outer, const struct rewrite *to)
{
	struct nat_scratch *nat = nat_scratch_get();

	skb->tc_index = MARK_DONE;
	if (packet->ttl <= 1)
		return tc_drop(DROP_TTL);
	if (!nat)
		return TC_ACT_SHOT;
	nat->to = packet->tuple;
	nat->to.saddr = outer->saddr;
	nat->to.daddr = outer->daddr;
	if (route_find(skb, &nat->to, &nat->route) || !route_is_known(&nat->route))
		return tc_drop(DROP_NO_ROUTE);
	if (icmp_rewrite(skb, packet, quoted, outer, to, true))
		return tc_drop(DROP_UNWRITABLE);
	return route_send_slow(skb, packet, nat->route.hop.ifindex);
}

/* An ICMP error. It is told to whom it concerns by the flow of the packet that it quotes. */
__noinline int tc_handle_error(struct __sk_buff *skb, const struct packet *packet)
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
		return tc_forward_error(skb, packet, &quoted, &outer, &to);
	skb->tc_index = MARK_TRANSLATED;
	return icmp_rewrite(skb, packet, &quoted, &outer, &to, false) ? tc_drop(DROP_UNWRITABLE)
								      : PASS;
}

/* ICMP has no ports, and so no Services either: whoever asks for an echo where only Services are is
 * refused.
 */
static __always_inline int tc_handle_icmp(struct __sk_buff *skb, struct packet *packet, __u16 mark)
{
	if (packet_is_icmp_error(packet))
		return tc_handle_error(skb, packet);
	return mark != MARK_TRANSLATED && icmp_is_echo_request(packet) ? tc_dial(skb, packet)
								       : PASS;
}

static __always_inline int tc_handle(struct __sk_buff *skb, enum hook hook, __u8 flags, __u16 mark)
{
	struct packet packet = {
		.tuple.hook = hook,
		.from = hook == HOOK_EGRESS ? skb->ingress_ifindex : skb->ifindex,
		.flags = flags,
	};
	struct flow *flow;
	__u64 hash;
	int verdict;

	if (!packet_parse(skb, &packet) ||
	    (packet.flags & PACKET_LATER && fragment_recall(&packet)))
		return PASS;
	if (packet.tuple.protocol == PROTOCOL_ICMP)
		return tc_handle_icmp(skb, &packet, mark);
	hash = flow_hash(&packet.tuple);
	flow = flow_find_hashed(&packet.tuple, hash);
	if (!flow || tc_is_over(&packet, flow)) {
		verdict = mark == MARK_TRANSLATED || packet.flags & PACKET_LATER
				  ? PASS
				  : tc_begin(skb, &packet);
		if (verdict != BEGUN)
			return verdict;
		flow = flow_find_hashed(&packet.tuple, hash);
	}
	return flow ? tc_follow(skb, &packet, flow, hash) : tc_drop(FLOW_UNRECORDED);
}

static __always_inline int tc_ingress(struct __sk_buff *skb, __u8 flags)
{
	mark_take(skb);
	/* What a switch floods, or somebody listens to, is on its way to another host; and what is
	 * sent to all of them is forwarded by none.
	 */
	if (skb->pkt_type != PACKET_HOST)
		return PASS;
	return tc_handle(skb, HOOK_INGRESS, flags, 0);
}

static __always_inline int tc_egress(struct __sk_buff *skb, __u8 flags)
{
	__u16 mark = mark_take(skb);

	return mark == MARK_DONE ? PASS : tc_handle(skb, HOOK_EGRESS, flags, mark);
}

#define TC_PROGRAM(direction, suffix, flags)                                                       \
	SEC("tc")                                                                                  \
	int direction##suffix(struct __sk_buff *skb)                                               \
	{                                                                                          \
		return tc_##direction(skb, flags);                                                 \
	}

/* clang-format off */
#if IP_VERSION == 4
TC_PROGRAM(ingress, 4, 0)
TC_PROGRAM(egress, 4, 0)
TC_PROGRAM(ingress, _l3_4, PACKET_HAS_NO_ETHER)
TC_PROGRAM(egress, _l3_4, PACKET_HAS_NO_ETHER)
#else
TC_PROGRAM(ingress, 6, 0)
TC_PROGRAM(egress, 6, 0)
TC_PROGRAM(ingress, _l3_6, PACKET_HAS_NO_ETHER)
TC_PROGRAM(egress, _l3_6, PACKET_HAS_NO_ETHER)
#endif
/* clang-format on */
