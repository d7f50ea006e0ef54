// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A packet program that does nothing: what a run of it is said to take is what the kernel's own
 * measuring takes, and comes off what the real ones take.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

SEC("tc")
int empty_packet(struct __sk_buff *skb)
{
	(void)skb;
	return TC_ACT_UNSPEC;
}
