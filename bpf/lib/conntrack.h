// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What nf_conntrack knows of a connection: whether rules of netfilter, as kube-proxy's, gave it a
 * backend before these programs were there, or while they were away.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_helpers.h>

#include "config.h"
#include "packet.h"

/* Of the kernel: include/uapi/linux/netfilter/nf_conntrack_common.h,
 * net/netfilter/nf_conntrack_bpf.c.
 */
#define IPS_DST_NAT (1 << 5)

struct nf_conn {
	unsigned long status;
} __attribute__((preserve_access_index));

/* As of 5.18; later kernels take it, too. */
struct bpf_ct_opts {
	__s32 netns_id;
	__s32 error;
	__u8 l4proto;
	__u8 dir;
	__u8 reserved[2];
};

/* Weak: where the kernel has neither, conntrack_lookup is off, and nothing calls them. */
extern struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *skb, struct bpf_sock_tuple *tuple,
					 __u32 tuple__sz, struct bpf_ct_opts *opts,
					 __u32 opts__sz) __ksym __weak;
extern void bpf_ct_release(struct nf_conn *ct) __ksym __weak;

static __always_inline struct nf_conn *
conntrack_find(struct __sk_buff *skb, struct bpf_sock_tuple *tuple, __u32 size, __u8 protocol)
{
	struct bpf_ct_opts opts = {};

	opts.netns_id = BPF_F_CURRENT_NETNS;
	opts.l4proto = protocol;
	return bpf_skb_ct_lookup(skb, tuple, size, &opts, sizeof(opts));
}

/* Whether netfilter translates the destination of the packet's connection: then it goes on to do so
 * for as long as the connection lasts, whatever becomes of the rule. TCP alone: the kernel does not
 * tell of SCTP, and with UDP every packet may begin anew.
 */
static __noinline bool conntrack_translates(struct __sk_buff *skb, const struct packet *packet)
{
	struct bpf_sock_tuple tuple = {};
	struct nf_conn *ct;
	bool translates;
	__u32 size;

	if (!conntrack_lookup || packet->tuple.protocol != IPPROTO_TCP)
		return false;
	size = packet_sock_tuple(&packet->tuple, &tuple);
	ct = conntrack_find(skb, &tuple, size, IPPROTO_TCP);
	if (!ct)
		return false;
	translates = ct->status & IPS_DST_NAT;
	bpf_ct_release(ct);
	return translates;
}

/* Whether netfilter has a connection whose packets are like these: they would be taken for its. */
static __noinline bool conntrack_knows(struct __sk_buff *skb, const struct flow_key *key)
{
	struct bpf_sock_tuple tuple = {};
	struct nf_conn *ct;
	__u32 size;

	if (!conntrack_lookup || (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP))
		return false;
	size = packet_sock_tuple(key, &tuple);
	ct = conntrack_find(skb, &tuple, size, key->protocol);
	if (!ct)
		return false;
	bpf_ct_release(ct);
	return true;
}
