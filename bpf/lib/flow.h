// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Flows: our connection tracking. An entry is the rewrite that the packets of one direction get, so
 * NAT, reverse NAT and tracking are one look-up.
 *
 * A table of our own and not an LRU map of the kernel: the JIT inlines its reads, a packet of no
 * flow costs one cache line, and a new entry costs three or four where the kernel's takes a dozen
 * (700 ns each, cold). Where all ways of a bucket are taken, the newest entry takes the place of
 * one that is closed, or of the oldest.
 *
 * Writers hold the bucket's lock. Readers take none: a way that is written anew has no tag and no
 * check meanwhile, so what was read is what was looked for if the check still says so afterwards.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "counters.h"
#include "frontends.h"
#include "packet.h"
#include "packet_maps.h"

static __always_inline __u32 flow_now(void)
{
	return bpf_jiffies64() >> FLOW_TICK_SHIFT;
}

static __always_inline __u64 flow_seeded_hash(const struct flow_key *key, __u64 seed)
{
	__u64 hash = seed ^ ((__u64)key->sport << 48 | (__u64)key->dport << 32 |
			     key->protocol << 8 | key->hook);

#if IP_VERSION == 4
	return hash_mix(hash_mix(hash) ^ ((__u64)key->saddr.addr << 32 | key->daddr.addr));
#else
	for (int i = 0; i < 4; i++)
		hash = (hash ^ ((__u64)key->saddr.addr[i] << 32 | key->daddr.addr[i])) *
			       0xff51afd7ed558ccdULL ^
		       hash >> 29;
	return hash_mix(hash);
#endif
}

static __always_inline __u64 flow_hash(const struct flow_key *key)
{
	return flow_seeded_hash(key, frontend_seed);
}

static __always_inline __u32 flow_tag(__u64 hash)
{
	return (__u32)hash | 1;
}

static __always_inline struct flow_bucket *flow_bucket(__u64 hash)
{
	__u32 index = (hash >> 32) * flow_buckets >> 32;

	return bpf_map_lookup_elem(&flows, &index);
}

static __always_inline bool flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	const __u64 *x = (const void *)a, *y = (const void *)b;
	__u64 differs = 0;

	for (__u32 i = 0; i < sizeof(*a) / sizeof(*x); i++)
		differs |= x[i] ^ y[i];
	return !differs;
}

/* The way that has the tag, or FLOW_WAYS. Not static, as others here: the verifier looks at such a
 * function once, and does not follow each of its results by itself.
 */
__noinline int flow_way(const struct flow_bucket *bucket, __u32 tag)
{
	if (!bucket)
		return FLOW_WAYS;
	for (int way = 0; way < FLOW_WAYS; way++) {
		if (bucket->tag[way] == tag)
			return way;
	}
	return FLOW_WAYS;
}

static __always_inline struct flow *flow_find_hashed(const struct flow_key *key, __u64 hash)
{
	struct flow_bucket *bucket = flow_bucket(hash);
	__u32 way;

	if (!bucket)
		return NULL;
	way = flow_way(bucket, flow_tag(hash));
	if (way >= FLOW_WAYS || !flow_key_equal(&bucket->entry[way].key, key))
		return NULL;
	return &bucket->entry[way].flow;
}

static __always_inline struct flow *flow_find(const struct flow_key *key)
{
	return flow_find_hashed(key, flow_hash(key));
}

/* Whether it is still the entry that was found. */
static __always_inline bool flow_is_of(const struct flow *flow, __u64 hash)
{
	barrier();
	return *(const volatile __u32 *)&flow->check == flow_tag(hash);
}

/* The key of the entry for the other direction. */
static __always_inline void flow_twin_key(const struct flow *flow, __u8 protocol,
					  struct flow_key *twin)
{
	twin->saddr = flow->to.daddr;
	twin->daddr = flow->to.saddr;
	twin->sport = flow->to.dport;
	twin->dport = flow->to.sport;
	twin->protocol = protocol;
	twin->hook = flow->flags & FLOW_TWIN_EGRESS ? HOOK_EGRESS : HOOK_INGRESS;
	twin->pad[0] = 0;
	twin->pad[1] = 0;
}

