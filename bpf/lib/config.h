// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Settings, written into .rodata before the programs are loaded. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

/* Number of buckets of frontends that keys hash to, a power of two, less one. */
const volatile __u32 frontend_bucket_mask = 0;

/* Keeps those who choose addresses from choosing collisions. */
const volatile __u64 frontend_seed = 0;

/* Number of buckets of sockets, a power of two, less one. */
const volatile __u32 socket_bucket_mask = 0;

/* Service ports that service_counters holds for each CPU. */
const volatile __u32 service_capacity = 0;

/* CPUs that service_counters has room for, a power of two, less one. */
const volatile __u32 service_cpu_mask = 0;

/* Number of buckets of flows. */
const volatile __u32 flow_buckets = 1;

/* BPF_F_IPV6 where the kernel knows it (6.16): without it, helpers take a whole checksum of the
 * device for that of IPv4, whose header has one of its own.
 */
const volatile __u64 checksum_ipv6_flag = 0;

/* Whether the kernel tells programs what nf_conntrack knows (5.18, with types of nf_conntrack). */
const volatile bool conntrack_lookup = false;

/* Whether nf_conntrack is asked before a connection gets a source port: somebody else gave the
 * node's ports away until now.
 */
const volatile bool avoids_tracked_ports = false;

/* Cookie of the network namespace that the node's own addresses are in: the controller's. */
const volatile __u64 host_netns_cookie = 0;
