// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Makes and finds flows as packets would: BPF_PROG_TEST_RUN gives a case, and reads the answer from
 * it. Works on maps that others have pinned.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "../lib/flow.h"

char _license[] SEC("license") = "Dual BSD/GPL";

struct flow_case {
	struct flow_key key;
	struct flow flow;
	__s32 err;
	__u32 now;
};

SEC("syscall")
int make_flow(struct flow_case *given)
{
	struct flow_key key = given->key;
	struct flow flow = given->flow;

	given->err = flow_insert(&key, &flow, BPF_NOEXIST);
	given->now = flow_now();
	return 0;
}

SEC("syscall")
int find_flow(struct flow_case *given)
{
	struct flow_key key = given->key;
	const struct flow *flow = flow_find(&key);

	given->err = flow ? 0 : -ENOENT;
	if (flow)
		given->flow = *flow;
	given->now = flow_now();
	return 0;
}

SEC("syscall")
int remove_flow(struct flow_case *given)
{
	struct flow_key key = given->key;

	given->err = flow_remove(&key);
	return 0;
}

static __always_inline void carry(const struct flow_key *key, __u64 packets, __u64 bytes)
{
	struct flow *flow = flow_find(key);

	if (flow) {
		flow->packets += packets;
		flow->bytes += bytes;
	}
}

/* So many more packets of the flow. */
SEC("syscall")
int carry_flow(struct flow_case *given)
{
	struct flow_key key = given->key;

	carry(&key, given->flow.packets, given->flow.bytes);
	return 0;
}

#define CHURNS 1000

/* So many flows, one after the other, most of which carry less than the one before: one is removed,
 * the next is written over.
 */
SEC("syscall")
int churn_flow(struct flow_case *given)
{
	struct flow_key key = given->key;
	struct flow flow = given->flow;

	for (int i = 0; i < CHURNS; i++) {
		__u64 packets = 8 - (i & 7);

		flow_insert(&key, &flow, BPF_ANY);
		carry(&key, packets, packets * 100);
		if (i & 1)
			flow_remove(&key);
	}
	return 0;
}
