// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How flows end: each entry is judged together with its twin, so that both directions of a
 * connection go at once. See docs/packet-path.md.
 *
 * Sweeps take no lock: they can be interrupted, and packets would wait for a lock in vain. They
 * take the tag of an entry away, if it is still there; who has the lock may be about to do the same
 * or to write the way anew, and either is as good.
 */
#pragma once

#include <stdbool.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

#include "counters.h"
#include "flow.h"
#include "lb.h"
#include "packet_maps.h"

/* By enum flow_state, in ticks (FLOW_TICK_SHIFT). */
const volatile __u32 flow_timeouts[FLOW_STATES] = {};

/* By backend: the connections that the sweep under way has found. Written by sweeps alone. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} flow_census SEC(".maps");

/* One direction, as far as it matters for the end. */
struct direction {
	__u32 seen;
	__u8 packets; /* none, one, or more */
	__u8 flags;
};

static __always_inline struct direction expiry_direction(const struct flow *flow)
{
	return (struct direction){
		.seen = flow->seen,
		.packets = flow->packets > 1 ? 2 : flow->packets,
		.flags = flow->tcp_flags,
	};
}

/* The other direction of an entry whose twin has given way, as flow_turn would make it. */
static __always_inline struct direction expiry_lost_direction(const struct flow *flow)
{
	return (struct direction){
		.seen = flow->seen,
		.flags = flow->tcp_flags & TCP_ACK,
	};
}

static __always_inline __s32 expiry_later(const struct direction *a, const struct direction *b)
{
	return a->seen - b->seen;
}

/* Who is done is answered once more, maybe in the next tick, and then nobody need say anything for
 * long. Who gets no answer repeats itself for longer than this many ticks.
 */
#define EXPIRY_SAME_TIME 4

/* Whether a was heard when b was, or later. */
static __always_inline bool expiry_heard_since(const struct direction *a, const struct direction *b)
{
	return expiry_later(b, a) <= EXPIRY_SAME_TIME;
}

/* One side is done, or both are. */
static __always_inline enum flow_state expiry_tcp_end(const struct direction *client,
						      const struct direction *backend)
{
	bool heard_since;

	if (client->flags & backend->flags & TCP_FIN)
		return FLOW_TIME_WAIT;
	heard_since = client->flags & TCP_FIN ? expiry_heard_since(backend, client)
					      : expiry_heard_since(client, backend);
	return heard_since ? FLOW_CLOSE_WAIT : FLOW_FIN_WAIT;
}

static __always_inline enum flow_state expiry_tcp(const struct direction *client,
						  const struct direction *backend)
{
	__u8 either = client->flags | backend->flags;

	if (either & TCP_RST)
		return FLOW_CLOSED;
	if (either & TCP_FIN)
		return expiry_tcp_end(client, backend);
	if ((client->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return backend->flags ? FLOW_SYN_RECV : FLOW_SYN_SENT;
	return backend->flags ? FLOW_ESTABLISHED : FLOW_UNANSWERED;
}

static __always_inline enum flow_state expiry_sctp(const struct direction *client,
						   const struct direction *backend)
{
	__u8 either = client->flags | backend->flags;

	if (either & TCP_RST)
		return FLOW_SCTP_CLOSED;
	if (either & TCP_FIN)
		return FLOW_SCTP_CLOSING;
	return client->flags & backend->flags & TCP_ACK ? FLOW_SCTP_ESTABLISHED : FLOW_SCTP_OPENING;
}

/* A question and its answer are no stream yet. */
static __always_inline enum flow_state expiry_udp(const struct direction *client,
						  const struct direction *backend)
{
	return backend->packets && client->packets + backend->packets > 2 ? FLOW_UDP_STREAM
									  : FLOW_UDP;
}

static __always_inline enum flow_state expiry_state(__u8 protocol, const struct direction *client,
						    const struct direction *backend)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return expiry_tcp(client, backend);
	case PROTOCOL_SCTP:
		return expiry_sctp(client, backend);
	default:
		return expiry_udp(client, backend);
	}
}

/* Whether the backend still has work with it. */
static __always_inline bool expiry_goes_on(enum flow_state state)
{
	return state != FLOW_TIME_WAIT && state != FLOW_CLOSED && state != FLOW_SCTP_CLOSING &&
	       state != FLOW_SCTP_CLOSED;
}

static __always_inline bool expiry_is_idle(enum flow_state state, const struct direction *a,
					   const struct direction *b)
{
	__u32 seen = expiry_later(a, b) > 0 ? a->seen : b->seen;

	if (state >= FLOW_STATES)
		return false;
	/* The first of the ticks that begun since was only a part of one. */
	return (__s32)(flow_now() - seen) > (__s32)flow_timeouts[state];
}

