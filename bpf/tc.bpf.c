// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Packets: for clients that no socket hook serves, those outside above all, destination and source
 * are exchanged where packets come into the node and where they leave it. See docs/packet-path.md.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "lib/dial.h"
#include "lib/flow.h"
#include "lib/follow.h"
#include "lib/forward.h"
#include "lib/fragments.h"
#include "lib/icmp.h"
#include "lib/marks.h"
#include "lib/packet.h"
#include "lib/verdict.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* ICMP has no ports, and so no Services either: whoever asks for an echo where only Services are is
 * refused.
 */
static __always_inline int tc_handle_icmp(struct __sk_buff *skb, struct packet *packet, __u16 mark)
{
	if (packet_is_icmp_error(packet))
		return forward_icmp(skb, packet);
	return mark != MARK_TRANSLATED && icmp_is_echo_request(packet) ? dial(skb, packet) : PASS;
}

static __always_inline int tc_handle(struct __sk_buff *skb, enum hook hook, __u8 flags, __u16 mark)
{
	struct packet packet = {
		.tuple.hook = hook,
		.from = hook == HOOK_EGRESS ? skb->ingress_ifindex : skb->ifindex,
		.flags = flags,
	};
	struct flow *flow;
	__u64 hash;
	int verdict;

	if (!packet_parse(skb, &packet) ||
	    (packet.flags & PACKET_LATER && fragment_recall(&packet)))
		return PASS;
	if (packet.tuple.protocol == PROTOCOL_ICMP)
		return tc_handle_icmp(skb, &packet, mark);
	hash = flow_hash(&packet.tuple);
	flow = flow_find_hashed(&packet.tuple, hash);
	if (!flow || follow_is_over(&packet, flow)) {
		verdict = mark == MARK_TRANSLATED || packet.flags & PACKET_LATER
				  ? PASS
				  : dial_begin(skb, &packet);
		if (verdict != BEGUN)
			return verdict;
		flow = flow_find_hashed(&packet.tuple, hash);
	}
	return flow ? follow(skb, &packet, flow, hash) : verdict_drop(FLOW_UNRECORDED);
}

static __always_inline int tc_ingress(struct __sk_buff *skb, __u8 flags)
{
	mark_take(skb);
	/* What a switch floods, or somebody listens to, is on its way to another host; and what is
	 * sent to all of them is forwarded by none.
	 */
	if (skb->pkt_type != PACKET_HOST)
		return PASS;
	return tc_handle(skb, HOOK_INGRESS, flags, 0);
}

static __always_inline int tc_egress(struct __sk_buff *skb, __u8 flags)
{
	__u16 mark = mark_take(skb);

	return mark == MARK_DONE ? PASS : tc_handle(skb, HOOK_EGRESS, flags, mark);
}

#define TC_PROGRAM(direction, suffix, flags)                                                       \
	SEC("tc")                                                                                  \
	int direction##suffix(struct __sk_buff *skb)                                               \
	{                                                                                          \
		return tc_##direction(skb, flags);                                                 \
	}

/* clang-format off */
#if IP_VERSION == 4
TC_PROGRAM(ingress, 4, 0)
TC_PROGRAM(egress, 4, 0)
TC_PROGRAM(ingress, _l3_4, PACKET_HAS_NO_ETHER)
TC_PROGRAM(egress, _l3_4, PACKET_HAS_NO_ETHER)
#else
TC_PROGRAM(ingress, 6, 0)
TC_PROGRAM(egress, 6, 0)
TC_PROGRAM(ingress, _l3_6, PACKET_HAS_NO_ETHER)
TC_PROGRAM(egress, _l3_6, PACKET_HAS_NO_ETHER)
#endif
/* clang-format on */
