// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The table of flows: set-associative, in an array.
 *
 * One of our own and not an LRU map of the kernel: the JIT inlines its reads, and a packet of no
 * flow costs one cache line. Where all ways of a bucket are taken, the newest entry takes the place
 * of one that ends or nobody has answered, or of the oldest.
 *
 * Writers hold the bucket's lock. Readers take none: a way that is written anew has no tag and no
 * check meanwhile, so what was read is what was looked for if the check still says so afterwards.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "counters.h"
#include "frontends.h"
#include "memory.h"
#include "packet.h"
#include "packet_maps.h"
#include "traffic.h"

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

/* The way that has the tag (0: a free one), or FLOW_WAYS. Not static, as others here: the verifier
 * looks at such a function once, and does not follow each of its results by itself.
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

/* Whether it is still the entry that was found. */
static __always_inline bool flow_is_of(const struct flow *flow, __u64 hash)
{
	barrier();
	return *(const volatile __u32 *)&flow->check == flow_tag(hash);
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
	store_release(&bucket->lock, 0);
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

/* Whether a connection is over whose directions have shown these flags: either side has reset it,
 * or both have said that they are done. In SCTP no side is ever done alone, so there one of them is
 * enough.
 */
static __always_inline bool flow_flags_end(__u8 protocol, __u8 here, __u8 there)
{
	if ((here | there) & TCP_RST)
		return true;
	return (protocol == PROTOCOL_SCTP ? here | there : here & there) & TCP_FIN;
}

/* Whether the twin makes of its packets what answers packets of the key: another connection may
 * have its tuple by now.
 */
static __always_inline bool flow_leads_back(const struct flow *twin, const struct flow_key *key)
{
	return ip_equal(&twin->to.saddr, &key->daddr) && ip_equal(&twin->to.daddr, &key->saddr) &&
	       twin->to.sport == key->dport && twin->to.dport == key->sport;
}

/* Has the other direction of an entry that gives way know that the connection is over, where it is:
 * alone it would be taken for one that is idle, and be kept for long.
 */
__noinline int flow_tell_twin(const struct flow_entry *entry)
{
	struct flow_key twin_key;
	struct flow *twin;

	if (!entry)
		return -EINVAL;
	flow_twin_key(&entry->flow, entry->key.protocol, &twin_key);
	twin = flow_find(&twin_key);
	if (twin && flow_leads_back(twin, &entry->key) &&
	    flow_flags_end(entry->key.protocol, entry->flow.tcp_flags, twin->tcp_flags))
		twin->tcp_flags |= TCP_RST;
	return 0;
}

/* For so many ticks an entry is young, and spared like a settled one: in a table that is full of
 * those, new connections would end each other's handshakes.
 */
#define FLOW_YOUNG_TICKS 1

/* Ticks since the entry was in use. Another CPU may have been a little later than now: that is no
 * age.
 */
static __always_inline __u32 flow_age(const struct flow_entry *entry, __u32 now)
{
	__s32 age = now - entry->flow.seen;

	return age < 0 ? 0 : age;
}

/* The way of a full bucket whose entry gives way: the first that is not worth keeping, since each
 * that is looked at comes from memory, or else the oldest.
 */
__noinline int flow_victim(const struct flow_bucket *bucket)
{
	__u32 now = flow_now(), oldest = 0;
	int victim = 0;

	if (!bucket)
		return 0;
	for (int way = 0; way < FLOW_WAYS; way++) {
		__u32 age = flow_age(&bucket->entry[way], now);

		if (age > FLOW_YOUNG_TICKS && !flow_is_settled(&bucket->entry[way]))
			return way;
		if (age > oldest) {
			oldest = age;
			victim = way;
		}
	}
	return victim;
}

/* Writes a way that nobody finds meanwhile. */
static __always_inline void flow_write(struct flow_bucket *bucket, __u32 way, __u32 tag,
				       const struct flow_key *key, const struct flow *flow)
{
	struct flow_entry *entry = &bucket->entry[way];

	if (bucket->tag[way]) {
		entry->flow.check = 0;
		store_release(&bucket->tag[way], 0);
		traffic_end(entry);
	}
	entry->key = *key;
	entry->flow = *flow;
	traffic_begin(entry);
	entry->flow.check = tag;
	store_release(&bucket->tag[way], tag);
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
		way = flow_way(bucket, 0);
		if (way >= FLOW_WAYS)
			way = flow_victim(bucket);
		if (way >= FLOW_WAYS)
			return -EFAULT;
	}
	if (bucket->tag[way]) {
		count(FLOWS_EVICTED);
		flow_tell_twin(&bucket->entry[way]);
	}
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
		store_release(&flow->hop.generation, 0);
		flow->hop.ifindex = hop->ifindex;
		flow->hop.mtu = hop->mtu;
		__builtin_memcpy(flow->hop.dmac, hop->dmac, sizeof(hop->dmac));
		__builtin_memcpy(flow->hop.smac, hop->smac, sizeof(hop->smac));
		store_release(&flow->hop.generation, hop->generation);
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
		store_release(&bucket->tag[way], 0);
		traffic_end(&bucket->entry[way]);
		count(FLOWS_REMOVED);
	}
	flow_unlock(bucket);
	return 0;
}
