// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Answers that a program gives itself, in the place of the packet that they answer: from the
 * address that was dialled, back by the way that it came.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "marks.h"
#include "memory.h"
#include "packet.h"
#include "rewrite.h"
#include "route.h"

#define ANSWER_TTL 64

/* The most that is quoted of a packet, a multiple of 4. What stands before the transport header is
 * never more (L4_LIMIT), and older kernels sum up no more than 512 bytes at once.
 */
#define ANSWER_QUOTE 480

struct icmp_header {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 word; /* by type: of those that have one, the MTU */
};

struct tcp_header {
	struct ports ports;
	__be32 seq;
	__be32 ack;
	__u8 offset; /* of the data in 4 bytes, in the upper half */
	__u8 flags;
	__be16 window;
	__sum16 checksum;
	__be16 urgent;
};

/* The packet that is sent, from its IP header on. */
struct answer {
#if IP_VERSION == 4
	struct iphdr ip;
#else
	struct ipv6hdr ip;
#endif
	union {
		struct {
			struct icmp_header icmp;
			__u8 quote[ANSWER_QUOTE];
		};
		struct tcp_header tcp;
	};
};

/* Too large for the stack of a program. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct answer);
} answers SEC(".maps");

static __always_inline struct answer *answer_get(void)
{
	__u32 index = 0;

	return bpf_map_lookup_elem(&answers, &index);
}

/* Whether the packet's sender may be told anything: one host sent it to one, and it is told once.
 */
static __always_inline bool answer_is_due(const struct packet *packet)
{
	return !(packet->flags & PACKET_LATER) && !packet_is_icmp_error(packet) &&
	       !ip_is_any(&packet->tuple.saddr) && !ip_is_loopback(&packet->tuple.saddr) &&
	       !ip_is_multicast(&packet->tuple.saddr) && !ip_is_multicast(&packet->tuple.daddr);
}

#if IP_VERSION == 4
static __always_inline void answer_write_ip(struct answer *answer, const struct packet *packet,
					    __u8 protocol, __u16 size)
{
	answer->ip = (struct iphdr){
		.version = 4,
		.ihl = sizeof(answer->ip) / 4,
		.tot_len = bpf_htons(sizeof(answer->ip) + size),
		.frag_off = bpf_htons(IP_DONT_FRAGMENT),
		.ttl = ANSWER_TTL,
		.protocol = protocol,
		.saddr = packet->tuple.daddr.addr,
		.daddr = packet->tuple.saddr.addr,
	};
	answer->ip.check = ~rewrite_fold(
		(__u32)bpf_csum_diff(NULL, 0, (void *)&answer->ip, sizeof(answer->ip), 0));
}
#else
static __always_inline void answer_write_ip(struct answer *answer, const struct packet *packet,
					    __u8 protocol, __u16 size)
{
	answer->ip = (struct ipv6hdr){
		.version = 6,
		.payload_len = bpf_htons(size),
		.nexthdr = protocol,
		.hop_limit = ANSWER_TTL,
	};
	__builtin_memcpy(&answer->ip.saddr, &packet->tuple.daddr, sizeof(answer->ip.saddr));
	__builtin_memcpy(&answer->ip.daddr, &packet->tuple.saddr, sizeof(answer->ip.daddr));
}
#endif

/* The sum of the pseudo header of a segment of so many bytes, in either direction. As IPv6 has it:
 * that of IPv4 is the same, but for words of zero.
 */
static __always_inline __u32 answer_pseudo_sum(const struct packet *packet, __u8 protocol,
					       __u32 size)
{
	struct {
		struct ip_addr addrs[2];
		__be32 size;
		__be32 protocol;
	} pseudo = {
		.addrs = {packet->tuple.daddr, packet->tuple.saddr},
		.size = bpf_htonl(size),
		.protocol = bpf_htonl(protocol),
	};

	return bpf_csum_diff(NULL, 0, (void *)&pseudo, sizeof(pseudo), 0);
}

/* The checksum of so many bytes behind the IP header, a multiple of 4. */
static __always_inline __sum16 answer_checksum(struct answer *answer, const struct packet *packet,
					       __u8 protocol, __u32 size)
{
	__u32 sum = IP_VERSION == 4 && protocol == IPPROTO_ICMP
			    ? 0
			    : answer_pseudo_sum(packet, protocol, size);

	return ~rewrite_fold((__u32)bpf_csum_diff(NULL, 0, (void *)&answer->icmp, size, sum));
}

