// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Destroys sockets that are connected to a backend which is gone, so that their owners hear of it
 * at once: whom the controller marked so (BACKEND_DESTROY).
 *
 * A socket is touched only if it was given that backend by a Service, as the socket table (or its
 * own memory, where the table had no room) says, and its peer still is that backend. Iterators see
 * the sockets of one network namespace, that of the task which opens them. MPTCP sockets are found
 * by their subflows, which are TCP sockets.
 */
#pragma once

#include <stdbool.h>
#include <linux/in.h>

#include "counters.h"
#include "kernel.h"
#include "maps.h"
#include "sockets.h"
#include "udp.h"

/* Of include/net/tcp_states.h: what stands for a connection that has no socket any more, or not
 * yet.
 */
#define TCP_TIME_WAIT	 6
#define TCP_NEW_SYN_RECV 12

/* Kernel 6.5; before that, nothing is destroyed. */
extern int bpf_sock_destroy(struct sock_common *sk) __ksym __weak;

/* The peer of a socket; false for one of the other family. An IPv6 socket whose peer is mapped has
 * it as IPv4, too.
 */
static __always_inline bool sweep_read_peer(const struct sock_common *sk, struct ip_addr *addr)
{
#if IP_VERSION == 4
	addr->addr = sk->skc_daddr;
	return true;
#else
	addr->addr[0] = sk->skc_v6_daddr.in6_u.u6_addr32[0];
	addr->addr[1] = sk->skc_v6_daddr.in6_u.u6_addr32[1];
	addr->addr[2] = sk->skc_v6_daddr.in6_u.u6_addr32[2];
	addr->addr[3] = sk->skc_v6_daddr.in6_u.u6_addr32[3];
	return sk->skc_family == AF_INET6;
#endif
}

static __always_inline bool sweep_is_marked(__u32 id)
{
	const struct backend *backend = bpf_map_lookup_elem(&backends, &id);

	return backend && backend->flags & BACKEND_DESTROY;
}

/* Whether the socket table has it connected to a backend that is marked. A socket without a cookie
 * was never given a backend, and would be taken for a way that is free.
 */
static __always_inline bool sweep_table_says(const struct sock_common *sk, __u8 protocol,
					     const struct ip_addr *addr)
{
	__u64 cookie = sk->skc_cookie.counter;
	const struct socket_entry *entry = cookie ? socket_find(cookie) : NULL;

	return entry && entry->protocol == protocol && entry->backend_port == sk->skc_dport &&
	       ip_equal(&entry->backend_addr, addr) && sweep_is_marked(entry->backend);
}

static __always_inline void sweep_destroy(struct sock_common *sk)
{
	if (&bpf_sock_destroy && !bpf_sock_destroy(sk))
		count(SOCKETS_DESTROYED);
}

static __always_inline int sweep_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock_common *sk = ctx->sk_common;
	struct ip_addr addr;

	if (!sk || sk->skc_state == TCP_TIME_WAIT || sk->skc_state == TCP_NEW_SYN_RECV)
		return 0;
	if (sk->skc_dport && sweep_read_peer(sk, &addr) && sweep_table_says(sk, IPPROTO_TCP, &addr))
		sweep_destroy(sk);
	return 0;
}

/* Whether the memory of a UDP socket has it at a backend that is marked. */
static __always_inline bool sweep_memory_says(struct udp_sock *sk, const struct ip_addr *addr,
					      __be16 port)
{
	const struct udp_memory *memory = bpf_sk_storage_get(&udp_memories, sk, NULL, 0);
	const struct udp_peer *peer = memory ? udp_find_backend(memory, addr, port) : NULL;

	return peer && sweep_is_marked(peer->backend);
}

/* Unconnected sockets have no peer: they stay, and choose anew with their next datagram. */
static __always_inline int sweep_udp(struct bpf_iter__udp *ctx)
{
	struct udp_sock *udp = ctx->udp_sk;
	struct sock_common *sk;
	struct ip_addr addr;

	if (!udp)
		return 0;
	sk = &udp->inet.sk.__sk_common;
	if (!sk->skc_dport || !sweep_read_peer(sk, &addr))
		return 0;
	if (sweep_table_says(sk, IPPROTO_UDP, &addr) ||
	    sweep_memory_says(udp, &addr, sk->skc_dport))
		sweep_destroy(sk);
	return 0;
}
