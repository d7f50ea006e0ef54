// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What a hook is told of its call: the socket, the addresses of either end, and what the rules ask
 * of a client (request.h).
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "callers.h"
#include "kernel.h"
#include "request.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/* The cookie under which connect knew the socket. For MPTCP that hook is called for the first
 * subflow, which is a TCP socket, and all others for the MPTCP socket itself, which has another
 * cookie. Before kernel 6.2 there is no way from one to the other: getpeername tells the backend
 * then, and the entry stays until its way is needed. Sockets that were accepted have subflows
 * without cookies.
 */
static __always_inline __u64 sock_cookie(void *sk, __u32 protocol, __u64 own)
{
	const struct mptcp_sock *mptcp;
	const struct sock *first;

	if (protocol != IPPROTO_MPTCP || !sk || !bpf_core_type_exists(struct mptcp_sock) ||
	    !&bpf_rdonly_cast)
		return own;
	mptcp = bpf_rdonly_cast(sk, bpf_core_type_id_kernel(struct mptcp_sock));
	first = mptcp->first;
	return first ? first->__sk_common.skc_cookie.counter ?: own : own;
}

/* The protocol that frontends are keyed with; 0 for one that is not ours. */
static __always_inline __u8 sock_protocol(__u32 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_MPTCP:
		return IPPROTO_TCP;
	case IPPROTO_UDP:
		return IPPROTO_UDP;
	default:
		return 0;
	}
}

/* In one test: whatever the verifier learnt from each of three it would tell apart ever after. */
static __always_inline bool sock_is_mapped(const struct bpf_sock_addr *ctx)
{
	return !(ctx->user_ip6[0] | ctx->user_ip6[1] | (ctx->user_ip6[2] ^ bpf_htonl(0xffff)));
}

/* Reads the address of the call; false when it is of the other family. `mapped` is a constant at
 * each call site: it tells that the program hangs at an IPv6 attach point of the IPv4 object.
 */
static __always_inline bool sock_read_addr(const struct bpf_sock_addr *ctx, bool mapped,
					   struct ip_addr *addr)
{
#if IP_VERSION == 4
	if (mapped && !sock_is_mapped(ctx))
		return false;
	addr->addr = mapped ? ctx->user_ip6[3] : ctx->user_ip4;
#else
	if (mapped || sock_is_mapped(ctx))
		return false;
	addr->addr[0] = ctx->user_ip6[0];
	addr->addr[1] = ctx->user_ip6[1];
	addr->addr[2] = ctx->user_ip6[2];
	addr->addr[3] = ctx->user_ip6[3];
#endif
	return true;
}

static __always_inline void sock_write_addr(struct bpf_sock_addr *ctx, bool mapped,
					    const struct ip_addr *addr, __be16 port)
{
#if IP_VERSION == 4
	if (mapped)
		ctx->user_ip6[3] = addr->addr;
	else
		ctx->user_ip4 = addr->addr;
#else
	(void)mapped;
	ctx->user_ip6[0] = addr->addr[0];
	ctx->user_ip6[1] = addr->addr[1];
	ctx->user_ip6[2] = addr->addr[2];
	ctx->user_ip6[3] = addr->addr[3];
#endif
	ctx->user_port = port;
}

/* The address that a socket is bound to; zero where it is to none. A connected UDP socket has one
 * in any case, and keeps it when it connects elsewhere.
 */
static __always_inline struct ip_addr sock_bound_addr(const struct bpf_sock *sk)
{
#if IP_VERSION == 4
	return (struct ip_addr){.addr = sk->src_ip4};
#else
	return (struct ip_addr){
		.addr = {sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2], sk->src_ip6[3]}};
#endif
}

/* The address that a datagram is to come from: the socket's, or what IP_PKTINFO says of it. */
static __always_inline struct ip_addr sock_datagram_source(const struct bpf_sock_addr *ctx)
{
#if IP_VERSION == 4
	return (struct ip_addr){.addr = ctx->msg_src_ip4};
#else
	return (struct ip_addr){.addr = {ctx->msg_src_ip6[0], ctx->msg_src_ip6[1],
					 ctx->msg_src_ip6[2], ctx->msg_src_ip6[3]}};
#endif
}

/* Whether an IPv6 socket takes IPv4's port, too, and at which address: the wildcard takes both. */
static __always_inline bool sock_binds_mapped(struct bpf_sock *ctx, struct ip_addr *addr)
{
#if IP_VERSION == 4
	const struct sock *sk = kernel_address(ctx);

	addr->addr = ctx->src_ip6[3];
	if (ctx->src_ip6[0] | ctx->src_ip6[1])
		return false;
	if (ctx->src_ip6[2] == bpf_htonl(0xffff))
		return true;
	return !ctx->src_ip6[2] && !addr->addr &&
	       !BPF_CORE_READ_BITFIELD_PROBED(sk, __sk_common.skc_ipv6only);
#else
	(void)ctx;
	(void)addr;
	return false;
#endif
}

/* Whether the socket has a peer already: only then can the table know it. (Or when it had one and
 * let go of it by AF_UNSPEC, which no hook sees: then the entry stays until the socket is closed,
 * and is believed only where its backend is the peer.)
 */
static __always_inline bool sock_is_connected(const struct bpf_sock_addr *ctx)
{
	const struct bpf_sock *sk = ctx->sk;

	return sk && sk->dst_port;
}

static __always_inline __u64 request_netns(const struct request *request)
{
	return bpf_get_netns_cookie(request->ctx);
}

static __always_inline const struct net *request_net(const struct request *request)
{
	const struct bpf_sock_addr *ctx = request->ctx;
	const struct sock *sk = kernel_address(ctx->sk);

	return BPF_CORE_READ(sk, __sk_common.skc_net.net);
}

static __always_inline __u64 request_now(const struct request *request)
{
	(void)request;
	return bpf_ktime_get_ns();
}
