// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A call of a client, as far as the rules of a Service look at it. */
#pragma once

#include <linux/types.h>

#include "addr.h"
#include "config.h"
#include "kernel.h"
#include "lb.h"

struct request {
	struct frontend_key key;
	struct ip_addr source; /* that the client is bound to; zero where it is not */
	struct target target;  /* of the frontend that the key leads to */
	void *ctx;
};

/* What only the hook knows, asked only where a rule needs it. Defined by each source that includes
 * this: by the hooks from their socket, by tests from their case.
 */
static __always_inline __u64 request_netns(const struct request *request);
static __always_inline const struct net *request_net(const struct request *request);
static __always_inline __u64 request_now(const struct request *request);

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
