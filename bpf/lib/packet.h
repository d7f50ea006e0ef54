// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* From the bytes of a packet to its tuple. Whatever is not a whole and sound packet of this family
 * is nobody's: it is left to the stack as it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "packet_types.h"

#if IP_VERSION == 4
#define ETH_P_FAMILY ETH_P_IP
#define IP_HEADER    sizeof(struct iphdr)
#else
#define ETH_P_FAMILY ETH_P_IPV6
#define IP_HEADER    sizeof(struct ipv6hdr)
#endif

/* Of netinet/in.h. */
#define PROTOCOL_FRAGMENT 44
#define PROTOCOL_ICMP	  (IP_VERSION == 4 ? IPPROTO_ICMP : 58)
#define PROTOCOL_SCTP	  132

#define VLAN_ID_MASK	  0xfff

/* The most extension headers that are followed, and where the last of them must have ended: what
 * lies beyond is nobody's.
 */
#define IPV6_EXTENSIONS 6
#define L4_LIMIT	400

/* Beyond every offset that is read or written in place; the verifier wants to know one. */
#define PACKET_LIMIT 1024

/* The head of every transport protocol that has ports. */
struct ports {
	__be16 sport;
	__be16 dport;
};

struct packet {
	struct flow_key tuple;
	__u32 from;	   /* the device by which it came to this node; 0: the node made it */
	__u32 fragment_id; /* where PACKET_FRAGMENT is set */
	__u16 l3;	   /* where the IP header begins, in bytes from the start */
	__u16 l4;	   /* where it and its extensions end */
	__u16 length;	   /* of the IP packet, as far as 16 bits tell */
	__u16 headers;	   /* of each packet that this one will be cut into (GSO), from l3 on */
	__u8 ttl;
	__u8 tcp_flags; /* SCTP: the type of the first chunk; ICMP: the type */
	__u8 flags;	/* PACKET_* */
	__u8 pad;
};

#define PACKET_FRAGMENT	    (1 << 0)
#define PACKET_LATER	    (1 << 1) /* a fragment that has no transport header */
#define PACKET_MAY_FRAGMENT (1 << 2)
#define PACKET_HAS_NO_ETHER (1 << 3)
#define PACKET_ANEW	    (1 << 4) /* begins a connection where a closed one was */

#define TCP_FIN		    0x01
#define TCP_SYN		    0x02
#define TCP_RST		    0x04
#define TCP_ACK		    0x10

/* Of linux/if_packet.h: on its link, the packet was sent to this device and to no other. */
#define PACKET_HOST 0

/* Types of SCTP's chunks. */
#define SCTP_INIT	       1
#define SCTP_INIT_ACK	       2
#define SCTP_ABORT	       6
#define SCTP_SHUTDOWN	       7
#define SCTP_SHUTDOWN_ACK      8
#define SCTP_SHUTDOWN_COMPLETE 14

/* A tuple as helpers of the kernel take it, and how much of it they read. */
static __always_inline __u32 packet_sock_tuple(const struct flow_key *key,
					       struct bpf_sock_tuple *tuple)
{
#if IP_VERSION == 4
	tuple->ipv4.saddr = key->saddr.addr;
	tuple->ipv4.daddr = key->daddr.addr;
	tuple->ipv4.sport = key->sport;
	tuple->ipv4.dport = key->dport;
	return sizeof(tuple->ipv4);
#else
	__builtin_memcpy(tuple->ipv6.saddr, &key->saddr, sizeof(key->saddr));
	__builtin_memcpy(tuple->ipv6.daddr, &key->daddr, sizeof(key->daddr));
	tuple->ipv6.sport = key->sport;
	tuple->ipv6.dport = key->dport;
	return sizeof(tuple->ipv6);
#endif
}

/* In assembler, since the compiler would cut the pointers to the 32 bits that they seem to have. */
static __always_inline void *packet_data(const struct __sk_buff *skb)
{
	void *data;

	asm volatile("%[data] = *(u32 *)(%[skb] + %[offset])"
		     : [data] "=r"(data)
		     : [skb] "r"(skb), [offset] "i"(offsetof(struct __sk_buff, data)));
	return data;
}

static __always_inline void *packet_end(const struct __sk_buff *skb)
{
	void *end;

	asm volatile("%[end] = *(u32 *)(%[skb] + %[offset])"
		     : [end] "=r"(end)
		     : [skb] "r"(skb), [offset] "i"(offsetof(struct __sk_buff, data_end)));
	return end;
}

/* The bytes from an offset on, if there are that many which can be read in place; else NULL. */
static __always_inline void *packet_at(const struct __sk_buff *skb, __u32 offset, __u32 size)
{
	void *data = packet_data(skb);

	if (offset > PACKET_LIMIT)
		return NULL;
	data += offset;
	/* The pointer that is used has to be the one that was held against the end. */
	barrier_var(data);
	return data + size <= packet_end(skb) ? data : NULL;
}

