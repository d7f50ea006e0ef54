// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* From a request to the frontend that it dials: VIPs first, then NodePorts, then what no Service
 * has although only Services may.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>

#include "addr.h"
#include "counters.h"
#include "frontends.h"
#include "maps.h"
#include "request.h"

static __always_inline const struct settings *settings_get(void)
{
	__u32 index = 0;

	return bpf_map_lookup_elem(&settings, &index);
}

static __always_inline bool settings_has_node_port(const struct settings *settings, __u16 port)
{
	return port >= settings->node_port_first && port <= settings->node_port_last;
}

/* One for all that is looked up besides what was dialled: the look-up unrolled once more each time
 * would be most of the programs.
 */
static __noinline const struct frontend *service_lookup_other(const struct frontend_key *key)
{
	return frontend_lookup(key);
}

/* Where a socket on this node has to dial a NodePort for it to be one. Loopback counts for the
 * host's own processes: in other network namespaces it is not the node.
 */
static __always_inline bool service_is_node_address(const struct request *request,
						    const struct settings *settings)
{
	if (ip_is_loopback(&request->key.addr))
		return IP_VERSION == 4 && settings->loopback_node_ports &&
		       request_is_from_host(request);
	return settings->has_node_addresses &&
	       bpf_map_lookup_elem(&node_addresses, &request->key.addr);
}

static __noinline const struct frontend *service_node_port(const struct request *request,
							   const struct settings *settings)
{
	struct frontend_key key = {
		.port = request->key.port,
		.protocol = request->key.protocol,
	};
	const struct frontend *frontend = service_lookup_other(&key);

	return frontend && service_is_node_address(request, settings) ? frontend : NULL;
}

/* Whether the address lies where cluster IPs are allocated from. */
static __always_inline bool service_is_in_networks(const struct settings *settings,
						   const struct ip_addr *addr)
{
	for (__u32 i = 0; i < SERVICE_NETWORKS && i < settings->service_network_count; i++) {
		if (network_contains(&settings->service_networks[i], addr))
			return true;
	}
	return false;
}

/* Whether nobody but a Service may answer there, though no Service has it: an address that is
 * allocated to none, or a port that a ClusterIP does not have.
 */
static __noinline bool service_is_unallocated(const struct request *request,
					      const struct settings *settings)
{
	struct frontend_key rest = {.addr = request->key.addr};

	return service_is_in_networks(settings, &request->key.addr) || service_lookup_other(&rest);
}

/* The frontend that the request dials; NULL where it dials none. Then err is 0 if the call is to be
 * left alone, or the errno that the client is to get.
 */
static __always_inline const struct frontend *service_lookup(const struct request *request,
							     int *err)
{
	const struct settings *settings = settings_get();
	const struct frontend *frontend;

	*err = 0;
	if (!settings)
		return NULL;
	/* Most connects are no Service's: both lines are on their way at once. */
	prefetch(settings);
	frontend = frontend_lookup(&request->key);
	if (frontend)
		return frontend;

	if (settings_has_node_port(settings, bpf_ntohs(request->key.port))) {
		frontend = service_node_port(request, settings);
		if (frontend)
			return frontend;
	}
	if (!ip_less(&request->key.addr, &settings->cluster_first) &&
	    !ip_less(&settings->cluster_last, &request->key.addr) &&
	    service_is_unallocated(request, settings)) {
		count(DROP_UNALLOCATED);
		*err = -ECONNREFUSED;
	}
	return NULL;
}
