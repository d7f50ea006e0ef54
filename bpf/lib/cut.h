// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Cuts an IPv4 packet that is too large for its way in two, as a router does. Both parts then come
 * in anew where the packet did, as if its sender had cut it, and are translated like all others.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer.h"
#include "packet.h"
#include "rewrite.h"

#if IP_VERSION == 4

/* The most that the second part may carry. Packets of 9000 bytes fit with that where 7000 do. */
#define CUT_TAIL 2048

/* The largest packet whose checksum is finished here. */
#define CUT_LARGEST 16384

/* As much as older kernels sum up at once. */
#define CUT_SUM 512

struct cut_buffer {
	__u8 bytes[CUT_TAIL];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cut_buffer);
} cut_buffers SEC(".maps");

static __always_inline struct cut_buffer *cut_buffer_get(void)
{
	__u32 index = 0;

	return bpf_map_lookup_elem(&cut_buffers, &index);
}

/* The sum of one of the CUT_SUM bytes that the segment divides into, or -errno. Not static, as
 * others here: the verifier looks at such a function once, and not at each of its calls.
 */
__noinline int cut_sum_some(struct __sk_buff *skb, const struct packet *packet, __u32 index)
{
	struct cut_buffer *buffer = cut_buffer_get();
	__u32 offset, size;

	if (!packet || !buffer)
		return -EINVAL;
	offset = packet->l4 + index * CUT_SUM;
	size = packet->l3 + packet->length - offset;
	if (offset >= packet->l3 + packet->length)
		return 0;
	if (size > CUT_SUM)
		size = CUT_SUM;
	if (!size_fits(&size, CUT_SUM) || bpf_skb_load_bytes(skb, offset, buffer->bytes, size))
		return -EFAULT;
	for (int i = 0; i < 3; i++)
		buffer->bytes[size + i] = 0;
	return rewrite_fold(
		(__u32)bpf_csum_diff(NULL, 0, (void *)buffer->bytes, (size + 3) & ~3, 0));
}

/* The sum of all bytes from the transport header on, or -errno. */
static __always_inline int cut_sum(struct __sk_buff *skb, const struct packet *packet)
{
	__u64 sum = 0;

	if (packet->length > CUT_LARGEST)
		return -EMSGSIZE;
	for (int i = 0; i < CUT_LARGEST / CUT_SUM; i++) {
		int some = cut_sum_some(skb, packet, i);

		if (some < 0)
			return some;
		sum += some;
	}
	return rewrite_fold(sum);
}

/* Has the kernel forget that a device is to finish a checksum: it does where the bytes up to the
 * transport header are pulled off the front. So they are, and are put back.
 */
static __always_inline int cut_forget_checksum(struct __sk_buff *skb, const struct packet *packet,
					       struct cut_buffer *buffer)
{
	__u32 size = (packet->l4 & ~3) + 4;

	if (size > CUT_TAIL)
		return -EMSGSIZE;
	if (bpf_skb_load_bytes(skb, packet->l3, buffer->bytes, size) ||
	    bpf_skb_adjust_room(skb, -(__s32)size, BPF_ADJ_ROOM_MAC, 0) ||
	    bpf_skb_adjust_room(skb, size, BPF_ADJ_ROOM_MAC, 0))
		return -ENOMEM;
	return bpf_skb_store_bytes(skb, packet->l3, buffer->bytes, size, 0);
}

/* Finishes the checksum of TCP or UDP where a device was to do it: then it holds the sum of the
 * pseudo header so far. One that is finished and looks the same by chance stays as it is.
 */
__noinline int cut_finish_checksum(struct __sk_buff *skb, const struct packet *packet)
{
	struct cut_buffer *buffer = cut_buffer_get();
	__sum16 *check;
	__u32 offset;
	int sum;

	if (!packet || !buffer)
		return -EINVAL;
	offset = packet->l4 + (packet->tuple.protocol == IPPROTO_UDP ? 6 : 16);
	check = packet_at(skb, offset, sizeof(*check));
	if (!check)
		return -EFAULT;
	if (*check != rewrite_fold(answer_pseudo_sum(packet, packet->tuple.protocol,
						     packet->l3 + packet->length - packet->l4)))
		return 0;
	sum = cut_sum(skb, packet);
	check = packet_at(skb, offset, sizeof(*check));
	if (!check || sum < 0)
		return -EFAULT;
	/* No checksum is zero with UDP, where zero stands for none; with TCP it is the same. */
	*check = (__u16)~sum ?: 0xffff;
	return cut_forget_checksum(skb, packet, buffer);
}