/* By an exchange, since a packet may interrupt the sweep and count itself. */
static __always_inline void expiry_count(enum counter counter)
{
	__u32 index = counter;
	__u64 *value = bpf_map_lookup_elem(&counters, &index);

	if (value)
		__sync_fetch_and_add(value, 1);
}

/* Removes the entry of the key, unless a packet has come since it was judged. */
__noinline int expiry_remove(const struct flow_key *key, __u32 seen)
{
	struct flow_bucket *bucket;
	__u32 tag, way;
	__u64 hash;

	if (!key)
		return -EINVAL;
	hash = flow_hash(key);
	tag = flow_tag(hash);
	bucket = flow_bucket(hash);
	if (!bucket)
		return -ENOENT;
	way = flow_way(bucket, tag);
	if (way >= FLOW_WAYS || !flow_key_equal(&bucket->entry[way].key, key) ||
	    bucket->entry[way].flow.seen != seen)
		return -ENOENT;
	traffic_look(&bucket->entry[way]);
	if (__sync_val_compare_and_swap(&bucket->tag[way], tag, 0) == tag)
		expiry_count(FLOWS_REMOVED);
	return 0;
}

static __always_inline void expiry_note(struct flow_sweep *sweep, __u32 backend)
{
	__u32 *found = bpf_map_lookup_elem(&flow_census, &backend);

	if (found)
		*found += 1;
	sweep->connections += 1;
}

/* Whether the entry's time has not come; else it and its twin are gone. */
__noinline int expiry_judge(struct flow_entry *entry, __u32 tag, struct flow_sweep *sweep)
{
	bool is_current, is_reply;
	struct direction here, there;
	struct flow_key key, twin_key;
	const struct flow *twin;
	enum flow_state state;

	if (!entry || !sweep)
		return false;
	key = entry->key;
	flow_twin_key(&entry->flow, key.protocol, &twin_key);
	is_current = backend_generation(entry->flow.backend) == entry->flow.generation;
	is_reply = entry->flow.flags & FLOW_REPLY;
	here = expiry_direction(&entry->flow);
	twin = flow_find(&twin_key);
	there = twin ? expiry_direction(twin) : expiry_lost_direction(&entry->flow);
	state = is_reply ? expiry_state(key.protocol, &there, &here)
			 : expiry_state(key.protocol, &here, &there);
	/* Packets would make the twin again: it may have taken with it that all is over. */
	if (!twin && (state == FLOW_ESTABLISHED || state == FLOW_CLOSE_WAIT))
		state = FLOW_UNANSWERED;

	/* It may have become another connection's meanwhile. */
	if (!flow_is_of(&entry->flow, tag))
		return true;
	if (expiry_is_idle(state, &here, &there) || (key.protocol == IPPROTO_UDP && !is_current)) {
		expiry_remove(&twin_key, there.seen);
		expiry_remove(&key, here.seen);
		return false;
	}
	traffic_look(entry);
	if (is_current && !is_reply && !(entry->flow.flags & FLOW_MASQUERADE) &&
	    expiry_goes_on(state))
		expiry_note(sweep, entry->flow.backend);
	return true;
}

/* Judges all entries of a bucket. */
__noinline int expiry_sweep_bucket(__u32 index, struct flow_sweep *sweep)
{
	struct flow_bucket *bucket = bpf_map_lookup_elem(&flows, &index);

	if (!bucket || !sweep)
		return -ENOENT;
	for (int way = 0; way < FLOW_WAYS; way++) {
		__u32 tag = *(const volatile __u32 *)&bucket->tag[way];

		if (tag && expiry_judge(&bucket->entry[way], tag, sweep))
			sweep->entries += 1;
	}
	return 0;
}

/* Has programs go by the census, and begins the next. */
static long expiry_publish(void *map, const __u32 *id, __u32 *found, void *ctx)
{
	struct backend *backend = bpf_map_lookup_elem(&backends, id);

	(void)map;
	(void)ctx;
	if (backend && backend->flows != *found)
		backend->flows = *found;
	*found = 0;
	return 0;
}

/* What becomes of a sweep that has seen all buckets. */
static __always_inline void expiry_end_sweep(const struct flow_sweep *sweep)
{
	__u32 index = 0;
	struct flow_gauges *gauges = bpf_map_lookup_elem(&flow_gauges, &index);

	if (gauges) {
		gauges->entries = sweep->entries;
		gauges->connections = sweep->connections;
	}
	bpf_for_each_map_elem(&flow_census, expiry_publish, NULL, 0);
}
