// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The hash table of frontends. An array of our own and not a hash map of the kernel: the JIT
 * inlines its reads, so that a connect which is no Service costs one cache line and no call, and
 * the controller writes it without system calls. FrontendTable.cs is the writer's half.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "addr.h"
#include "config.h"
#include "maps.h"

static __always_inline __u32 frontend_key_tail(const struct frontend_key *key)
{
	return key->port | (__u32)key->protocol << 16;
}

static __always_inline bool frontend_key_equal(const struct frontend_key *a,
					       const struct frontend_key *b)
{
	return frontend_key_tail(a) == frontend_key_tail(b) && ip_equal(&a->addr, &b->addr);
}

/* The finaliser of MurmurHash3: every bit of the input reaches every bit of the result. */
static __always_inline __u64 hash_mix(__u64 hash)
{
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdULL;
	hash ^= hash >> 33;
	hash *= 0xc4ceb9fe1a85ec53ULL;
	return hash ^ hash >> 33;
}

static __always_inline __u64 frontend_hash(const struct frontend_key *key)
{
	__u64 hash = frontend_seed ^ frontend_key_tail(key);

#if IP_VERSION == 4
	return hash_mix(hash ^ (__u64)key->addr.addr << 32);
#else
	hash = hash_mix(hash ^ (__u64)key->addr.addr[0] << 32);
	hash = hash_mix(hash ^ ((__u64)key->addr.addr[1] << 32 | key->addr.addr[2]));
	return hash_mix(hash ^ key->addr.addr[3]);
#endif
}

static __always_inline const struct frontend *frontend_lookup(const struct frontend_key *key)
{
	__u64 hash = frontend_hash(key);
	__u32 index = (__u32)hash & frontend_bucket_mask;
	__u32 tag = (__u32)(hash >> 32) | 1;

	for (int hop = 0; hop < FRONTEND_HOPS; hop++) {
		const struct frontend_bucket *bucket = bpf_map_lookup_elem(&frontends, &index);

		if (!bucket)
			return NULL;
		for (int way = 0; way < FRONTEND_WAYS; way++) {
			if (bucket->tag[way] == tag &&
			    frontend_key_equal(&bucket->way[way].key, key))
				return &bucket->way[way];
		}
		index = bucket->next;
		if (!index)
			return NULL;
	}
	return NULL;
}
