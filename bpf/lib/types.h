// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Every struct that user space also knows. No implicit padding: each byte has a field, so a hash
 * key has no stray bytes, and the controller's mirrors (pkg/Dataplane/Maps) can be held against
 * the BTF of the built object.
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

/* Where a packet meets the programs of a device, and with that which flows it may be of: those that
 * are rewritten before routing, or after.
 */
enum hook {
	HOOK_INGRESS,
	HOOK_EGRESS,
};

/* A packet as it is on the wire. Ports are 0 where the protocol has none. */
struct flow_key {
	struct ip_addr saddr;
	struct ip_addr daddr;
	__be16 sport;
	__be16 dport;
	__u8 protocol;
	__u8 hook;
	__u8 pad[2];
};

/* How to send a packet on without asking the stack. */
struct next_hop {
	__u32 generation; /* packet_settings' when it was looked up; it is good for that one alone
			   */
	__u32 ifindex;	  /* 0: not known */
	__u8 dmac[6];
	__u8 smac[6];
	__u16 mtu;	    /* of IP packets */
	__u16 device_flags; /* DEVICE_* of the device that it leaves by */
};

/* New addresses and ports, and what they change in a sum of 16-bit words. */
struct rewrite {
	struct ip_addr saddr;
	struct ip_addr daddr;
	__be16 sport;
	__be16 dport;
	__u32 addr_diff;
	__u32 port_diff;
};

/* What packets of a flow get. Each direction of a connection has its own entry, and each entry
 * holds what is needed to make its twin again: the twin's key is this rewrite turned around, the
 * twin's rewrite is this key turned around.
 */
struct flow {
	__u32 check; /* the tag of its key, while it is the entry of that key; see lib/flow.h */
	__u32 seen;  /* the newest packet, see FLOW_TICK_SHIFT */
	struct rewrite to;
	__u16 flags;	/* FLOW_* */
	__u8 tcp_flags; /* that this direction has shown so far; SCTP: what is like them */
	__u8 pad;
	__u32 service;
	__u32 backend;
	__u32 generation; /* the backend's when it was chosen */
	struct next_hop hop;
	/* FLOW_MASQUERADED: the source that packets get after routing, by a pair of entries of its
	 * own.
	 */
	struct ip_addr masquerade;
	__be16 masquerade_port;
	__u8 pad2[2];
	__u32 service_generation; /* service_traffic's when it was made */
#if IP_VERSION == 6
	__u32 pad3;
#endif
	__u64 packets;
	__u64 bytes; /* of IP packets */
};

struct traffic {
	__u64 packets;
	__u64 bytes; /* of IP packets */
};

/* Whole cache lines. */
struct flow_entry {
	struct flow_key key;
	struct flow flow;
	struct traffic taken; /* what the service port has of its counts; see lib/traffic.h */
};

#define FLOW_WAYS 15

/* A set of the table of flows. The tags, which most look-ups need alone, fill a cache line with the
 * lock that writers take; 0 is a free way.
 */
struct flow_bucket {
	__u32 lock;
	__u32 tag[FLOW_WAYS];
	struct flow_entry entry[FLOW_WAYS];
};

#define FLOW_REPLY	 (1 << 0) /* from the backend to the client */
#define FLOW_TWIN_EGRESS (1 << 1) /* the twin is rewritten after routing, not before */
#define FLOW_REDIRECT	 (1 << 2) /* leaves by `hop`, past the stack */
#define FLOW_MASQUERADED                                                                           \
	(1 << 3)		 /* the destination is exchanged here, the source by another pair */
#define FLOW_MASQUERADE (1 << 4) /* this is that other pair: the source alone is exchanged */

/* The clock of flows: jiffies, of which only this many together are told apart. */
#define FLOW_TICK_SHIFT 8

/* What a connection has come to: each state has its own timeout. As in nf_conntrack, which knows
 * some more; of those that only the numbers in packets tell apart, the longer-lived.
 */
enum flow_state {
	FLOW_SYN_SENT,
	FLOW_SYN_RECV,
	FLOW_ESTABLISHED,
	FLOW_UNANSWERED, /* taken up in its middle, and the other side has not been heard yet */
	FLOW_FIN_WAIT,	 /* one side is done, and the other has not been heard since */
	FLOW_CLOSE_WAIT, /* one side is done, and the other goes on */
	FLOW_TIME_WAIT,
	FLOW_CLOSED,
	FLOW_UDP,
	FLOW_UDP_STREAM, /* more than a question and an answer */
	FLOW_SCTP_OPENING,
	FLOW_SCTP_ESTABLISHED,
	FLOW_SCTP_CLOSING,
	FLOW_SCTP_CLOSED,
	FLOW_STATES,
};

/* What the newest complete sweep left. */
struct flow_gauges {
	__u64 entries;
	__u64 connections; /* that go on, towards backends of now */
};

/* A sweep, which is run slice by slice: what the controller hands over from one to the next. */
struct flow_sweep {
	__u32 bucket; /* where to go on; from flow_buckets on it is over */
	__u32 pad;
	__u64 entries;
	__u64 connections;
};

/* Where the later fragments of a packet belong. */
struct fragment_key {
	struct ip_addr saddr;
	struct ip_addr daddr;
	__u32 id;
	__u8 protocol; /* IPv6: 0 */
	__u8 hook;
	__u8 pad[2];
};

struct fragment {
	__u32 check; /* of the key */
	__be16 sport;
	__be16 dport;
	__u8 protocol;
	__u8 pad[3];
};

/* A device of this node. */
struct device {
	__u32 flags;	     /* DEVICE_* */
	struct ip_addr addr; /* the node's address there; zero where it has none */
};

#define DEVICE_SERVED (1 << 0) /* our programs are at it, in both directions */
#define DEVICE_PODS   (1 << 1) /* pods are behind it */
#define DEVICE_DETECTED                                                                            \
	(1 << 2) /* --detect-local-mode says by the device that senders are pods                   \
		  */

/* How --detect-local-mode tells pods from others. */
enum detector {
	DETECTOR_NONE,
	DETECTOR_NETWORK, /* by the source address: `pods` */
	DETECTOR_DEVICE,  /* by the device: DEVICE_DETECTED */
};

/* What packet programs are told by the controller. */
struct packet_settings {
	__u32 hop_generation; /* another one: routes or neighbours changed. Never 0 */
	__u16 port_first;     /* ports for SNAT, in host order, the last one included */
	__u16 port_last;
	__u8 detector;
	__u8 masquerade_all;
	__u8 pad[2];
	__u32 held_until; /* a tick of flows: before it nothing begins, since flows are on their way
			     into another table. A point in time, so that it ends by itself */
	struct ip_addr node; /* source where a device has no address of its own */
	struct network pods;
};

/* Of one service port on one CPU. */
struct service_counters {
	__u64 connections; /* TCP connects, connected UDP sockets, UDP senders that got a backend */
	__u64 refused;	   /* connects and datagrams that got none */
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
