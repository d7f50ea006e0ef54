// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A call of a client, as far as the rules of a Service look at it. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "addr.h"
#include "config.h"
#include "kernel.h"
#include "lb.h"

struct request {
	struct frontend_key key;
	struct ip_addr source; /* that the client is bound to; zero where it is not */
	struct target target;  /* of the frontend that the key leads to */
	__u32 set_id;	       /* that answers this client there */
	void *ctx;
};

/* What only the hook knows, asked only where a rule needs it. Defined by each source that includes
 * this: by the hooks from their socket, by tests from their case.
 */
static __always_inline __u64 request_netns(const struct request *request);
static __always_inline const struct net *request_net(const struct request *request);
static __always_inline __u64 request_now(const struct request *request);
/* Whether the source ranges of the frontend let the client in. */
static __always_inline bool request_is_admitted(const struct request *request);
/* What a client's Maglev slot depends on. */
static __always_inline __u64 request_hash(const struct request *request,
					  const struct client *client);

/* Whether the client's source address is known already. A loopback address says nothing: the kernel
 * lets nothing leave from there, and it is the same in every network namespace.
 */
static __always_inline bool request_is_bound(const struct request *request)
{
	return !ip_is_any(&request->source) && !ip_is_loopback(&request->source);
}

/* The zero address stands for this host: the kernel takes it for the address that an IPv4 socket is
 * bound to, and for loopback else. It must not meet the NodePorts, whose key it is.
 */
static __always_inline void request_resolve_any(struct request *request)
{
	bool bound = IP_VERSION == 4 && !ip_is_any(&request->source);

	request->key.addr = bound ? request->source : ip_loopback();
}

static __always_inline bool request_is_from_host(const struct request *request)
{
	return request_netns(request) == host_netns_cookie;
}

static __always_inline struct client request_client(const struct request *request)
{
	struct client client = {};

	if (request_is_bound(request))
		client.addr = request->source;
	else
		client.netns = request_netns(request);
	return client;
}

/* By the client alone, for who does not know more of the connection yet. */
static __always_inline __u64 client_hash(const struct client *client)
{
#if IP_VERSION == 4
	return hash_mix(frontend_seed ^ client->netns ^ (__u64)client->addr.addr << 32);
#else
	__u64 hash = frontend_seed ^ client->netns;

	hash = hash_mix(hash ^ ((__u64)client->addr.addr[0] << 32 | client->addr.addr[1]));
	return hash_mix(hash ^ ((__u64)client->addr.addr[2] << 32 | client->addr.addr[3]));
#endif
}
