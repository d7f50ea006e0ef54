// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Every map, each with a line on who writes and who reads it. Capacities of 1 are set at load. */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "types.h"

/* What clients dial: a hash table in an array, see lib/frontends.h. Written by the controller
 * through mapped memory when a Service changes, read by programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct frontend_bucket);
} frontends SEC(".maps");

/* Set id (2 * service port + policy) to range of slots. Written by the controller through mapped
 * memory: the one store that flips a service port from its old backends to its new ones. Read by
 * programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sets SEC(".maps");

/* Written by the controller through mapped memory before a set points there, read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

/* Live counts written by programs, generations by the controller; both read both. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct backend);
} backends SEC(".maps");

/* Written and read by programs; the controller only looks. Mapped memory for its alignment alone.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct socket_bucket);
} sockets SEC(".maps");

/* What unconnected UDP sockets must not forget. Written and read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct udp_memory);
} udp_memories SEC(".maps");

/* Per CPU, by service port id: an array of service_capacity for each CPU that is there. Not a
 * per-CPU array, which is for every CPU that there could be, is found by one more load, and of
 * which the kernel allocates each entry by itself (60 ms for 65,536, against 0.4). Written by
 * programs, read by the controller.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct service_counters);
} service_counters SEC(".maps");

/* By service port id: what its flows have carried. Written by sweeps, and by programs where flows
 * end; generations by the controller. Read by both.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct service_traffic);
} service_traffic SEC(".maps");

/* One entry. Written by the controller through mapped memory, read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

#define NODE_ADDRESSES 4096

/* Addresses of this node that accept NodePorts, loopback not among them. Written by the controller,
 * read by programs.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, NODE_ADDRESSES);
	__type(key, struct ip_addr);
	__type(value, __u32);
} node_addresses SEC(".maps");

/* Who may dial restricted frontends. Written by the controller, read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct source_range);
	__type(value, __u32);
} source_ranges SEC(".maps");

/* Which backend a client had last. Written and read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1);
	__type(key, struct affinity_key);
	__type(value, struct affinity);
} affinities SEC(".maps");

/* By set id: how many clients had their turn (round-robin). Written and read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cursors SEC(".maps");

/* struct bind_event. Written by programs, read by the controller. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} events SEC(".maps");

/* By enum counter. Written by programs, read by the controller. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTER_MAX);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");
