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
