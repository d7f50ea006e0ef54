// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The maps of the packet programs, beside those that they share with the socket programs (maps.h).
 * Capacities of 1 are set at load.
 */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "packet_types.h"

/* Connections, an entry for each direction: a set-associative table in an array, see lib/flow.h.
 * Written and read by programs; swept by the controller's word. Mapped memory for its alignment,
 * and for who wants to look.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flow_bucket);
} flows SEC(".maps");

/* One entry. Written by sweeps, read by the controller and `status`. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flow_gauges);
} flow_gauges SEC(".maps");

#define FRAGMENTS 8192

/* Packets whose first fragment went by. Written and read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FRAGMENTS);
	__type(key, struct fragment_key);
	__type(value, struct fragment);
} fragments SEC(".maps");

#define DEVICES 8192

/* By ifindex: every device of the node that can matter. Written by the controller, read by
 * programs for first packets.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, DEVICES);
	__type(key, __u32);
	__type(value, struct device);
} devices SEC(".maps");

/* One entry. Written by the controller through mapped memory, read by programs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct packet_settings);
} packet_settings SEC(".maps");
