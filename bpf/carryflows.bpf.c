// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Carries over flows into a table that takes the place of another: all that go on before the first
 * program works on it, and what has ended meanwhile when the last one does.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "lib/flow_table.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* What the service port has of the entry's counts, it has for good: the way's turn begins anew. A
 * next hop was good for settings that may be others now.
 */
static __always_inline void carry_write(struct flow_bucket *bucket, __u32 way, __u32 tag,
					const struct flow_entry *carried)
{
	struct flow_entry *entry = &bucket->entry[way];

	entry->flow.check = 0;
	store_release(&bucket->tag[way], 0);
	entry->key = carried->key;
	entry->flow = carried->flow;
	entry->flow.hop.generation = 0;
	entry->taken.packets = carried->taken.packets & TRAFFIC_COUNT_MASK;
	entry->taken.bytes = carried->taken.bytes & TRAFFIC_COUNT_MASK;
	entry->flow.check = tag;
	store_release(&bucket->tag[way], tag);
}

/* One that has been carried over before is written anew, unless it has seen more since. Where the
 * bucket is full, another gives way, unless this one's connection was reset: nobody needs it more
 * than what is there.
 */
static __always_inline int carry_into(struct flow_bucket *bucket, __u32 tag,
				      const struct flow_entry *carried)
{
	__u32 way = flow_way(bucket, tag);

	if (way < FLOW_WAYS && (__s32)(carried->flow.seen - bucket->entry[way].flow.seen) < 0)
		return -EEXIST;
	if (way >= FLOW_WAYS)
		way = flow_way(bucket, 0);
	if (way >= FLOW_WAYS) {
		count(FLOWS_EVICTED);
		if (carried->flow.tcp_flags & TCP_RST)
			return flow_tell_twin(carried);
		way = flow_victim(bucket);
		if (way >= FLOW_WAYS)
			return -EFAULT;
		flow_tell_twin(&bucket->entry[way]);
	}
	carry_write(bucket, way, tag, carried);
	return 0;
}

static __noinline int carry_flow(const struct flow_entry *carried)
{
	__u64 hash = flow_hash(&carried->key);
	struct flow_bucket *bucket = flow_bucket(hash);
	int err;

	if (!bucket || !flow_lock(bucket))
		return -EBUSY;
	err = carry_into(bucket, flow_tag(hash), carried);
	flow_unlock(bucket);
	return err;
}

SEC("syscall")
int carry_one_flow(struct flow_entry *carried)
{
	struct flow_entry copy = *carried;

	return carry_flow(&copy);
}

/* The new entry knows better, save for what the former one has seen of the end. */
SEC("syscall")
int merge_one_flow(struct flow_entry *carried)
{
	struct flow_entry copy = *carried;
	struct flow *flow = flow_find(&copy.key);

	if (flow)
		flow->tcp_flags |= copy.flow.tcp_flags;
	return 0;
}

SEC("syscall")
int forget_one_flow(struct flow_key *key)
{
	struct flow_key copy = *key;

	return flow_remove(&copy);
}
