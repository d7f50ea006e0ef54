// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Programs that do nothing. Attached beside the real ones they tell what the kernel's own counting
 * of program time costs, which is then taken off.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

#define PROCEED 1

SEC("cgroup/connect4")
int empty_connect(struct bpf_sock_addr *ctx)
{
	(void)ctx;
	return PROCEED;
}

SEC("cgroup/sock_release")
int empty_release(struct bpf_sock *ctx)
{
	(void)ctx;
	return PROCEED;
}
