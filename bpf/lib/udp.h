// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What an unconnected UDP socket must not forget: which backend stands for which Service, so that
 * datagrams keep going there and the answers seem to come from the address that was asked.
 *
 * The hot path, a further datagram to the same Service, reads the socket's storage and the
 * backend's generation, and writes nothing.
 */
#pragma once

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lb.h"
#include "maps.h"

static __always_inline bool udp_peer_dials(const struct udp_peer *peer,
					   const struct frontend_key *key)
{
	return peer->frontend_port == key->port && ip_equal(&peer->frontend_addr, &key->addr);
}

static __always_inline bool udp_peer_answers(const struct udp_peer *peer,
					     const struct ip_addr *addr, __be16 port)
{
	return peer->backend_port == port && ip_equal(&peer->backend_addr, addr);
}

/* The peer that the socket knows for this frontend, which becomes the last; NULL when it never
 * asked there. The result is read back from memory so that the verifier sees one peer and not
 * eight.
 */
static __always_inline struct udp_peer *udp_find_frontend(struct udp_memory *memory,
							  const struct frontend_key *key)
{
	bool found = udp_peer_dials(&memory->peers[memory->last % UDP_PEERS], key);

	for (__u32 i = 0; !found && i < UDP_PEERS; i++) {
		if (udp_peer_dials(&memory->peers[i], key)) {
			memory->last = i;
			found = true;
		}
	}
	return found ? &memory->peers[memory->last % UDP_PEERS] : NULL;
}

/* The peer whose backend has this address; the newest first, since two Services may share one. */
static __always_inline const struct udp_peer *
udp_find_backend(const struct udp_memory *memory, const struct ip_addr *addr, __be16 port)
{
	__u32 last = memory->last % UDP_PEERS;

	if (udp_peer_answers(&memory->peers[last], addr, port))
		return &memory->peers[last];
	for (__u32 i = 0; i < UDP_PEERS; i++) {
		if (udp_peer_answers(&memory->peers[i], addr, port))
			return &memory->peers[i];
	}
	return NULL;
}

static __always_inline void udp_remember(struct udp_memory *memory, struct udp_peer *peer,
					 const struct frontend_key *key,
					 const struct choice *choice)
{
	if (!peer) {
		__u32 next = memory->next % UDP_PEERS;

		peer = &memory->peers[next];
		memory->last = next;
		memory->next = next + 1;
	}
	peer->frontend_addr = key->addr;
	peer->frontend_port = key->port;
	peer->backend_addr = choice->addr;
	peer->backend_port = choice->port;
	peer->service = choice->service;
	peer->backend = choice->backend;
	peer->generation = choice_generation(choice);
}
