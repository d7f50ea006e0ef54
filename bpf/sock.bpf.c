// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Socket LB: for clients with a socket on this node the destination is exchanged at connect or
 * sendmsg time, and no packet is ever rewritten. See docs/socket-lb.md.
 *
 * IPv4-mapped addresses on IPv6 sockets belong to the IPv4 object, which for that also hooks the
 * IPv6 attach points; the IPv6 object leaves them alone. (Not sendmsg6: udpv6_sendmsg hands mapped
 * addresses to udp_sendmsg before its hook.)
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "lib/bind.h"
#include "lib/callers.h"
#include "lib/kernel.h"
#include "lib/lb.h"
#include "lib/maps.h"
#include "lib/request.h"
#include "lib/rules.h"
#include "lib/service.h"
#include "lib/sockets.h"
#include "lib/sweep.h"
#include "lib/udp.h"

char _license[] SEC("license") = "Dual BSD/GPL";

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* Verdicts of the cgroup hooks. */
#define REFUSE	0
#define PROCEED 1

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

static __always_inline bool request_is_admitted(const struct request *request)
{
	return sources_admit_client(request);
}

static __always_inline __u64 request_hash(const struct request *request,
					  const struct client *client)
{
	(void)request;
	return client_hash(client);
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

/* Refuses the call with an errno; before kernel 5.18 it is always EPERM. */
static __always_inline int sock_refuse(int err)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_set_retval))
		bpf_set_retval(err);
	return REFUSE;
}

/* Remembers the choice in the socket's own storage: that of an unconnected UDP socket, or of a
 * connected one whose bucket in the table is full.
 */
