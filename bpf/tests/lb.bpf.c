// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Asks the rules of Services as the socket programs do, without a socket: BPF_PROG_TEST_RUN gives a
 * case, and reads the answer from it. Works on the maps that a dataplane has pinned.
 *
 * The case is handed over as a packet, behind an Ethernet header: programs of type syscall may
 * sleep, and such may not use a trie.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "../lib/callers.h"
#include "../lib/kernel.h"
#include "../lib/lb.h"
#include "../lib/maps.h"
#include "../lib/request.h"
#include "../lib/rules.h"
#include "../lib/service.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* A verdict beside the errnos, and 0 for a backend. */
#define LEFT_ALONE 1

struct lb_case {
	__u64 netns; /* cookie of the client's network namespace */
	__u64 now;
	struct frontend_key key;
	struct ip_addr source;
	struct ip_addr backend_addr; /* this and the rest is the answer */
	__s32 verdict;
	__u32 backend;
	__be16 backend_port;
	__u8 pad[2];
};

struct nsproxy {
	struct net *net_ns;
} __attribute__((preserve_access_index));

struct task_struct {
	struct nsproxy *nsproxy;
} __attribute__((preserve_access_index));

static __always_inline __u64 request_netns(const struct request *request)
{
	return ((const struct lb_case *)request->ctx)->netns;
}

/* Of the thread that runs the program: a test brings its addresses along. */
static __always_inline const struct net *request_net(const struct request *request)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	(void)request;
	return BPF_CORE_READ(task, nsproxy, net_ns);
}

static __always_inline __u64 request_now(const struct request *request)
{
	return ((const struct lb_case *)request->ctx)->now;
}

static __always_inline int lb_answer(struct request *request, struct choice *choice)
{
	const struct frontend *frontend;
	int err;

	if (ip_is_any(&request->key.addr))
		request_resolve_any(request);
	frontend = service_lookup(request, &err);
	if (!frontend)
		return err ?: LEFT_ALONE;
	request->target = frontend_target(frontend);
	request->set_id = lb_internal_set(request->target);
	return rules_apply(request->target) ? rules_choose(request, choice)
					    : lb_choose(request->target, request->set_id, choice);
}

SEC("tc")
int answer(struct __sk_buff *skb)
{
	struct lb_case *data = (void *)(long)skb->data + ETH_HLEN;
	struct choice choice = {};
	struct lb_case given;
	struct request request;

	if ((void *)(data + 1) > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	given = *data;
	request = (struct request){
		.key = given.key,
		.source = given.source,
		.ctx = &given,
	};

	given.verdict = lb_answer(&request, &choice);
	given.backend = choice.backend;
	given.backend_addr = choice.addr;
	given.backend_port = choice.port;
	*data = given;
	return TC_ACT_OK;
}