/* As packet_at, and has the bytes brought into place first where they lie elsewhere. */
static __always_inline void *packet_pull(struct __sk_buff *skb, __u32 offset, __u32 size)
{
	void *data = packet_at(skb, offset, size);

	if (data)
		return data;
	if (bpf_skb_pull_data(skb, offset + size))
		return NULL;
	return packet_at(skb, offset, size);
}

/* Finds the IP header; false where there is none of this family. A packet of a VLAN is that VLAN's
 * device's, which it will come to or has been at: only a tag without an id (priority) is looked
 * past.
 */
static __always_inline bool packet_find_ip(const struct __sk_buff *skb, struct packet *packet)
{
	packet->l3 = packet->flags & PACKET_HAS_NO_ETHER ? 0 : ETH_HLEN;
	return skb->protocol == bpf_htons(ETH_P_FAMILY) &&
	       !(skb->vlan_present && skb->vlan_tci & VLAN_ID_MASK);
}

#define PACKET_LONGEST 0xffff

/* The length by what the header counts beyond so many bytes of itself. It says 0 where there are
 * more than it has room for, in packets that are to be cut (BIG TCP).
 */
static __always_inline __u16 packet_length(const struct __sk_buff *skb, const struct packet *packet,
					   __u32 header, __be16 counted)
{
	__u32 length = !counted && skb->gso_size ? skb->len - packet->l3
						 : header + bpf_ntohs(counted);

	return length < PACKET_LONGEST ? length : PACKET_LONGEST;
}

#if IP_VERSION == 4
#define IP_MORE_FRAGMENTS  0x2000
#define IP_DONT_FRAGMENT   0x4000
#define IP_FRAGMENT_OFFSET 0x1fff

/* Reads the IP header, and those between it and the transport header. */
static __always_inline bool packet_read_ip(struct __sk_buff *skb, struct packet *packet)
{
	const struct iphdr *ip = packet_pull(skb, packet->l3, sizeof(*ip));
	__u16 fragment;

	if (!ip || ip->version != 4 || ip->ihl < 5)
		return false;
	fragment = bpf_ntohs(ip->frag_off);
	if (fragment & (IP_MORE_FRAGMENTS | IP_FRAGMENT_OFFSET)) {
		packet->flags |= PACKET_FRAGMENT;
		packet->fragment_id = ip->id;
	}
	if (fragment & IP_FRAGMENT_OFFSET)
		packet->flags |= PACKET_LATER;
	if (!(fragment & IP_DONT_FRAGMENT))
		packet->flags |= PACKET_MAY_FRAGMENT;
	packet->tuple.saddr.addr = ip->saddr;
	packet->tuple.daddr.addr = ip->daddr;
	packet->tuple.protocol = ip->protocol;
	packet->l4 = packet->l3 + ip->ihl * 4;
	packet->length = packet_length(skb, packet, 0, ip->tot_len);
	packet->ttl = ip->ttl;
	return true;
}
#else
struct ipv6_extension {
	__u8 next;
	__u8 length; /* in 8 bytes, less the first 8; AH: in 4 bytes, less the first 8 */
};

struct ipv6_fragment {
	__u8 next;
	__u8 pad;
	__be16 offset;
	__be32 id;
};

#define IPV6_MORE_FRAGMENTS  0x0001
#define IPV6_FRAGMENT_OFFSET 0xfff8
#define IPV6_SEGMENTS_LEFT   0x00ff /* in the same place of a routing header */

static __always_inline bool packet_is_extension(__u8 protocol)
{
	return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_ROUTING ||
	       protocol == IPPROTO_DSTOPTS || protocol == IPPROTO_AH ||
	       protocol == PROTOCOL_FRAGMENT;
}

/* Looks at the extension header at l4 and goes on behind it. */
static __always_inline bool packet_read_extension(struct __sk_buff *skb, struct packet *packet)
{
	struct ipv6_fragment header;
	const struct ipv6_extension *extension = (const void *)&header;
	__u8 protocol = packet->tuple.protocol;

	if (packet->l4 > L4_LIMIT || bpf_skb_load_bytes(skb, packet->l4, &header, sizeof(header)))
		return false;
	/* On its way to yet another destination, which its checksum is of. */
	if (protocol == IPPROTO_ROUTING && header.offset & bpf_htons(IPV6_SEGMENTS_LEFT))
		return false;
	packet->tuple.protocol = extension->next;
	if (protocol == IPPROTO_AH) {
		packet->l4 += (extension->length + 2) * 4;
	} else if (protocol == PROTOCOL_FRAGMENT) {
		packet->l4 += sizeof(header);
		if (header.offset & bpf_htons(IPV6_MORE_FRAGMENTS | IPV6_FRAGMENT_OFFSET)) {
			packet->flags |= PACKET_FRAGMENT;
			packet->fragment_id = header.id;
		}
		if (header.offset & bpf_htons(IPV6_FRAGMENT_OFFSET))
			packet->flags |= PACKET_LATER;
	} else {
		packet->l4 += (extension->length + 1) * 8;
	}
	return true;
}

