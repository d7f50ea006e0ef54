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
#include <bpf/bpf_helpers.h>

#include "lib/bind.h"
#include "lib/kernel.h"
#include "lib/lb.h"
#include "lib/maps.h"
#include "lib/request.h"
#include "lib/rules.h"
#include "lib/service.h"
#include "lib/sock_addr.h"
#include "lib/sockets.h"
#include "lib/sweep.h"
#include "lib/udp.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* Verdicts of the cgroup hooks. */
#define REFUSE	0
#define PROCEED 1

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
