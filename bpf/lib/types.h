// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Every struct that user space also knows; those of packets alone are in packet_types.h. No
 * implicit padding: each byte has a field, so a hash key has no stray bytes, and the controller's
 * mirrors (pkg/Dataplane/Maps) can be held against the BTF of the built object.
 *
 * Every source is compiled once for each family, with -DIP_VERSION=4 or 6.
 */
#pragma once

#include <linux/types.h>

#if IP_VERSION == 4
struct ip_addr {
	__be32 addr;
};
#elif IP_VERSION == 6
struct ip_addr {
	__be32 addr[4];
};
#else
#error "IP_VERSION must be 4 or 6"
#endif

/* Address, port and protocol that clients dial. */
struct frontend_key {
	struct ip_addr addr;
	__be16 port;
	__u8 protocol;
	__u8 pad;
};

/* What answers at a frontend. `options` and `service` are one aligned u64, changed in one store: to
 * which service port it leads, by which rules, and which policy's set answers whom.
 *
 * A NodePort has the zero address and is asked for after node_addresses. Port and protocol 0 at a
 * ClusterIP stand for all that is dialled there and that no service port has.
 */
struct frontend {
	struct frontend_key key;
#if IP_VERSION == 6
	__u32 pad;
#endif
	__u32 options; /* affinity timeout in seconds (0: no affinity), FRONTEND_* above it */
	__u32 service; /* id of the service port */
};

#define FRONTEND_AFFINITY_MASK	 0x1ffff
#define FRONTEND_ALGORITHM_SHIFT 17
#define FRONTEND_ALGORITHM_MASK	 0x7
#define FRONTEND_RESTRICTED	 (1 << 20) /* source_ranges says who may dial it */
#define FRONTEND_ADMITS_NODE	 (1 << 21) /* and the node itself may */
#define FRONTEND_INTERNAL_LOCAL	 (1 << 22) /* clients on this node get the set of policy Local */
#define FRONTEND_EXTERNAL_LOCAL	 (1 << 23) /* so do those from outside */
#define FRONTEND_KIND_SHIFT	 24
#define FRONTEND_KIND_MASK	 0x7
#define FRONTEND_CLUSTER_IP	 0 /* the kinds themselves are the controller's, save this one */

/* How a new client gets one of a set's slots. */
enum algorithm {
	ALGORITHM_RANDOM,
	ALGORITHM_ROUND_ROBIN,
	ALGORITHM_LEAST_CONNECTIONS,
	ALGORITHM_MAGLEV,
};

/* Traffic policies. Each service port has a set for each: 2 * service + policy. */
enum policy {
	POLICY_CLUSTER,
	POLICY_LOCAL,
};

/* A line of the cache (two for IPv6) of the hash table of frontends. A tag is never 0, save for a
 * free way; it is written after the way that it names, and a freed way is used again only after
 * an RCU grace period: a reader that found its key reads the value that belongs to it.
 */
#define FRONTEND_WAYS 3

struct frontend_bucket {
	__u32 tag[FRONTEND_WAYS];
	__u32 next; /* index of the bucket where this one goes on; 0: nowhere */
	struct frontend way[FRONTEND_WAYS];
#if IP_VERSION == 6
	__u32 pad[4];
#endif
};

/* The longest chain of buckets that programs follow, so also the longest that is written. */
#define FRONTEND_HOPS 6

/* A set is one u64, so that its halves are always of one version: the number of slots in the upper
 * half, the first slot in the lower. A set without slots has a verdict in the lower half instead.
 */
enum no_backend {
	NO_BACKEND_REJECT, /* no usable endpoint anywhere: refused at once */
	NO_BACKEND_DROP,   /* policy lets this client reach none of them: silence */
};

/* A backend's place in a set. */
struct slot {
	struct ip_addr addr;
	__be16 port;
	__u8 flags;
	__u8 generation; /* low byte of the backend's when the slot was written */
	__u32 set;     /* the set that owns the slot: a reader that came for another starts over */
	__u32 backend; /* id of the backend within its service port: index into backends */
};

#define SLOT_LOCAL 1 /* the backend is on this node */

/* What programs and controller share about a backend. */
struct backend {
	__u32 live;	  /* entries in sockets that name it: atomic, by programs alone */
	__u32 generation; /* this and the next by the controller alone: another one means that it is
			     gone */
	__u16 weight;
	__u8 sets; /* 1 << policy for each set of its service port that it is in */
	__u8 flags;
	__u32 flows; /* connections in flows that name it: by programs, anew by each sweep */
};

#define BACKEND_DESTROY 1 /* sockets connected to it are to be destroyed */

/* What a socket remembers of its connect. */
struct socket_entry {
	__u64 time; /* jiffies: inlined, where the coarse clock costs 30 ns */
	struct ip_addr frontend_addr;
	struct ip_addr backend_addr;
	__be16 frontend_port;
	__be16 backend_port;
	__u32 service;
	__u32 backend;
	__u8 protocol;
	__u8 pad[3];
};

#define SOCKET_WAYS 4
#define SOCKET_BUSY (~0ULL)

/* The tags stand together, since most look-ups need nothing else: 0 is a free way, SOCKET_BUSY one
 * that somebody is just writing, all else the cookie of the socket that owns the way.
 */
