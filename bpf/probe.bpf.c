// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What this kernel can do, asked by running it: versions say little, since features are ported
 * back.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

/* Since 6.16, and in stable kernels. */
#define BPF_F_IPV6 (1ULL << 7)

/* Returns 1 where helpers know BPF_F_IPV6. They look at the flags before all else; nothing is
 * changed.
 */
SEC("tc")
int knows_checksum_flag(struct __sk_buff *skb)
{
	return bpf_l4_csum_replace(skb, 0, 0, 0, BPF_F_PSEUDO_HDR | BPF_F_IPV6) != -EINVAL;
}
