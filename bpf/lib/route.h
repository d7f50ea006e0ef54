// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Where packets go that do not go through the stack. */
#pragma once

#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "packet.h"
#include "packet_maps.h"

/* Of sys/socket.h. */
#define ROUTE_FAMILY (IP_VERSION == 4 ? 2 : 10)

/* Of include/net/flow.h: where packets come from that the node makes itself. */
#define LOOPBACK_IFINDEX 1

/* Since kernel 6.7; of linux/bpf.h. */
#define FIB_LOOKUP_SRC (1U << 4)

static __always_inline const struct packet_settings *packet_settings_get(void)
{
	__u32 index = 0;

	return bpf_map_lookup_elem(&packet_settings, &index);
}

static __always_inline const struct device *device_find(__u32 ifindex)
{
	return bpf_map_lookup_elem(&devices, &ifindex);
}

/* What the routes of the node say of a packet with this tuple. */
struct route {
	int result; /* BPF_FIB_LKUP_RET_*, or -errno */
	struct next_hop hop;
	struct ip_addr source; /* what the kernel would send from; zero where it does not say */
};

static __always_inline void route_ask(struct bpf_fib_lookup *fib, const struct __sk_buff *skb,
				      const struct flow_key *to)
{
	*fib = (struct bpf_fib_lookup){
		.family = ROUTE_FAMILY,
		.l4_protocol = to->protocol,
		.sport = to->sport,
		.dport = to->dport,
		.tot_len = 1, /* has the MTU answered */
		.ifindex = to->hook == HOOK_EGRESS ? LOOPBACK_IFINDEX : skb->ifindex,
	};
#if IP_VERSION == 4
	fib->ipv4_src = to->saddr.addr;
	fib->ipv4_dst = to->daddr.addr;
#else
	__builtin_memcpy(fib->ipv6_src, &to->saddr, sizeof(to->saddr));
	__builtin_memcpy(fib->ipv6_dst, &to->daddr, sizeof(to->daddr));
#endif
}

/* The look-up answers with the MTU of the route, but leaves it out where the neighbour is not known
 * yet. Then that of the device has to do, for the packets of a moment.
 */
static __always_inline __u16 route_mtu(struct __sk_buff *skb, const struct route *route,
				       const struct bpf_fib_lookup *fib)
{
	__u32 mtu = 0;

	if (route->result != BPF_FIB_LKUP_RET_NO_NEIGH)
		return fib->mtu_result;
	bpf_check_mtu(skb, fib->ifindex, &mtu, 0, 0);
	return mtu < 0xffff ? mtu : 0xffff;
}

/* Whether the neighbour's link address is known. Devices without such addresses answer with zero:
 * some of them send only what the kernel has routed, the tunnels of IP to several others.
 */
static __always_inline bool route_has_link(const struct route *route,
					   const struct bpf_fib_lookup *fib)
{
	__u8 any = 0;

	for (int i = 0; i < ETH_ALEN; i++)
		any |= fib->dmac[i];
	return route->result == BPF_FIB_LKUP_RET_SUCCESS && any;
}

static __always_inline void route_answer(struct __sk_buff *skb, struct route *route,
					 const struct bpf_fib_lookup *fib,
					 const struct packet_settings *settings)
{
	route->hop.generation = route_has_link(route, fib) ? settings->hop_generation : 0;
	route->hop.ifindex = fib->ifindex;
	route->hop.mtu = route_mtu(skb, route, fib);
	__builtin_memcpy(route->hop.dmac, fib->dmac, sizeof(fib->dmac));
	__builtin_memcpy(route->hop.smac, fib->smac, sizeof(fib->smac));
}

static __always_inline void route_answer_source(struct route *route,
						const struct bpf_fib_lookup *fib)
{
#if IP_VERSION == 4
	route->source.addr = fib->ipv4_src;
#else
	__builtin_memcpy(&route->source, fib->ipv6_src, sizeof(route->source));
#endif
}

/* Whether there is a way, be it one whose neighbour has to be asked for its address first. */
static __always_inline bool route_is_known(const struct route *route)
{
	return route->result == BPF_FIB_LKUP_RET_SUCCESS ||
	       route->result == BPF_FIB_LKUP_RET_NO_NEIGH;
}

/* What the controller says of the device that the route leads to: the node's own address towards
 * it counts where the kernel is not asked, or does not tell.
 */
static __always_inline void route_add_device(struct route *route,
					     const struct packet_settings *settings)
{
	const struct device *device = device_find(route->hop.ifindex);

	route->hop.device_flags = device ? device->flags : 0;
	if (ip_is_any(&route->source) || !route_is_known(route))
		route->source = device && !ip_is_any(&device->addr) ? device->addr : settings->node;
}

/* Not with BPF_FIB_LOOKUP_OUTPUT, which knows routes of the given device alone: the way to the
 * backend may be another one than that by which its Service's address would have left.
 */
static __always_inline int route_look_up(struct __sk_buff *skb, const struct flow_key *to,
					 struct route *route, __u32 flags)
{
	const struct packet_settings *settings = packet_settings_get();
	struct bpf_fib_lookup fib;

	if (!settings || !to || !route)
		return -ENOENT;
	*route = (struct route){};
	route_ask(&fib, skb, to);
	route->result = bpf_fib_lookup(skb, &fib, sizeof(fib), flags);
	if (route->result == -EINVAL && flags) {
		route_ask(&fib, skb, to);
		route->result = bpf_fib_lookup(skb, &fib, sizeof(fib), 0);
	} else if (flags & FIB_LOOKUP_SRC) {
		route_answer_source(route, &fib);
	}
	route_answer(skb, route, &fib, settings);
	return 0;
}

/* Looks up the way of packets with this tuple, from the hook that it names: 0, or -errno. */
__noinline int route_find(struct __sk_buff *skb, const struct flow_key *to, struct route *route)
{
	return route_look_up(skb, to, route, 0);
}

/* As route_find, and what the node would send from there, by which device. The kernel knows the
 * source; with IPv6 it would look through all addresses of all devices for that, which takes as
 * long as all the rest.
 */
__noinline int route_find_source(struct __sk_buff *skb, const struct flow_key *to,
				 struct route *route)
{
	const struct packet_settings *settings = packet_settings_get();
	int err = route_look_up(skb, to, route, IP_VERSION == 4 ? FIB_LOOKUP_SRC : 0);

	if (err || !settings || !route)
		return -ENOENT;
	route_add_device(route, settings);
	return 0;
}

/* Sends the packet to a neighbour whose address is remembered. */
static __always_inline int route_send(const struct __sk_buff *skb, const struct next_hop *hop)
{
	struct ethhdr *eth = packet_at(skb, 0, sizeof(*eth));

	if (!eth)
		return TC_ACT_SHOT;
	__builtin_memcpy(eth->h_dest, hop->dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, hop->smac, ETH_ALEN);
	return bpf_redirect(hop->ifindex, 0);
}

/* Has the kernel route the packet to the device, and look up the neighbour. It wants to see some
 * Ethernet header for that, which it replaces.
 */
static __always_inline int route_send_slow(struct __sk_buff *skb, const struct packet *packet,
					   __u32 ifindex)
{
	if (packet->flags & PACKET_HAS_NO_ETHER && bpf_skb_change_head(skb, ETH_HLEN, 0))
		return TC_ACT_SHOT;
	return bpf_redirect_neigh(ifindex, NULL, 0, 0);
}
