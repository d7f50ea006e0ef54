// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Addresses of either family. */
#pragma once

#include <stdbool.h>
#include <bpf/bpf_endian.h>

#include "types.h"

static __always_inline bool ip_equal(const struct ip_addr *a, const struct ip_addr *b)
{
#if IP_VERSION == 4
	return a->addr == b->addr;
#else
	return !((a->addr[0] ^ b->addr[0]) | (a->addr[1] ^ b->addr[1]) | (a->addr[2] ^ b->addr[2]) |
		 (a->addr[3] ^ b->addr[3]));
#endif
}

static __always_inline bool ip_is_any(const struct ip_addr *ip)
{
#if IP_VERSION == 4
	return !ip->addr;
#else
	return !(ip->addr[0] | ip->addr[1] | ip->addr[2] | ip->addr[3]);
#endif
}

static __always_inline bool ip_is_loopback(const struct ip_addr *ip)
{
#if IP_VERSION == 4
	return (ip->addr & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000);
#else
	return !(ip->addr[0] | ip->addr[1] | ip->addr[2]) && ip->addr[3] == bpf_htonl(1);
#endif
}

/* Whether it is more than one host, as far as an address tells. */
static __always_inline bool ip_is_multicast(const struct ip_addr *ip)
{
#if IP_VERSION == 4
	return (ip->addr & bpf_htonl(0xf0000000)) == bpf_htonl(0xe0000000) ||
	       ip->addr == 0xffffffff;
#else
	return (ip->addr[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000);
#endif
}

/* Whether it is an address that another host can have: none, loopback and groups are nobody's. */
static __always_inline bool ip_is_of_host(const struct ip_addr *ip)
{
	return !ip_is_any(ip) && !ip_is_loopback(ip) && !ip_is_multicast(ip);
}

static __always_inline struct ip_addr ip_loopback(void)
{
#if IP_VERSION == 4
	return (struct ip_addr){.addr = bpf_htonl(0x7f000001)};
#else
	return (struct ip_addr){.addr = {[3] = bpf_htonl(1)}};
#endif
}

/* Whether a comes before b. */
static __always_inline bool ip_less(const struct ip_addr *a, const struct ip_addr *b)
{
#if IP_VERSION == 4
	return bpf_ntohl(a->addr) < bpf_ntohl(b->addr);
#else
	__u64 high_a = (__u64)bpf_ntohl(a->addr[0]) << 32 | bpf_ntohl(a->addr[1]);
	__u64 high_b = (__u64)bpf_ntohl(b->addr[0]) << 32 | bpf_ntohl(b->addr[1]);
	__u64 low_a = (__u64)bpf_ntohl(a->addr[2]) << 32 | bpf_ntohl(a->addr[3]);
	__u64 low_b = (__u64)bpf_ntohl(b->addr[2]) << 32 | bpf_ntohl(b->addr[3]);

	return high_a == high_b ? low_a < low_b : high_a < high_b;
#endif
}

static __always_inline bool network_contains(const struct network *network,
					     const struct ip_addr *ip)
{
#if IP_VERSION == 4
	return (ip->addr & network->mask.addr) == network->addr.addr;
#else
	__u32 differs = 0;

	for (int word = 0; word < 4; word++)
		differs |= (ip->addr[word] & network->mask.addr[word]) ^ network->addr.addr[word];
	return !differs;
#endif
}
