// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The structs of the packet programs, beside those that they share with the socket programs
 * (types.h), and like those without implicit padding.
 */
#pragma once

#include "types.h"

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
