// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Keeps the node's processes from binding a port that is a NodePort: clients would never reach
 * them, since a NodePort goes before local sockets.
 *
 * That is where NodePorts are served: an address of node_addresses; any loopback address while
 * NodePorts are served there; the wildcard where either is. And only for sockets of the host's
 * network namespace: elsewhere the node's addresses are not local. A port that was taken before the
 * NodePort was allocated stays with who has it.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>

#include "addr.h"
#include "counters.h"
#include "maps.h"
#include "service.h"

static __always_inline bool bind_is_served(const struct settings *settings,
					   const struct ip_addr *addr)
{
	bool loopback = IP_VERSION == 4 && settings->loopback_node_ports;

	if (ip_is_any(addr))
		return loopback || settings->has_node_addresses;
	if (ip_is_loopback(addr))
		return loopback;
	return settings->has_node_addresses && bpf_map_lookup_elem(&node_addresses, addr);
}

/* The NodePort that a socket is about to take away, if it is one. */
static __always_inline const struct frontend *bind_find(struct bpf_sock *ctx, __u8 protocol,
							const struct ip_addr *addr)
{
	const struct settings *settings = settings_get();
	__u16 port = ctx->src_port; /* in host order, here alone */
	struct frontend_key key = {
		.port = bpf_htons(port),
		.protocol = protocol,
	};

	if (!settings || !settings_has_node_port(settings, port) ||
	    !bind_is_served(settings, addr) || bpf_get_netns_cookie(ctx) != host_netns_cookie)
		return NULL;
	return service_lookup_other(&key);
}

static __always_inline void bind_report(const struct frontend *frontend, const struct ip_addr *addr)
{
	struct bind_event *event;

	count(BIND_REFUSED);
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	event->port = bpf_ntohs(frontend->key.port);
	event->protocol = frontend->key.protocol;
	event->family = IP_VERSION;
	event->service = frontend->service;
	event->addr = *addr;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
}
