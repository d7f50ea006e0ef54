// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Packets that have no entry: they may dial a Service, and begin a connection. */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "conntrack.h"
#include "flow.h"
#include "lb.h"
#include "nat.h"
#include "packet.h"
#include "reject.h"
#include "request.h"
#include "route.h"
#include "rules.h"
#include "sender.h"
#include "service.h"
#include "sources.h"
#include "verdict.h"

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

/* Whether it is worth to look for a socket of the node: not where only Services have the address,
 * nor where the packet says by itself that it answers nobody.
 */
static __always_inline bool dial_may_answer_node(const struct packet *packet, struct target target)
{
	if (packet->tuple.hook == HOOK_EGRESS || sender_dials_cluster_ip(target))
		return false;
	return packet->tuple.protocol == IPPROTO_UDP || !packet_begins(packet);
}

/* Whether a socket of the node waits for the packet: the node dialled from a port that is
 * somebody's NodePort.
 */
static __noinline bool dial_answers_node(struct __sk_buff *skb, const struct packet *packet)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk;
	bool connected;
	__u32 size;

	size = packet_sock_tuple(&packet->tuple, &tuple);
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
static __always_inline int dial_choose(struct nat_scratch *nat, struct request *request,
				       const struct device *device)
{
	const struct packet *packet = request->ctx;
	const struct packet_settings *settings = packet_settings_get();
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
static __always_inline bool dial_is_lost(const struct packet *packet, struct target target)
{
	return !packet_begins(packet) &&
	       (packet->tcp_flags & TCP_RST || (target.options >> FRONTEND_ALGORITHM_SHIFT &
						FRONTEND_ALGORITHM_MASK) != ALGORITHM_MAGLEV);
}

/* The node's own TCP connections are its sockets': one that is in its middle was not given a
 * backend when it began, so it is older than the Service, and goes on to whom it knows
 * (behaviour 4.8).
 */
static __always_inline int dial_refuse_lost(struct __sk_buff *skb, const struct packet *packet)
{
	if (!packet->from && packet->tuple.protocol == IPPROTO_TCP)
		return PASS;
	count(DROP_NO_FLOW);
	if (packet->tuple.protocol == IPPROTO_TCP && packet->tcp_flags & TCP_RST)
		return TC_ACT_SHOT;
	return reject_packet(skb, packet);
}

/* What came of making a flow. */
static __always_inline int dial_begun(struct __sk_buff *skb, const struct packet *packet, int err)
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
		return verdict_drop(FLOW_UNRECORDED);
	}
}

/* Whether the packet's addresses are such as can dial a Service. Sources that nobody can have are
 * left to the stack, which drops them: past it they would reach a backend, by the node's address.
 * The zero address stands for something else in keys of frontends, and so does protocol zero.
 */
static __always_inline bool dial_may_dial(const struct packet *packet)
{
	return !ip_is_any(&packet->tuple.daddr) && packet->tuple.protocol &&
	       (packet->tuple.hook == HOOK_EGRESS || ip_is_of_host(&packet->tuple.saddr));
}

/* Whether the programs at the device by which the packet comes in are to begin anything: not before
 * those of all devices are there. Until then a connection is the stack's, and whoever has rules
 * there has it for good.
 */
static __always_inline bool dial_is_early(const struct packet *packet, const struct device *device)
{
	return packet->tuple.hook == HOOK_INGRESS && (!device || !(device->flags & DEVICE_SERVED));
}

/* Whether nothing may begin, nor be refused, since flows are on their way into another table. */
static __always_inline bool dial_is_held(void)
{
	const struct packet_settings *settings = packet_settings_get();

	return settings && (__s32)(settings->held_until - flow_now()) > 0;
}

/* Finds what the packet dials, and leaves the backend that it gets in the scratch: CHOSEN, or a
 * verdict.
 */
__noinline int dial(struct __sk_buff *skb, struct packet *packet)
{
	const struct frontend *frontend;
	const struct device *device;
	struct nat_scratch *nat;
	struct request request;
	int err;

	if (!packet)
		return TC_ACT_SHOT;
	if (!dial_may_dial(packet))
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
	device = packet->from ? device_find(packet->from) : NULL;
	if (dial_is_early(packet, device))
		return PASS;
	request.target = frontend_target(frontend);
	if (dial_may_answer_node(packet, request.target) && dial_answers_node(skb, packet))
		return PASS;
	if (dial_is_held())
		return verdict_drop(DROP_HELD);
	if (!packet_begins(packet) && conntrack_translates(skb, packet))
		return PASS;
	if (dial_is_lost(packet, request.target))
		return dial_refuse_lost(skb, packet);
	nat = nat_scratch_get();
	if (!nat)
		return TC_ACT_SHOT;
	err = dial_choose(nat, &request, device);
	if (err)
		return err == -ETIMEDOUT ? TC_ACT_SHOT : reject_packet(skb, packet);
	return CHOSEN;
}

/* A packet that has no entry: it may dial a Service. */
static __always_inline int dial_begin(struct __sk_buff *skb, struct packet *packet)
{
	int verdict = dial(skb, packet);

	return verdict == CHOSEN ? dial_begun(skb, packet, nat_begin(skb, packet)) : verdict;
}
