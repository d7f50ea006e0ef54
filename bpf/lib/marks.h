// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What a program leaves in skb->tc_index for the next one that the packet meets on this node.
 * Others use single bits of it: Cilium the lowest five, of which the first two say that a packet is
 * from its proxy and needs no policy any more. None of them is set here.
 */
#pragma once

#include <linux/bpf.h>

/* The destination is a backend: it is nobody's frontend any more. */
#define MARK_TRANSLATED 0x6b40

/* Nothing is left to exchange. */
#define MARK_DONE 0x6b80

/* The mark is of this node and this crossing of it: it may not come in from elsewhere, nor go on to
 * a further device (the one below a tunnel).
 */
static __always_inline __u16 mark_take(struct __sk_buff *skb)
{
	__u16 mark = skb->tc_index;

	if (mark != MARK_TRANSLATED && mark != MARK_DONE)
		return 0;
	skb->tc_index = 0;
	return mark;
}
