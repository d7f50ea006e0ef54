// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Gives a packet other addresses and ports. Checksums are brought up to date by what changes, so
 * that a packet which came with a bad one leaves with a bad one.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "config.h"
#include "packet.h"
#include "sctp.h"

static __always_inline __u16 rewrite_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* The checksum of TCP and UDP, which covers the addresses, too. By the kernel's helper: it alone
 * knows whether the checksum is whole, or to be finished by the device (CHECKSUM_PARTIAL), which
 * adds the ports itself.
 */
static __always_inline int rewrite_checksum(struct __sk_buff *skb, const struct packet *packet,
					    const struct rewrite *to)
{
	bool udp = packet->tuple.protocol == IPPROTO_UDP;
	__u32 offset = packet->l4 + (udp ? 6 : 16);
	__u64 flags = udp ? BPF_F_MARK_MANGLED_0 : 0;
	__u64 family = IP_VERSION == 6 ? checksum_ipv6_flag : 0;
	int err;

	err = bpf_l4_csum_replace(skb, offset, 0, to->addr_diff, BPF_F_PSEUDO_HDR | flags | family);
	if (!err && to->port_diff)
		err = bpf_l4_csum_replace(skb, offset, 0, to->port_diff, flags);
	return err;
}

#if IP_VERSION == 4
static __always_inline int rewrite_ip(const struct __sk_buff *skb, const struct packet *packet,
				      const struct rewrite *to, bool forward)
{
	struct iphdr *ip = packet_at(skb, packet->l3, sizeof(*ip));
	__u64 sum;

	if (!ip)
		return -EFAULT;
	sum = (__u16)~ip->check + (__u64)to->addr_diff;
	if (forward) {
		/* One less in the upper byte of its word. */
		sum += (__u16)~bpf_htons(0x0100);
		ip->ttl -= 1;
	}
	ip->check = ~rewrite_fold(sum);
	ip->saddr = to->saddr.addr;
	ip->daddr = to->daddr.addr;
	return 0;
}
#else
static __always_inline int rewrite_ip(const struct __sk_buff *skb, const struct packet *packet,
				      const struct rewrite *to, bool forward)
{
	struct ipv6hdr *ip = packet_at(skb, packet->l3, sizeof(*ip));

	if (!ip)
		return -EFAULT;
	if (forward)
		ip->hop_limit -= 1;
	__builtin_memcpy(&ip->saddr, &to->saddr, sizeof(ip->saddr));
	__builtin_memcpy(&ip->daddr, &to->daddr, sizeof(ip->daddr));
	return 0;
}
#endif

/* Rewrites the packet; when it is forwarded past the stack, it has made one more hop. 0, or -errno
 * with the packet unfit for anything.
 */
static __always_inline int rewrite_apply(struct __sk_buff *skb, const struct packet *packet,
					 const struct rewrite *to, bool forward)
{
	struct ports *ports;
	int err;

	if (!(packet->flags & PACKET_LATER)) {
		err = packet->tuple.protocol == PROTOCOL_SCTP ? sctp_replace_ports(skb, packet, to)
							      : rewrite_checksum(skb, packet, to);
		if (err)
			return err;
		ports = packet_at(skb, packet->l4, sizeof(*ports));
		if (!ports)
			return -EFAULT;
		ports->sport = to->sport;
		ports->dport = to->dport;
	}
	return rewrite_ip(skb, packet, to, forward);
}