/* What other words change in a sum of 16-bit words, as bpf_csum_diff says it. */
static __always_inline __u32 flow_difference(const void *before, const void *after, int words)
{
	const __u32 *from = before, *to = after;
	__u64 sum = 0;

	for (int i = 0; i < words; i++)
		sum += (__u64)(__u32)~from[i] + to[i];
	sum = (__u32)sum + (sum >> 32);
	return (__u32)sum + (__u32)(sum >> 32);
}

/* Has the entry make packets of `key` packets of `to`. */
static __always_inline void flow_direct(struct flow *flow, const struct flow_key *key,
					const struct flow_key *to)
{
	flow->to.saddr = to->saddr;
	flow->to.daddr = to->daddr;
	flow->to.sport = to->sport;
	flow->to.dport = to->dport;
	flow->to.addr_diff = flow_difference(&key->saddr, &to->saddr, 2 * sizeof(to->saddr) / 4);
	flow->to.port_diff = flow_difference(&key->sport, &to->sport, 1);
}

/* What the other direction's entry is, besides its rewrite. Who leaves past the stack comes back
 * past it, save for the node itself, whose packets leave so and are answered to its stack.
 */
static __always_inline __u16 flow_turn_flags(const struct flow_key *key, const struct flow *flow)
{
	__u16 flags = (flow->flags ^ FLOW_REPLY) & (FLOW_REPLY | FLOW_MASQUERADE);

	if (key->hook == HOOK_EGRESS)
		return flags | FLOW_TWIN_EGRESS;
	if (!(flow->flags & FLOW_TWIN_EGRESS))
		return flags | (flow->flags & FLOW_REDIRECT);
	return (flow->flags & (FLOW_REPLY | FLOW_MASQUERADE)) == FLOW_REPLY ? flags | FLOW_REDIRECT
									    : flags;
}

/* Makes the entry of the other direction from the one that is there. What its rewrite changes in a
 * sum is the complement of what this one changes.
 */
static __always_inline void flow_turn(const struct flow_key *key, const struct flow *flow,
				      struct flow_key *twin_key, struct flow *twin)
{
	flow_twin_key(flow, key->protocol, twin_key);
	__builtin_memset(twin, 0, sizeof(*twin));
	twin->seen = flow->seen;
	twin->to.saddr = key->daddr;
	twin->to.daddr = key->saddr;
	twin->to.sport = key->dport;
	twin->to.dport = key->sport;
	twin->to.addr_diff = ~flow->to.addr_diff;
	twin->to.port_diff = ~flow->to.port_diff;
	twin->flags = flow_turn_flags(key, flow);
	/* Who acknowledges has heard the other: it is made again, not for the first time. */
	twin->tcp_flags = flow->tcp_flags & TCP_ACK;
	twin->service = flow->service;
	twin->backend = flow->backend;
	twin->generation = flow->generation;
}

/* The most attempts to get a lock: some microseconds. Those who hold it need a tenth of one, or one
 * or two where they look at all ways for a victim; or as long as their virtual CPU is taken away.
 */
#define FLOW_LOCK_TRIES 200

__noinline int flow_lock_contended(struct flow_bucket *bucket)
{
	if (!bucket)
		return false;
	for (int i = 0; i < FLOW_LOCK_TRIES; i++) {
		if (!__sync_val_compare_and_swap(&bucket->lock, 0, 1))
			return true;
	}
	return false;
}

static __always_inline bool flow_lock(struct flow_bucket *bucket)
{
	return !__sync_val_compare_and_swap(&bucket->lock, 0, 1) || flow_lock_contended(bucket);
}

static __always_inline void flow_unlock(struct flow_bucket *bucket)
{
	__sync_lock_test_and_set(&bucket->lock, 0);
}

/* Whether more is known of the connection than that somebody wants one, which many could say who
 * send with false addresses; and it does not end.
 */
static __always_inline bool flow_is_settled(const struct flow_entry *entry)
{
	const struct flow *flow = &entry->flow;

	if (flow->tcp_flags & (TCP_FIN | TCP_RST))
		return false;
	return entry->key.protocol == IPPROTO_UDP ? flow->packets > 1 : flow->tcp_flags & TCP_ACK;
}