/* Out of line, as packets with extension headers are few. Not static, as others here: the verifier
 * looks at such a function once, and not at each way that leads to it.
 */
__noinline int packet_read_extensions(struct __sk_buff *skb, struct packet *packet)
{
	if (!packet)
		return false;
	for (int i = 0; i < IPV6_EXTENSIONS; i++) {
		if (packet->flags & PACKET_LATER || !packet_is_extension(packet->tuple.protocol))
			return true;
		if (!packet_read_extension(skb, packet))
			return false;
	}
	return !packet_is_extension(packet->tuple.protocol);
}

/* Reads the IP header, and those between it and the transport header. */
static __always_inline bool packet_read_ip(struct __sk_buff *skb, struct packet *packet)
{
	const struct ipv6hdr *ip = packet_pull(skb, packet->l3, sizeof(*ip));

	if (!ip || ip->version != 6)
		return false;
	__builtin_memcpy(&packet->tuple.saddr, &ip->saddr, sizeof(packet->tuple.saddr));
	__builtin_memcpy(&packet->tuple.daddr, &ip->daddr, sizeof(packet->tuple.daddr));
	packet->tuple.protocol = ip->nexthdr;
	packet->l4 = packet->l3 + sizeof(*ip);
	packet->length = packet_length(skb, packet, sizeof(*ip), ip->payload_len);
	packet->ttl = ip->hop_limit;
	return !packet_is_extension(ip->nexthdr) || packet_read_extensions(skb, packet);
}
#endif

/* What the transport header has to say; false where it is not all there. */
static __always_inline bool packet_read_l4(struct __sk_buff *skb, struct packet *packet)
{
	__u32 room = packet->l3 + packet->length - packet->l4;
	const struct ports *ports;
	const __u8 *bytes;

	packet->headers = packet->l4 - packet->l3;
	if (packet->l4 > L4_LIMIT)
		return false;
	switch (packet->tuple.protocol) {
	case IPPROTO_TCP:
		bytes = room >= 20 ? packet_pull(skb, packet->l4, 20) : NULL;
		if (!bytes)
			return false;
		packet->tcp_flags = bytes[13];
		packet->headers += bytes[12] >> 4 << 2;
		break;
	case IPPROTO_UDP:
		bytes = room >= 8 ? packet_pull(skb, packet->l4, 8) : NULL;
		packet->headers += 8;
		break;
	case PROTOCOL_SCTP:
		bytes = room >= 16 ? packet_pull(skb, packet->l4, 16) : NULL;
		if (bytes)
			packet->tcp_flags = bytes[12];
		break;
	case PROTOCOL_ICMP:
		bytes = room >= 8 ? packet_pull(skb, packet->l4, 8) : NULL;
		if (bytes)
			packet->tcp_flags = bytes[0];
		return bytes;
	default:
		return true;
	}
	if (!bytes)
		return false;
	ports = (const void *)bytes;
	packet->tuple.sport = ports->sport;
	packet->tuple.dport = ports->dport;
	return true;
}

/* Whether as much of the packet is there as its header says. */
static __always_inline bool packet_is_whole(const struct __sk_buff *skb,
					    const struct packet *packet)
{
	return packet->l4 - packet->l3 <= packet->length && packet->l3 + packet->length <= skb->len;
}

/* Reads the packet; false where it is none that a Service could have. */
static __always_inline bool packet_parse(struct __sk_buff *skb, struct packet *packet)
{
	return packet_find_ip(skb, packet) && packet_read_ip(skb, packet) &&
	       packet_is_whole(skb, packet) &&
	       (packet->flags & PACKET_LATER || packet_read_l4(skb, packet));
}

static __always_inline bool packet_has_ports(const struct packet *packet)
{
	return packet->tuple.protocol == IPPROTO_TCP || packet->tuple.protocol == IPPROTO_UDP ||
	       packet->tuple.protocol == PROTOCOL_SCTP;
}

/* Whether it is an ICMP message that must not be answered by an ICMP error: one that is such an
 * error, or a redirect.
 */
static __always_inline bool packet_is_icmp_error(const struct packet *packet)
{
	__u8 type = packet->tcp_flags;

	if (packet->tuple.protocol != PROTOCOL_ICMP)
		return false;
#if IP_VERSION == 4
	return (type >= 3 && type <= 5) || type == 11 || type == 12;
#else
	return type < 128 || type == 137;
#endif
}

/* Whether the packet may be the first of a connection. */
static __always_inline bool packet_begins(const struct packet *packet)
{
	switch (packet->tuple.protocol) {
	case IPPROTO_TCP:
		return (packet->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
	case PROTOCOL_SCTP:
		return packet->tcp_flags == SCTP_INIT;
	default:
		return true;
	}
}

/* Whether the MTU is too small for the packet, or for those that it will be cut into. */
static __always_inline bool packet_exceeds(const struct __sk_buff *skb, const struct packet *packet,
					   __u16 mtu)
{
	return packet->length > mtu && (!skb->gso_size || packet->headers + skb->gso_size > mtu);
}
