// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* loadBalancerSourceRanges: who may dial the restricted frontends of a service port. */
#pragma once

#include <stdbool.h>

#include "maps.h"

static __always_inline bool sources_admit(__u32 service, const struct ip_addr *addr)
{
	struct source_range key = {
		.prefixlen = 8 * (sizeof(service) + sizeof(*addr)),
		.service = service,
		.addr = *addr,
	};

	return bpf_map_lookup_elem(&source_ranges, &key);
}