/* For so many ticks an entry is young, and spared like a settled one: in a table that is full of
 * those, new connections would end each other's handshakes.
 */
#define FLOW_YOUNG_TICKS 1

/* How soon an entry may give way to another: the lower, the sooner. Another CPU may have been a
 * little later than now: that is no age.
 */
__noinline __u64 flow_worth(const struct flow_entry *entry, __u32 now)
{
	__s32 age;

	if (!entry)
		return 0;
	age = now - entry->flow.seen;
	if (age < 0)
		age = 0;
	return (__u64)(age <= FLOW_YOUNG_TICKS || flow_is_settled(entry)) << 32 | ~(__u32)age;
}

/* A free way of the bucket, or the one whose entry is worth least. */
__noinline int flow_victim(const struct flow_bucket *bucket)
{
	__u32 now = flow_now();
	__u64 least = ~0ULL;
	int victim = 0;

	if (!bucket)
		return 0;
	for (int way = 0; way < FLOW_WAYS; way++) {
		if (!bucket->tag[way])
			return way;
	}
	for (int way = 0; way < FLOW_WAYS; way++) {
		__u64 worth = flow_worth(&bucket->entry[way], now);

		if (worth < least) {
			least = worth;
			victim = way;
		}
	}
	return victim;
}

/* Writes a way that nobody finds meanwhile. The exchanges keep the order of the stores. */
static __always_inline void flow_write(struct flow_bucket *bucket, __u32 way, __u32 tag,
				       const struct flow_key *key, const struct flow *flow)
{
	struct flow_entry *entry = &bucket->entry[way];

	if (bucket->tag[way]) {
		entry->flow.check = 0;
		__sync_lock_test_and_set(&bucket->tag[way], 0);
	}
	entry->key = *key;
	entry->flow = *flow;
	entry->flow.check = tag;
	__sync_lock_test_and_set(&bucket->tag[way], tag);
}

static __always_inline int flow_insert_locked(struct flow_bucket *bucket, __u32 tag,
					      const struct flow_key *key, const struct flow *flow,
					      __u64 flags)
{
	__u32 way = flow_way(bucket, tag);

	if (way < FLOW_WAYS) {
		if (flow_key_equal(&bucket->entry[way].key, key)) {
			if (flags & BPF_NOEXIST)
				return -EEXIST;
			flow_write(bucket, way, tag, key, flow);
			return 0;
		}
		/* Another tuple with the same tag, once in billions. */
	} else {
		way = flow_victim(bucket);
		if (way >= FLOW_WAYS)
			return -EFAULT;
	}
	if (bucket->tag[way])
		count(FLOWS_EVICTED);
	flow_write(bucket, way, tag, key, flow);
	count(FLOWS_MADE);
	return 0;
}

/* Makes an entry: 0, -EEXIST where there is one already and BPF_NOEXIST is asked for, or another
 * errno.
 */
__noinline int flow_insert(const struct flow_key *key, const struct flow *flow, __u64 flags)
{
	struct flow_bucket *bucket;
	__u64 hash;
	int err;

	if (!key || !flow)
		return -EINVAL;
	hash = flow_hash(key);
	bucket = flow_bucket(hash);
	if (!bucket || !flow_lock(bucket))
		return -EBUSY;
	err = flow_insert_locked(bucket, flow_tag(hash), key, flow, flags);
	flow_unlock(bucket);
	return err;
}

/* Has the entry of the key remember a next hop, unless it is another key's by now. Its generation
 * comes last: nobody takes a part for the whole.
 */
__noinline int flow_set_hop(const struct flow_key *key, struct flow *flow,
			    const struct next_hop *hop)
{
	struct flow_bucket *bucket;
	__u64 hash;

	if (!key || !flow || !hop)
		return -EINVAL;
	hash = flow_hash(key);
	bucket = flow_bucket(hash);
	if (!bucket || !flow_lock(bucket))
		return -EBUSY;
	if (flow_is_of(flow, hash)) {
		__sync_lock_test_and_set(&flow->hop.generation, 0);
		flow->hop.ifindex = hop->ifindex;
		flow->hop.mtu = hop->mtu;
		__builtin_memcpy(flow->hop.dmac, hop->dmac, sizeof(hop->dmac));
		__builtin_memcpy(flow->hop.smac, hop->smac, sizeof(hop->smac));
		__sync_lock_test_and_set(&flow->hop.generation, hop->generation);
	}
	flow_unlock(bucket);
	return 0;
}

