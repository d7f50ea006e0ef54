// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The checksum of SCTP: CRC32c over the whole packet, its own field taken for zero (RFC 9260, 6.8).
 * It does not cover addresses. A CRC is linear: when bytes change, so does it, by the CRC of the
 * difference alone, whatever else is in the packet. That of a difference in the first four bytes is
 * this difference times x^(8 * length), modulo the polynomial.
 */
#pragma once

#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "packet.h"

/* Castagnoli's, as all that follows with the lowest power in the highest bit. */
#define SCTP_POLYNOMIAL 0x82f63b78

/* x^(8 * 2^k) for each bit k of a length. */
static const __u32 sctp_powers[16] = {
	0x00800000, 0x00008000, 0x82f63b78, 0x6ea2d55c, 0x18b8ea18, 0x510ac59a,
	0xb82be955, 0xb8fdb1e7, 0x88e56f72, 0x74c360a4, 0xe4172b16, 0x0d65762a,
	0x35d73a62, 0x28461564, 0xbf455269, 0xe2ea32dc,
};

struct sctp_header {
	struct ports ports;
	__be32 tag;
	__le32 checksum;
};

/* Their product. Without a branch on data: the verifier would follow each of them both ways. */
static __always_inline __u32 sctp_multiply(__u32 a, __u32 b)
{
	__u32 product = 0;

	for (int i = 0; i < 32; i++) {
		product ^= b & -(a >> 31);
		a <<= 1;
		b = b >> 1 ^ (SCTP_POLYNOMIAL & -(b & 1));
	}
	return product;
}

__noinline __u32 sctp_difference(__u32 difference, __u32 length)
{
	for (__u32 bit = 0; bit < 16; bit++) {
		if (length >> bit & 1)
			difference = sctp_multiply(sctp_powers[bit], difference);
	}
	return difference;
}

/* The words as little-endian machines read them. */
static __always_inline __u32 sctp_word(__u32 word)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return word;
#else
	return __builtin_bswap32(word);
#endif
}

/* Brings the checksum up to date for the new ports. A checksum of zero is left to the device that
 * sends the packet. That of a fragmented packet would need the length of all its fragments.
 */
static __always_inline int sctp_replace_ports(const struct __sk_buff *skb,
					      const struct packet *packet, const struct rewrite *to)
{
	struct sctp_header *header = packet_at(skb, packet->l4, sizeof(*header));
	__u32 before, after;

	if (!header)
		return -EFAULT;
	before = header->ports.sport | (__u32)header->ports.dport << 16;
	after = to->sport | (__u32)to->dport << 16;
	if (before == after || !header->checksum)
		return 0;
	if (packet->flags & PACKET_FRAGMENT)
		return -EOPNOTSUPP;
	header->checksum ^= sctp_word(sctp_difference(sctp_word(before ^ after),
						      packet->l3 + packet->length - packet->l4));
	return 0;
}