/* Makes the IP header that of a part with so many bytes of payload, which begins so many behind the
 * beginning of the packet.
 */
static __always_inline int cut_write_ip(struct __sk_buff *skb, const struct packet *packet,
					__u32 payload, __u32 offset, bool last)
{
	struct iphdr *ip = packet_at(skb, packet->l3, sizeof(*ip));
	__be16 length, fragment;
	__u64 sum;

	if (!ip)
		return -EFAULT;
	length = bpf_htons(packet->l4 - packet->l3 + payload);
	fragment = bpf_htons((bpf_ntohs(ip->frag_off) & ~IP_MORE_FRAGMENTS) + offset / 8);
	if (!last)
		fragment |= bpf_htons(IP_MORE_FRAGMENTS);
	sum = (__u16)~ip->check + (__u64)(__u16)~ip->tot_len + (__u16)~ip->frag_off + length +
	      fragment;
	ip->check = ~rewrite_fold(sum);
	ip->tot_len = length;
	ip->frag_off = fragment;
	return 0;
}

/* Where the parts go: to the hook where the packet is. */
static __always_inline __u64 cut_way(const struct packet *packet)
{
	return packet->tuple.hook == HOOK_INGRESS ? BPF_F_INGRESS : 0;
}

/* Sends the first so many bytes of payload as a packet of their own. */
static __always_inline int cut_send_first(struct __sk_buff *skb, const struct packet *packet,
					  __u32 size)
{
	if (bpf_skb_change_tail(skb, packet->l4 + size, 0) ||
	    cut_write_ip(skb, packet, size, 0, false))
		return -ENOMEM;
	return bpf_clone_redirect(skb, skb->ifindex, cut_way(packet));
}

/* Makes the packet that of the bytes in the buffer, which come behind the first so many. */
static __always_inline int cut_make_second(struct __sk_buff *skb, const struct packet *packet,
					   const struct cut_buffer *buffer, __u32 first, __u32 size,
					   __be16 fragment)
{
	if (bpf_skb_change_tail(skb, packet->l4 + size, 0) || !size_fits(&size, CUT_TAIL) ||
	    bpf_skb_store_bytes(skb, packet->l4, buffer->bytes, size, BPF_F_RECOMPUTE_CSUM))
		return -ENOMEM;
	return cut_write_ip(skb, packet, size, first, !(fragment & bpf_htons(IP_MORE_FRAGMENTS)));
}

/* Cuts the packet in two that fit: the verdict, or -errno with the packet as it was, where two do
 * not suffice. Of SCTP the checksum of a whole packet would be needed.
 */
__noinline int cut_in_two(struct __sk_buff *skb, const struct packet *packet, __u16 mtu)
{
	struct cut_buffer *buffer = cut_buffer_get();
	__u32 header, payload, first, rest;
	const struct iphdr *ip;
	__be16 fragment;

	if (!packet || !buffer || skb->gso_size || packet->tuple.protocol == PROTOCOL_SCTP)
		return -EOPNOTSUPP;
	ip = packet_at(skb, packet->l3, sizeof(*ip));
	header = packet->l4 - packet->l3;
	payload = packet->length - header;
	if (!ip || mtu < header + 8)
		return -EMSGSIZE;
	fragment = ip->frag_off;
	first = (mtu - header) & ~7;
	rest = payload - first;
	if (!rest || rest > mtu - header || rest > CUT_TAIL)
		return -EMSGSIZE;
	if (!(packet->flags & PACKET_FRAGMENT) && packet_has_ports(packet) &&
	    cut_finish_checksum(skb, packet))
		return TC_ACT_SHOT;
	if (!size_fits(&rest, CUT_TAIL) ||
	    bpf_skb_load_bytes(skb, packet->l4 + first, buffer->bytes, rest))
		return TC_ACT_SHOT;
	skb->tc_index = 0;
	if (cut_send_first(skb, packet, first) ||
	    cut_make_second(skb, packet, buffer, first, rest, fragment))
		return TC_ACT_SHOT;
	return bpf_redirect(skb->ifindex, cut_way(packet));
}

#endif
