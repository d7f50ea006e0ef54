// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Ports of fragments that have none themselves: those of the first one, which went by before them.
 */
#pragma once

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>

#include "flow.h"
#include "packet.h"
#include "packet_maps.h"

static __always_inline bool fragment_is_first(const struct packet *packet)
{
	return (packet->flags & (PACKET_FRAGMENT | PACKET_LATER)) == PACKET_FRAGMENT;
}

/* With IPv6, later fragments do not say what follows the extensions that all of them carry. */
static __always_inline struct fragment_key fragment_key_of(const struct packet *packet)
{
	return (struct fragment_key){
		.saddr = packet->tuple.saddr,
		.daddr = packet->tuple.daddr,
		.id = packet->fragment_id,
		.protocol = IP_VERSION == 4 ? packet->tuple.protocol : 0,
		.hook = packet->tuple.hook,
	};
}

static __always_inline __u32 fragment_check(const struct fragment_key *key)
{
	struct flow_key like = {
		.saddr = key->saddr,
		.daddr = key->daddr,
		.sport = key->id,
		.dport = key->id >> 16,
		.protocol = key->protocol,
		.hook = key->hook,
	};

	return flow_hash(&like);
}

/* Remembers the ports of a first fragment. */
__noinline int fragment_note(const struct packet *packet)
{
	struct fragment fragment = {};
	struct fragment_key key;

	if (!packet)
		return -EINVAL;
	key = fragment_key_of(packet);
	fragment.check = fragment_check(&key);
	fragment.sport = packet->tuple.sport;
	fragment.dport = packet->tuple.dport;
	fragment.protocol = packet->tuple.protocol;
	return bpf_map_update_elem(&fragments, &key, &fragment, BPF_ANY);
}

/* Gives a later fragment the ports of its first one: 0, or -errno where that is not known. The
 * kernel gives elements of an LRU map to other keys while programs look at them; the check, which
 * is written before all else, tells.
 */
__noinline int fragment_recall(struct packet *packet)
{
	const struct fragment *fragment;
	struct fragment_key key;

	if (!packet)
		return -EINVAL;
	key = fragment_key_of(packet);
	fragment = bpf_map_lookup_elem(&fragments, &key);
	if (!fragment)
		return -ENOENT;
	packet->tuple.sport = fragment->sport;
	packet->tuple.dport = fragment->dport;
	packet->tuple.protocol = fragment->protocol;
	barrier();
	return *(const volatile __u32 *)&fragment->check == fragment_check(&key) ? 0 : -ENOENT;
}