/* Removes the entry of the key, if there is one. */
__noinline int flow_remove(const struct flow_key *key)
{
	struct flow_bucket *bucket;
	__u64 hash;
	__u32 way;

	if (!key)
		return -EINVAL;
	hash = flow_hash(key);
	bucket = flow_bucket(hash);
	if (!bucket || !flow_lock(bucket))
		return -EBUSY;
	way = flow_way(bucket, flow_tag(hash));
	if (way < FLOW_WAYS && flow_key_equal(&bucket->entry[way].key, key)) {
		bucket->entry[way].flow.check = 0;
		__sync_lock_test_and_set(&bucket->tag[way], 0);
		count(FLOWS_REMOVED);
	}
	flow_unlock(bucket);
	return 0;
}

/* Removes both directions; the twin, which is found by this one alone, goes first. */
__noinline int flow_remove_pair(const struct flow_key *key)
{
	struct flow_key twin;
	struct flow *flow;

	if (!key)
		return -EINVAL;
	flow = flow_find(key);
	if (!flow)
		return -ENOENT;
	flow_twin_key(flow, key->protocol, &twin);
	flow_remove(&twin);
	flow_remove(key);
	return 0;
}

/* Whether the connection is over: either side has reset it, or both have said that they are done.
 * In SCTP no side is ever done alone, so there one of them is enough.
 */
__noinline int flow_is_closed(const struct flow_key *key, const struct flow *flow)
{
	struct flow_key twin_key;
	const struct flow *twin;
	__u8 here, there;

	if (!key || !flow)
		return false;
	here = flow->tcp_flags;
	flow_twin_key(flow, key->protocol, &twin_key);
	twin = flow_find(&twin_key);
	there = twin ? twin->tcp_flags : 0;
	if ((here | there) & TCP_RST)
		return true;
	return (key->protocol == PROTOCOL_SCTP ? here | there : here & there) & TCP_FIN;
}

/* Whether the client has reset what the backend had left of an older connection with the same tuple
 * (TIME_WAIT), and asks again. With that reset the tuple is free, so the entries begin once more:
 * another port could be in use there in the same way, and cost the client another second.
 */
__noinline int flow_begins_again(const struct flow_key *key, struct flow *flow)
{
	struct flow_key twin_key;
	struct flow *twin;

	if (!key || !flow || key->protocol != IPPROTO_TCP || !(flow->tcp_flags & TCP_RST))
		return false;
	flow_twin_key(flow, key->protocol, &twin_key);
	twin = flow_find(&twin_key);
	if (!twin || twin->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST))
		return false;
	flow->tcp_flags = 0;
	twin->tcp_flags = 0;
	return true;
}

/* What a chunk of SCTP would be in TCP. */
static __always_inline __u8 flow_sctp_flags(__u8 chunk)
{
	switch (chunk) {
	case SCTP_INIT:
	case SCTP_INIT_ACK:
		return TCP_SYN;
	case SCTP_ABORT:
		return TCP_RST;
	case SCTP_SHUTDOWN:
	case SCTP_SHUTDOWN_ACK:
	case SCTP_SHUTDOWN_COMPLETE:
		return TCP_FIN;
	default:
		return TCP_ACK;
	}
}

static __always_inline __u8 flow_flags(const struct packet *packet)
{
	if (packet->flags & PACKET_LATER)
		return 0;
	switch (packet->tuple.protocol) {
	case IPPROTO_TCP:
		return packet->tcp_flags;
	case PROTOCOL_SCTP:
		return flow_sctp_flags(packet->tcp_flags);
	default:
		return 0;
	}
}

/* Notes a packet. Counts are not atomic: the packets of one direction come one after the other. */
static __always_inline void flow_note(struct flow *flow, const struct packet *packet)
{
	__u8 flags = flow_flags(packet);

	flow->packets += 1;
	flow->bytes += packet->length;
	if (flags & ~flow->tcp_flags)
		flow->tcp_flags |= flags;
}
