// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Tells clients that nobody answers there (behaviour 4.8): TCP by RST, all else by ICMP. */
#pragma once

#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "answer.h"
#include "packet.h"

/* What the sender expects next: all that the segment takes of the sequence. */
static __always_inline __u32 reject_next_seq(const struct packet *packet,
					     const struct tcp_header *tcp)
{
	return bpf_ntohl(tcp->seq) + packet->length - packet->headers + !!(tcp->flags & TCP_SYN) +
	       !!(tcp->flags & TCP_FIN);
}

/* RFC 9293, 3.10.7.1. */
static __always_inline void reject_write_reset(struct answer *answer, const struct packet *packet,
					       const struct tcp_header *tcp)
{
	answer->tcp = (struct tcp_header){
		.ports = {.sport = tcp->ports.dport, .dport = tcp->ports.sport},
		.offset = sizeof(*tcp) / 4 << 4,
		.flags = TCP_RST,
	};
	if (tcp->flags & TCP_ACK) {
		answer->tcp.seq = tcp->ack;
	} else {
		answer->tcp.ack = bpf_htonl(reject_next_seq(packet, tcp));
		answer->tcp.flags |= TCP_ACK;
	}
}

static __always_inline int reject_by_reset(struct __sk_buff *skb, const struct packet *packet)
{
	const struct tcp_header *tcp = packet_at(skb, packet->l4, sizeof(*tcp));
	struct answer *answer = answer_get();

	if (!tcp || !answer || tcp->flags & TCP_RST || packet->headers > packet->length)
		return TC_ACT_SHOT;
	reject_write_reset(answer, packet, tcp);
	answer->tcp.checksum = answer_checksum(answer, packet, IPPROTO_TCP, sizeof(*tcp));
	answer_write_ip(answer, packet, IPPROTO_TCP, sizeof(*tcp));
	return answer_send(skb, packet, sizeof(answer->ip) + sizeof(*tcp));
}

/* Refuses the packet: the verdict. */
__noinline int reject_packet(struct __sk_buff *skb, const struct packet *packet)
{
	if (!packet || !answer_is_due(packet))
		return TC_ACT_SHOT;
	if (packet->tuple.protocol == IPPROTO_TCP)
		return reject_by_reset(skb, packet);
	return answer_unreachable(skb, packet);
}
