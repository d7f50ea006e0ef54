// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* ICMP errors about packets that were rewritten here: to their sender they have to speak of the
 * packet that he sent. An error goes the way that answers to the packet go, so it is the entry of
 * these that has the rewrite: turned around, it is that of the quoted packet.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "answer.h"
#include "flow.h"
#include "packet.h"
#include "rewrite.h"
#include "sctp.h"

/* What an error quotes at least of a transport header. */
#define ICMP_QUOTE 8

/* Whether the message quotes a packet behind its header. Redirects are for the link they are on. */
static __always_inline bool icmp_quotes(const struct packet *packet)
{
	__u8 type = packet->tcp_flags;

	if (packet->flags & PACKET_FRAGMENT)
		return false;
#if IP_VERSION == 4
	return type == 3 || type == 4 || type == 11 || type == 12;
#else
	return type >= 1 && type <= 4;
#endif
}

static __always_inline bool icmp_is_echo_request(const struct packet *packet)
{
	return packet->tcp_flags == (IP_VERSION == 4 ? 8 : 128);
}

static __always_inline __u32 icmp_end(const struct packet *packet)
{
	return packet->l3 + packet->length;
}

/* Reads the quoted packet, of which there may be no more than its first bytes; false where it is
 * none that a flow could have.
 */
static __always_inline bool icmp_read_quote(struct __sk_buff *skb, const struct packet *packet,
					    struct packet *quoted)
{
	const struct ports *ports;

	*quoted = (struct packet){.l3 = packet->l4 + sizeof(struct icmp_header)};
	if (!packet_read_ip(skb, quoted) || quoted->flags & PACKET_LATER ||
	    !packet_has_ports(quoted) || quoted->l4 + ICMP_QUOTE > icmp_end(packet))
		return false;
	ports = packet_pull(skb, quoted->l4, ICMP_QUOTE);
	if (!ports)
		return false;
	quoted->tuple.sport = ports->sport;
	quoted->tuple.dport = ports->dport;
	return true;
}

/* The key of packets that answer the quoted one, where the error was met. */
static __always_inline void icmp_key(const struct packet *packet, const struct packet *quoted,
				     struct flow_key *key)
{
	*key = (struct flow_key){
		.saddr = quoted->tuple.daddr,
		.daddr = quoted->tuple.saddr,
		.sport = quoted->tuple.dport,
		.dport = quoted->tuple.sport,
		.protocol = quoted->tuple.protocol,
		.hook = packet->tuple.hook,
	};
}

/* The error's own addresses: whoever sent it, to the client it comes from what he dialled, so that
 * no address from inside shows. As with netfilter, where the source is exchanged, and there alone.
 */
static __always_inline void icmp_outer(const struct packet *packet, const struct flow_key *key,
				       const struct rewrite *to, struct rewrite *outer)
{
	bool keep = ip_equal(&key->saddr, &to->saddr);

	*outer = (struct rewrite){
		.saddr = keep ? packet->tuple.saddr : to->saddr,
		.daddr = to->daddr,
	};
	outer->addr_diff = bpf_csum_diff((void *)&packet->tuple.saddr, 2 * sizeof(outer->saddr),
					 (void *)&outer->saddr, 2 * sizeof(outer->saddr), 0);
}

/* The rewrite of packets in the other direction. It changes as much in a sum. */
static __always_inline void icmp_inner(const struct rewrite *to, struct rewrite *inner)
{
	*inner = *to;
	inner->saddr = to->daddr;
	inner->daddr = to->saddr;
	inner->sport = to->dport;
	inner->dport = to->sport;
}

/* Brings the quoted checksum of TCP or UDP up to date, if there is one and it is quoted: what that
 * changes in the sum of the message.
 */
static __always_inline __u64 icmp_rewrite_checksum(struct __sk_buff *skb,
						   const struct packet *packet,
						   const struct packet *quoted,
						   const struct rewrite *inner)
{
	bool udp = quoted->tuple.protocol == IPPROTO_UDP;
	__u32 offset = quoted->l4 + (udp ? 6 : 16);
	__sum16 *check;
	__u16 sum;

	if (offset + sizeof(*check) > icmp_end(packet))
		return 0;
	check = packet_pull(skb, offset, sizeof(*check));
	if (!check || (udp && !*check))
		return 0;
	sum = ~rewrite_fold((__u64)(__u16) ~*check + inner->addr_diff + inner->port_diff);
	*check = sum || !udp ? sum : 0xffff;
	return (__u64)(__u32)~inner->addr_diff + (__u32)~inner->port_diff;
}

/* The same for SCTP, whose checksum is no sum. */
static __always_inline __u64 icmp_rewrite_sctp(struct __sk_buff *skb, const struct packet *packet,
					       const struct packet *quoted,
					       const struct rewrite *inner)
{
	const struct sctp_header *header;
	__u32 before, after;

	if (quoted->l4 + sizeof(*header) > icmp_end(packet))
		return 0;
	header = packet_pull(skb, quoted->l4, sizeof(*header));
	if (!header)
		return 0;
	before = header->checksum;
	if (sctp_replace_ports(skb, quoted, inner))
		return 0;
	header = packet_at(skb, quoted->l4, sizeof(*header));
	if (!header)
		return 0;
	after = header->checksum;
	return bpf_csum_diff((void *)&before, sizeof(before), (void *)&after, sizeof(after), 0);
}

/* Rewrites the quoted packet: what that changes in the sum of the message, or -errno. The sum of an
 * IPv4 header stays as it is, since its checksum follows the addresses.
 */
static __always_inline __s64 icmp_rewrite_quote(struct __sk_buff *skb, const struct packet *packet,
						const struct packet *quoted,
						const struct rewrite *inner)
{
	struct ports *ports;
	__u64 diff;

	diff = quoted->tuple.protocol == PROTOCOL_SCTP
		       ? icmp_rewrite_sctp(skb, packet, quoted, inner)
		       : icmp_rewrite_checksum(skb, packet, quoted, inner);
	ports = packet_at(skb, quoted->l4, sizeof(*ports));
	if (!ports)
		return -EFAULT;
	ports->sport = inner->sport;
	ports->dport = inner->dport;
	diff += inner->port_diff;
	if (IP_VERSION == 6)
		diff += inner->addr_diff;
	return rewrite_ip(skb, quoted, inner, false) ?: rewrite_fold(diff);
}

/* Rewrites the error by the entry with this key and rewrite: 0, or -errno with the packet unfit for
 * anything.
 */
static __always_inline int icmp_rewrite(struct __sk_buff *skb, const struct packet *packet,
					const struct packet *quoted, const struct rewrite *outer,
					const struct rewrite *to, bool forward)
{
	struct rewrite inner;
	__s64 diff;

	icmp_inner(to, &inner);
	diff = icmp_rewrite_quote(skb, packet, quoted, &inner);
	if (diff < 0)
		return -EFAULT;
	if (IP_VERSION == 6)
		diff += outer->addr_diff;
	if (rewrite_ip(skb, packet, outer, forward))
		return -EFAULT;
	return bpf_l4_csum_replace(skb, packet->l4 + offsetof(struct icmp_header, checksum), 0,
				   rewrite_fold(diff), 0);
}