struct socket_bucket {
	__u64 cookie[SOCKET_WAYS];
	struct socket_entry entry[SOCKET_WAYS];
#if IP_VERSION == 4
	__u64 pad[4]; /* whole cache lines: tags and first entry share one */
#endif
};

/* One Service that an unconnected UDP socket talks to. */
struct udp_peer {
	struct ip_addr frontend_addr;
	struct ip_addr backend_addr;
	__be16 frontend_port;
	__be16 backend_port;
	__u32 service;
	__u32 backend;
	__u32 generation; /* of the backend when it was chosen */
};

#define UDP_PEERS 8

struct udp_memory {
	__u32 last; /* the peer of the newest datagram */
	__u32 next; /* the peer that a further Service overwrites */
	struct udp_peer peers[UDP_PEERS];
};

/* Who asks, as far as a socket knows: its source address where it is bound to one that is not
 * loopback (netns is 0 then), else its network namespace.
 */
struct client {
	__u64 netns; /* cookie */
	struct ip_addr addr;
#if IP_VERSION == 4
	__u32 pad;
#endif
};

/* A client's record at one service port (session affinity). */
struct affinity_key {
	__u64 netns;
	struct ip_addr addr;
	__u32 service;
#if IP_VERSION == 6
	__u32 pad;
#endif
};

struct affinity {
	__u64 time; /* bpf_ktime_get_ns of the newest connection */
	__u32 backend;
	__u32 generation; /* the backend's when it was chosen */
	struct ip_addr addr;
	__be16 port;
	__u8 pad[2];
#if IP_VERSION == 6
	__u32 pad6;
#endif
};

/* Which clients may dial the restricted frontends of a service port: longest prefix match. */
struct source_range {
	__u32 prefixlen; /* in bits, those of `service` among them */
	__u32 service;
	struct ip_addr addr;
};

struct network {
	struct ip_addr addr;
	struct ip_addr mask;
};

#define SERVICE_NETWORKS 8

/* What is asked only where no frontend was found, in one place. What each such call reads comes
 * first, so that it costs one cache line.
 */
struct settings {
	/* From the lowest to the highest address that only Services have; empty if first > last. */
	struct ip_addr cluster_first;
	struct ip_addr cluster_last;
	/* From the lowest to the highest NodePort, in host order; empty if first > last. */
	__u16 node_port_first;
	__u16 node_port_last;
	__u8 loopback_node_ports;
	__u8 has_node_addresses;
	__u8 pad[6];
	__u32 service_network_count;
	struct network service_networks[SERVICE_NETWORKS];
};

/* A process was kept from binding a NodePort. */
struct bind_event {
	__u32 pid;
	__u16 port; /* in host order */
	__u8 protocol;
	__u8 family; /* 4 or 6 */
	__u32 service;
	struct ip_addr addr;
	char comm[16];
};

/* Of one service port on one CPU. */
struct service_counters {
	__u64 connections; /* TCP connects, connected UDP sockets, UDP senders that got a backend */
	__u64 refused;	   /* connects and datagrams that got none */
};

struct traffic {
	__u64 packets;
	__u64 bytes; /* of IP packets */
};

/* Of one service port: what its flows have carried, as far as somebody has looked at them. */
struct service_traffic {
	struct traffic to_backends;
	struct traffic to_clients;
	__u32 generation; /* by the controller alone: flows of another one are none of its */
	__u32 pad;
};

/* Index into counters: why something was refused, and what became of sockets and flows. New ones
 * come last, since counts are carried over from one build to the next.
 */
enum counter {
	DROP_NO_BACKEND,       /* rejected: the service port has no usable endpoint */
	DROP_NO_LOCAL_BACKEND, /* dropped: traffic policy Local, and none on this node */
	DROP_STALE_SLOT,       /* rejected: the service port changed twice during one look-up */
	DROP_NO_MEMORY,	       /* an unconnected UDP socket's memory could not be made */
	SOCKET_OVERWRITTEN,    /* an entry of sockets gave way to a newer connection */
	SOCKET_UNRECORDED,     /* a connection found no way in sockets */
	DROP_UNALLOCATED,  /* rejected: no Service has this address, or this port of a ClusterIP */
	DROP_SOURCE_RANGE, /* dropped: loadBalancerSourceRanges does not let the client in */
	BIND_REFUSED,	   /* a process was kept from binding a NodePort */
	AFFINITY_UNRECORDED, /* a client's affinity could not be remembered */
	SOCKETS_DESTROYED,   /* sockets that were connected to a backend which is gone */
	DROP_NO_FLOW,	     /* rejected: the middle of a connection that nobody knows */
	DROP_NO_PORT,	     /* rejected: all source ports towards the backend are taken */
	DROP_NO_ROUTE,	     /* dropped: there is no way on to the backend or to the client */
	DROP_TTL,	     /* dropped, and the sender told: it has made too many hops */
	DROP_TOO_BIG,	     /* dropped, and the sender told: larger than the next hop's MTU */
	DROP_UNWRITABLE,     /* dropped: the packet could not be changed */
	FLOWS_MADE,	     /* entries of flows, each direction by itself */
	FLOWS_EVICTED,	     /* those that gave way to newer ones, their bucket being full */
	FLOWS_REMOVED,	     /* those that were closed, or idle for too long, or begun anew */
	FLOW_UNRECORDED,     /* dropped: an entry could not be made */
	DROP_HELD,	     /* dropped, for its sender to try again: nothing begins just then */
	COUNTER_MAX,
};
