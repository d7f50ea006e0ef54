// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* loadBalancerSourceRanges for calls.
 *
 * Packets have a source address, calls not always: the kernel picks it after the hook. Where the
 * socket is bound, its address is the source. Where it is not, the source will be one of the
 * addresses of its network namespace, and the client is let in if every one that the kernel could
 * pick would be: whichever it is then, the ranges allow it. So nobody gets in whom the ranges keep
 * out. A client that is kept out though the address which it would have had is allowed binds to
 * that address, to say which of its several it means. The host's addresses are judged by the
 * controller, since a Service is asked for by the node's own address there (behaviour 2.4).
 *
 * A socket may be bound to an address that is not its own (IP_FREEBIND): a packet's source can be
 * forged as well, and in both cases the answer goes elsewhere.
 */
#pragma once

#include <stdbool.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "kernel.h"
#include "maps.h"
#include "request.h"
#include "sources.h"

/* How many devices and addresses of a network namespace are looked at. Where there are more, nobody
 * is let in without being bound.
 */
#define SOURCES_STEPS 64

/* Of linux/if.h, which would have the C library's headers. */
#define IFF_UP 1

/* Scope of IPv6 addresses, from include/net/ipv6.h and if_inet6.h. */
#define IFA_HOST 0x10
#define IFA_LINK 0x20

#if IP_VERSION == 4
typedef const struct in_ifaddr *sources_entry;

static __always_inline sources_entry sources_first(const struct net_device *dev)
{
	return BPF_CORE_READ(dev, ip_ptr, ifa_list);
}

static __always_inline sources_entry sources_next(const struct net_device *dev, sources_entry entry)
{
	(void)dev;
	return BPF_CORE_READ(entry, ifa_next);
}

/* Whether the kernel could pick the address for a destination beyond the link. */
static __always_inline bool sources_read(sources_entry entry, struct ip_addr *addr)
{
	addr->addr = BPF_CORE_READ(entry, ifa_local);
	return BPF_CORE_READ(entry, ifa_scope) < RT_SCOPE_LINK;
}
#else
typedef const struct inet6_ifaddr *sources_entry;

/* The list ends where it begins, in the device. */
static __always_inline sources_entry sources_entry_at(const struct inet6_dev *dev,
						      const struct list_head *link)
{
	const void *head = (const char *)dev + bpf_core_field_offset(struct inet6_dev, addr_list);

	return link && link != head ? kernel_container(link, const struct inet6_ifaddr, if_list)
				    : NULL;
}

static __always_inline sources_entry sources_first(const struct net_device *dev)
{
	const struct inet6_dev *inet6 = BPF_CORE_READ(dev, ip6_ptr);

	return inet6 ? sources_entry_at(inet6, BPF_CORE_READ(inet6, addr_list.next)) : NULL;
}

static __always_inline sources_entry sources_next(const struct net_device *dev, sources_entry entry)
{
	return sources_entry_at(BPF_CORE_READ(dev, ip6_ptr), BPF_CORE_READ(entry, if_list.next));
}

/* Whether the kernel could pick the address for a destination beyond the link. */
static __always_inline bool sources_read(sources_entry entry, struct ip_addr *addr)
{
	__u32 flags = BPF_CORE_READ(entry, flags);

	BPF_CORE_READ_INTO(addr, entry, addr);
	return !(BPF_CORE_READ(entry, scope) & (IFA_HOST | IFA_LINK)) &&
	       (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) != IFA_F_TENTATIVE;
}
#endif

/* The device after this one, whose place in the list is given; NULL at the end. */
static __always_inline const struct net_device *sources_next_device(const struct net *net,
								    const struct list_head **link)
{
	const void *head = (const char *)net + bpf_core_field_offset(struct net, dev_base_head);

	*link = BPF_CORE_READ(*link, next);
	return *link && *link != head ? kernel_container(*link, const struct net_device, dev_list)
				      : NULL;
}

/* A walk over the addresses of all devices of a network namespace. */
struct sources_walk {
	const struct net *net;
	const struct list_head *link; /* of the newest device in the list of all */
	const struct net_device *dev;
	sources_entry entry; /* the address of that device that comes next; NULL at the end */
	__u32 service;
	bool found;    /* there was an address that the kernel could pick */
	bool admitted; /* all were seen, and are let in */
};

/* To the next address, or to the next device: 1 at the end. */
static long sources_step(__u32 step, void *data)
{
	struct sources_walk *walk = data;
	const struct net_device *dev = walk->dev;
	struct ip_addr addr;

	(void)step;
	if (walk->entry) {
		if (sources_read(walk->entry, &addr)) {
			if (!sources_admit(walk->service, &addr))
				return 1;
			walk->found = true;
		}
		walk->entry = sources_next(dev, walk->entry);
		return 0;
	}
	dev = sources_next_device(walk->net, &walk->link);
	if (!dev) {
		walk->admitted = walk->found;
		return 1;
	}
	walk->dev = dev;
	if (BPF_CORE_READ(dev, flags) & IFF_UP)
		walk->entry = sources_first(dev);
	return 0;
}

/* Whether every address that an unbound client could get is let in, and there is one. Loopback
 * devices count, too, since routes may name any address of theirs that is not of scope host.
 *
 * By bpf_loop, whose body the verifier sees once; a loop in the program would be seen step by
 * step, which took it nine tenths of its time (seconds). Before kernel 5.17, which has none, nobody
 * is let in without being bound.
 */
static __noinline bool sources_admit_all(const struct request *request, __u32 service)
{
	const struct net *net = request_net(request);
	struct sources_walk walk = {
		.net = net,
		.link = (const void *)((const char *)net +
				       bpf_core_field_offset(struct net, dev_base_head)),
		.service = service,
	};

	if (net && bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop))
		bpf_loop(SOURCES_STEPS, sources_step, &walk, 0);
	return walk.admitted;
}

static __always_inline bool request_is_admitted(const struct request *request)
{
	struct target target = request->target;

	if (request_is_bound(request))
		return sources_admit(target.service, &request->source);
	if (request_is_from_host(request))
		return target.options & FRONTEND_ADMITS_NODE;
	return sources_admit_all(request, target.service);
}

/* A call has no flow yet that would tell it from others of its client. */
static __always_inline __u64 request_hash(const struct request *request,
					  const struct client *client)
{
	(void)request;
	return client_hash(client);
}
