// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What we know of the kernel's own structs: only the fields that we read. Where they lie is found
 * out when the programs are loaded (CO-RE).
 */
#pragma once

#include <linux/in6.h>
#include <linux/types.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/* Of sys/socket.h. */
#define AF_INET6 10

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next;
};

struct net {
	struct list_head dev_base_head;
};

typedef struct {
	struct net *net;
} possible_net_t;

typedef struct {
	__s64 counter;
} atomic64_t;

struct sock_common {
	__be32 skc_daddr;
	__be16 skc_dport;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned char skc_ipv6only : 1;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	atomic64_t skc_cookie;
};

struct sock {
	struct sock_common __sk_common;
};

struct inet_sock {
	struct sock sk;
};

struct udp_sock {
	struct inet_sock inet;
};

struct mptcp_sock {
	struct sock *first;
};

struct net_device {
	unsigned int flags;
	struct list_head dev_list;
	struct in_device *ip_ptr;
	struct inet6_dev *ip6_ptr;
};

struct in_device {
	struct in_ifaddr *ifa_list;
};

struct in_ifaddr {
	struct in_ifaddr *ifa_next;
	__be32 ifa_local;
	unsigned char ifa_scope;
};

struct inet6_dev {
	struct list_head addr_list;
};

struct inet6_ifaddr {
	struct in6_addr addr;
	__u32 flags;
	__u16 scope;
	struct list_head if_list;
};

struct bpf_iter__tcp {
	struct sock_common *sk_common;
};

struct bpf_iter__udp {
	struct udp_sock *udp_sk;
};

#pragma clang attribute pop

/* From an embedded struct to the one that it is in. */
#define kernel_container(ptr, type, member)                                                        \
	((type *)((char *)(ptr)-bpf_core_field_offset(type, member)))

/* The address of a kernel object that the verifier has its own idea of, as a plain number, for
 * reads by BPF_CORE_READ: it allows no arithmetic on sockets.
 */
static __always_inline const void *kernel_address(const void *object)
{
	const void *address = NULL;

	bpf_probe_read_kernel(&address, sizeof(address), &object);
	return address;
}