static __always_inline bool sock_remember_udp(struct bpf_sock_addr *ctx,
					      const struct frontend_key *key,
					      const struct choice *choice)
{
	struct udp_memory *memory;

	memory = bpf_sk_storage_get(&udp_memories, ctx->sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!memory)
		return false;
	udp_remember(memory, udp_find_frontend(memory, key), key, choice);
	return true;
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

static __always_inline int sock_connect(struct bpf_sock_addr *ctx, bool mapped)
{
	struct request request = {
		.key.port = ctx->user_port,
		.key.protocol = sock_protocol(ctx->protocol),
		.ctx = ctx,
	};
	const struct frontend_key *key = &request.key;
	const struct frontend *frontend;
	struct choice choice = {};
	__u64 cookie;
	int err;

	if (!key->protocol || !sock_read_addr(ctx, mapped, &request.key.addr))
		return PROCEED;
	if (ip_is_any(&key->addr)) {
		request.source = sock_bound_addr(ctx->sk);
		request_resolve_any(&request);
	}

	frontend = service_lookup(&request, &err);
	if (!frontend) {
		if (err)
			return sock_refuse(err);
		/* UDP sockets connect again and again; TCP's getpeername checks the peer itself. */
		if (key->protocol == IPPROTO_UDP && sock_is_connected(ctx))
			socket_forget(bpf_get_socket_cookie(ctx));
		return PROCEED;
	}

	request.target = frontend_target(frontend);
	request.set_id = lb_internal_set(request.target);
	cookie = bpf_get_socket_cookie(ctx);
	socket_prefetch(cookie);
	if (rules_apply(request.target)) {
		request.source = sock_bound_addr(ctx->sk);
		err = rules_choose(&request, &choice);
	} else {
		err = lb_choose(request.target, request.set_id, &choice);
	}
	if (err)
		return sock_refuse(err);

	if (!socket_remember(cookie, key, &choice)) {
		count(SOCKET_UNRECORDED);
		if (key->protocol == IPPROTO_UDP && !sock_remember_udp(ctx, key, &choice)) {
			count(DROP_NO_MEMORY);
			return sock_refuse(-ENOBUFS);
		}
	}
	sock_write_addr(ctx, mapped, &choice.addr, choice.port);
	return PROCEED;
}

/* The peer that the socket knows for the frontend, if its backend is still there. */
static __always_inline const struct udp_peer *sock_recall_udp(struct bpf_sock_addr *ctx,
							      const struct frontend_key *key)
{
	struct udp_memory *memory = bpf_sk_storage_get(&udp_memories, ctx->sk, NULL, 0);
	const struct udp_peer *peer = memory ? udp_find_frontend(memory, key) : NULL;

	return peer && peer->generation == backend_generation(peer->backend) ? peer : NULL;
}

static __always_inline int sock_sendmsg(struct bpf_sock_addr *ctx, bool mapped)
{
	struct request request = {
		.key.port = ctx->user_port,
		.key.protocol = IPPROTO_UDP,
		.ctx = ctx,
	};
	const struct frontend_key *key = &request.key;
	const struct frontend *frontend;
	const struct udp_peer *peer;
	struct choice choice = {};
	int err;

	if (!sock_read_addr(ctx, mapped, &request.key.addr))
		return PROCEED;
	if (ip_is_any(&key->addr)) {
		request.source = sock_datagram_source(ctx);
		request_resolve_any(&request);
	}

	peer = sock_recall_udp(ctx, key);
	if (peer) {
		sock_write_addr(ctx, mapped, &peer->backend_addr, peer->backend_port);
		return PROCEED;
	}

	frontend = service_lookup(&request, &err);
	if (!frontend)
		return err ? sock_refuse(err) : PROCEED;
	request.target = frontend_target(frontend);
	request.set_id = lb_internal_set(request.target);
	request.source = sock_datagram_source(ctx);
	err = rules_apply(request.target) ? rules_choose(&request, &choice)
					  : lb_choose(request.target, request.set_id, &choice);
	if (err)
		return sock_refuse(err);
	if (!sock_remember_udp(ctx, key, &choice)) {
		count(DROP_NO_MEMORY);
		return sock_refuse(-ENOBUFS);
	}
	sock_write_addr(ctx, mapped, &choice.addr, choice.port);
	return PROCEED;
}

/* The name of the peer is that of the frontend, as long as the peer is the backend that was given.
 */
static __always_inline void sock_name_frontend(struct bpf_sock_addr *ctx, bool mapped,
					       const struct ip_addr *addr)
{
	__u64 cookie = sock_cookie(ctx->sk, ctx->protocol, bpf_get_socket_cookie(ctx));
	const struct socket_entry *entry = socket_find(cookie);

	if (entry && entry->backend_port == ctx->user_port && ip_equal(&entry->backend_addr, addr))
		sock_write_addr(ctx, mapped, &entry->frontend_addr, entry->frontend_port);
}

/* The datagram came from a backend: say that it came from the frontend that was asked. */
static __always_inline int sock_recvmsg(struct bpf_sock_addr *ctx, bool mapped)
{
	const struct udp_memory *memory;
	const struct udp_peer *peer;
	struct ip_addr addr;

	if (!sock_read_addr(ctx, mapped, &addr))
		return PROCEED;

	memory = bpf_sk_storage_get(&udp_memories, ctx->sk, NULL, 0);
	peer = memory ? udp_find_backend(memory, &addr, ctx->user_port) : NULL;
	if (peer)
		sock_write_addr(ctx, mapped, &peer->frontend_addr, peer->frontend_port);
	else
		sock_name_frontend(ctx, mapped, &addr);
	return PROCEED;
}

static __always_inline int sock_getpeername(struct bpf_sock_addr *ctx, bool mapped)
{
	struct ip_addr addr;

	if (sock_protocol(ctx->protocol) && sock_read_addr(ctx, mapped, &addr))
		sock_name_frontend(ctx, mapped, &addr);
	return PROCEED;
}

static __always_inline int sock_release(struct bpf_sock *ctx)
{
	/* An IPv6 socket may be in both tables, an IPv4 socket only in its own. */
	if (IP_VERSION == 6 && ctx->family != AF_INET6)
		return PROCEED;

	socket_forget(sock_cookie(ctx, ctx->protocol, bpf_get_socket_cookie(ctx)));
	return PROCEED;
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

static __always_inline int sock_post_bind(struct bpf_sock *ctx, bool mapped)
{
	struct ip_addr addr = sock_bound_addr(ctx);
	__u8 protocol = sock_protocol(ctx->protocol);
	const struct frontend *frontend;

	if (!protocol || (mapped && !sock_binds_mapped(ctx, &addr)))
		return PROCEED;
	frontend = bind_find(ctx, protocol, &addr);
	if (!frontend)
		return PROCEED;
	bind_report(frontend, &addr);
	return sock_refuse(-EADDRINUSE);
}

#define SOCK_HOOK(hook, attach, suffix, mapped)                                                    \
	SEC("cgroup/" attach)                                                                      \
	int hook##suffix(struct bpf_sock_addr *ctx)                                                \
	{                                                                                          \
		return sock_##hook(ctx, mapped);                                                   \
	}

#define SOCK_RELEASE_HOOK(suffix)                                                                  \
	SEC("cgroup/sock_release")                                                                 \
	int release##suffix(struct bpf_sock *ctx)                                                  \
	{                                                                                          \
		return sock_release(ctx);                                                          \
	}

#define SOCK_BIND_HOOK(attach, suffix, mapped)                                                     \
	SEC("cgroup/" attach)                                                                      \
	int post_bind##suffix(struct bpf_sock *ctx)                                                \
	{                                                                                          \
		return sock_post_bind(ctx, mapped);                                                \
	}

#define SOCK_ITERATOR(protocol, suffix)                                                            \
	SEC("iter/" #protocol)                                                                     \
	int destroy_##protocol##suffix(struct bpf_iter__##protocol *ctx)                           \
	{                                                                                          \
		return sweep_##protocol(ctx);                                                      \
	}

/* clang-format off */
#if IP_VERSION == 4
SOCK_HOOK(connect, "connect4", 4, false)
SOCK_HOOK(sendmsg, "sendmsg4", 4, false)
SOCK_HOOK(recvmsg, "recvmsg4", 4, false)
SOCK_HOOK(getpeername, "getpeername4", 4, false)
SOCK_HOOK(connect, "connect6", 4_mapped, true)
SOCK_HOOK(recvmsg, "recvmsg6", 4_mapped, true)
SOCK_HOOK(getpeername, "getpeername6", 4_mapped, true)
SOCK_RELEASE_HOOK(4)
SOCK_BIND_HOOK("post_bind4", 4, false)
SOCK_BIND_HOOK("post_bind6", 4_mapped, true)
SOCK_ITERATOR(tcp, 4)
SOCK_ITERATOR(udp, 4)
#else
SOCK_HOOK(connect, "connect6", 6, false)
SOCK_HOOK(sendmsg, "sendmsg6", 6, false)
SOCK_HOOK(recvmsg, "recvmsg6", 6, false)
SOCK_HOOK(getpeername, "getpeername6", 6, false)
SOCK_RELEASE_HOOK(6)
SOCK_BIND_HOOK("post_bind6", 6, false)
SOCK_ITERATOR(tcp, 6)
SOCK_ITERATOR(udp, 6)
#endif
/* clang-format on */
