// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Session affinity ClientIP: a client keeps the backend that it had last at a service port, by
 * whichever of its frontends. Asked for new connections only; each of them begins the time anew.
 */
#pragma once

#include <stdbool.h>

#include "counters.h"
#include "lb.h"
#include "maps.h"
#include "request.h"

#define NSEC_PER_SEC 1000000000ULL

static __always_inline struct affinity_key affinity_key_of(const struct client *client,
							   __u32 service)
{
	return (struct affinity_key){
		.netns = client->netns,
		.addr = client->addr,
		.service = service,
	};
}

/* Whether the backend is still the one that was chosen, and clients of this policy may have it. */
static __always_inline bool affinity_backend_serves(__u32 id, __u32 generation, __u32 set_id)
{
	const struct backend *backend = bpf_map_lookup_elem(&backends, &id);

	return backend && backend->generation == generation &&
	       backend->sets & 1 << (set_id & POLICY_LOCAL);
}

/* Another CPU may have been a little later: that is no age. */
static __always_inline bool affinity_is_fresh(__u64 time, __u64 now, struct target target)
{
	__u64 timeout = (target.options & FRONTEND_AFFINITY_MASK) * NSEC_PER_SEC;

	return (__s64)(now - time) <= (__s64)timeout;
}

/* Gives the client the backend that it had; false where it is to get a new one. Elements of a hash
 * map are recycled without a grace period: what was read is the client's only if its record is
 * still the same one afterwards.
 */
static __always_inline bool affinity_recall(const struct affinity_key *key,
					    const struct request *request, __u64 now,
					    struct choice *choice)
{
	struct affinity *record = bpf_map_lookup_elem(&affinities, key);
	__u32 generation;

	if (!record || !affinity_is_fresh(record->time, now, request->target))
		return false;
	choice->addr = record->addr;
	choice->port = record->port;
	choice->backend = record->backend;
	generation = record->generation;
	choice->generation = generation;
	barrier();
	if (bpf_map_lookup_elem(&affinities, key) != record ||
	    !affinity_backend_serves(choice->backend, generation, request->set_id))
		return false;
	record->time = now;
	return true;
}

static __always_inline void affinity_store(const struct affinity_key *key, __u64 now,
					   const struct choice *choice)
{
	struct affinity record = {
		.time = now,
		.backend = choice->backend,
		.generation = choice_generation(choice),
		.addr = choice->addr,
		.port = choice->port,
	};

	if (bpf_map_update_elem(&affinities, key, &record, BPF_ANY))
		count(AFFINITY_UNRECORDED);
}