/* Puts the answer of so many bytes in the packet's place. The packet is first cut off behind its
 * transport header, from the front: only then the kernel forgets that a device was to finish the
 * checksum there. It forgets what it was to be cut into (GSO) where the end changes.
 */
static __always_inline int answer_write(struct __sk_buff *skb, const struct packet *packet,
					const struct answer *answer, __u32 size)
{
	__s32 surplus = (packet->l4 + 4) & ~3;

	if (bpf_skb_change_tail(skb, packet->l3 + size + surplus, 0) ||
	    bpf_skb_adjust_room(skb, -surplus, BPF_ADJ_ROOM_MAC, 0))
		return -ENOMEM;
	if (!size_fits(&size, sizeof(*answer)))
		return -EMSGSIZE;
	return bpf_skb_store_bytes(skb, packet->l3, answer, size,
				   BPF_F_RECOMPUTE_CSUM | BPF_F_INVALIDATE_HASH);
}

static __always_inline int answer_swap_macs(const struct __sk_buff *skb)
{
	struct ethhdr *eth = packet_at(skb, 0, sizeof(*eth));
	__u8 mac[ETH_ALEN];

	if (!eth)
		return -EFAULT;
	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return 0;
}

/* Sends the answer of so many bytes: the verdict. */
__noinline int answer_send(struct __sk_buff *skb, const struct packet *packet, __u32 size)
{
	const struct answer *answer = answer_get();

	if (!packet || !answer || answer_write(skb, packet, answer, size))
		return TC_ACT_SHOT;
	skb->tc_index = MARK_DONE;
	/* Link addresses are not in the packet, or those of another device. */
	if (packet->from && (packet->from != skb->ifindex || packet->flags & PACKET_HAS_NO_ETHER))
		return route_send_slow(skb, packet, packet->from);
	if (!(packet->flags & PACKET_HAS_NO_ETHER) && answer_swap_macs(skb))
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, packet->from ? 0 : BPF_F_INGRESS);
}

/* Tells the sender by an ICMP error, which quotes the packet as it is now: the verdict. */
__noinline int answer_icmp(struct __sk_buff *skb, const struct packet *packet, __u8 type, __u8 code,
			   __u32 word)
{
	struct answer *answer = answer_get();
	__u32 quote, size;

	if (!packet || !answer || !answer_is_due(packet))
		return TC_ACT_SHOT;
	quote = packet->length < ANSWER_QUOTE ? packet->length & ~3 : ANSWER_QUOTE;
	if (!size_fits(&quote, ANSWER_QUOTE) ||
	    bpf_skb_load_bytes(skb, packet->l3, answer->quote, quote))
		return TC_ACT_SHOT;
	size = sizeof(answer->icmp) + quote;
	answer->icmp = (struct icmp_header){.type = type, .code = code, .word = bpf_htonl(word)};
	answer->icmp.checksum = answer_checksum(answer, packet, PROTOCOL_ICMP, size);
	answer_write_ip(answer, packet, PROTOCOL_ICMP, size);
	return answer_send(skb, packet, sizeof(answer->ip) + size);
}

/* Types and codes of errors. */
#if IP_VERSION == 4
#define ANSWER_UNREACHABLE 3, 3
#define ANSWER_TOO_BIG	   3, 4
#define ANSWER_EXPIRED	   11, 0
#else
#define ANSWER_UNREACHABLE 1, 4
#define ANSWER_TOO_BIG	   2, 0
#define ANSWER_EXPIRED	   3, 0
#endif

/* Nobody answers at that port. */
static __always_inline int answer_unreachable(struct __sk_buff *skb, const struct packet *packet)
{
	return answer_icmp(skb, packet, ANSWER_UNREACHABLE, 0);
}

/* Packets of more than so many bytes do not get there. */
static __always_inline int answer_too_big(struct __sk_buff *skb, const struct packet *packet,
					  __u16 mtu)
{
	return answer_icmp(skb, packet, ANSWER_TOO_BIG, mtu);
}

/* The packet has made too many hops. */
static __always_inline int answer_expired(struct __sk_buff *skb, const struct packet *packet)
{
	return answer_icmp(skb, packet, ANSWER_EXPIRED, 0);
}
